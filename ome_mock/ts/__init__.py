"""Live HLS over MPEG-TS: the lists and segments served at an instant, and the dumps of them that a configuration asks for."""
