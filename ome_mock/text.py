"""Text from clients, made fit for where it goes."""

from __future__ import annotations

import re
from typing import Any

_OUTSIDE_XML = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff"
"""The characters that XML 1.0 has no place for (section 2.2), as ranges."""

_UNREPRESENTABLE = re.compile(f"[{_OUTSIDE_XML}]")
_NOT_PLAIN = re.compile(f"[&<>\\r{_OUTSIDE_XML}]")


def printable(text: str) -> str:
    """The text, with what can't be printed escaped: no client writes lines of its own into the log."""
    return text if text.isprintable() else repr(text)[1:-1]


def xml_text(text: str) -> str:
    """Text that an XML parser gives back as it was, but for what XML can't hold; a raw CR would come back as a newline."""
    if not _NOT_PLAIN.search(text):
        return text
    kept = _UNREPRESENTABLE.sub("\ufffd", text)
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def unescaped_xml(text: str) -> str:
    """What `xml_text` was given, but for what XML can't hold."""
    return text.replace("&#13;", "\r").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


def holds(value: Any, wanted: Any) -> bool:
    """Whether a JSON value is the wanted one; of objects, whether it has the wanted members."""
    if isinstance(wanted, dict) and isinstance(value, dict):
        return all(key in value and holds(value[key], each) for key, each in wanted.items())
    return type(value) is type(wanted) and bool(value == wanted)
