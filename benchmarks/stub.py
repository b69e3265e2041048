"""A server of pytest-httpserver with one static answer: `python -m benchmarks.stub PORT`."""

from __future__ import annotations

import sys
from threading import Event

ANSWER = {"message": "OK", "response": [], "statusCode": 200}


def main(port: int) -> None:
    from pytest_httpserver import HTTPServer

    server = HTTPServer(host="127.0.0.1", port=port)
    server.expect_request("/").respond_with_json(ANSWER)
    server.start()
    Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
