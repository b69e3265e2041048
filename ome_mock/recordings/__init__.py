"""Records on disk: media files, and the XML file that says which there are."""
