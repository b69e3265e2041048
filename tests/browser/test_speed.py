"""A thousand dumps and a full journal, measured by the browser's own trace, in the processor time of its main thread."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from browser.windows import Open
from playwright.sync_api import Browser, expect

from ome_mock import OmeMock

DUMPS, ROWS = 1_000, 10_000
BUSY_MS = 1_000
FRAME_MS = 50
SCROLLS = 3
"""A list is scrolled so often at most: what the browser once collects or compiles in between is not what a frame takes."""

SCROLL = """async (selector) => {
  const list = document.querySelector(selector);
  const frame = () => new Promise(requestAnimationFrame);
  const bottom = list.scrollHeight - list.clientHeight;
  for (let step = 0; step <= 60; step++) {
    list.scrollTop = (bottom * step) / 60;
    await frame();
  }
  for (let step = 0; step <= 60; step++) {
    list.scrollTop = bottom - step * 40;
    await frame();
  }
}"""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OmeMock]:
    """An emulator with a thousand dumps and ten thousand requests in its journal."""
    with OmeMock(root=tmp_path_factory.mktemp("full")) as ome:
        for number in range(DUMPS):
            ome.start_dump(f"d{number:04}", info_file=f"/d{number:04}.info")
        for number in range(ROWS):
            hints = ["Did you mean :hlsDumps?"] if number % 3 == 0 else []
            ome.journal.note_exchange(ome.clock.now_ns(), "POST", f"/v1/vhosts/default/apps/app/{number}", (), b"{}", 404, b"{}", hints)
        yield ome


def traced(browser: Browser, path: Path) -> list[dict[str, Any]]:
    """End a trace; the tasks of the page's main thread, with their processor time in microseconds as `tdur`."""
    path.write_bytes(browser.stop_tracing())
    events = json.loads(path.read_bytes())["traceEvents"]
    main = {(each["pid"], each["tid"]) for each in events if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"}
    return [each for each in events if each["name"].endswith("RunTask") and (each["pid"], each["tid"]) in main and "tdur" in each]


def test_page_is_shown_in_a_second_of_processor_time(browser: Browser, full: OmeMock, show: Open, tmp_path: Path) -> None:
    page = show(full, url=f"{full.url}/_mock/")  # the page of a browser that runs, and that has its files
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "__metadata"])
    page.evaluate("token => { sessionStorage.setItem('ome-mock token', token); location.reload(); }", full.access_token)
    expect(page.locator(".journal .row").first).to_be_visible()
    expect(page.get_by_role("treeitem").filter(has_text="d0000")).to_be_visible()
    busy_ms = sum(each["tdur"] for each in traced(browser, tmp_path / "trace.json")) / 1000
    painted_ms = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert busy_ms < BUSY_MS, f"first paint after {painted_ms:.0f} ms"


@pytest.mark.parametrize("selector", [".tree .window", ".journal .window"])
def test_scrolling_takes_less_than_fifty_milliseconds_a_frame(
    browser: Browser, full: OmeMock, show: Open, tmp_path: Path, selector: str
) -> None:
    page = show(full)
    expect(page.locator(".journal .panel-head")).to_contain_text(str(ROWS))
    longest_ms: list[float] = []
    while len(longest_ms) < SCROLLS and min(longest_ms, default=FRAME_MS) >= FRAME_MS:
        browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "__metadata"])
        page.evaluate(SCROLL, selector)
        longest_ms.append(max(each["tdur"] for each in traced(browser, tmp_path / "trace.json")) / 1000)
    assert min(longest_ms) < FRAME_MS, longest_ms
    assert page.locator(f"{selector} .row").count() < 80


def test_hundred_events_a_second_make_nothing_flicker(full: OmeMock, show: Open) -> None:
    page = show(full)
    expect(page.locator(".journal .panel-head")).to_contain_text(str(ROWS))
    page.evaluate(
        """() => {
          window.flickers = 0;
          const kept = document.querySelector(".tree .row");
          const heading = document.querySelector(".view h2");
          const look = () => {
            if (!kept.isConnected || !heading.isConnected || !document.querySelector(".journal .row")) window.flickers++;
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    noting = Thread(target=note_rows, args=(full, 300))
    noting.start()
    expect(page.locator(".journal .row").first).to_contain_text("/last")
    noting.join()
    assert page.evaluate("window.flickers") == 0


def note_rows(ome: OmeMock, count: int) -> None:
    """Note so many requests, a hundred a second."""
    pause = Event()
    for number in range(count):
        ome.journal.note_exchange(ome.clock.now_ns(), "GET", f"/v1/{number}", (), b"", 404, b"")
        pause.wait(0.01)
    ome.journal.note_exchange(ome.clock.now_ns(), "GET", "/last", (), b"", 404, b"")
