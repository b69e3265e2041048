"""Playlists as values, and their text. Knows nothing of streams, files or dialects."""
