"""The emulator that is like a server: the same names, output profiles, tracks and token, in the dialect that is wanted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TypedDict

from ..emulator import AudioInput, VideoInput
from ..errors import ConfigurationError
from ..served_emulator import OmeMock
from ..text import xml_text
from .subject import OK, Json, Subject

PROTOCOLS = {"Srt": "srt", "WebRTC": "webrtc"}
"""Encoders' protocols by `sourceType`; others are shown as RTMP."""

AGE_S = 60.0
"""The age of the stream in seconds: dumps start at once."""


@contextmanager
def twin_of(subject: Subject, dialect: str, config: Path | None) -> Iterator[tuple[OmeMock, Path]]:
    """A running emulator like the server, and the directory below which all of its files lie.

    `config` is the server's Server.xml where it is known; without it the application is what the server says of it. Raises
    ConfigurationError where it can't be made.
    """
    with tempfile.TemporaryDirectory(prefix="ome-mock-verify-") as name:
        known = config
        if known is None:
            known = Path(name) / "Server.xml"
            known.write_text(_server_xml(subject))
        with OmeMock(
            dialect=dialect, config=known, streams=[], access_token=subject.token, root=Path(name) / "disk", unknown_elements="warn"
        ) as ome:
            if config is None:
                _create_application(ome, subject)
            ome.connect(f"{subject.vhost}/{subject.app}/{subject.stream}", **_sent(subject.document), ready=True)
            ome.clock.advance(AGE_S)
            yield ome, Path(name) / "disk"


def _server_xml(subject: Subject) -> str:
    """A server without virtual hosts; its API shows headers of CORS as the subject's does."""
    origins = "<CrossDomains><Url>*</Url></CrossDomains>" if subject.shows_origins else ""
    return (
        '<Server version="8"><Name>like</Name><Type>origin</Type><IP>*</IP>'
        "<Bind><Managers><API><Port>8081</Port></API></Managers><Publishers><LLHLS><Port>3333</Port></LLHLS></Publishers></Bind>"
        f"<Managers><Host><Names><Name>*</Name></Names></Host><API><AccessToken>{xml_text(subject.token)}</AccessToken>{origins}</API>"
        "</Managers></Server>"
    )


def _create_application(ome: OmeMock, subject: Subject) -> None:
    if subject.application is None:
        raise ConfigurationError("the server doesn't show its application: name its Server.xml by --config")
    settings = {key: value for key, value in subject.application.items() if key != "dynamic"} | {"name": subject.app}
    client, headers = ome.app.test_client(), {"Authorization": ome.authorization}
    vhost = {"name": subject.vhost, "host": {"names": ["*"]}}
    for path, made in (("/v1/vhosts", vhost), (f"/v1/vhosts/{subject.vhost}/apps", settings)):
        answer = client.post(path, json=[made], headers=headers)
        if answer.status_code != OK:
            raise ConfigurationError(f"no emulator is like application {subject.app}, name its Server.xml by --config: {answer.text}")


class Sent(TypedDict):
    """The arguments of `connect` for an encoder that sends these tracks."""

    video: bool | VideoInput
    audio: bool | AudioInput
    protocol: str


def _sent(document: Json) -> Sent:
    source = document.get("input") or {}
    tracks = {track.get("type"): track for track in source.get("tracks", ())}
    video, audio = (tracks.get(kind, {}).get(kind.lower()) for kind in ("Video", "Audio"))
    return {
        "video": VideoInput(int(video["width"]), int(video["height"]), _rate(video)) if video else False,
        "audio": AudioInput(int(audio["samplerate"]), int(audio["channel"])) if audio else False,
        "protocol": PROTOCOLS.get(str(source.get("sourceType")), "rtmp"),
    }


def _rate(video: Json) -> Fraction:
    return Fraction(str(video.get("framerate") or 0)) or Fraction(30)
