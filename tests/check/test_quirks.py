"""What every engine of a version does, listed apart."""

from __future__ import annotations

import pytest

from ome_mock.check import RULES, quirks_of
from ome_mock.dialect import DIALECTS
from ome_mock.errors import ConfigurationError


@pytest.mark.parametrize(
    ("name", "rule", "is_known"),
    [
        ("docs", "target-duration-exceeded", False),
        ("engine-0.21", "target-duration-exceeded", True),
        ("engine-0.21", "ts-list-not-finished", True),
        ("engine-0.21", "segment-missing", False),
        ("engine-0.15.13", "info-stale", True),
        ("engine-0.15.14", "info-stale", False),
        ("engine-0.16.2", "segment-empty", True),
        ("0.16.2", "segment-empty", True),
        ("engine-0.16.3", "segment-empty", False),
        ("engine-0.16.4", "listed-before-dump", True),
        ("engine-0.16.4", "segment-missing", False),
        ("engine-0.16.5", "segment-unlisted", True),
        ("engine-0.17.1", "segment-unlisted", False),
        ("engine-0.20.5", "ts-list-not-finished", True),
        ("engine-0.19.0", "ts-list-not-finished", False),
    ],
)
def test_quirk_is_that_of_its_versions(name: str, rule: str, is_known: bool) -> None:
    assert (rule in quirks_of(name)) is is_known


@pytest.mark.parametrize("name", [*DIALECTS, "engine", "engine-0.16", "engine-0.16.6"])
def test_quirks_are_names_of_rules(name: str) -> None:
    assert quirks_of(name) <= set(RULES)


@pytest.mark.parametrize("name", ["engine-0.22.0", "engine-1", "nope", ""])
def test_dialect_that_there_is_not_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"dialect '{name}' is not one of docs, engine-0.15.10, .*, engine-0.21"):
        quirks_of(name)
