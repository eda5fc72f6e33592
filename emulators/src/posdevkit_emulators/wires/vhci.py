"""vhci: a Bluetooth adapter that a Linux kernel takes for plugged-in hardware, and the air that it hears.

Linux, drivers/bluetooth/hci_vhci.c: each open file of /dev/vhci is one adapter, whose HCI packets are read from it and
written to it. Behind that is a controller of bumble, on one link in memory with the devices that are within its reach.
Needs the right to open /dev/vhci, and the module `hci_vhci`. As with `usbip`, the program under test must be another
process: the Bluetooth service may keep that one waiting for answers of this one.
"""

from __future__ import annotations

import asyncio
from typing import Final

from bumble.controller import Controller
from bumble.core import PhysicalTransport
from bumble.hci import Address, HCI_ErrorCode
from bumble.link import LocalLink
from bumble.ll import TerminateInd
from bumble.transport import open_transport
from bumble.transport.common import Transport

__all__ = ["KernelAir"]

_ADDRESS: Final = "00:AA:BB:CC:DD:EE"


class KernelAir(LocalLink):
    """What a BleWire takes as its `air`."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._adapter: Controller | None = None
        self._transport: Transport | None = None

    async def plug(self) -> None:
        """Plug the adapter into this machine. Raises OSError where the kernel has no vhci, or grants no right."""
        self._transport = await open_transport("vhci")
        self._adapter = Controller(
            "adapter",
            host_source=self._transport.source,
            host_sink=self._transport.sink,
            link=self,
            public_address=_ADDRESS,
        )

    async def unplug(self) -> None:
        """Pull it out: the kernel loses the adapter with all its connections; the devices stay on the air."""
        transport, self._transport = self._transport, None
        adapter, self._adapter = self._adapter, None
        if transport is None or adapter is None:
            return
        # A device whose host falls silent ends the connection after a while; here at once.
        for connection in adapter.le_connections.values():
            connection.send_ll_control_pdu(TerminateInd(HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR))
        self.remove_controller(adapter)
        await transport.close()

    def send_acl_data(
        self, sender_controller: Controller, destination_address: Address, transport: PhysicalTransport, data: bytes
    ) -> None:
        """As the sender is known to the other end of its connection.

        bumble 0.0.236 takes the sender's random address, but a kernel connects from its public one.
        """
        connection = sender_controller.le_connections.get(destination_address)
        receiver = self.find_le_controller(destination_address)
        if transport is PhysicalTransport.LE and connection is not None and receiver is not None:
            loop = asyncio.get_running_loop()
            loop.call_soon(receiver.on_link_acl_data, connection.self_address, transport, data)
        else:
            super().send_acl_data(sender_controller, destination_address, transport, data)
