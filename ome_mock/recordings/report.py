"""Tells what a replay found, as people and programs read it: lines of text, JSON, JUnit's XML."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from ..text import only_what_xml_allows, printable
from .comparing import Difference
from .replay import Outcome

LONGEST_SHOWN = 2_000
"""The number of characters of an answer that are shown as text; JSON has all of them."""


def report_text(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The cases that differ, request and both answers beside each other, and a last line that counts all."""
    for outcome in outcomes:
        if outcome.found:
            yield printable(outcome.case.name)
        for each in outcome.found:
            if each.request is not None:
                body = printable((each.request.body or b"")[:LONGEST_SHOWN].decode("utf-8", "replace"))
                yield f"    {printable(each.request.method)} {printable(each.request.path)} {body}".rstrip()
            yield from (f"      {printable(line[:LONGEST_SHOWN])}" for line in _beside_each_other(each.difference))
    for reason in sorted({outcome.left_out for outcome in outcomes if outcome.left_out}):
        yield f"left out, {reason}: {sum(outcome.left_out == reason for outcome in outcomes)}"
    yield summary(outcomes)


def summary(outcomes: Sequence[Outcome]) -> str:
    ran = [outcome for outcome in outcomes if not outcome.left_out]
    differ = sum(bool(outcome.found) for outcome in ran)
    return f"{len(ran)} cases: {len(ran) - differ} agree, {differ} differ"


def report_json(outcomes: Sequence[Outcome]) -> str:
    """An object with all cases; a case that agrees has no differences."""
    return json.dumps({"summary": summary(outcomes), "cases": [_described(each) for each in outcomes]}, indent=2)


def report_junit(outcomes: Sequence[Outcome], suite: str) -> str:
    """JUnit's XML: a test case each, with its differences as the failure."""
    root = ElementTree.Element("testsuite", name=suite, tests=str(len(outcomes)))
    root.set("failures", str(sum(bool(each.found) for each in outcomes)))
    root.set("skipped", str(sum(bool(each.left_out) for each in outcomes)))
    for outcome in outcomes:
        made = ElementTree.SubElement(root, "testcase", classname=outcome.case.group or suite, name=only_what_xml_allows(outcome.case.name))
        if outcome.left_out:
            ElementTree.SubElement(made, "skipped", message=outcome.left_out)
        if outcome.found:
            text = only_what_xml_allows("\n".join(map(str, outcome.found)))
            ElementTree.SubElement(made, "failure", message=text.partition("\n")[0]).text = text
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _beside_each_other(difference: Difference) -> Iterator[str]:
    """The wanted text and the one that came; of long texts the lines that differ."""
    wanted, got = difference.recorded.split("\n"), difference.seen.split("\n")
    if len(wanted) > 1 and len(got) > 1:
        yield f"{difference.part}, - wanted, + got:"
        yield from list(difflib.unified_diff(wanted, got, n=1, lineterm=""))[2:]
    else:
        yield f"{difference.part} wanted: {difference.recorded}"
        yield f"{' ' * len(difference.part)}    got: {difference.seen}"


def _described(outcome: Outcome) -> dict[str, object]:
    found = [
        {
            "method": None if each.request is None else each.request.method,
            "path": None if each.request is None else each.request.path,
            "body": None if each.request is None or each.request.body is None else each.request.body.decode("utf-8", "replace"),
            "part": each.difference.part,
            "wanted": each.difference.recorded,
            "got": each.difference.seen,
        }
        for each in outcome.found
    ]
    return {"case": outcome.case.name, "group": outcome.case.group, "leftOut": outcome.left_out or None, "differences": found}
