"""The campaigns: what stands about them in the documents, and that each can find something."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from campaign.broken import DEFECTS, Defect
from campaign.mutants import MUTANTS, Mutant
from campaign.paths import Place
from campaign.rows import ROWS
from campaign.setting import Outcome, Setting

REPOSITORY = Path(__file__).parents[1]


def test_reliability_has_a_line_for_each_campaign() -> None:
    text = (REPOSITORY / "docs" / "reliability.md").read_text()
    assert set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE)) == set(ROWS)


def test_short_campaigns_fit_into_ten_minutes() -> None:
    assert sum(row.short.seconds for row in ROWS.values()) < 480


@pytest.mark.parametrize("changed", [*MUTANTS, *DEFECTS], ids=lambda each: each.name)
def test_line_that_is_to_be_changed_is_there_once(changed: Mutant | Defect) -> None:
    assert (REPOSITORY / changed.module).read_text().count(changed.before) == 1


def test_defects_are_found_by_campaigns_that_there_are() -> None:
    assert {defect.campaign for defect in DEFECTS} <= set(ROWS)


def test_same_seed_and_number_draw_the_same_attempt(tmp_path: Path) -> None:
    drawn = [[chance.random() for _, chance in Setting(seed, 5, 60, tmp_path).attempts()] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert [chance.random() for _, chance in Setting(1, 1, 60, tmp_path, first=3).attempts()] == drawn[0][3:4]


def test_campaign_ends_when_its_time_is_over(tmp_path: Path) -> None:
    assert list(Setting(1, 1000, 0, tmp_path).attempts()) == []


@pytest.mark.parametrize("name", ["paths", "requests"])
def test_campaign_counts_what_it_did(name: str, tmp_path: Path) -> None:
    outcome: Outcome = import_module(f"campaign.{name}").attack(Setting(1, 40, 60, tmp_path))
    assert outcome.defects == []
    assert 40 in outcome.figures.values()


def test_file_that_is_written_outside_is_an_escape(tmp_path: Path) -> None:
    place = Place(tmp_path)
    before = place.make_anew()
    assert place.look() == before
    (place.outside / "marker").write_text("escaped")
    assert place.look() != before
