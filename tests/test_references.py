"""Pointers of docstrings and tests, written as docs/reference/README.md says, and links of documents: each leads somewhere."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from documents import DOCUMENTS, REPOSITORY, anchors, heading_anchors, prose

REFERENCE = Path("docs") / "reference"
RECORDINGS = REPOSITORY / "fixtures" / "recordings"
CONFIGURATIONS = REPOSITORY / "fixtures" / "configurations"
MARKDOWN = (
    *DOCUMENTS,
    *(path.relative_to(REPOSITORY) for each in ("*", "benchmarks/*", "examples/*", "fixtures/*") for path in REPOSITORY.glob(f"{each}.md")),
)
FOLDERS = ("benchmarks", "docs", "fixtures", "ome_mock", "tests")


def sources() -> Iterator[Path]:
    """The files that may point somewhere: not this one, which holds pointers that lead nowhere."""
    yield from MARKDOWN
    for path in chain.from_iterable((REPOSITORY / folder).rglob("*.py") for folder in FOLDERS):
        if "node_modules" not in path.parts and path != Path(__file__):
            yield path.relative_to(REPOSITORY)


@cache
def recorded_cases() -> dict[str, str]:
    """The group of each recorded case, by its name and by its name below its group."""
    files = (*RECORDINGS.rglob("*.jsonl"), CONFIGURATIONS / "errors.jsonl")
    lines = chain.from_iterable(path.read_bytes().splitlines() for path in files)
    cases = [(case["group"], case.get("case") or f"{case['group']}/{case['story']}") for case in map(json.loads, lines)]
    return {name: group for group, case in cases for name in (case, f"{group}/{case.partition('/')[2] or case}")}


@cache
def served_paths() -> str:
    return "\n".join(exchange["path"] for exchange in json.loads((RECORDINGS / "live-delivery.json").read_text()))


def is_heading(pointer: str) -> bool:
    page, _, anchor = pointer.partition("#")
    return (REPOSITORY / REFERENCE / page).exists() and anchor in anchors(REFERENCE / page)


def is_case(name: str) -> bool:
    """Says if a recorded case begins with these words, where three dots stand for anything."""
    beginning = re.compile(re.escape(name).replace(re.escape("..."), ".*") + r"(?=[ ,]|$)")
    return any(map(beginning.match, recorded_cases()))


LIST = "(?:, | and )"
KINDS: dict[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    "heading": (re.compile(rf"(?<!\]\()(?<![\w./-])([\w-]+\.md#[\w-]+(?:{LIST}#[\w-]+)*)"), is_heading),
    "case": (re.compile(r"[Rr]ecorded: ([\w-]+/.+?)(?=[);,]|[.:] |[.:]?$)"), is_case),
    "group": (re.compile(rf"[Rr]ecorded: groups? ([\w-]+(?:{LIST}[\w-]+)*)(?=[);,.:])"), lambda name: name in recorded_cases().values()),
    "configuration": (re.compile(r"[Rr]ecorded: configurations, `([\w.]+)`"), lambda name: (CONFIGURATIONS / f"{name}.xml").exists()),
    "media": (re.compile(r"[Rr]ecorded: media, `([\w.-]+)`"), lambda name: (RECORDINGS / "media" / name / "story.json").exists()),
    "served path": (re.compile(r"[Rr]ecorded: live-delivery, `?([^`);,\s]+)"), lambda part: part in served_paths()),
    "story": (
        re.compile(rf"\b[Ss]tor(?:y|ies) ([a-z]+(?:-[a-z]+)+(?:{LIST}[a-z]+(?:-[a-z]+)+)*)"),
        lambda name: (RECORDINGS / "stories" / f"{name}.json").exists(),
    ),
}
"""For each kind of pointer, the pattern that finds it and the check that its target is there."""


def pointed_at(kind: str, found: str) -> list[str]:
    """The names in what was found: several headings of a page, groups or stories may stand in a list."""
    match kind:
        case "heading":
            page, *anchors_there = re.split(f"(?:{LIST})?#", found)
            return [f"{page}#{anchor}" for anchor in anchors_there]
        case "group" | "story":
            return re.split(LIST, found)
        case _:
            return [found]


def dangling(text: str) -> list[str]:
    """The pointers of a text that lead nowhere."""
    line = re.sub(r"\s+", " ", text)
    return [
        f"{kind} {name}"
        for kind, (pattern, is_there) in KINDS.items()
        for found in pattern.findall(line)
        for name in pointed_at(kind, found)
        if not is_there(name)
    ]


@pytest.mark.parametrize("folder", [".", *FOLDERS])
def test_every_pointer_leads_somewhere(folder: str) -> None:
    here = [path for path in sources() if folder == (path.parts[0] if len(path.parts) > 1 else ".")]
    assert here
    assert {str(path): wrong for path in here if (wrong := dangling((REPOSITORY / path).read_text()))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "(dump-output.md#file-names)",
        "(rest-api.md#paths, #envelopes and\n    #routes)",
        "(recorded: dump/start full)",
        "(recorded:\n    streams/create unreachable), or something else",
        "(recorded: documents/get .../nohls/streams/stream)",
        "(recorded: channels/create array: both kinds)",
        "Recorded: records/start and stop.",
        "(recorded: groups auth, not-found, of which none matters)",
        "(recorded: live-delivery, `_HLS_msn=102`)",
        "(recorded: media, `1080p60`)",
        "(stories stop-all, audio-only and failed-start, item 3)",
    ],
)
def test_pointer_that_leads_somewhere_is_taken(text: str) -> None:
    assert dangling(text) == []
    assert any(found.search(re.sub(r"\s+", " ", text)) for found, _ in KINDS.values())


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("(dump-output.md#file-name)", "heading dump-output.md#file-name"),
        ("(rest-api.md#paths, #nowhere)", "heading rest-api.md#nowhere"),
        ("(dumps.md#file-names; more)", "heading dumps.md#file-names"),
        ("(recorded: dump/start fu)", "case dump/start fu"),
        ("(recorded: nowhere/start full)", "case nowhere/start full"),
        ("(recorded: dump/start\n    .../nothing; more)", "case dump/start .../nothing"),
        ("(recorded: groups auth, dumps)", "group dumps"),
        ("(recorded: live-delivery, `_HLS_msn=103`)", "served path _HLS_msn=103"),
        ("(recorded: media, `4k`)", "media 4k"),
        ("(stories stop-all and stop-none)", "story stop-none"),
    ],
)
def test_dangling_pointer_is_noticed(text: str, wrong: str) -> None:
    assert dangling(text) == [wrong]


@pytest.mark.parametrize("page", [path for path in DOCUMENTS if path.parent == REFERENCE], ids=str)
def test_anchors_of_a_page_are_unique_and_stay_so(page: Path) -> None:
    assert [anchor for anchor, times in Counter(heading_anchors(page)).items() if times > 1] == []


def links(document: Path) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", re.sub(r"`[^`\n]+`", "", prose(document)))


@pytest.mark.parametrize("document", MARKDOWN, ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    for target in links(document):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        linked = (document.parent / path) if path else document
        assert (REPOSITORY / linked).exists(), target
        assert not anchor or anchor in anchors(Path(os.path.normpath(linked))), target


def test_index_of_the_reference_names_every_page() -> None:
    pages = {path.name for path in DOCUMENTS if path.parent == REFERENCE}
    assert set(links(REFERENCE / "README.md")) >= pages - {"README.md"}


OLD_POINTER = re.compile(r"[Dd]ump reference,|[Rr]eference: |REST API, (?:section|appendix)|\b[Pp]ain \d|story abr[^-]")


def test_no_pointer_names_a_page_that_the_project_does_not_hold() -> None:
    found = {}
    for path in chain.from_iterable((REPOSITORY / folder).rglob("*.py") for folder in ("ome_mock", "tests", "benchmarks")):
        if path != Path(__file__) and (lines := [line for line in path.read_text().splitlines() if OLD_POINTER.search(line)]):
            found[str(path.relative_to(REPOSITORY))] = lines
    assert found == {}
