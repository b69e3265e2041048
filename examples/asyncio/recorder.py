"""Records several streams of an OvenMediaEngine at once, with httpx."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable
from typing import Self

import httpx


class Recorder:
    """Starts and stops dumps of many streams of an application."""

    def __init__(self, url: str, access_token: str) -> None:
        token = base64.b64encode(access_token.encode()).decode()
        self.client = httpx.AsyncClient(base_url=f"{url}/v1/vhosts/default/apps/app", headers={"Authorization": f"Basic {token}"})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    async def streams(self) -> list[str]:
        answer = await self.client.get("/streams")
        names: list[str] = answer.raise_for_status().json()["response"]
        return names

    async def start(self, streams: Iterable[str], directory: str) -> None:
        """Start a dump of each stream; its id and its directory are named after the stream."""
        await asyncio.gather(*(self._post(name, "startHlsDump", outputPath=f"{directory}/{name}") for name in streams))

    async def stop(self, streams: Iterable[str]) -> None:
        await asyncio.gather(*(self._post(name, "stopHlsDump") for name in streams))

    async def _post(self, stream: str, action: str, **fields: object) -> None:
        answer = await self.client.post(f"/streams/{stream}:{action}", json={"outputStreamName": stream, "id": stream, **fields})
        answer.raise_for_status()
