"""Text from clients, made fit for a line of the log."""


def printable(text: str) -> str:
    """The text, with what can't be printed escaped: no client writes lines of its own into the log."""
    return text if text.isprintable() else repr(text)[1:-1]
