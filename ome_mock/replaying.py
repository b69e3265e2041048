"""An emulator as the surroundings of a replay: its clock, its disk, its encoders."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from .emulator import Emulator
from .engine.input_tracks import AudioInput, VideoInput, read_track
from .errors import ConfigurationError, reason_of
from .recordings import case
from .recordings.case import Incident
from .recordings.dump_looks import DumpLooks
from .recordings.replay import Surroundings

KINDS: dict[str, Any] = {"video": VideoInput, "audio": AudioInput}


def surroundings_of(emulator: Emulator, looks: DumpLooks | None = None) -> Surroundings:
    """The surroundings of a replay on an emulator. `looks` are those at its root where nothing else is said."""
    root = emulator.confinement.root
    seen = looks if looks is not None or not root else DumpLooks(Path(root))
    return Surroundings(emulator.clock.advance, seen, lambda incident: happen(emulator, incident), emulator)


def happen(emulator: Emulator, incident: Incident) -> None:
    """Let an incident happen. Raises ConfigurationError where it can't, and PathRefused, as starts of dumps do."""
    try:
        _happen(emulator, incident)
    except OSError as error:
        raise ConfigurationError(f"{incident.what} {incident.to}: {reason_of(error)}") from None


def _happen(emulator: Emulator, incident: Incident) -> None:
    match incident.what:
        case case.CONNECT:
            video, audio = (read_track(name, incident.tracks.get(name, True), kind) for name, kind in KINDS.items())
            emulator.connect(incident.to, video=video, audio=audio)
        case case.DISCONNECT:
            emulator.disconnect(incident.to)
        case case.REMOVE:
            shutil.rmtree(_place(emulator, incident.to))
        case _:
            path = _place(emulator, incident.to)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(incident.text)


def _place(emulator: Emulator, path: str) -> Path:
    """The place of a recorded path below the emulator's root, so that no recording touches anything else."""
    if not emulator.confinement.root:
        raise ConfigurationError(f"a recording that changes files, {path}, is replayed by an emulator with a root alone")
    directory, name = emulator.confinement.locate_file(path)
    return Path(str(directory)) / name
