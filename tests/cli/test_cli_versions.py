"""`ome-mock versions`: what changes for a client between two versions, and the page of all of them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from served import Run

from ome_mock.dialect import ENGINES, Dialect, VersionRules

PAGE = Path(__file__).parents[2] / "docs" / "versions.md"


def test_page_of_all_versions_is_up_to_date(run: Run) -> None:
    assert run("versions").out == PAGE.read_text()


def test_bit_rates_become_numbers(run: Run) -> None:
    lines = run("versions", "0.18.0", "0.19.0").out.splitlines()
    assert lines[0] == "From OvenMediaEngine 0.18.0 to 0.19.0: 16 changes for a client."
    assert '- bit rates: numbers: `2042832` (before: text: `"2042832"`)' in lines
    assert "- formats of `sendEvent`: new: `scte35`" in lines


def test_shorter_names_are_taken_and_the_newest_is_meant(run: Run) -> None:
    assert run("versions", "engine-0.16").out == run("versions", "0.16.8", "0.21.0").out
    assert run("versions", "0.21", "engine").out == "From OvenMediaEngine 0.21.0 to 0.21.0: no changes for a client.\n"


def test_what_goes_is_told_as_what_comes(run: Run) -> None:
    assert "- formats of `sendEvent`: gone: `cue`, `scte35`" in run("versions", "0.20.5", "0.21").out
    assert "- formats of `sendEvent`: new: `cue`, `scte35`" in run("versions", "0.21", "0.20.5").out


@pytest.mark.parametrize(
    ("version", "nearest"),
    [
        ("0.14", "engine-0.15.10"),
        ("0.16.6", "engine-0.16.5"),
        ("0.16.7", "engine-0.16.8"),
        ("0.17.0.1", "engine-0.17.3"),
        ("0.20.2", "engine-0.20.0"),
        ("0.20.3", "engine-0.20.5"),
        ("V0.20.9", "engine-0.20.5"),
        ("1", "engine-0.21"),
        ("dosc", "docs"),
        ("Enigne", "engine"),
    ],
)
def test_unknown_version_is_named_with_its_nearest(run: Run, version: str, nearest: str) -> None:
    outcome = run("versions", version)
    assert outcome.status == 2
    assert f"(did you mean {nearest}?)" in outcome.err


@pytest.mark.parametrize("version", ["latest", "9" * 5000], ids=["word", "digits without end"])
def test_version_that_is_like_none_is_named_alone(run: Run, version: str) -> None:
    outcome = run("versions", version)
    assert outcome.status == 2
    assert "did you mean" not in outcome.err


@pytest.mark.parametrize("arguments", [("docs",), ("0.18", "docs")], ids=" ".join)
def test_documentation_is_no_version(run: Run, arguments: tuple[str, ...]) -> None:
    outcome = run("versions", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert "docs is the documentation's dialect and no version: name one such as 0.20" in outcome.err


@pytest.mark.parametrize("engine", ENGINES[1:], ids=lambda engine: engine.name)
def test_older_engine_differs_from_the_next_newer_one_in_what_is_told(engine: Dialect) -> None:
    newer = ENGINES[ENGINES.index(engine) - 1]
    differing = {field.name for field in fields(Dialect) if getattr(engine, field.name) != getattr(newer, field.name)}
    named = {"name", "version", "dump_quirks"}
    told = {field.name for field in fields(VersionRules) if field.metadata}
    assert differing - named
    assert differing - named <= told
