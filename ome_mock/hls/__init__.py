"""Playlists as values, and their text. It is independent of streams, files and dialects."""
