"""What is said beside the first sentence, what is not said, and that nothing a client sends is too much for it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from fixture_types import AskDiagnosed, Emulate
from hypothesis import given
from hypothesis import strategies as st
from web.diagnosis.two_virtual_hosts import HOSTS, WORLD

from ome_mock.emulator import Emulator
from ome_mock.web.diagnosis import DiagnosedRequest, diagnose
from ome_mock.web.diagnosis.wrong_routes import methods_of
from ome_mock.web.rest import Api
from ome_mock.web.wire.request_line import METHODS

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
START = {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps"}
FIELDS = '"outputStreamName", "id", "outputPath", "infoFile", "userData" and "playlist"'
HOST = ("Host", "127.0.0.1:8081")


def start(**fields: object) -> bytes:
    return json.dumps(START | fields).encode()


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        pytest.param("/v1/vhosts", ["GET", "POST"], id="list"),
        pytest.param("/v1/vhosts/", [], id="empty name"),
        pytest.param("/v1/vhosts/x/apps/x", ["GET", "PATCH", "DELETE"], id="application"),
        pytest.param("/v1/vhosts/x/apps/x/streams/x:y", ["GET", "DELETE"], id="stream whose name has a colon"),
        pytest.param("/v1/vhosts/x/apps/x/streams/x:y:hlsDumps", ["POST"], id="action of it"),
        pytest.param("/v1/vhosts/x/apps/x:records", ["GET", "POST"], id="action of an application"),
        pytest.param("/v1/vhosts/x/apps", ["GET", "POST"], id="list within"),
        pytest.param("/v2/vhosts", [], id="no path"),
    ],
)
def test_methods_of_a_path(path: str, methods: list[str]) -> None:
    assert methods_of(path) == methods


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        pytest.param("GET", "/v1/vhosts", b"", id="list"),
        pytest.param("HEAD", "/v1/vhosts?x=1", b"", id="query"),
        pytest.param("GET", STREAM, b"", id="stream"),
        pytest.param("OPTIONS", "/nope", b"", id="preflight of anything"),
        pytest.param("POST", f"{STREAM}:startHlsDump", start(), id="least start"),
        pytest.param(
            "POST",
            f"{STREAM}:startHlsDump",
            start(playlist=["llhls.m3u8", "abr"], infoFile="/d1.info", userData="a='b'"),
            id="start with everything",
        ),
        pytest.param(
            "POST", f"{STREAM}:startHlsDump", start(playlist=None, infoFile=None, userData=None), id="null for what is not wanted"
        ),
        pytest.param("POST", f"{STREAM}:startHlsDump?x=1", b"{/* why */" + start()[1:], id="comment in the body"),
        pytest.param("POST", f"{STREAM}:stopHlsDump", b'{"outputStreamName": "stream"}', id="stop of every dump"),
        pytest.param("POST", f"{STREAM}:hlsDumps", b'{"outputStreamName": "stream", "id": "nope"}', id="list of an id of nobody"),
        pytest.param("POST", f"{STREAM}:hlsDumps", b'{"outputStreamName": "stream", "id": ""}', id="list of every dump"),
    ],
)
def test_correct_request_is_not_worth_a_word(emulate: Emulate, ask: AskDiagnosed, method: str, target: str, body: bytes) -> None:
    status, diagnosis = ask(emulate(), method, target, body)
    assert status < 300
    assert diagnosis == ()


def test_stop_with_the_body_of_the_start_is_correct(emulate: Emulate, ask: AskDiagnosed) -> None:
    emulator = emulate()
    body = start(infoFile="/d1.info", playlist=["llhls.m3u8"])
    assert ask(emulator, "POST", f"{STREAM}:startHlsDump", body) == (200, ())
    assert ask(emulator, "POST", f"{STREAM}:stopHlsDump", body) == (200, ())


def test_every_mistake_of_a_body_is_said(emulate: Emulate, ask: AskDiagnosed) -> None:
    body = json.dumps({"output_stream_name": "stream", "id": 7, "playlist": "abr.m3u8", "comment": ""}).encode()
    assert ask(emulate(), "POST", f"{STREAM}:startHlsDump", body) == (
        400,
        (
            'OME ignores the field "output_stream_name", which it does not know: send it as "outputStreamName".',
            f'OME ignores the field "comment", which it does not know; it knows {FIELDS}.',
            '"id" is the number 7, which counts as absent: send "7".',
            '"playlist" is text and is ignored: send an array of names, ["abr.m3u8"].',
            '"outputPath" is missing: send a directory.',
        ),
    )


def test_reason_of_a_refusal_comes_before_what_is_ignored(emulate: Emulate, ask: AskDiagnosed) -> None:
    emulator = emulate()
    ask(emulator, "POST", f"{STREAM}:startHlsDump", start())
    assert ask(emulator, "POST", f"{STREAM}:startHlsDump", start(playlists=[])) == (
        500,
        (
            '"id" "d1" is that of a dump of this output stream that is running: send another one.',
            'OME ignores the field "playlists", which it does not know: send it as "playlist".',
        ),
    )


def test_id_is_free_once_the_stream_has_ended(emulate: Emulate, ask: AskDiagnosed) -> None:
    emulator = emulate()
    assert ask(emulator, "POST", f"{STREAM}:startHlsDump", start()) == (200, ())
    emulator.disconnect("default/app/stream")
    emulator.connect("default/app/stream", ready=True)
    assert ask(emulator, "POST", f"{STREAM}:startHlsDump", start()) == (200, ())


def test_queued_start_with_an_unknown_playlist_is_told_although_it_is_taken(emulate: Emulate, ask: AskDiagnosed) -> None:
    emulator = emulate()
    emulator.connect("default/app/late", ready=True)
    body = start(outputStreamName="late", playlist=["adaptive.m3u8"])
    assert ask(emulator, "POST", "/v1/vhosts/default/apps/app/streams/late:startHlsDump", body) == (
        200,
        ('The output stream "late" has no playlist "adaptive.m3u8": send "llhls.m3u8" or "abr.m3u8".',),
    )


def test_chunked_body_is_told_although_it_was_read(emulate: Emulate) -> None:
    headers = (HOST, ("Transfer-Encoding", "Chunked"))
    asked = DiagnosedRequest("POST", f"{STREAM}:hlsDumps", headers, b'{"outputStreamName": "stream"}', 200)
    assert diagnose(asked, emulate()._run.api) == (
        "The body is chunked; a real engine reads none of it and takes it for empty: send it with a Content-Length.",
    )


def test_reason_of_the_log_is_repeated(emulate: Emulate) -> None:
    reason = "refused to write to /home/x: /home/x is outside /tmp; --allow-path /home/x allows it"
    asked = DiagnosedRequest("POST", f"{STREAM}:startHlsDump", (HOST,), start(outputPath="/home/x"), 500, reason)
    assert diagnose(asked, emulate()._run.api) == (f"The dump was not written: {reason}.",)


def test_connection_that_was_closed_over_a_method(emulate: Emulate) -> None:
    assert diagnose(DiagnosedRequest("SAVE", "/v1/vhosts", (HOST,), b"", None), emulate()._run.api) == (
        'There is no method "SAVE", and OME hangs up on it: send GET, POST, PATCH or DELETE.',
    )


def test_control_api_has_no_diagnosis(emulate: Emulate) -> None:
    assert diagnose(DiagnosedRequest("POST", "/_mock/nope", (HOST,), b"", 404), emulate()._run.api) == ()


@pytest.mark.parametrize(
    ("credential", "sentence"),
    [
        pytest.param(
            base64.b64encode(b"ome-access-token"),
            'The credential is that of the default token, "ome-access-token", and this server has another: '
            "send that of its Server.xml, or of --access-token.",
            id="token of the default world",
        ),
        pytest.param(
            base64.urlsafe_b64encode("ключ??>".encode()),
            "The credential is base64 of the URL-safe alphabet, which OME does not read: send + for - and / for _.",
            id="URL-safe alphabet",
        ),
    ],
)
def test_credential_for_a_token_of_ones_own(emulate: Emulate, ask: AskDiagnosed, credential: bytes, sentence: str) -> None:
    emulator = emulate(token="ключ??&gt;")
    assert ask(emulator, "GET", "/v1/vhosts", b"", (("Authorization", f"Basic {credential.decode()}"),)) == (401, (sentence,))


def test_token_with_a_space_that_is_not_encoded(emulate: Emulate, ask: AskDiagnosed) -> None:
    assert ask(emulate(token="two words"), "GET", "/v1/vhosts", b"", (("Authorization", "Basic two words"),)) == (
        401,
        ('The access token stands behind "Basic" as it is, not encoded: send "Authorization: Basic " and the base64 of the access token.',),
    )


def test_output_stream_that_llhls_can_not_carry(emulate: Emulate, ask: AskDiagnosed) -> None:
    body = start(outputStreamName="speaker")
    assert ask(emulate(), "POST", "/v1/vhosts/second/apps/voice/streams/speaker:startHlsDump", body) == (
        404,
        ('The output stream "speaker" has no track that LL-HLS carries: encode H.264 or AAC in its output profile.',),
    )


@pytest.mark.parametrize("is_reset", [False, True])
def test_token_of_an_option_is_the_one_that_counts(tmp_path: Path, ask: AskDiagnosed, is_reset: bool) -> None:
    emulator = Emulator(root=tmp_path, access_token="s3cret")
    if is_reset:
        emulator.reset(config=WORLD.format(token="another", hosts=HOSTS).encode())
    headers = (("Authorization", f"Basic {base64.b64encode(b's3cret:').decode()}"),)
    assert ask(emulator, "GET", "/v1/vhosts", b"", headers) == (
        401,
        ("The credential is the token and a colon, as `curl -u TOKEN:` sends it: send the base64 of the token alone.",),
    )


def test_token_is_never_said(emulate: Emulate, ask: AskDiagnosed) -> None:
    emulator = emulate(token="very-secret")
    for value in ("very-secret", "Basic very-secret", f"Basic {base64.b64encode(b'very-secret:').decode()}"):
        _, said = ask(emulator, "GET", "/v1/vhosts", b"", (("Authorization", value),))
        assert said
        assert "very-secret" not in "".join(said)


NAMES = st.one_of(
    st.text(max_size=20), st.sampled_from(["v1", "vhosts", "default", "apps", "app", "streams", "stream", "", "stream:startHlsDump"])
)
TARGETS = st.lists(NAMES, max_size=9).map(lambda names: "/" + "/".join(names).encode("utf-8", "replace").decode("latin-1"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.sampled_from(["id", "playlist", "x"]), each, max_size=3),
    max_leaves=5,
)
BODIES = st.one_of(
    st.binary(max_size=60),
    st.dictionaries(
        st.sampled_from(["id", "outputStreamName", "outputPath", "playlist", "infoFile", "userData", "Id", "no such"]), VALUES
    ).map(lambda fields: json.dumps(fields).encode()),
    VALUES.map(lambda value: json.dumps(value).encode()),
)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    return Emulator(root=tmp_path_factory.mktemp("root"))._run.api


@given(
    method=st.sampled_from([*METHODS, "FOO", ""]),
    target=TARGETS | st.sampled_from([f"{STREAM}:{action}" for action in ("startHlsDump", "stopHlsDump", "hlsDumps")]),
    authorization=st.text(max_size=30) | st.binary().map(lambda token: "Basic " + base64.b64encode(token).decode()),
    body=BODIES,
    status=st.sampled_from([None, 200, 201, 204, 207, 400, 401, 403, 404, 409, 500, 502]),
)
def test_whatever_is_asked_every_sentence_is_one_short_line(
    api: Api, method: str, target: str, authorization: str, body: bytes, status: int | None
) -> None:
    asked = DiagnosedRequest(method, target, (HOST, ("Authorization", authorization)), body, status)
    for sentence in diagnose(asked, api):
        assert sentence.isprintable()
        assert sentence.endswith(".")
        assert len(sentence) < 2000


@pytest.mark.parametrize(
    ("dialect", "method", "path", "said"),
    [
        ("engine-0.16.4", "GET", "/v1/version", 'OvenMediaEngine 0.16.4 has no "version" yet, which is there from 0.16.5 on: '),
        ("engine-0.17", "POST", f"{STREAM}:sendEvents", 'OvenMediaEngine 0.17.3 has no "sendEvents" yet, which is there from 0.18.0 on: '),
    ],
)
def test_route_that_newer_engines_have_is_named(dialect: str, method: str, path: str, said: str, ask: AskDiagnosed, tmp_path: Path) -> None:
    status, diagnosis = ask(Emulator(dialect=dialect, root=tmp_path), method, path, b"{}")
    assert (status, diagnosis) == (404, (said + "upgrade, or do without it.",))
