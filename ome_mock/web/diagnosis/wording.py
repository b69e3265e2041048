"""Words names and values for a sentence: quoted, printable, with the nearest existing name."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from ...text import nearest, printable

LONGEST_SHOWN = 160
MOST_SHOWN = 8


def shown(text: str) -> str:
    """Printable text from a client, of a long one only the beginning."""
    return printable(text[:LONGEST_SHOWN]) + ("..." if len(text) > LONGEST_SHOWN else "")


def quoted(text: str) -> str:
    return f'"{shown(text)}"'


def listed(names: Sequence[str], last: str = "and") -> str:
    """The names, quoted: `"a"`, `"a" and "b"`; of many, the first ones."""
    shown = [quoted(name) for name in names[:MOST_SHOWN]]
    if len(names) > MOST_SHOWN:
        shown.append(f"{len(names) - MOST_SHOWN} more")
    return f" {last} ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part) if shown else "nothing"


def kind_of(value: object) -> str:
    """The kind of a JSON value in words: `the number 7`, `an object`."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return f"the number {value}"
    return "an array" if isinstance(value, list) else "an object" if isinstance(value, dict) else "text"


def unknown(kind: str, name: str, where: str, names: Sequence[str]) -> str:
    """The sentence for an unknown name, with the name to send instead; `where` is the place searched, or empty."""
    place = f" in {where}" if where else ""
    if unquote(name) != name and unquote(name) in names:
        return f"The {kind} is written {quoted(name)}, and OME decodes no path: send {quoted(unquote(name))} as it is."
    near = nearest(name, names)
    if near is not None:
        why = "as names are case-sensitive" if near.lower() == name.lower() else "the nearest name"
        return f"There is no {kind} {quoted(name)}{place}: send {quoted(near)}, {why}."
    there = f"there {'is' if len(names) == 1 else 'are'} {listed(names)}" if names else "there is none at all"
    return f"There is no {kind} {quoted(name)}{place}; {there}."
