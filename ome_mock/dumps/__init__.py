"""The side of a dump that touches the disk: where bytes may go, which bytes, in which order."""
