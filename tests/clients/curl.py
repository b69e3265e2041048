#!/usr/bin/env python3
"""As much of curl as the documentation's examples need, for machines without it: -X, -H, -d, -s, -i, -f, --cacert, --retry."""

from __future__ import annotations

import argparse
import ssl
import sys
import time
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import SplitResult, urlsplit


def connect(url: SplitResult, ca: str | None, retries: int) -> HTTPConnection:
    """An open connection, tried again every second while it is refused."""
    context = ssl.create_default_context(cafile=ca) if url.scheme == "https" else None
    for left in range(retries, -1, -1):
        host, port = url.hostname or "", url.port
        connection = HTTPSConnection(host, port, timeout=10, context=context) if context else HTTPConnection(host, port, timeout=10)
        try:
            connection.connect()
        except ConnectionRefusedError:
            if not left:
                raise
            time.sleep(1)
        else:
            return connection
    raise AssertionError


def main(arguments: list[str]) -> int:
    """Send one request and print the answer's body, with -i its head too; returns curl's exit code: 22 for a refusal with -f."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="body")
    for flag in ("s", "i", "f"):
        parser.add_argument(f"-{flag}", action="store_true")
    parser.add_argument("--cacert")
    parser.add_argument("--retry", type=int, default=0)
    parser.add_argument("--retry-connrefused", action="store_true")
    asked = parser.parse_args(arguments)
    url = urlsplit(asked.url)
    connection = connect(url, asked.cacert, asked.retry)
    target = url.path + (f"?{url.query}" if url.query else "")
    method = asked.method or ("GET" if asked.body is None else "POST")
    connection.request(method, target, asked.body, dict(header.split(": ", 1) for header in asked.headers))
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    if asked.f and answer.status >= 400:
        return 22
    if asked.i:
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.getheaders())
        sys.stdout.write(f"HTTP/1.1 {answer.status} {answer.reason}\r\n{head}\r\n")
    sys.stdout.write(body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
