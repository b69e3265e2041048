"""Dumps of output streams: their state, their files and their info file."""
