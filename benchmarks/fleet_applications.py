"""The applications of fleets: many, so that each emulator has some, and each with an encoder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from .client import AUTHORIZATION, Question, ask
from .fleets import Fleet, balanced
from .setting import Setting

SIZES = (1, 2, 4)
APPLICATIONS = tuple(f"app{number}" for number in range(48))
CLIENTS = 8


def connect(fleet: Fleet) -> None:
    """Have an encoder publish to each application, and return once all can be dumped; they come over some seconds."""

    def connect_one(app: str) -> str:
        return ask(fleet.url, Question(f"/_mock/streams/default/{app}/stream", "PUT", json.dumps({"ready": True}), (AUTHORIZATION,)))

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(connect_one, APPLICATIONS))


@contextmanager
def fleets_of_all_sizes(setting: Setting) -> Iterator[dict[int, Fleet]]:
    """Fleets that run side by side, each with its encoders, by their sizes."""
    with ExitStack() as stack:
        fleets = {size: stack.enter_context(balanced(Fleet(stack.enter_context(setting.place()), size))) for size in SIZES}
        for each in fleets.values():
            connect(each)
        yield fleets


def of_stream(app: str, action: str, body: dict[str, str]) -> Question:
    """A call of an action of the application's stream."""
    return Question(f"/v1/vhosts/default/apps/{app}/streams/stream:{action}", "POST", json.dumps(body), (AUTHORIZATION,))
