"""The streams that a configured dump is for, and where it goes (dump-output.md#configured-dumps)."""

from __future__ import annotations

import re
from datetime import datetime

_MACRO = re.compile(r"\$\{(\w+)\}")


def name_fits(pattern: str, name: str) -> bool:
    """Says if a name fits: `*` is anything, `?` one character or none; parentheses group, anything else is itself."""
    symbols = {"*": ".*", "?": ".?", "(": "(", ")": ")"}
    try:
        return re.fullmatch("".join(symbols.get(each, re.escape(each)) for each in pattern), name, re.DOTALL) is not None
    except re.error:
        return False


def expand_macros(path: str, vhost: str, app: str, stream: str, start: datetime) -> str:
    """Replace macros by names and the local time of the stream's start; unknown ones stay, like `${S}` of OME's documentation."""
    values = {
        "VHostName": vhost,
        "AppName": app,
        "StreamName": stream,
        "YYYY": f"{start:%Y}",
        "MM": f"{start:%m}",
        "DD": f"{start:%d}",
        "hh": f"{start:%H}",
        "mm": f"{start:%M}",
        "ss": f"{start:%S}",
        "z": f"{start:%z}",
        "ISO8601": f"{start:%Y-%m-%dT%H:%M:%S%z}",
    }
    return _MACRO.sub(lambda match: values.get(match[1], match[0]), path)
