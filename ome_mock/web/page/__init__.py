"""The page at `/_mock/`: its files, the events that it follows, dumped files and live streams for its players.

Everything here is imported when the page is first asked for.
"""
