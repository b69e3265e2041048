"""The page from the command line: its address, the browser, other hosts, and the demo that goes on."""

from __future__ import annotations

import re
import webbrowser
from http.client import HTTPConnection
from pathlib import Path

import pytest
from served import Run


@pytest.mark.parametrize("there_is_one", [True, False])
def test_open_opens_the_browser_or_says_that_there_is_none(run: Run, monkeypatch: pytest.MonkeyPatch, there_is_one: bool) -> None:
    opened: list[str] = []

    def open_browser(url: str) -> bool:
        opened.append(url)
        return there_is_one

    monkeypatch.setattr(webbrowser, "open", open_browser)
    outcome = run("serve", "--port", 0, "--access-token", "a b#c", "--open")
    (url,) = opened
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/_mock/#token=a%20b%23c", url)
    assert f"  page           {url}\n" in outcome.out
    assert ("no browser was found" in outcome.err) is not there_is_one


@pytest.mark.parametrize("arguments", [("--allow-host", "Mock.example"), ()])
def test_allow_host_shows_the_page_under_another_name(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    statuses: list[int] = []

    def look_around() -> None:
        port = int(re.findall(r'"port": (\d+)', (tmp_path / "ports.json").read_text())[0])
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/_mock/", headers={"Host": "mock.example:80"})
        statuses.append(connection.getresponse().status)
        connection.close()

    run("serve", "--port", 0, "--port-file", tmp_path / "ports.json", *arguments, look_around=look_around)
    assert statuses == [200 if arguments else 403]


def test_wrong_allowed_host_is_one_line(run: Run) -> None:
    outcome = run("serve", "--allow-host", "mock.example:8081")
    message = "ome-mock: --allow-host 'mock.example:8081' is not the name or the address of a host, without a port\n"
    assert (outcome.status, outcome.err) == (2, message)


def test_demo_that_goes_on_shows_a_running_dump_and_the_page(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    texts: list[str] = []

    def look_around() -> None:
        texts.append(next(tmp_path.rglob("demo.info")).read_text())

    outcome = run("demo", "--serve", look_around=look_around)
    assert "<Status>Running</Status>" in texts[0]
    assert "<Status>Completed</Status>" in next(tmp_path.rglob("demo.info")).read_text()
    assert "\n400 Bad Request\n" in outcome.out
    assert re.search(r"\nwatch it at http://127\.0\.0\.1:\d+/_mock/#token=ome-access-token\n", outcome.out)
