"""The page's own files, which are in the package."""

from __future__ import annotations

from importlib.resources import files
from zlib import crc32

from flask import Response, request

from .responses import refuse, respond

CONTENT_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}

_STATIC = files(__package__).joinpath("static")


def send_file(name: str) -> Response:
    """Answer with a file by its name, `directory/file` or `file`; 304 where the browser has it."""
    parts = name.split("/")
    found, content_type = _STATIC.joinpath(*parts), CONTENT_TYPES.get(name.rpartition(".")[2])
    if content_type is None or any(part in {"", ".", ".."} or "\0" in part for part in parts) or not found.is_file():
        return refuse(404, f"the page has no file {name}")
    response = respond(found.read_bytes(), content_type, caching="no-cache")
    response.set_etag(f"{crc32(response.get_data()):08x}")
    response.make_conditional(request)
    return response
