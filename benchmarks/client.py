"""Requests, each on a connection of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit

STREAMS = "/v1/vhosts/default/apps/app/streams"
AUTHORIZATION = ("Authorization", "Basic b21lLWFjY2Vzcy10b2tlbg==")
"""The default access token, as OME wants it."""


@dataclass(frozen=True)
class Question:
    """A request that is to be answered with 200."""

    path: str = "/"
    method: str = "GET"
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def api_call(action: str, body: Mapping[str, str], stream: str = "stream") -> Question:
    """A call of an action of a stream."""
    return Question(f"{STREAMS}/{stream}:{action}", "POST", json.dumps(body), (AUTHORIZATION,))


LIST_DUMPS = api_call("hlsDumps", {"outputStreamName": "stream"})


class Refused(Exception):
    """An answer other than 200."""


def ask(url: str, question: Question, timeout_s: float = 30) -> str:
    """Send a request to a server; returns what it answers. Raises OSError, HTTPException or Refused."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=timeout_s)
    try:
        connection.request(question.method, question.path, question.body or None, dict(question.headers))
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    if answer.status != 200:
        raise Refused(f"{question.method} {question.path}: {answer.status} {text}")
    return text
