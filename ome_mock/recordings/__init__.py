"""Conversations with engines and emulators as files: read, put to a server again, compared, recorded."""
