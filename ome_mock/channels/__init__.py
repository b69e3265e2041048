"""OME's multiplex and scheduled channels."""
