"""Live LL-HLS: what is listed and served at an instant."""
