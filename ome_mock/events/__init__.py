"""Events of the data track and cues of advertisements, which clients send into streams."""
