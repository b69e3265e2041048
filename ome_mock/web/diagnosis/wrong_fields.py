"""Rules for fields of the dump actions: OME ignores unknown ones and those of a wrong type (rest-api.md#dump-fields)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...text import nearest
from ..rest import Api
from .diagnosed_request import DiagnosedRequest
from .wording import kind_of, listed, quoted

TEXTS = ("outputStreamName", "id", "outputPath", "infoFile", "userData")
FIELDS = (*TEXTS, "playlist")

REQUIRED = {
    "startHlsDump": ("outputStreamName", "id", "outputPath"),
    "stopHlsDump": ("outputStreamName",),
    "hlsDumps": ("outputStreamName",),
}
SYNONYMS = {
    "path": "outputPath",
    "dir": "outputPath",
    "directory": "outputPath",
    "dumpid": "id",
    "dump_id": "id",
    "name": "outputStreamName",
    "stream": "outputStreamName",
    "metadata": "userData",
}

EXAMPLES = {"outputStreamName": "the name of an output stream", "id": "a text that no other dump has", "outputPath": "a directory"}

_MACRO = re.compile(r"\$\{\w*\}")


def unknown_fields(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    for name in _unknown(asked):
        known = _meant(name)
        if known:
            yield f"OME ignores the field {quoted(name)}, which it does not know: send it as {quoted(known)}."
        else:
            yield f"OME ignores the field {quoted(name)}, which it does not know; it knows {listed(FIELDS)}."


def missing_fields(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    """Name missing fields, except those that are present with a misspelt name."""
    misspelt = {_meant(name) for name in _unknown(asked)}
    for name in REQUIRED.get(asked.dump_action or "", ()) if _reads(asked) else ():
        value = asked.fields.get(name)
        if name not in asked.fields and name not in misspelt:
            yield f"{quoted(name)} is missing: send {EXAMPLES[name]}."
        elif name in asked.fields and not asked.text(name) and (value is None or isinstance(value, str)):
            yield f"{quoted(name)} is {'null' if value is None else 'empty'}, which counts as absent: send {EXAMPLES[name]}."


def wrong_types(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    """Name fields of a wrong type; null means absence, and ids have a rule of their own."""
    for name in TEXTS if asked.dump_action == "startHlsDump" else ("outputStreamName",):
        value = asked.fields.get(name)
        if value is None or isinstance(value, str):
            continue
        if name == "userData" and isinstance(value, dict | list):
            yield f'"userData" is {kind_of(value)} and is dropped: send a text, which may hold JSON.'
        else:
            yield f"{quoted(name)} is {kind_of(value)}, which counts as absent: send {_as_text(value) or 'a text'}."


def id_of_every_dump(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    """Name an id that counts as absent, with which a stop or a list addresses every dump."""
    value = asked.fields.get("id")
    if asked.dump_action not in {"stopHlsDump", "hlsDumps"} or "id" not in asked.fields or asked.text("id"):
        return
    if asked.dump_action == "hlsDumps" and isinstance(value, str):
        return
    what = "empty" if isinstance(value, str) else kind_of(value)
    done = "stops" if asked.dump_action == "stopHlsDump" else "lists"
    every = f"so this {done} every dump of {quoted(asked.text('outputStreamName'))}"
    yield f'"id" is {what}, which counts as absent, {every}: send {_as_text(value) or "the id as a text, or none to mean them all"}.'


def playlist(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    value = asked.fields.get("playlist")
    if not value or (asked.dump_action != "startHlsDump" and not isinstance(value, dict)):
        return
    if isinstance(value, dict):
        yield '"playlist" is an object, over which OME trips: send an array of names, ["llhls.m3u8"].'
    elif not isinstance(value, list):
        name = value if isinstance(value, str) else "llhls.m3u8"
        yield f'"playlist" is {kind_of(value)} and is ignored: send an array of names, [{quoted(name)}].'
    else:
        others = [kind_of(each) for each in value if not isinstance(each, str)]
        if others:
            yield f'"playlist" holds {others[0]}, which is skipped: send names alone, such as ["llhls.m3u8"].'


def macros(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    for name in ("outputPath", "infoFile") if asked.dump_action == "startHlsDump" else ():
        found = _MACRO.search(asked.text(name))
        if found:
            yield f"{quoted(name)} holds {quoted(found[0])}, which OME expands in a Server.xml alone: send what it stands for."


def info_file_without_directory(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    path = asked.text("infoFile")
    if asked.dump_action == "startHlsDump" and path and "/" not in path:
        yield f'"infoFile" {quoted(path)} has no slash, over which a real engine crashes: send a path, such as {quoted("/dumps/" + path)}.'


def _unknown(asked: DiagnosedRequest) -> list[str]:
    return [name for name in asked.fields if name not in FIELDS] if asked.dump_action else []


def _meant(name: str) -> str | None:
    return SYNONYMS.get(name.lower()) or nearest(name.replace("_", "").replace("-", ""), FIELDS)


def _reads(asked: DiagnosedRequest) -> bool:
    """Says if the engine reads the fields, because the body is an object or null."""
    return asked.json_error is None and bool(asked.body) and (asked.json is None or isinstance(asked.json, dict))


def _as_text(value: object) -> str | None:
    """The text that was probably meant by a number, or None."""
    return f'"{value}"' if isinstance(value, int | float) and not isinstance(value, bool) else None


IGNORED = (unknown_fields, wrong_types, id_of_every_dump, playlist, macros, info_file_without_directory)
"""The rules for fields that have no effect, or an unintended one, even in requests that are not refused."""
