"""Finds the element that an unknown one of a Server.xml was probably meant to be: one of another name, or in another place."""

from __future__ import annotations

from collections.abc import Iterator

from ..text import nearest
from .grammar import Group

MOST_THAT_HELP = 2
LIKE = 0.85
"""From when on two names are so alike that one was probably meant to be the other."""


def advice(root: Group, group: Group, name: str, unborn: frozenset[str]) -> str:
    """Advice such as `did you mean Dumps?` or `it belongs in Server/Managers/API`.

    There is none for a name that is like no other, or that stands in many places. `root` is the grammar of a whole file, `group` that of
    the element around; `unborn` are elements that don't exist yet, each by its name after its parent's.
    """
    if meant := nearest(name, group.by_xml, LIKE):
        return f"did you mean {meant}?"
    places = {
        path: None for path, child in _elements(root, "Server") if child == name and f"{path.rpartition('/')[2]}.{name}" not in unborn
    }
    return f"it belongs in {' or '.join(places)}" if 0 < len(places) <= MOST_THAT_HELP else ""


def _elements(group: Group, path: str) -> Iterator[tuple[str, str]]:
    """Every element below a place, each with the path of the one around it, which begins with the nearest repeated one."""
    for field in group.fields:
        yield path, field.xml
        inside = f"{path}/{field.xml}"
        if field.item:
            yield inside, field.item
        if isinstance(field.content, Group):
            yield from _elements(field.content, field.item_xml if field.repeated else inside)
