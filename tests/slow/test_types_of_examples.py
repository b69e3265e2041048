"""The examples of README, CONTRIBUTING and docs/ pass type checkers, as do programs of users."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from documents import DOCUMENTS, REPOSITORY, Block, blocks

BLOCKS = [block for document in DOCUMENTS for block in blocks(document) if block.language == "python"]
USERS = """
from pathlib import Path
from ome_mock import AudioInput, DumpView, OmeMock, VideoInput

with OmeMock(dialect="docs", config=b"", allow_paths=[Path("/tmp")]) as ome:
    ome.connect("default/app/door", video=VideoInput(framerate=15), audio=AudioInput(channels=1))
    ome.connect("default/app/gate", video=VideoInput(320, 180, framerate=29.97))
    dump: DumpView = ome.dumps["d1"]
    files: tuple[Path, ...] = dump.files
"""


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a module for each example."""
    directory = tmp_path_factory.mktemp("examples")
    for block in [*BLOCKS, Block(Path("users"), "", 1, "python", USERS)]:
        (directory / f"{re.sub(r'[^a-z]', '_', str(block.document).lower())}_{block.line}.py").write_text(block.text)
    return directory


def run(directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"MYPYPATH": str(REPOSITORY)}  # an editable installation is none that mypy finds
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=directory, env=environment, capture_output=True, text=True, check=False, timeout=500
    )


def test_examples_pass_mypy(examples: Path) -> None:
    files = sorted(path.name for path in examples.glob("*.py"))
    assert len(files) > 10
    done = run(examples, "mypy", "--strict", "--cache-dir", str(REPOSITORY / ".mypy_cache"), *files)
    assert done.returncode == 0, done.stdout + done.stderr


def test_examples_pass_pyright(examples: Path) -> None:
    (examples / "pyrightconfig.json").write_text(json.dumps({"pythonVersion": "3.11", "extraPaths": [str(REPOSITORY)]}))
    done = run(examples, "pyright", "--pythonpath", sys.executable)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mistake_is_noticed(examples: Path) -> None:
    (examples / "mistake.py").write_text("from ome_mock import VideoInput\n\nVideoInput(framerate='15')\n")
    try:
        assert "framerate" in run(examples, "mypy", "--strict", "--cache-dir", str(REPOSITORY / ".mypy_cache"), "mistake.py").stdout
    finally:
        (examples / "mistake.py").unlink()
