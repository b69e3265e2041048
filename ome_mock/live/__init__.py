"""Live LL-HLS: the lists and media served at an instant."""
