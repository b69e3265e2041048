"""Turns XML into the tree that the REST API shows: with its names, text as it stands in the XML, `{}` for empty elements.

It gets the elements of `xml_reader`, and applies the engine's rules for all elements (configuration-reader.md#reader): the first of
several counts if only one is allowed, `ignore="true"` removes an element, `include` inserts the elements of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .grammar import Content, Field, Group, lower_first
from .invalid_element import NOT_YET, ElementPath, InvalidElement, unknown_item
from .places import advice
from .scalars import Scalar, expand_macros
from .xml_reader import Element

ATTRIBUTE = "@"
INCLUDE, IGNORE = f"{ATTRIBUTE}include", f"{ATTRIBUTE}ignore"
TEXT_KEY = "#text"
WILDCARDS = "*?["

Include = Callable[[str, str], Iterable[tuple[str, Mapping[str, Any]]]]
"""Finds the files that match a pattern beside a file, in order of their names, and the root elements of each.

Raises ConfigurationError for one that can't be read."""


class IncludedTree(dict[str, Any]):
    """The tree of an element that another file holds."""

    def __init__(self, tree: dict[str, Any], file: str) -> None:
        super().__init__(tree)
        self.file = file


class XmlForm:
    """Turns XML into trees. Macros are replaced from `environment`; `unknown` collects the paths of elements outside the grammar.

    `unborn` are elements of the grammar that don't exist yet, each by its name after its parent's; `root` is the grammar of a whole file.
    """

    def __init__(
        self, root: Group, environment: Mapping[str, str], include: Include, *, refuses_unknown: bool, unborn: frozenset[str]
    ) -> None:
        self._root = root
        self._environment = environment
        self._include = include
        self._refuses_unknown = refuses_unknown
        self._unborn = unborn
        self._open_files: list[str] = []
        self.unknown: set[str] = set()

    def tree(self, content: Content, element: Element, place: ElementPath) -> Any:
        """The tree of one element. Raises InvalidElement."""
        if isinstance(content, Group):
            return self._group(content, element, place)
        if isinstance(content, Scalar):
            return _text(element)
        return _as_it_comes(element)

    def _group(self, group: Group, element: Element, place: ElementPath) -> dict[str, Any]:
        document: dict[str, Any] = {}
        for key, value in self._members(element, group, place):
            field = group.by_xml.get(key)
            if field is None or place.to(field) in self._unborn:
                self._note_unknown(key, group, place)
            elif trees := self._field(field, value, place):
                document[field.json] = trees if field.repeated else trees[0]
        return document

    def _field(self, field: Field, elements: list[Any], place: ElementPath) -> list[Any]:
        """The trees of the elements of one name: at most one if the field isn't repeated; for a wrapping element, those of its items."""
        if not field.item:
            return self._trees(field, elements, place)
        wrapper = self._trees(Field(field.xml, _wrapped(field), field.json), elements, place)
        return wrapper[0].get(field.item, []) if wrapper else []

    def _trees(self, field: Field, elements: list[Any], place: ElementPath) -> list[Any]:
        trees: list[Any] = []
        for element in elements if field.repeated else elements[:1]:
            pattern = element.get(INCLUDE) if isinstance(element, dict) else None
            if pattern is None:
                trees.append(self._one(field, element, place))
            else:
                trees += self._included(field, expand_macros(pattern, self._environment), place)
        return trees

    def _one(self, field: Field, element: Element, place: ElementPath) -> Any:
        tree = self.tree(field.content, element, _place_of(field, element, place))
        if isinstance(tree, dict):
            if field.repeated and isinstance(tree.get("name"), str):  # the REST API shows names of items with their macros replaced
                tree["name"] = expand_macros(tree["name"], self._environment)
            return IncludedTree(tree, place.file) if place.file else tree
        return expand_macros(tree, self._environment) if field.repeated and isinstance(tree, str) else tree

    def _included(self, field: Field, pattern: str, place: ElementPath) -> list[Any]:
        trees: list[Any] = []
        files = list(self._include(pattern, place.file))
        if not files and not any(wildcard in pattern for wildcard in WILDCARDS):
            raise InvalidElement(place, "", f"{field.xml}: there is no file {pattern!r} to include")
        for file, roots in files:
            inside = place._replace(file=file)
            if file in self._open_files:
                raise InvalidElement(inside, "", f"{field.xml}: {file} includes itself")
            if field.xml not in roots:
                raise InvalidElement(inside, "", f"its root is {', '.join(roots)}, not {field.xml}")
            self._open_files.append(file)
            trees += self._trees(field, self._counting(roots[field.xml]), inside)
            self._open_files.pop()
        return trees

    def _members(self, element: Element, group: Group, place: ElementPath) -> list[tuple[str, list[Any]]]:
        """The elements and known attributes of an element by name, without ignored ones; the engine skips unknown attributes too."""
        members = element if isinstance(element, dict) else {TEXT_KEY: element}
        if (members.get(TEXT_KEY) or "").strip():
            self._note_unknown("", group, place)
        names = (name for name in members if name != TEXT_KEY and not name.startswith(ATTRIBUTE))
        return [(name, elements) for name in names if (elements := self._counting(members[name]))]

    def _counting(self, value: Any) -> list[Any]:
        """The elements of one name without the ignored ones."""
        return [each for each in (value if isinstance(value, list) else [value]) if not self._is_ignored(each)]

    def _is_ignored(self, element: Any) -> bool:
        return isinstance(element, dict) and expand_macros(element.get(IGNORE, ""), self._environment) == "true"

    def _note_unknown(self, key: str, group: Group, place: ElementPath) -> None:
        if self._refuses_unknown:
            about = NOT_YET if key in group.by_xml else group.gone.get(key) or advice(self._root, group, key, self._unborn)
            raise unknown_item(place, key, about)
        self.unknown.add(f"{place.path}/{key or 'text between elements'}")


def _wrapped(field: Field) -> Group:
    """The grammar of an element that only wraps others."""
    return Group((field._replace(xml=field.item, json=field.item, item=""),))


def _text(element: Element) -> str:
    """The text of an element, without the elements in it; nothing but space counts as no text."""
    text = element.get(TEXT_KEY) if isinstance(element, dict) else element
    return text if text and not text.isspace() else ""


def _place_of(field: Field, element: Element, place: ElementPath) -> ElementPath:
    name = element.get("Name") if isinstance(element, dict) else None
    return place.inside(field, {"name": name})


def _as_it_comes(element: Any) -> Any:
    """The tree of an element that the grammar doesn't describe."""
    if isinstance(element, dict):
        return {lower_first(key): _as_it_comes(value) for key, value in element.items() if not key.startswith(ATTRIBUTE)}
    if isinstance(element, list):
        return [_as_it_comes(each) for each in element]
    return {} if element is None else element
