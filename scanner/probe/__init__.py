"""Probing: real handshakes with the endpoints that the configuration declares, and with no others."""
