"""The documentation as a site: it builds without a warning, and its pages ask no other host for anything."""

from __future__ import annotations

import os
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest
from documents import DOCUMENTS, REPOSITORY

BUILDS_WITHIN_S = 600
SHOWN = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "link": "href"}
"""The tags that have a browser fetch something, and the attribute that says what."""


class Fetched(HTMLParser):
    """Collects what a browser fetches to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if url := given.get(SHOWN.get(tag, "")):
            self.urls.append(url)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("mkdocs") is None or find_spec("material") is None or find_spec("mkdocstrings") is None:
        pytest.skip("the site was not built: the extra `docs` is not installed")
    built = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(built)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=BUILDS_WITHIN_S, check=False)
    assert done.returncode == 0, done.stderr
    return built


def test_every_document_is_a_page(site: Path) -> None:
    names = [path.as_posix().removeprefix("docs/").removesuffix(".md").removesuffix("README") for path in DOCUMENTS]
    assert [name for name in names if not (site / name / "index.html").exists()] == []


def test_pages_ask_no_other_host_for_anything(site: Path) -> None:
    pages = [path for path in site.rglob("*.html") if "examples/player" not in path.as_posix()]
    fetched = {}
    for page in pages:
        reader = Fetched()
        reader.feed(page.read_text())
        fetched[page] = reader.urls
    assert any(fetched.values())
    assert {page: elsewhere for page, urls in fetched.items() if (elsewhere := [url for url in urls if "//" in url])} == {}
    styles = "".join(path.read_text() for path in site.rglob("*.css"))
    assert "url(http" not in styles
    assert "@import" not in styles


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("command-line", "Serve the REST API and live streams until"),
        ("control-api", "POST /_mock/clock/advance"),
        ("python", "A running emulator: an HTTP server on a free port"),
    ],
)
def test_page_is_completed_by_what_the_program_says_of_itself(site: Path, page: str, sentence: str) -> None:
    assert sentence in (site / page / "index.html").read_text()
