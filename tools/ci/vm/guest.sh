# What runs in the virtual machine; the command is in /vm/command, its exit status goes to /vm/status.
export HOME=/root LANG=C.UTF-8
. /vm/environment
mkdir -p /lib/modules
mount --bind "$MODULES" /lib/modules
# As on a real machine: drivers come by alias, rules give rights, and libusb hears of what is plugged in.
mkdir -p /run/udev
/lib/systemd/systemd-udevd --daemon
modprobe configfs && mount -t configfs none /sys/kernel/config
# Tests of other users' rights need the Python that may lie there. Only the layer in memory changes.
chmod go+rx /root
echo "up after $(cut -d' ' -f1 /proc/uptime) s"
# The time runs from when the machine was switched on. On Ctrl-C pytest still tells what failed until then, and where it stands.
left=$((SECONDS_TO_LIVE - $(cut -d. -f1 /proc/uptime)))
timeout --signal=INT --kill-after=10 $((left > 0 ? left : 1)) bash /vm/command < /dev/null
status=$?
echo $status > /vm/status
if [ $status = 124 ] || [ $status = 137 ]; then
    echo 7 > /proc/sys/kernel/printk
    echo w > /proc/sysrq-trigger # what waits in the kernel for good
fi
echo "ended after $(cut -d' ' -f1 /proc/uptime) s"
sync
echo b > /proc/sysrq-trigger # with -no-reboot that ends the machine at once
