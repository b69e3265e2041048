"""The control API under `/_mock/`: what OME doesn't have."""
