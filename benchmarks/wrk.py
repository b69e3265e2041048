"""wrk, which asks as fast as it is answered or with pauses, and its report."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from .client import Question
from .setting import NotMeasured
from .summaries import median

CONNECTIONS = 8
ROUNDS = 3
WARM_UP_S = 2.0
"""Before the rounds, for virtual machines that compile what runs often."""
MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
"""What wrk's units are in milliseconds."""


@dataclass(frozen=True)
class Load:
    """What a server made of a load."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    requests: float
    """How many were answered."""


def load_in_turn(asked: Mapping[str, tuple[str, Question]], seconds: float) -> dict[str, Load]:
    """Load servers in turn, several rounds each, and take medians: what else the machine does then slows all of them."""
    for url, question in asked.values():
        load(url, question, WARM_UP_S)
    rounds = [{name: load(url, question, seconds) for name, (url, question) in asked.items()} for _ in range(ROUNDS)]
    return {name: _median([measured[name] for measured in rounds]) for name in asked}


def load(url: str, question: Question, seconds: float, *others: Question, connections: int = CONNECTIONS, pause_ms: int = 0) -> Load:
    """Ask over kept-alive connections, questions in turn; each connection pauses for so long on average before it asks.

    Raises RuntimeError where a request failed, NotMeasured without wrk.
    """
    if shutil.which("wrk") is None:
        raise NotMeasured("needs wrk, which was not found")
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory, "ask.lua")
        script.write_text(_script(question, *others) + (_pauses(pause_ms) if pause_ms else ""))
        whole_seconds = max(1, round(seconds))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{whole_seconds}s", "--latency", "-s", str(script), url + question.path]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=whole_seconds + 30)
    return read_report(done.stdout)


def _median(loads: Sequence[Load]) -> Load:
    return Load(*(median(values) for values in zip(*map(astuple, loads), strict=True)))


def read_report(report: str) -> Load:
    """Read what wrk printed. Raises RuntimeError where it says that requests failed."""
    failed = re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", report)
    if failed:
        raise RuntimeError(f"wrk says: {failed.group()}")
    rate = re.search(r"^Requests/sec: +([\d.]+)$", report, re.MULTILINE)
    if rate is None:
        raise RuntimeError(f"wrk's report has no rate:\n{report}")
    answered = re.search(r"^ +(\d+) requests in ", report, re.MULTILINE)
    if answered is None:
        raise RuntimeError(f"wrk's report has no number of requests:\n{report}")
    return Load(float(rate.group(1)), _latency_ms(report, 50), _latency_ms(report, 99), int(answered.group(1)))


def _latency_ms(report: str, percent: int) -> float:
    found = re.search(rf"^ +{percent}% +([\d.]+)(us|ms|s|m) *$", report, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"wrk's report has no {percent}%:\n{report}")
    return float(found.group(1)) * MS[found.group(2)]


def _script(*questions: Question) -> str:
    """The requests in Lua, made once and sent in turn."""
    made = "\n".join(f"    requests[{number}] = {_request(question)}" for number, question in enumerate(questions, 1))
    return f"""
local requests, last = {{}}, 0
init = function()
{made}
end
request = function()
    last = last % #requests + 1
    return requests[last]
end
"""


def _pauses(mean_ms: int) -> str:
    """Pauses of all lengths up to twice their mean, lest the connections ask all at once."""
    return f"""
delay = function()
    return math.random(0, {2 * mean_ms})
end
"""


def _request(question: Question) -> str:
    headers = ", ".join(f"[ {_lua(name)} ] = {_lua(value)}" for name, value in question.headers)
    body = _lua(question.body) if question.body else "nil"
    return f"wrk.format({_lua(question.method)}, {_lua(question.path)}, {{ {headers} }}, {body})"


def _lua(text: str) -> str:
    """A long string of Lua's, in which nothing is escaped."""
    return f"[==[{text}]==]"
