"""The thumbnail of a stream at an instant (live-llhls.md#thumbnails).

The pictures are the loop's, one for each of its seconds, made by `fixtures/loop/make.py` in the sizes and formats that are there; the
nearest size is taken, whatever the stream shows.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ..engine.stream import OutputStream
from ..player_refusals import ThumbnailNotEncoded, ThumbnailNotStarted
from ..settings import ImageEncode
from ..timestamps import NS_PER_SECOND

CODECS = {"jpg": "jpeg", "png": "png", "webp": "webp"}
"""The codecs of `<Image>` by the extensions of their files."""
SIZES = ("160x90", "640x360")
LOOP_S = 8


def find_thumbnail(stream: OutputStream, extension: str, now_ns: int) -> bytes:
    """The picture in the format of an extension. Raises ThumbnailNotStarted and ThumbnailNotEncoded."""
    if not stream.is_taken_up(now_ns):
        raise ThumbnailNotStarted
    encodes = (track.encode for track in stream.unpackaged)
    images = [encode for encode in encodes if isinstance(encode, ImageEncode) and encode.codec == CODECS[extension]]
    if not images:
        raise ThumbnailNotEncoded
    return _picture(_nearest_size(images[0].height), _shown_second(stream, images[0], now_ns), extension)


def _nearest_size(height: int) -> str:
    return min(SIZES, key=lambda size: abs(int(size.partition("x")[2]) - height))


def _shown_second(stream: OutputStream, image: ImageEncode, now_ns: int) -> int:
    """The second of the loop whose picture was encoded last; a slower encoder shows it for longer."""
    media_ns = stream.pace.media_ns(now_ns)
    period_ns = max(NS_PER_SECOND, round(NS_PER_SECOND / image.framerate) if image.framerate else 0)
    return media_ns // period_ns * period_ns // NS_PER_SECOND % LOOP_S


@cache
def _picture(size: str, second: int, extension: str) -> bytes:
    return files(__package__).joinpath("pictures", f"{size}-{second}.{extension}").read_bytes()
