"""The application that HTTP servers are compared with: three routes and nothing else."""

from __future__ import annotations

import time

import flask

ANSWER = b'{"message":"OK","response":[],"statusCode":200}'
WAIT_S = 1.0

app = flask.Flask(__name__)


@app.get("/")
def answer() -> flask.Response:
    return flask.Response(ANSWER, content_type="application/json")


@app.get("/wait")
def wait() -> flask.Response:
    """Answers late, as a request does that is held or finds a slow disk."""
    time.sleep(WAIT_S)
    return answer()


@app.get("/raw/<path:_>")
def raw(_: str) -> str:
    """The request target as the server tells it; empty where it doesn't."""
    environ = flask.request.environ
    return str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or "")
