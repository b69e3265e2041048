"""Text from clients, made fit for where it goes."""

from __future__ import annotations

import re

_OUTSIDE_XML = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff"
"""The characters that XML 1.0 has no place for (section 2.2), as ranges."""

_UNREPRESENTABLE = re.compile(f"[{_OUTSIDE_XML}]")
_NOT_PLAIN = re.compile(f"[&<>\\r{_OUTSIDE_XML}]")


def printable(text: str) -> str:
    """The text, with what can't be printed escaped: no client writes lines of its own into the log."""
    return text if text.isprintable() else repr(text)[1:-1]


def up_to_nul(value: object) -> str:
    """A string as the engine keeps it, up to its first NUL (rest-api.md#dump-fields); anything else is the empty string."""
    return value.partition("\0")[0] if isinstance(value, str) else ""


def xml_text(text: str) -> str:
    """Text that an XML parser gives back as it was, but for what XML can't hold; a raw CR would come back as a newline."""
    if not _NOT_PLAIN.search(text):
        return text
    kept = _UNREPRESENTABLE.sub("\ufffd", text)
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
