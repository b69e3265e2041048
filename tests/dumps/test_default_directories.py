"""Where dumps may be written without a root: the temporary directories, the working directory, and what is added to them."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from pathlib import Path

import pytest
from dump_api import KEY, NO_INIT, DumpApi, names, started, tree
from dump_fixtures import Lines

from ome_mock.disk.confinement import ConfinedPath, confine
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError, PathRefused

INIT = f"init_0_video_{KEY}_llhls.m4s"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="has no such directory")


@pytest.fixture
def directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Working directory `work` and temporary directory `temp`."""
    for name in ("work", "temp"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    return tmp_path


@pytest.fixture
def unrooted(directories: Path) -> Emulator:
    return Emulator()


@pytest.fixture
def unrooted_api(unrooted: Emulator) -> DumpApi:
    return DumpApi(unrooted)


OUTSIDE = {
    "a home directory": "/home/ome-mock-abc",
    "the directory of homes": "/home",
    "root's home": "/root/ome-mock-abc",
    "a system directory": "/etc",
    "below a system directory": "/etc/ome-mock-abc/d1",
    "a system directory with two slashes": "//etc",
    "a system directory with three slashes": "///etc//ome-mock-abc",
    "another system directory": "/usr/local/ome-mock-abc",
    "a directory for state": "/var/lib/ome-mock-abc",
    "a directory that does not exist": "/ome-mock-dumps/d1",
    "the root of all": "/",
    "the root of all with slashes": "//",
    "the root of all with a dot": "/./",
    "a name that begins like an allowed one": "/tmp-ome-mock",
    "below the null device": "/dev/null/x",
    "a device directory": "/dev/ome-mock-abc",
    "a process directory": "/proc/x",
}


def traces(path: str) -> list[str] | None:
    """What a dump would have left in a directory that others use too; None where there is no such directory."""
    if not os.path.isdir(path):
        return None
    return sorted(name for name in os.listdir(path) if "llhls" in name or "ome-mock" in name or name == "d1.info")


@pytest.mark.parametrize("path", OUTSIDE.values(), ids=OUTSIDE)
def test_output_path_outside_is_refused_and_the_log_names_the_options_that_allow_it(
    path: str, directories: Path, unrooted_api: DumpApi, dumps_log: Lines
) -> None:
    before, left = tree(directories), traces(path)
    real = os.path.realpath(path)

    assert unrooted_api.start(outputPath=path, infoFile="d1.info", playlist=["llhls.m3u8"]) == NO_INIT
    assert tree(directories) == before
    assert traces(path) == left
    assert len(dumps_log.warnings) == 1
    assert dumps_log.warnings[0].startswith(f"dump d1 of default/app/stream not started: refused to write to {path}: {real} is outside ")
    assert dumps_log.warnings[0].endswith(
        f"; --root DIR maps it below DIR, --allow-path {real} allows it, --allow-any-path allows everything"
    )


def test_refusal_is_one_printable_line_whatever_the_client_sent(unrooted_api: DumpApi, dumps_log: Lines) -> None:
    assert unrooted_api.start("d\n1", outputPath="/home/ome-mock\n00:00:00 ok\x1b[31m") == NO_INIT

    assert [line.isprintable() for line in dumps_log.warnings] == [True]


@pytest.mark.parametrize("path", OUTSIDE.values(), ids=OUTSIDE)
def test_info_file_outside_is_refused_before_anything_is_written(
    path: str, directories: Path, unrooted_api: DumpApi, dumps_log: Lines
) -> None:
    before, left = tree(directories), traces(path)

    assert unrooted_api.start(outputPath="fine", infoFile=f"{path}/d1.info") == NO_INIT
    assert tree(directories) == before
    assert traces(path) == left
    assert len(dumps_log.warnings) == 1
    assert dumps_log.warnings[0].endswith(f"--allow-path {os.path.realpath(path)} allows it, --allow-any-path allows everything")


@pytest.mark.parametrize("path", ["/tmp/../tmp/x", "fine/../../../../../../../../../../etc/../tmp"], ids=["and back", "to the root"])
def test_two_dots_that_leave_the_allowed_directories_are_refused(path: str, directories: Path, unrooted_api: DumpApi) -> None:
    before = tree(directories)

    assert unrooted_api.start(outputPath=path) == NO_INIT
    assert unrooted_api.start(infoFile=f"{path}/d1.info") == NO_INIT
    assert tree(directories) == before


@pytest.mark.parametrize(
    ("path", "place"),
    [("../work/dump", "work/dump"), ("{}/work/../temp", "temp"), ("fine/..", "work")],
    ids=["back again", "allowed to allowed", "last"],
)
def test_two_dots_that_stay_inside_are_followed(path: str, place: str, directories: Path, unrooted_api: DumpApi) -> None:
    assert started(unrooted_api.start(outputPath=path.format(directories)))
    assert (directories / place / INIT).is_file()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("dump", "work/dump"),
        ("./dump/", "work/dump"),
        (".", "work"),
        ("{}/work/dump", "work/dump"),
        ("/{}/work//dump", "work/dump"),
        ("{}/temp", "temp"),
        ("{}/temp/a/b/c", "temp/a/b/c"),
        ("%2e%2e/dump", "work/%2e%2e/dump"),
        ("~/dump", "work/~/dump"),
    ],
    ids=[
        "relative", "relative with a dot", "the working directory", "below the working directory", "with two slashes",
        "the temporary directory", "deep in the temporary directory", "percent-escapes", "a home directory",
    ],
)  # fmt: skip
def test_temporary_and_working_directory_are_allowed(path: str, place: str, directories: Path, unrooted_api: DumpApi) -> None:
    assert started(unrooted_api.start(outputPath=path.format(directories)))
    assert (directories / place / INIT).is_file()


