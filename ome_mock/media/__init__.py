"""Eight seconds of encoded picture and sound, repeated for ever and cut into CMAF as OME cuts it.

Knows nothing of HLS, files or streams.
"""
