"""OME's records: files of a stream in MPEG-TS or MP4, and the XML file that lists them."""
