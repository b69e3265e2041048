from __future__ import annotations

from ome_mock.text import LONGEST_REMEMBERED, remembering


def test_results_of_short_texts_are_remembered_and_long_ones_are_not_kept() -> None:
    asked: list[str] = []

    @remembering(2)
    def length(text: str) -> int:
        asked.append(text[:1])
        return len(text)

    short, long = "s" * LONGEST_REMEMBERED, "l" * (LONGEST_REMEMBERED + 1)
    assert [length(short), length(short), length(long), length(long)] == [256, 256, 257, 257]
    assert asked == ["s", "l", "l"]
