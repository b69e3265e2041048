"""`/_mock/metrics`: totals and states as OpenMetrics text (version 1.0), which Prometheus reads.

Written by hand: the text has one rule for escaping, which earns no library at runtime. Only totals are kept before it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate

from ...journal.totals import LATENESS_BOUNDS_MS, Totals
from ...timestamps import NS_PER_SECOND
from ...versions import VERSION
from . import Control
from .state import connected_streams

Labels = dict[str, str]
Samples = Iterable[tuple[str, Labels, float]]
"""The suffix of the family's name, the labels, and the value."""


def read_metrics(control: Control) -> str:
    return "".join(f"{line}\n" for line in (*_families(control), "# EOF"))


def _families(control: Control) -> Iterator[str]:
    totals, faults = control.journal.totals, control.faults
    about = {"version": VERSION, "dialect": control.dialect.name, "engine_version": control.dialect.version}
    yield from _family("ome_mock", "info", "The emulator", [("_info", about, 1)])
    yield from _counters("ome_mock_requests", "Requests of OME's API", ("method", "route", "status"), dict(totals.requests).items())
    yield from _gauge("ome_mock_held_requests", "Requests of players that wait for media", control.held_requests)
    yield from _gauge("ome_mock_streams", "Connected input streams", len(connected_streams(control.engine)))
    yield from _family("ome_mock_dumps", "gauge", "Dumps, also of streams that are gone, as their info files tell them", _dumps(control))
    yield from _counter("ome_mock_written_files", "Written files, each time that one was written", totals.files)
    yield from _counter("ome_mock_written_bytes", "Bytes of these files", totals.bytes, unit="bytes")
    yield from _family(
        "ome_mock_lateness_seconds", "histogram", "How long after it fell due work was done, by a real clock", _lateness(totals), "seconds"
    )
    yield from _counters("ome_mock_callbacks", "Admission webhooks and alerts", ("kind", "status"), dict(totals.callbacks).items())
    yield from _gauge("ome_mock_armed_faults", "Faults that can still fire", len(faults.armed))
    fired = (((kind,), count) for kind, count in dict(faults.fired).items())
    yield from _counters("ome_mock_fired_faults", "Faults that fired", ("fault",), fired)


def _dumps(control: Control) -> Samples:
    found = Counter((dump.enabled, dump.status) for dump in control.dumps.all)
    for (enabled, status), value in sorted(found.items()):
        yield "", {"enabled": str(enabled).lower(), "status": status}, value


def _lateness(totals: Totals) -> Samples:
    counts = list(accumulate(totals.latenesses))
    bounds = [*(str(bound_ms / 1000) for bound_ms in LATENESS_BOUNDS_MS), "+Inf"]
    yield from (("_bucket", {"le": bound}, count) for bound, count in zip(bounds, counts, strict=True))
    yield "_count", {}, counts[-1]
    yield "_sum", {}, totals.lateness_ns / NS_PER_SECOND


def _gauge(name: str, meaning: str, value: float) -> Iterator[str]:
    return _family(name, "gauge", meaning, [("", {}, value)])


def _counter(name: str, meaning: str, value: float, unit: str = "") -> Iterator[str]:
    return _family(name, "counter", meaning, [("_total", {}, value)], unit)


def _counters(name: str, meaning: str, labels: tuple[str, ...], counts: Iterable[tuple[tuple[str, ...], int]]) -> Iterator[str]:
    """A family with a counter for each tuple of values of its labels."""
    samples = (("_total", dict(zip(labels, values, strict=True)), count) for values, count in sorted(counts))
    return _family(name, "counter", meaning, samples)


def _family(name: str, kind: str, meaning: str, samples: Samples, unit: str = "") -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    if unit:
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} {meaning}."
    for suffix, labels, value in samples:
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{suffix}{'{' + shown + '}' if shown else ''} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
