"""The recorder in the test's own loop; the emulator answers from a thread of its own."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from recorder import Recorder

from ome_mock import OmeMock

CAMERAS = ["camera1", "camera2", "camera3"]


@pytest.mark.ome(streams=[f"default/app/{name}" for name in CAMERAS])
def test_every_camera_is_recorded(ome: OmeMock) -> None:
    async def record() -> None:
        async with Recorder(ome.url, ome.access_token) as recorder:
            assert sorted(await recorder.streams()) == CAMERAS
            await recorder.start(CAMERAS, "/recordings")
            await asyncio.to_thread(ome.clock.advance, 60)  # what takes its time goes to a thread
            await recorder.stop(CAMERAS)

    asyncio.run(record())
    for name in CAMERAS:
        segments = [path for path in ome.dumps[name].files if path.match("seg_0_*")]
        assert len(segments) == 10


def test_camera_that_is_gone_is_an_error(ome: OmeMock) -> None:
    async def record() -> None:
        async with Recorder(ome.url, ome.access_token) as recorder:
            await recorder.start(["nobody"], "/recordings")

    with pytest.raises(httpx.HTTPStatusError, match="404"):
        asyncio.run(record())
