"""Thumbnails: the pictures that a stream shows at an instant."""