def test_tmp_is_allowed_beside_another_temporary_directory(unrooted: Emulator) -> None:
    assert unrooted.confinement.locate("/tmp/x") == ConfinedPath(os.path.realpath("/tmp"), ("x",))


@on_linux
def test_link_that_the_system_keeps_to_the_working_directory_is_followed_there(directories: Path, unrooted_api: DumpApi) -> None:
    assert started(unrooted_api.start(outputPath="/proc/self/cwd/dump"))
    assert (directories / "work" / "dump" / INIT).is_file()


@on_linux
def test_link_that_the_system_keeps_to_the_root_of_all_is_refused(directories: Path, unrooted_api: DumpApi) -> None:
    before = tree(directories)

    assert unrooted_api.start(outputPath="/proc/self/root/etc/ome-mock-abc") == NO_INIT
    assert tree(directories) == before
    assert not os.path.lexists("/etc/ome-mock-abc")


@on_linux
@pytest.mark.parametrize("link", ["/proc/self/fd/{}", "/dev/fd/{}"])
def test_open_directory_of_the_process_is_refused_where_it_is_outside(link: str, directories: Path, unrooted_api: DumpApi) -> None:
    before, left = tree(directories), traces("/etc")
    descriptor = os.open("/etc", os.O_RDONLY)
    try:
        assert unrooted_api.start(outputPath=link.format(descriptor)) == NO_INIT
    finally:
        os.close(descriptor)
    assert tree(directories) == before
    assert traces("/etc") == left


