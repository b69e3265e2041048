#!/usr/bin/env python3
"""Requests per second of the HTTP servers that could carry the emulator, side by side in one run.

    benchmarks/http_servers.py [SECONDS]

Each serves the same bare Flask application in one process (gunicorn: an arbiter and a worker) to 8 kept-alive connections.
Needs wrk, and cheroot and gunicorn from the package index.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time

import flask

BODY = b'{"message":"OK","response":[],"statusCode":200}'

app = flask.Flask(__name__)


@app.get("/")
def answer() -> flask.Response:
    return flask.Response(BODY, content_type="application/json")


def serve(server: str, port: int) -> None:
    if server == "werkzeug":
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Handler(WSGIRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_request(self, *_: object) -> None:
                pass

        make_server("127.0.0.1", port, app, threaded=True, request_handler=Handler).serve_forever()
    elif server == "cheroot":
        from cheroot.wsgi import Server

        Server(("127.0.0.1", port), app, numthreads=10).start()
    elif server == "waitress":
        import logging

        import waitress

        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        waitress.serve(app, host="127.0.0.1", port=port, threads=8, _quiet=True)
    elif server == "gunicorn":
        from gunicorn.app.wsgiapp import run

        sys.argv = [
            "gunicorn",
            "--threads=8",
            f"--bind=127.0.0.1:{port}",
            "--log-level=error",
            "--chdir=" + __file__.rpartition("/")[0],
            "http_servers:app",
        ]
        run()
    elif server == "ome-mock":
        from ome_mock.web.server import HttpServer

        http = HttpServer("127.0.0.1")
        http.listen(app, port)
        http.start()
        while True:
            time.sleep(3600)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def measure(server: str, seconds: int) -> str:
    port = free_port()
    process = subprocess.Popen([sys.executable, __file__, "serve", server, str(port)], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        report = subprocess.run(
            ["wrk", "-t1", "-c8", f"-d{seconds}", "--latency", f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True
        ).stdout
    finally:
        process.terminate()
        process.wait()
    rate = re.search(r"Requests/sec:\s+(\S+)", report)
    p99 = re.search(r"99%\s+(\S+)", report)
    return f"{server:10} {rate and rate.group(1):>10} requests/s   p99 {p99 and p99.group(1)}"


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2], int(sys.argv[3]))
        return
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    for server in ("werkzeug", "cheroot", "gunicorn", "waitress", "ome-mock"):
        print(measure(server, seconds), flush=True)


if __name__ == "__main__":
    main()
