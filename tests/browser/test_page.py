"""The page as people use it, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.windows import Open
from playwright.sync_api import Locator, Page, expect
from served import post

from ome_mock import OmeMock
from ome_mock.clock import RealClock

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
HOSTILE = "<img src=x onerror=document.title='taken'>"

DIFFERENT_PICTURES = """async (video) => {
  const canvas = document.createElement("canvas");
  canvas.width = 64;
  canvas.height = 36;
  const context = canvas.getContext("2d", {willReadFrequently: true});
  const sample = () => {
    context.drawImage(video, 0, 0, 64, 36);
    return context.getImageData(0, 0, 64, 36).data.join();
  };
  const seen = new Set();
  for (let tries = 0; tries < 600 && seen.size < 3; tries++) {
    if (video.readyState > 1 && video.currentTime > 0) seen.add(sample());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return seen.size;
}"""
"""Counts the different pictures that a video shows within a minute, three at most."""


@pytest.fixture
def live(tmp_path: Path) -> Iterator[OmeMock]:
    """An emulator on the real clock."""
    with OmeMock(root=tmp_path, clock=RealClock()) as ome:
        yield ome


def in_tree(page: Page, name: str, note: str = "") -> Locator:
    return page.get_by_role("treeitem").filter(has=page.locator(f".name:text-is('{name}')")).filter(has_text=note)


def start_dump(page: Page) -> None:
    page.get_by_role("button", name="Start a dump").click()
    expect(page.get_by_role("heading", name="d1")).to_be_visible()


def test_token_is_asked_for_refused_and_kept_for_the_tab(ome: OmeMock, show: Open) -> None:
    page = show(ome, url=f"{ome.url}/_mock/")
    page.get_by_label("Access token").fill("wrong")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("The emulator refuses this token")
    page.get_by_label("Access token").fill(ome.access_token)
    page.keyboard.press("Enter")
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_text("live", exact=True)).to_be_visible()


def test_token_in_the_address_is_taken_out_of_it(ome: OmeMock, show: Open) -> None:
    page = show(ome)
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    assert "token" not in page.url
    page.go_back()
    assert "token" not in page.url


def test_dump_that_the_page_starts_grows_as_the_page_turns_the_clock(ome: OmeMock, show: Open) -> None:
    page = show(ome)
    expect(page.get_by_text("No dump of this stream yet.")).to_be_visible()
    page.get_by_label("User data").fill("job=42")
    start_dump(page)
    assert ome.dumps["d1"].enabled
    ome.journal.assert_called(":startHlsDump", times=1, body={"id": "d1", "userData": "job=42"})
    expect(page.get_by_role("region", name="The request")).to_contain_text('"userData": "job=42"')
    bars = page.locator(".lane.video").first.locator(".bar")
    expect(bars).to_have_count(1)
    expect(bars.first).to_have_class("bar open")
    page.get_by_role("button", name="Next segment").click()
    expect(page.locator(".bar.open")).to_have_count(0)
    page.get_by_role("button", name="+10 s").click()
    expect(bars).to_have_count(2)
    page.get_by_label("Seconds to turn the clock").fill("6.5")
    page.get_by_role("button", name="Turn", exact=True).click()
    expect(bars).to_have_count(3)
    expect(page.locator(".info-text mark").first).to_be_visible()
    expect(page.locator(".info-text")).to_contain_text("<Status>Running</Status>")
    sizes = [path.stat().st_size for path in ome.dumps["d1"].files if path.name.startswith("seg_0_")]
    assert bars.all_inner_texts() == [f"{size / 1000:.1f} kB" for size in sizes]


def test_request_that_was_sent_is_shown_and_dump_is_stopped(ome: OmeMock, show: Open) -> None:
    page = show(ome)
    start_dump(page)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".view-head .status")).to_have_text("Completed")
    expect(page.get_by_role("region", name="The request")).to_contain_text(f"POST {STREAM}:stopHlsDump")
    expect(page.get_by_role("region", name="The answer")).to_contain_text('"message": "OK"')
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_disabled()


def test_refused_start_is_told_in_the_engines_words(ome: OmeMock, show: Open) -> None:
    ome.start_dump("taken")
    page = show(ome)
    page.get_by_label("Id", exact=True).fill("taken")
    page.get_by_role("button", name="Start a dump").click()
    expect(page.get_by_role("alert")).to_contain_text("Dump taken was not started.")
    expect(page.get_by_role("region", name="The answer")).to_contain_text("500")


def test_live_player_shows_moving_pictures(live: OmeMock, show: Open) -> None:
    page = show(live)
    page.get_by_role("button", name="Play the live stream").click()
    assert page.locator("video").evaluate(DIFFERENT_PICTURES) == 3
    assert (live.journal.exchanges, live.held_requests) == ([], 0)


def test_dump_is_played_from_disk(ome: OmeMock, show: Open) -> None:
    ome.start_dump("d1")
    ome.clock.advance(30)
    page = show(ome)
    in_tree(page, "d1").click()
    page.get_by_role("button", name="Play", exact=True).click()
    assert page.locator("video").evaluate(DIFFERENT_PICTURES) == 3


def test_wrong_request_appears_with_its_diagnosis(ome: OmeMock, show: Open) -> None:
    page = show(ome)
    expect(page.get_by_text("Nothing was asked yet.")).to_be_visible()
    assert post(ome.port, "stopHlsDump", {"outputStream": "stream", "id": "d1"})[0] == 400
    row = page.locator(".journal .row").first
    expect(row).to_contain_text('send it as "outputStreamName"')
    row.click()
    detail = page.get_by_role("region", name="The selected row")
    expect(detail.locator(".hint").first).to_contain_text("outputStream")
    expect(detail.get_by_role("region", name="Answer 400")).to_contain_text("outputStreamName is required")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    detail.get_by_role("button", name="Copy as curl").click()
    expect(detail.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"curl -X POST -H 'Authorization: {ome.authorization}' -d '")
    assert copied.endswith(f"'{ome.url}{STREAM}:stopHlsDump'")


def test_journal_is_filtered(ome: OmeMock, show: Open) -> None:
    page = show(ome)
    for body in ({"outputStreamName": "stream"}, {"outputStreamName": "nope"}):
        post(ome.port, "hlsDumps", body)
    rows = page.locator(".journal .row")
    expect(rows).to_have_count(2)
    page.get_by_label("Kind of rows").select_option("refused or failed")
    expect(rows).to_have_count(1)
    page.get_by_label("Filter the journal").fill("no such text")
    expect(page.get_by_text("No row fits the filter.")).to_be_visible()


def test_fault_from_the_form_hits(ome: OmeMock, show: Open) -> None:
    page = show(ome)
    page.get_by_role("button", name="Faults").click()
    page.get_by_label("Fault", exact=True).select_option("skippedFile")
    page.get_by_label("file", exact=True).fill("seg_0_*")
    page.get_by_text("When, how often, by what chance").click()
    page.get_by_label("times", exact=True).fill("2")
    page.get_by_role("button", name="Arm", exact=True).click()
    expect(page.locator(".faults").get_by_text("2 times more")).to_be_visible()
    start_dump(page)
    expect(page.locator(".bar.missing")).to_have_count(1)
    expect(page.locator(".fault-marks .fault")).to_have_count(1)
    expect(page.locator(".fault-marks .fault")).to_be_visible()
    expect(page.get_by_text("once more")).to_be_visible()
    page.get_by_role("button", name="Disarm skipped file").click()
    expect(page.get_by_text("No fault is armed")).to_be_visible()
    assert ome.faults.armed == []


def test_dump_is_completed_within_a_second_of_the_loss_of_its_encoder(ome: OmeMock, show: Open) -> None:
    ome.start_dump("d1")
    page = show(ome)
    in_tree(page, "d1").click()
    expect(page.locator(".view-head .status")).to_have_text("Running")
    page.evaluate(
        """() => {
          const status = document.querySelector(".view-head .status");
          const note = () => (window.toldMs ??= performance.now());
          new MutationObserver(note).observe(status, {childList: true, characterData: true, subtree: true});
        }"""
    )
    lost_ms = page.evaluate("performance.now()")
    ome.disconnect("default/app/stream")
    expect(page.locator(".view-head .status")).to_have_text("Completed")
    assert page.evaluate("window.toldMs") - lost_ms < 1000
    expect(in_tree(page, "stream", "encoder, gone")).to_be_visible()


def test_encoder_is_disconnected_and_comes_again(ome: OmeMock, show: Open) -> None:
    page = show(ome)
    in_tree(page, "stream", "encoder").click()
    page.get_by_role("button", name="Disconnect").click()
    page.get_by_role("button", name="Reconnect").click()
    expect(page.get_by_text("default/app/stream is connecting again.")).to_be_visible()
    page.get_by_role("button", name="+1 s").click()
    expect(in_tree(page, "stream2", "output")).to_be_visible()
    expect(page.get_by_role("button", name="Disconnect")).to_be_visible()


def test_encoder_is_connected_and_stalled(ome: OmeMock, show: Open) -> None:
    page = show(ome)
    in_tree(page, "app", "application").click()
    page.get_by_label("Stream name").fill("camera 7")
    page.get_by_label("audio").uncheck()
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("default/app/camera 7 is connecting")).to_be_visible()
    page.get_by_role("button", name="+10 s").click()
    in_tree(page, "camera 7", "encoder").click()
    page.get_by_role("button", name="Stall").click()
    expect(page.get_by_text("default/app/camera 7 sends nothing for 10 s.")).to_be_visible()


def test_text_of_clients_stays_text(tmp_path: Path, show: Open) -> None:
    with OmeMock(root=tmp_path, streams=[f"default/app/{HOSTILE}"]) as ome:
        ome.start_dump(HOSTILE, stream=f"default/app/{HOSTILE}", output_path="/odd", info_file="/odd.info", user_data=HOSTILE)
        post(ome.port, "stopHlsDump", {"outputStreamName": HOSTILE, HOSTILE: HOSTILE})
        page = show(ome)
        expect(page.get_by_role("treeitem").filter(has_text=HOSTILE).first).to_be_visible()
        page.get_by_role("treeitem").filter(has_text=HOSTILE).filter(has_text="Running").click()
        expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
        expect(page.locator(".info-text")).to_contain_text("onerror")
        page.locator(".journal .row").first.click()
        expect(page.get_by_role("region", name="The selected row")).to_contain_text("onerror")
        assert page.locator("img").count() == 0
        assert page.title() == "ome-mock"


def test_page_of_a_server_that_ended_goes_on_with_the_next_one(tmp_path: Path, show: Open) -> None:
    with OmeMock(root=tmp_path) as ome:
        ome.start_dump("before")
        page = show(ome)
        expect(in_tree(page, "before")).to_be_visible()
        port = ome.port
    expect(page.get_by_text("no answer; trying again…")).to_be_visible()
    with OmeMock(root=tmp_path, port=port, llhls_port=0):
        expect(page.get_by_text("live", exact=True)).to_be_visible()
        expect(in_tree(page, "before")).to_have_count(0)


def test_empty_world_teaches_how_to_begin(tmp_path: Path, show: Open) -> None:
    with OmeMock(root=tmp_path, streams=[]) as ome:
        page = show(ome)
        page.get_by_role("button", name="Connect an encoder").click()
        page.get_by_role("button", name="Connect", exact=True).click()
        expect(page.get_by_text("default/app/camera1 is connecting")).to_be_visible()
        page.get_by_role("button", name="+1 s").click()
        expect(in_tree(page, "camera1", "output")).to_be_visible()


@pytest.mark.parametrize("width", [360, 800, 1440])
def test_nothing_is_wider_than_the_window(ome: OmeMock, show: Open, width: int) -> None:
    ome.start_dump("d1", info_file="/d1.info")
    ome.clock.advance(120)
    post(ome.port, "stopHlsDump", {"outputStream": "stream"})
    page = show(ome, width=width, height=720)
    for name in ("app", "stream", "d1"):
        in_tree(page, name).first.click()
        expect(page.locator(".view h2")).to_have_text(name)
        for part in ("Streams", "Journal", "Faults"):
            tab = page.locator(".tab", has_text=part)
            if tab.is_visible():
                tab.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        if page.locator(".tab", has_text="Streams").is_visible():
            page.locator(".tab", has_text="Streams").click()


def test_tree_is_walked_by_the_keyboard(ome: OmeMock, show: Open) -> None:
    ome.start_dump("d1")
    page = show(ome)
    expect(in_tree(page, "d1")).to_be_visible()
    page.get_by_role("tree").focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="d1")).to_be_visible()
    expect(in_tree(page, "d1")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(in_tree(page, "d1")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(in_tree(page, "d1")).to_be_visible()
