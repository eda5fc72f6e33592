"""What bytes mean: one vocabulary, one room per command language. No sockets, threads, clocks or pictures."""
