"""DVR: the segments of live lists that have left memory, on disk."""
