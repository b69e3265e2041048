"""Input streams that OME pulls from other servers."""
