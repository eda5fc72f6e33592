"""What the hub and the reference server share of HTTP: a port, a request's body and token, a problem as an answer."""
