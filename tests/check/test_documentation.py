"""docs/checking-dumps.md has every rule."""

from pathlib import Path

from ome_mock.check import RULES

PAGE = Path(__file__).parents[2] / "docs" / "checking-dumps.md"


def test_table_has_every_rule_as_it_is() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert rows == [f"| `{rule.name}` | {rule.source} | {rule.effect} |" for rule in RULES.values()]
