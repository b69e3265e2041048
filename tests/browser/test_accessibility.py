"""axe-core looks at every part of the page. Skipped where npm has not installed it: `npm install` in this directory."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.test_page import in_tree
from browser.windows import Open
from playwright.sync_api import Page, expect
from served import post

from ome_mock import OmeMock, faults

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = pytest.mark.skipif(not AXE.exists(), reason="npm has not installed axe-core")


def violations(page: Page) -> list[str]:
    """The serious and critical violations of each rule, with the first element that breaks it."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document)")["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in {"serious", "critical"}]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_form_for_the_token(ome: OmeMock, show: Open, scheme: str) -> None:
    page = show(ome, url=f"{ome.url}/_mock/", scheme=scheme)
    page.get_by_label("Access token").fill("wrong")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("refuses")
    assert violations(page) == []


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part(ome: OmeMock, show: Open, scheme: str, width: int) -> None:
    ome.faults.arm(faults.SkippedFile(file="seg_0_*", times=3))
    ome.faults.arm(faults.Status(503, route=":nothing", must_fire=False))
    ome.start_dump("d1", info_file="/d1.info")
    ome.clock.advance(30)
    post(ome.port, "stopHlsDump", {"outputStream": "stream"})
    page = show(ome, scheme=scheme, width=width, height=900)
    for name, note in (("app", "application"), ("stream", "encoder"), ("stream", "1 dump"), ("d1", "Running")):
        in_tree(page, name, note).click()
        expect(page.locator(".view h2")).to_have_text(name)
        assert violations(page) == []
    page.locator(".tab", has_text="Faults").click()
    expect(page.get_by_label("Fault", exact=True)).to_have_value("status")
    page.get_by_text("When, how often").click()
    assert violations(page) == []
    page.locator(".tab", has_text="Journal").click()
    page.locator(".journal .row").first.click()
    expect(page.get_by_role("region", name="The selected row")).to_be_visible()
    assert violations(page) == []
