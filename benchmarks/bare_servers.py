"""Each HTTP server with the bare application, as a program: `python -m benchmarks.bare_servers NAME PORT`.

gunicorn and granian are programs of their own; the others end on SIGTERM in the way that each has for it.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from threading import Thread

from .bare_app import app
from .processes import python

HOST = "127.0.0.1"
THREADS = 8
BARE_APP = "benchmarks.bare_app:app"


def werkzeug(port: int) -> None:
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *_: object) -> None:
            pass

    server = make_server(HOST, port, app, threaded=True, request_handler=Handler)
    _serve_until_sigterm(server.serve_forever, server.shutdown)


def cheroot(port: int) -> None:
    from cheroot.wsgi import Server

    server = Server((HOST, port), app, numthreads=THREADS)
    _serve_until_sigterm(server.start, server.stop)


def waitress(port: int) -> None:
    """Its loop ends when it is interrupted, which only the main thread can be."""
    from waitress.server import create_server

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(app, host=HOST, port=port, threads=THREADS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    server.run()


def ome_mock(port: int) -> None:
    from ome_mock.web.wire.server import HttpServer

    server = HttpServer(HOST)
    server.listen(app, port, never_waits=lambda _, target: target == "/")
    _serve_until_sigterm(server.start, server.stop)


def _serve_until_sigterm(serve: Callable[[], object], stop: Callable[[], object]) -> None:
    """Serve in another thread than the one that stops, as some need it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    serving = Thread(target=serve)
    serving.start()
    signal.sigwait({signal.SIGTERM})
    stop()
    serving.join()


SERVERS = {"werkzeug": werkzeug, "cheroot": cheroot, "waitress": waitress, "ome-mock": ome_mock}


def command(name: str, port: int) -> list[str]:
    """The command that runs a server on a port; its threads are as many as the others'."""
    if name == "gunicorn":
        options = [f"--bind={HOST}:{port}", f"--threads={THREADS}", "--log-level=error", "--no-control-socket"]
        return python("gunicorn", *options, BARE_APP)
    if name == "granian":
        options = [
            f"--host={HOST}",
            f"--port={port}",
            f"--blocking-threads={THREADS}",
            "--interface=wsgi",
            "--http=1",
            "--no-ws",
            "--no-log",
        ]
        return python("granian", *options, BARE_APP)
    return python("benchmarks.bare_servers", name, str(port))


if __name__ == "__main__":
    SERVERS[sys.argv[1]](int(sys.argv[2]))
