from __future__ import annotations

import pytest

from ome_mock.dialect import DOCS
from ome_mock.web.wire.request import LONGEST_BODY, BodyTooLong, Malformed, RequestReader

WRONG = {
    "a body that is too long": (f"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {LONGEST_BODY + 1}\r\n\r\n".encode(), BodyTooLong),
    "no request at all": (b"\x16\x03\x01\r\n\r\n", Malformed),
}


@pytest.mark.parametrize(("sent", "error"), WRONG.values(), ids=WRONG)
def test_reader_gives_nothing_after_what_it_refused(sent: bytes, error: type[Exception]) -> None:
    reader = RequestReader(DOCS, lambda: None)
    reader.feed(sent)
    with pytest.raises(error):
        reader.next()
    reader.feed(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")  # what was on its way
    assert reader.next() is None
