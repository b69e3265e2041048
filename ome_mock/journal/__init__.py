"""Journals of requests, callbacks and written files, each of bounded size."""
