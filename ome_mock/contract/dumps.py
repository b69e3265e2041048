"""Holds a dump that a server wrote against one of the emulator that is like it: names, playlists, the info file."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from ..check import NoDump, check_dump, quirks_of
from ..recordings.case import Case, Exchange, Look, RecordedFile
from ..recordings.comparing import Difference, without_chance
from ..recordings.dump_looks import DumpLooks
from ..recordings.replay import Found, Outcome
from ..recordings.targets import ServerTarget, Target
from .asking import ask
from .case_file import request_of
from .subject import Subject, segment_s
from .twin import twin_of

SEGMENTS = 2.5
"""The length of the watched dump in segments: at least two are listed."""

NUMBERED = re.compile(r"(?<=seg_)(\d+)_\d+(?=_)|(?<=segment_)(\d+)_\d+(?=_)")
COUNTED = re.compile(r"(?<=<Seq>)\d+|(?<=#EXTINF:)[\d.]+")


def compare_dumps(
    target: Target,
    subject: Subject,
    out: str,
    files: Path,
    dialect: str,
    config: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Outcome]:
    """Start a dump on the server, wait, stop it, and compare its files with those of the emulator.

    `files` is where the server's `/` is seen. This takes two and a half segments of real time.
    """
    seconds = SEGMENTS * segment_s(subject)
    run = uuid.uuid4().hex[:10]
    seen = _dump(target, subject, f"{out}/{run}", run, files, sleep, seconds)
    with twin_of(subject, dialect, config) as (ome, directory):
        twin = ServerTarget(ome.url, ome.authorization)
        wanted = _dump(twin, subject, f"{out}/{run}", run, directory, ome.clock.advance, seconds)
        twin.close()
    case = Case("dumps on disk: names, playlists, info file", (), "files")
    compared = [_in_words_of_all(look, f"{out}/{run}") for look in (wanted, seen)]
    found = [
        Found(case, None, Difference(path, compared[0].get(path, "not there"), compared[1].get(path, "not there")))
        for path in sorted(compared[0].keys() | compared[1].keys())
        if compared[0].get(path) != compared[1].get(path)
    ]
    return [Outcome(case, tuple(found)), _checked(files / f"{out}/{run}/dump".lstrip("/"), dialect)]


def _dump(target: Target, subject: Subject, out: str, run: str, files: Path, sleep: Callable[[float], None], seconds: float) -> Look:
    """Dump for some seconds, and return the files that lie there then."""
    looks = DumpLooks(files)
    words = subject.words(target.address, run, out)
    sent, started = ask(target, request_of({"start": "{}"}), words)
    looks.follows(Exchange(sent, started.answer))
    sleep(seconds)
    ask(target, request_of({"stop": "{}"}), words)
    return looks.look()


def _checked(directory: Path, dialect: str) -> Outcome:
    """The findings of `ome-mock check` in the dump, but for what every dump of the dialect has."""
    case = Case("dumps on disk: checked", (), "files")
    try:
        findings = [each for each in check_dump(directory) if each.rule.name not in quirks_of(dialect)]
    except (NoDump, OSError) as error:
        return Outcome(case, (Found(case, None, Difference(str(directory), "a dump", str(error))),))
    return Outcome(case, tuple(Found(case, None, Difference(str(each.file), "nothing is wrong", str(each))) for each in findings))


def _in_words_of_all(look: Look, place: str) -> dict[str, str]:
    """The files by their names without what differs from dump to dump, each with the lines that it has, each of them once."""
    return {_plain(path, place): _lines(file, place) for path, file in look.files.items()}


def _lines(file: RecordedFile, place: str) -> str:
    return "there" if file.text is None else "\n".join(dict.fromkeys(_plain(line, place) for line in file.text.split("\n")))


def _plain(text: str, place: str) -> str:
    return COUNTED.sub("N", NUMBERED.sub(r"\1\2_N", without_chance(text.replace(place, "{OUT}"))))