def test_link_that_may_not_be_read_is_refused(directories: Path, unrooted_api: DumpApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `/proc/1/cwd` is to everyone but the owner of that process."""

    def readlink(path: str, **_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    (directories / "work" / "link").symlink_to("/etc")
    with monkeypatch.context() as patch:
        patch.setattr(os, "readlink", readlink)
        as_output_path = unrooted_api.start(outputPath="link/ome-mock-abc")
        as_info_file = unrooted_api.start(outputPath="fine", infoFile="link/ome-mock-abc/d1.info")

    assert (as_output_path, as_info_file) == (NO_INIT, NO_INIT)
    assert not os.path.lexists("/etc/ome-mock-abc")


def test_working_directory_is_the_one_at_the_start(directories: Path, unrooted_api: DumpApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(directories / "temp")

    assert started(unrooted_api.start(outputPath="dump", infoFile="d1.info"))
    assert names(directories / "work") == {"dump", "d1.info"}
    assert names(directories / "temp") == set()


def test_root_of_all_is_not_allowed_for_being_the_working_directory(directories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    confinement = confine()

    assert "/" not in confinement.allowed
    with pytest.raises(PathRefused):
        confinement.locate("/etc")
    with pytest.raises(PathRefused):
        confinement.locate("etc")


def test_dump_starts_where_the_working_directory_is_the_root_of_all(directories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in many containers."""
    monkeypatch.chdir("/")
    api = DumpApi(Emulator())

    assert started(api.start("d1", outputPath=f"{directories}/temp/d1"))
    assert started(api.start("d2", outputPath=f"{directories}/temp/d2", infoFile=f"{directories}/temp/d2.info"))
    assert api.start("d3", outputPath="dump") == NO_INIT
    assert api.start("d3", outputPath=f"{directories}/temp/d3", infoFile="ome-mock.info") == NO_INIT
    assert names(directories / "temp") == {"d1", "d2", "d2.info"}


def test_temporary_directory_that_is_a_link_is_allowed_by_its_real_path(directories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (directories / "link").symlink_to("temp")
    monkeypatch.setattr(tempfile, "tempdir", str(directories / "link"))

    assert f"{directories}/temp" in confine().allowed
    assert str(confine().locate(f"{directories}/link/x")) == f"{directories}/temp/x"


def test_temporary_directory_that_is_missing_is_not_made(directories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(directories / "missing"))

    assert f"{directories}/missing" not in confine().allowed
    assert names(directories) == {"work", "temp"}


def test_allowed_path_is_allowed_beside_the_default_directories(directories: Path) -> None:
    confinement = confine(allow_paths=["/etc", "/usr"])

    assert confinement.allowed[-2:] == (os.path.realpath("/etc"), "/usr")
    assert confinement.locate("/usr/x/y") == ConfinedPath("/usr", ("x", "y"))
    assert str(confinement.locate("x")) == f"{directories}/work/x"
    with pytest.raises(PathRefused, match="--allow-path /home/abc allows it"):
        confinement.locate("/home/abc")
    with pytest.raises(PathRefused, match="/usrx is outside"):
        confinement.locate("/usrx")


def test_allowed_path_that_is_a_link_is_allowed_by_its_real_path(directories: Path) -> None:
    (directories / "link").symlink_to("/etc")

    assert os.path.realpath("/etc") in confine(allow_paths=[directories / "link"]).allowed


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_allowed_path_that_is_no_directory_is_refused(kind: str, directories: Path) -> None:
    (directories / "file").write_text("x")

    with pytest.raises(ConfigurationError, match=rf"^allow_paths .*/{kind}: there is no such directory$"):
        confine(allow_paths=[directories / kind])


def test_dump_into_an_allowed_path_starts(directories: Path) -> None:
    (directories / "shared").mkdir()
    api = DumpApi(Emulator(allow_paths=[directories / "shared"]))

    assert started(api.start(outputPath=f"{directories}/shared/d1"))
    assert (directories / "shared" / "d1" / INIT).is_file()


def test_any_path_is_any_path(directories: Path) -> None:
    confinement = confine(allow_any_path=True)

    assert confinement.locate("/etc/x") == ConfinedPath("/", (*os.path.realpath("/etc").strip("/").split("/"), "x"))
    assert confinement.locate("/") == ConfinedPath("/", ())
    assert str(confinement.locate("x")) == f"{directories}/work/x"
    assert confinement.locate("/etc/../x") == ConfinedPath("/", ("x",))


def test_any_path_follows_links_wherever_they_lead(directories: Path) -> None:
    (directories / "elsewhere").mkdir()
    (directories / "work" / "link").symlink_to("../elsewhere")
    api = DumpApi(Emulator(allow_any_path=True))

    assert started(api.start(outputPath="link/d1", infoFile=f"{directories}/work/link/d1.info"))
    assert names(directories / "elsewhere") == {"d1", "d1.info"}
