"""Worlds: the virtual hosts and applications that an emulator begins with."""
