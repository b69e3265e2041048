"""Live streams for the page's player."""

from __future__ import annotations

from flask import Response, request

from ...hls.file_names import parse_file_name
from ..control import Control
from ..wire.exact_response import ExactResponse
from .responses import refuse


def answer_live(control: Control, output: tuple[str, str, str], name: str) -> Response:
    """Answer with a file of an output stream's LL-HLS; what isn't there yet is held, as for any player."""
    stream, file = control.engine.live_stream(*output), parse_file_name(name)
    if stream is None or file is None:
        return refuse(404, f"there is no {name} of {'/'.join(output)}")
    answered = control.delivery.answer_page(request.environ, stream, file)
    return ExactResponse.of(answered._replace(headers=(*answered.headers, ("X-Content-Type-Options", "nosniff"))))
