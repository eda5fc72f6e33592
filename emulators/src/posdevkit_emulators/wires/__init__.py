"""How a host reaches an emulated device: a TCP socket, or memory inside one process."""
