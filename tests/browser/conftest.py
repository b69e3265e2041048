"""Chromium and the page in it. Needs the extra `browser` and Debian's package `chromium`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.windows import Open, Scheme
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ome_mock import OmeMock

TIMEOUT_MS = 30_000
"""The patience of every expectation, in milliseconds of a machine that may be busy."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "chromium is not there"
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()


@pytest.fixture
def ome(tmp_path: Path) -> Iterator[OmeMock]:
    with OmeMock(root=tmp_path) as ome:
        yield ome


@pytest.fixture
def show(browser: Browser) -> Iterator[Open]:
    """Open pages; in the end none of them has complained, nor asked another server."""
    complaints: list[str] = []
    pages: list[Page] = []

    def show(ome: OmeMock, *, url: str | None = None, width: int = 1440, height: int = 900, scheme: Scheme = "light") -> Page:
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(complaints, message.type, message.text))
        page.on("request", lambda asked: complaints.extend(_other_hosts(ome, asked.url)))
        page.goto(ome.page_url if url is None else url)
        pages.append(page)
        return page

    yield show
    for page in pages:
        page.context.close()
    assert complaints == []


def _other_hosts(ome: OmeMock, url: str) -> list[str]:
    return [] if url.startswith((ome.url, "blob:")) else [f"asked {url}"]


def _note(complaints: list[str], kind: str, text: str) -> None:
    """Note what the console says, but for statuses of failure, which tests ask for."""
    if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
        complaints.append(text)
