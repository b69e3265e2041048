"""The HTTP server: sockets, connections, request heads, raw responses."""
