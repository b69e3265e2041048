"""Eight seconds of encoded video and audio, repeated endlessly and cut into CMAF as by OME.

The package is independent of HLS, files and streams.
"""
