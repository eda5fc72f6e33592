#!/usr/bin/env bash
# build.sh FOLDER: Debian's stock kernel, its modules, and a small first file system, into FOLDER. Nothing is installed.
# There is no disk image: the machine's root is this machine's own, read-only over 9p, under a layer in memory.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
# The metapackage names the newest one; the cloud flavour has no USB, HID or Bluetooth.
package=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image-[0-9]/ {print $2; exit}')
version=${package#linux-image-}
if [ ! -e "root/lib/modules/$version/modules.dep.bin" ]; then
    apt-get download -q "$package"
    mkdir -p root
    dpkg -x "$package"_*.deb root
    rm -f "$package"_*.deb
    depmod -b root "$version"
fi
cp "root/boot/vmlinuz-$version" vmlinuz
rm -rf first
mkdir -p first/bin first/proc first/sys first/dev first/modules first/below first/above first/whole
cp "$(command -v busybox)" first/bin/busybox
ln -s busybox first/bin/sh
for module in virtio_pci 9pnet_virtio 9p overlay; do
    modprobe -d "$PWD/root" -S "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ {print $2}' | while read -r file; do
    cp "$file" first/modules/
    basename "$file" >> first/modules/order
done
cp "$here/init" first/init
chmod +x first/init
(cd first && find . | cpio -o -H newc --quiet | gzip -1) > initrd.gz
echo "$version"
