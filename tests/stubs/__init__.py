"""Servers that speak the wire formats of the systems we read, on loopback. Tests and the demo use them."""
