"""The journal of requests and file writes."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from ome_mock.journal.request_journal import MOST_EXCHANGES, RequestJournal

START = "/v1/vhosts/default/apps/app/streams/stream:startHlsDump"


@pytest.fixture
def journal() -> RequestJournal:
    return RequestJournal()


def note(
    journal: RequestJournal,
    method: str = "POST",
    target: str = START,
    body: bytes = b'{"id":"d1","playlist":["a"]}',
    status: int = 200,
    diagnosis: tuple[str, ...] = (),
) -> None:
    journal.note_exchange(0, method, target, [("Host", "h")], body, status, b"{}", diagnosis)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 3000], ids=["nothing", "half of it", "no text", "nested too deeply"])
def test_body_that_is_no_json_has_no_value_and_is_no_obstacle(journal: RequestJournal, body: bytes) -> None:
    note(journal, body=body)
    note(journal)
    assert [exchange.number for exchange in journal.find(body={"id": "d1"})] == [2]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 1),
        ({"route": ":startHlsDump"}, 1),
        ({"route": "POST :startHlsDump"}, 1),
        ({"route": "GET :startHlsDump"}, 0),
        ({"route": ":stopHlsDump"}, 0),
        ({"route": "/apps/*:startHlsDump"}, 1),
        ({"status": 200}, 1),
        ({"status": 500}, 0),
        ({"body": {"id": "d1"}}, 1),
        ({"body": {"id": "d2"}}, 0),
        ({"body": {"id": "d1", "playlist": ["a"]}}, 1),
        ({"body": {"infoFile": "x"}}, 0),
    ],
    ids=str,
)
def test_exchanges_are_found(journal: RequestJournal, query: dict[str, Any], found: int) -> None:
    note(journal)
    assert len(journal.find(**query)) == found


def test_numbers_and_truth_values_are_told_apart(journal: RequestJournal) -> None:
    note(journal, body=b'{"a":1}')
    assert (len(journal.find(body={"a": 1})), len(journal.find(body={"a": True}))) == (1, 0)


def test_query_of_a_target_is_not_part_of_its_route(journal: RequestJournal) -> None:
    note(journal, target=START + "?x=1")
    assert len(journal.find(":startHlsDump")) == 1


def test_body_that_is_no_json_is_found_by_its_route_alone(journal: RequestJournal) -> None:
    note(journal, body=b"\xff{")
    assert (len(journal.find()), len(journal.find(body={}))) == (1, 0)


def test_assertion_that_holds_returns_the_exchanges(journal: RequestJournal) -> None:
    note(journal)
    note(journal)
    assert [exchange.number for exchange in journal.assert_called(":startHlsDump", times=2)] == [1, 2]
    journal.assert_not_called(":stopHlsDump")


def test_assertion_that_fails_shows_what_came_and_what_was_meant(journal: RequestJournal) -> None:
    note(journal, status=400, diagnosis=("unknown field playlists: playlist was meant",))
    with pytest.raises(AssertionError) as raised:
        journal.assert_called(":startHlsDump", status=200)
    assert str(raised.value) == (
        ":startHlsDump, answered 200 was to be called at least once, not 0 times. The last of 1 requests:\n"
        f'  1. POST {START} {{"id":"d1","playlist":["a"]}} -> 400\n'
        "    unknown field playlists: playlist was meant"
    )


def test_assertion_says_that_nothing_came(journal: RequestJournal) -> None:
    with pytest.raises(AssertionError, match=r"was to be called 2 times, not 0 times\. There was no request at all\."):
        journal.assert_called(":startHlsDump", times=2)


def test_waiting_ends_with_the_request(journal: RequestJournal) -> None:
    thread = Thread(target=note, args=(journal,))
    thread.start()
    assert [exchange.method for exchange in journal.wait_for(":startHlsDump")] == ["POST"]
    thread.join()


def test_waiting_in_vain_fails(journal: RequestJournal) -> None:
    with pytest.raises(AssertionError, match=r":startHlsDump was called 0 times within 0\.01 s, not 1\."):
        journal.wait_for(":startHlsDump", timeout_s=0.01)


def test_journal_is_bounded_and_goes_on_counting(journal: RequestJournal) -> None:
    for _ in range(MOST_EXCHANGES + 5):
        note(journal)
    assert [exchange.number for exchange in journal.exchanges][:: MOST_EXCHANGES - 1] == [6, MOST_EXCHANGES + 5]


def test_cleared_journal_is_empty(journal: RequestJournal) -> None:
    note(journal)
    journal.note_write(0, "default/app/stream", "d1", "/d/seg", 3)
    assert [(write.path, write.size) for write in journal.writes] == [("/d/seg", 3)]
    journal.clear()
    assert (journal.exchanges, journal.writes) == ([], [])


def test_long_bodies_are_kept_in_part(journal: RequestJournal) -> None:
    note(journal, body=b"x" * 1_000_000)
    assert len(journal.exchanges[0].body) == 65_536


def test_large_bodies_drop_the_oldest_exchanges(journal: RequestJournal) -> None:
    for _ in range(1000):
        note(journal, body=b"x" * 65_536)
    kept = journal.exchanges
    assert 500 <= len(kept) <= 512
    assert kept[-1].number == 1000


def test_large_heads_drop_the_oldest_exchanges(journal: RequestJournal) -> None:
    target, headers = f"/{'x' * 32_767}", [("X-Long", "x" * 32_762)]
    for number in range(1000):
        journal.note_exchange(number, "GET", target, headers, b"", 404, b"")
    assert len(journal.exchanges) == 512


@pytest.mark.parametrize("asking", ["find", "assert_called", "assert_not_called", "wait_for"])
def test_status_as_text_is_a_mistake(asking: str) -> None:
    """Nothing has such a status, so that `assert_not_called` would hold whatever was asked."""
    with pytest.raises(TypeError, match=r"^status must be int or None, not '500'$"):
        getattr(RequestJournal(), asking)(":startHlsDump", status="500")
