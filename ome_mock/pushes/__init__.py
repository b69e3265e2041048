"""OME's pushes: a stream sent to other servers."""
