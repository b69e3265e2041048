"""What the package says of itself."""

from __future__ import annotations

import re
import subprocess
import sys
from configparser import ConfigParser
from importlib.metadata import entry_points, version
from importlib.resources import files
from pathlib import Path

import pytest

import ome_mock
from ome_mock.versions import ENGINE_GIT_VERSION, ENGINE_VERSION

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture
def setup_cfg() -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.read(REPOSITORY / "setup.cfg")
    return parser


def test_version_is_that_of_the_distribution(setup_cfg: ConfigParser) -> None:
    assert setup_cfg["metadata"]["version"] == "attr: ome_mock.versions.VERSION"
    assert ome_mock.__version__ == version("ome-mock")


def test_engine_that_is_emulated() -> None:
    assert (ENGINE_VERSION, ENGINE_GIT_VERSION) == ("0.21.0", "v0.21.0-37b3fc381")


def test_entry_points() -> None:
    assert entry_points(group="console_scripts")["ome-mock"].value == "ome_mock.cli:main"
    assert entry_points(group="pytest11")["ome_mock"].value == "ome_mock.pytest_plugin"


@pytest.mark.parametrize(
    "path", ["py.typed", "media/loop.mp4", "worlds/default.xml", "schemas/info-file.xsd", "schemas/hls-dumps.schema.json"]
)
def test_files_beside_the_code_are_declared(setup_cfg: ConfigParser, path: str) -> None:
    assert files("ome_mock").joinpath(path).is_file()
    assert path in setup_cfg["options.package_data"]["ome_mock"].split()


def test_files_of_the_page_are_declared(setup_cfg: ConfigParser) -> None:
    declared = setup_cfg["options.package_data"]["ome_mock"].split()
    directories = {path.parent.relative_to(REPOSITORY / "ome_mock") for path in (REPOSITORY / "ome_mock/web/page/static").rglob("*.*")}
    assert {f"{directory}/*" for directory in directories} == {each for each in declared if each.startswith("web/page/")}
    assert files("ome_mock").joinpath("web/page/static/hls/LICENSE.txt").read_text().startswith("Copyright (c) 2017 Dailymotion")


@pytest.mark.parametrize("module", ["ome_mock", "ome_mock.pytest_plugin"])
def test_import_does_without_flask(module: str) -> None:
    code = f"import {module}, sys; assert not {{'flask', 'werkzeug', 'asyncio'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_every_part_of_the_package_has_a_row_in_contributing() -> None:
    table = (REPOSITORY / "CONTRIBUTING.md").read_text().partition("| subject |")[2].partition("\n\n")[0]
    told = {name.partition("/")[0] for name in re.findall(r"`([a-z_/.]+)`", table)}
    parts = {path.name for path in (REPOSITORY / "ome_mock").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert parts - told == {"__init__.py", "__main__.py", "versions.py"}
