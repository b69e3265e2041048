from __future__ import annotations

import pytest

from benchmarks.client import Question
from benchmarks.wrk import Load, _pauses, _script, read_report

REPORT = """\
Running 2s test @ http://127.0.0.1:37453/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.51ms  828.00us  15.91ms   87.28%
    Req/Sec     3.24k   246.15     3.61k    75.00%
  Latency Distribution
     50%    2.36ms
     75%    2.61ms
     90%    3.12ms
     99%    5.75ms
  6446 requests in 2.00s, 1.10MB read
Requests/sec:   3220.73
Transfer/sec:    562.95KB
"""


def test_report_is_read() -> None:
    assert read_report(REPORT) == Load(requests_per_s=3220.73, p50_ms=2.36, p99_ms=5.75, requests=6446)


def test_questions_are_made_once_and_sent_in_turn() -> None:
    script = _script(Question("/a"), Question("/b", "POST", "{}", (("X", "y"),)))
    assert "requests[1] = wrk.format([==[GET]==], [==[/a]==], {  }, nil)" in script
    assert "requests[2] = wrk.format([==[POST]==], [==[/b]==], { [ [==[X]==] ] = [==[y]==] }, [==[{}]==])" in script


@pytest.mark.parametrize(
    ("told", "milliseconds"),
    [
        pytest.param("828.00us", 0.828, id="microseconds"),
        pytest.param("5.75ms", 5.75, id="milliseconds"),
        pytest.param("1.02s", 1020, id="seconds"),
        pytest.param("1.00m", 60_000, id="minutes"),
    ],
)
def test_latencies_are_read_in_every_unit(told: str, milliseconds: float) -> None:
    assert read_report(REPORT.replace("5.75ms", told)).p99_ms == pytest.approx(milliseconds)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("  Non-2xx or 3xx responses: 3880", id="answers that are refusals"),
        pytest.param("  Socket errors: connect 0, read 12, write 0, timeout 3", id="answers that never came"),
    ],
)
def test_failed_requests_are_no_figure(line: str) -> None:
    with pytest.raises(RuntimeError, match=line.strip()):
        read_report(REPORT.replace("Requests/sec", f"{line}\nRequests/sec"))


@pytest.mark.parametrize("report", [pytest.param("", id="empty"), pytest.param("unable to connect", id="no server")])
def test_report_without_figures_is_refused(report: str) -> None:
    with pytest.raises(RuntimeError, match="no rate"):
        read_report(report)


def test_pauses_are_so_long_on_average() -> None:
    assert "return math.random(0, 160)" in _pauses(80)


def test_seconds_are_followed_by_a_space() -> None:
    assert read_report(REPORT.replace("5.75ms", "1.11s ")).p99_ms == 1110
