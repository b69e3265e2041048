"""The HTTP server's insides: sockets, connections, request heads, raw responses."""
