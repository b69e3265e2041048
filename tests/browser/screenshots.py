#!/usr/bin/env python3
"""Takes the pictures of the page in `docs/images`, light and dark, wide and narrow.

    tests/browser/screenshots.py [DIRECTORY]

Needs the extra `browser` and Debian's package `chromium`. Pillow, where it is installed, makes the files a third as large.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect, sync_playwright

from ome_mock import OmeMock, faults

sys.path.insert(0, str(Path(__file__).parents[1]))  # where the helpers of the tests are imported from

from served import post

IMAGES = Path(__file__).parents[2] / "docs" / "images"
COLOURS = 256
NAMED = {"outputStreamName": "stream"}
WIDE, NARROW = (1440, 860), (390, 760)

SHOW_A_PICTURE = """async (video) => {
  while (video.readyState < 3) await new Promise((resolve) => setTimeout(resolve, 100));
  video.pause();
  const sought = new Promise((resolve) => (video.onseeked = resolve));
  video.currentTime = 3.4;
  await sought;
}"""


def main() -> None:
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    directory.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or sys.exit("chromium is not there")
    with tempfile.TemporaryDirectory() as root, OmeMock(root=root) as ome, sync_playwright() as playwright:
        make_story(ome)
        browser = playwright.chromium.launch(executable_path=chromium)
        for name, scheme, (width, height), look in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(ome.page_url)
            look(page)
            page.screenshot(path=directory / f"{name}.png")
            page.close()
            shrink(directory / f"{name}.png")
        browser.close()


def make_story(ome: OmeMock) -> None:
    """Let happen what the pictures show: dumps that run, end and fail, requests that are right and wrong, a fault."""
    ome.connect("default/app/camera1", ready=True)
    news = {**NAMED, "id": "evening-news"}
    post(ome.port, "startHlsDump", {**news, "outputPath": "/dumps/evening-news", "infoFile": "/dumps/evening-news.info"})
    ome.clock.advance(8)
    post(ome.port, "stopHlsDump", news)
    ome.faults.arm(faults.SkippedFile(file="seg_0_*", dump="match-42", nth=5))
    match = {**NAMED, "id": "match-42", "userData": "job=42", "playlist": ["llhls.m3u8", "abr.m3u8"]}
    start = {**match, "outputPath": "/dumps/match-42", "infoFile": "/dumps/match-42.info"}
    post(ome.port, "startHlsDump", start)
    post(ome.port, "startHlsDump", start)
    post(ome.port, "hlsDumps", NAMED)
    ome.clock.advance(58)
    post(ome.port, "stopHlsDump", {"outputStream": "stream", "id": "match-42"})
    ome.faults.arm(faults.Status(503, route=":startHlsDump", times=2))


def show_dump(page: Page) -> None:
    page.get_by_role("treeitem").filter(has_text="match-42").click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator("video").evaluate(SHOW_A_PICTURE)
    expect(page.locator(".bar").first).to_be_visible()
    page.mouse.move(0, 0)


def show_hint(page: Page) -> None:
    show_dump(page)
    page.locator(".journal .row").first.click()
    expect(page.get_by_role("region", name="The selected row")).to_be_visible()


def show_narrow_dump(page: Page) -> None:
    page.get_by_role("treeitem").filter(has_text="match-42").click()
    expect(page.locator(".bar").first).to_be_visible()
    page.locator(".view-head").scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.querySelector('.detail').offsetTop - 8)")


def show_narrow_journal(page: Page) -> None:
    page.locator(".tab", has_text="Journal").click()
    expect(page.locator(".journal .row").first).to_be_visible()


def show_faults(page: Page) -> None:
    page.get_by_role("treeitem").filter(has_text="output").first.click()
    page.locator(".tab", has_text="Faults").click()
    page.get_by_label("Fault", exact=True).select_option("diskFull")


PICTURES: list[tuple[str, Literal["light", "dark"], tuple[int, int], Callable[[Page], None]]] = [
    ("page-light", "light", WIDE, show_hint),
    ("page-dark", "dark", WIDE, show_hint),
    ("page-faults", "light", WIDE, show_faults),
    ("page-narrow-light", "light", NARROW, show_narrow_journal),
    ("page-narrow-dark", "dark", NARROW, show_narrow_dump),
]


def shrink(path: Path) -> None:
    """Give a picture a palette of its most frequent colours, where Pillow is installed."""
    with suppress(ImportError):
        pillow = import_module("PIL.Image")
        picture = pillow.open(path).convert("RGB")
        frequent = sorted(picture.getcolors(picture.width * picture.height), reverse=True)[:COLOURS]
        palette = pillow.new("P", (1, 1))
        palette.putpalette([value for _, colour in frequent for value in colour])
        picture.quantize(palette=palette, dither=pillow.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
