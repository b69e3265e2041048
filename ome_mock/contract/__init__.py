"""Holds any server against the emulator of each dialect: cases, the emulator that is like the server, what differs."""
