"""Where a root lets dumps be written, and what it refuses, over the API."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from dump_api import DUPLICATE_INFO_FILE, KEY, NO_INIT, DumpApi, names, read_info, started, tree
from dump_fixtures import Lines

from ome_mock.disk.confinement import ConfinedPath, Confinement, confine
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError, PathRefused

INIT = f"init_0_video_{KEY}_llhls.m4s"


@pytest.fixture
def places(root: Path) -> Path:
    """A root with a directory, a file and links of every kind; beside it `outside`, which nobody may touch."""
    outside = root.parent / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "marker").write_text("untouched")
    (root / "kept").mkdir()
    (root / "kept" / "marker").write_text("kept")
    (root / "file").write_text("a file")
    for link, target in {
        "link-out": "../outside",
        "link-out-absolute": str(outside),
        "link-to-everything": "/",
        "chain": "chain2",
        "chain2": "kept/../link-out",
        "loop": "loop2",
        "loop2": "loop",
        "dangling-out": "../outside/missing",
        "kept/up": "../..",
        "link-in": "kept",
        "dangling-in": "kept/made/later",
    }.items():
        (root / link).symlink_to(target)
    return root


REFUSED_PATHS = {
    "two dots": "..",
    "two dots and a slash": "../",
    "two dots first": "../x",
    "two dots after a dot": "./../x",
    "two dots alone below the root of all": "/..",
    "two dots first in an absolute path": "/../x",
    "two dots that come back": "/../{tmp_path}/root/kept",
    "two dots twice": "/../../etc",
    "two dots out of a link that points inside": "/link-in/../../outside",
    "two dots out of the root that is named": "{tmp_path}/root/../outside",
    "a link out": "/link-out",
    "a link out with slashes": "//link-out//",
    "a link out of a relative path": "link-out",
    "a link out of an absolute path inside the root": "{tmp_path}/root/link-out",
    "below a link out": "/link-out/deep",
    "new directories below a link out": "/link-out/new/er",
    "an absolute link out": "/link-out-absolute",
    "a link to the root of all": "/link-to-everything",
    "below a link to the root of all": "/link-to-everything/etc/ome-mock-dump",
    "a chain of links out": "/chain",
    "below a chain of links out": "/chain/new",
    "a link to a missing directory outside": "/dangling-out",
    "below a link to a missing directory outside": "/dangling-out/new",
    "a link upwards": "/kept/up",
    "below a link upwards": "/kept/up/outside",
    "a link out, cut at a NUL behind it": "/link-out\0/kept",
}
"""Every one is refused before anything is made."""

PATHS_WITH_TWO_DOTS = {
    "in the middle": ("/kept/../x", "x"),
    "in the middle of a relative path": ("kept/../x", "x"),
    "last": ("/kept/..", ""),
    "last with a slash": ("/kept/../", ""),
    "between doubled slashes": ("/kept//..//x", "x"),
    "behind a link that points inside": ("/dangling-in/../x", "kept/made/x"),
    "behind a directory that is missing": ("/missing/../x", "x"),
    "twice behind directories that are missing": ("/missing/er/../../x", "x"),
    "cut at a NUL behind them": ("/kept/..\0/x", ""),
}
"""They stay inside, and name the directory that the system would name."""

FAILING_PATHS = {
    "a loop of links": "/loop",
    "below a loop of links": "/loop/x",
    "a regular file": "/file",
    "below a regular file": "/file/x/y",
    "a name too long": "/" + "n" * 256,
    "a name too long in characters of three bytes": "/" + "\u30c0" * 86,
}
"""Not outside, but nothing can be written there."""


@pytest.mark.parametrize("path", REFUSED_PATHS.values(), ids=REFUSED_PATHS)
def test_output_path_that_is_refused_fails_the_start_and_writes_nothing(path: str, places: Path, api: DumpApi) -> None:
    before = tree(places.parent)

    refused = api.start(outputPath=path.format(tmp_path=places.parent), infoFile="/d1.info", playlist=["llhls.m3u8"])

    assert refused == NO_INIT
    assert tree(places.parent) == before
    assert api.dumps() == []


@pytest.mark.parametrize(("path", "directory"), PATHS_WITH_TWO_DOTS.values(), ids=PATHS_WITH_TWO_DOTS)
def test_two_dots_that_stay_inside_lead_where_they_say(path: str, directory: str, places: Path, api: DumpApi) -> None:
    assert started(api.start(outputPath=path))
    assert (places / directory / INIT).is_file()


def test_directories_that_two_dots_leave_are_made(places: Path, api: DumpApi) -> None:
    assert started(api.start(outputPath="/missing/er/../../x", infoFile="/other/../d1.info"))
    assert names(places) >= {"missing", "other", "x", "d1.info"}
    assert names(places / "missing") == {"er"}


@pytest.mark.parametrize("path", FAILING_PATHS.values(), ids=FAILING_PATHS)
def test_output_path_that_cannot_be_made_fails_the_start_and_leaves_nothing(path: str, places: Path, api: DumpApi) -> None:
    kept, outside = names(places), tree(places.parent / "outside")

    assert api.start(outputPath=path, infoFile="/info/d1.info", playlist=["llhls.m3u8"]) == NO_INIT
    assert names(places) - {"info"} == kept
    assert tree(places.parent / "outside") == outside
    assert not (places / "info" / "d1.info").exists()
    assert api.dumps() == []
    assert started(api.start(outputPath="/fine", infoFile="/info/d1.info"))


def test_start_that_can_write_nothing_makes_no_info_file_meanwhile(places: Path, api: DumpApi) -> None:
    before = tree(places.parent)

    assert api.start(outputPath="/file/x", infoFile="/info/d1.info") == NO_INIT
    assert tree(places.parent) == before


@pytest.mark.parametrize("path", REFUSED_PATHS.values(), ids=REFUSED_PATHS)
def test_info_file_in_a_directory_that_is_refused_fails_the_start_and_writes_nothing(path: str, places: Path, api: DumpApi) -> None:
    before = tree(places.parent)
    directory, nul, rest = path.format(tmp_path=places.parent).partition("\0")

    refused = api.start(infoFile=f"{directory}/d1.info{nul}{rest}")

    assert refused == NO_INIT
    assert tree(places.parent) == before
    assert api.dumps() == []


def test_id_and_info_file_of_refused_starts_are_free(places: Path, api: DumpApi) -> None:
    for path in ("/..", "/link-out", "/loop", "/file/x"):
        assert api.start(outputPath=path, infoFile="/d1.info") == NO_INIT
        assert api.start(outputPath="/fine", infoFile=f"{path}/d1.info") == NO_INIT

    assert started(api.start(outputPath="/fine", infoFile="/d1.info"))


@pytest.mark.parametrize("info_file", ["..", "/..", "./..", "/kept/..", "kept/..", "/missing/..", "/out/.."])
def test_info_file_called_two_dots_is_refused_like_any_other_path_with_them(info_file: str, places: Path, api: DumpApi) -> None:
    before = tree(places.parent)

    assert api.start(infoFile=info_file) == NO_INIT
    assert tree(places.parent) == before


@pytest.mark.parametrize("path", FAILING_PATHS.values(), ids=FAILING_PATHS)
def test_info_file_that_cannot_be_made_fails_the_start_after_the_first_init_section(path: str, places: Path, api: DumpApi) -> None:
    outside, kept = tree(places.parent / "outside"), names(places)

    assert api.start(infoFile=f"{path}/d1.info") == NO_INIT
    assert names(places) == kept | {"out"}
    assert names(places / "out") == {INIT}
    assert tree(places.parent / "outside") == outside
    assert started(api.start(infoFile="/d1.info"))


def test_info_file_whose_name_is_too_long_fails_the_start(places: Path, api: DumpApi) -> None:
    kept = names(places)

    assert api.start(infoFile="/" + "n" * 251 + ".info") == NO_INIT
    assert names(places) == kept | {"out"}
    assert started(api.start(infoFile="/d1.info"))


@pytest.mark.parametrize("link", ["link-out", "dangling-out", "dangling-in", "loop", "link-in"])
def test_info_file_whose_name_is_a_link_exists_already(link: str, places: Path, api: DumpApi) -> None:
    before = tree(places.parent)

    assert api.start(infoFile=f"/{link}") == DUPLICATE_INFO_FILE
    assert tree(places.parent) == before


PATHS_AND_PLACES = {
    "the root of all is the root": ("/", "", "/{}"),
    "an absolute path": ("/home/abc", "home/abc", "/home/abc/{}"),
    "an absolute path with two slashes": ("//etc", "etc", "//etc/{}"),
    "an absolute path with three slashes": ("///etc", "etc", "///etc/{}"),
    "a path with slashes at its end": ("/dir///", "dir", "/dir///{}"),
    "a path with slashes and dots inside": ("/a//./b/.", "a/b", "/a//./b/./{}"),
    "a relative path": ("rel/ative", "rel/ative", "rel/ative/{}"),
    "a dot": (".", "", "./{}"),
    "a path below a dot": ("./x/", "x", "./x/{}"),
    "the root itself": ("{tmp_path}/root", "", "{tmp_path}/root/{}"),
    "a path inside the root": ("{tmp_path}/root/in/side", "in/side", "{tmp_path}/root/in/side/{}"),
    "a path whose beginning looks like the root": ("{tmp_path}/rooted", "{tmp_path}/rooted", "{tmp_path}/rooted/{}"),
    "the directory that holds the root": ("{tmp_path}", "{tmp_path}", "{tmp_path}/{}"),
    "the process's own directory": ("/proc/self/cwd", "proc/self/cwd", "/proc/self/cwd/{}"),
    "a device": ("/dev/null/x", "dev/null/x", "/dev/null/x/{}"),
    "percent-escapes": ("/%2e%2e/%2E%2E%2fetc", "%2e%2e/%2E%2E%2fetc", "/%2e%2e/%2E%2E%2fetc/{}"),
    "three dots": ("/.../x", ".../x", "/.../x/{}"),
    "dots before and after a name": ("/..a/b..", "..a/b..", "/..a/b../{}"),
    "backslashes": ("\\..\\x", "\\..\\x", "\\..\\x/{}"),
    "a home directory": ("~/x", "~/x", "~/x/{}"),
    "a macro": ("/rel/${{StreamName}}", "rel/${{StreamName}}", "/rel/${{StreamName}}/{}"),
    "spaces and a newline": ("/a b/ c\nd", "a b/ c\nd", "/a b/ c\nd/{}"),
    "letters that are not ASCII": ("/\u0434\u043c\u043f/\u30c0", "\u0434\u043c\u043f/\u30c0", "/\u0434\u043c\u043f/\u30c0/{}"),
    "an emoji": ("/\U0001f3ac", "\U0001f3ac", "/\U0001f3ac/{}"),
    "a decomposed letter": ("/e\u0301", "e\u0301", "/e\u0301/{}"),
    "the longest name": ("/" + "n" * 255, "n" * 255, "/" + "n" * 255 + "/{}"),
    "a link inside": ("/link-in/x", "kept/x", "/link-in/x/{}"),
    "a link to a missing directory inside": ("/dangling-in", "kept/made/later", "/dangling-in/{}"),
    "a NUL, where the path is cut": ("/cut\0/../../etc", "cut", "/cut/{}"),
}  # fmt: skip
"""A path, where its files are below the root, and what the info file calls them."""


@pytest.mark.parametrize(("path", "place", "file"), PATHS_AND_PLACES.values(), ids=PATHS_AND_PLACES)
def test_paths_are_mapped_below_the_root_and_shown_as_they_were_given(
    path: str, place: str, file: str, places: Path, emulator: Emulator, api: DumpApi
) -> None:
    tmp_path = places.parent
    path, directory = path.format(tmp_path=tmp_path), Path(f"{places}/{place.format(tmp_path=tmp_path)}")
    shown, nul, rest = path.partition("\0")
    outside = tree(tmp_path / "outside")

    assert started(api.start(outputPath=path, infoFile=f"{shown}/d1.info{nul}{rest}", playlist=["llhls.m3u8"]))
    assert (directory / "llhls.m3u8").read_bytes().startswith(b"#EXTM3U\n")
    assert read_info(directory / "d1.info").items[0][2] == file.format(INIT, tmp_path=tmp_path)
    assert emulator.dumps["d1"].files[0].samefile(directory / INIT)
    info_file = emulator.dumps["d1"].info_file
    assert info_file
    assert info_file.samefile(directory / "d1.info")
    assert (api.dumps()[0]["outputPath"], api.dumps()[0]["infoFile"]) == (shown, f"{shown}/d1.info")
    assert names(tmp_path) == {"root", "outside"}
    assert tree(tmp_path / "outside") == outside


def test_bytes_that_are_no_characters_stay_below_the_root(places: Path, api: DumpApi) -> None:
    before = names(places)

    answer = api.start(outputPath="/\udcff\udcc3(", infoFile="/d1.info")

    if not started(answer):  # some systems have names of characters only
        assert answer == NO_INIT
        return
    assert {os.fsencode(name) for name in names(places) - before} == {b"\xff\xc3(", b"d1.info"}
    assert read_info(places / "d1.info").items[0][2] == f"/\ufffd\ufffd(/{INIT}"


@pytest.mark.parametrize(
    ("playlist", "file"),
    [("llhls", "llhls"), ("llhls.txt", "llhls.txt"), ("llhls.sub/list", "llhls.sub/list"), ("llhls.//etc/list", "llhls./etc/list")],
)
def test_playlist_that_is_known_by_its_stem_is_written_below_the_output_path(playlist: str, file: str, root: Path, api: DumpApi) -> None:
    assert started(api.start(playlist=[playlist]))
    assert (root / "out" / file).read_bytes().startswith(b"#EXTM3U\n")
    assert names(root) == {"out"}


def test_playlist_below_a_link_out_is_refused(places: Path, api: DumpApi) -> None:
    (places / "out").mkdir()
    (places / "out" / "llhls.sub").symlink_to("../../outside")
    outside = tree(places.parent / "outside")

    assert api.start(playlist=["llhls.sub/list"]).body["message"] == (
        "Could not start dump: [default/app/stream] (Could not dump master playlist) (500)"
    )
    assert tree(places.parent / "outside") == outside


def test_refusal_by_a_root_says_that_a_link_leads_out(places: Path, api: DumpApi, dumps_log: Lines) -> None:
    api.start(outputPath="/link-out/x")

    outside = f"{places.parent}/outside/x is outside {places}; a link or '..' leads out of the root"
    assert dumps_log.warnings == [f"dump d1 of default/app/stream not started: refused to write to /link-out/x: {outside}"]


def test_refusal_of_two_dots_says_so(api: DumpApi, dumps_log: Lines) -> None:
    api.start(outputPath="/a/../../b")

    (warning,) = dumps_log.warnings
    assert warning.startswith("dump d1 of default/app/stream not started: refused to write to /a/../../b: ")
    assert warning.endswith("a link or '..' leads out of the root")


def test_queued_start_whose_path_leads_out_ends_when_it_first_writes(places: Path, emulator: Emulator, api: DumpApi) -> None:
    """The engine looks at the paths of a queued start no sooner (dump-output.md#queued-starts)."""
    emulator.connect("default/app/later", ready=True)
    before = tree(places.parent)

    assert api.start(stream="later", outputPath="/link-out/x").status == 200
    emulator.clock.advance(30)

    assert emulator.dumps["d1"].enabled is False
    assert tree(places.parent) == before


def test_files_of_a_failed_dump_are_where_they_were_written(places: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.connect("default/app/later", ready=True)
    assert api.start(stream="later", outputPath="/kept/in", infoFile="/link-out/d1.info").status == 200
    emulator.clock.advance(30)
    (places / "kept" / "in").rename(places / "kept" / "moved")
    (places / "kept" / "in").symlink_to(places.parent / "outside")

    assert {file.parent for file in emulator.dumps["d1"].files} == {places / "kept" / "in"}


def test_root_that_is_missing_is_made(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path / "not" / "there" / "yet")

    assert started(DumpApi(emulator).start(outputPath="/home/abc"))
    assert (tmp_path / "not" / "there" / "yet" / "home" / "abc" / INIT).is_file()


def test_root_that_is_a_link_holds_paths_by_either_name(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    api = DumpApi(Emulator(root=tmp_path / "link"))

    assert started(api.start("d1", outputPath=f"{tmp_path}/link/one"))
    assert started(api.start("d2", outputPath=f"{tmp_path}/real/two"))
    assert started(api.start("d3", outputPath="three"))
    assert names(tmp_path / "real") == {"one", "two", "three"}


def test_root_given_as_a_relative_path_does_not_follow_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    api = DumpApi(Emulator(root="rel"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert started(api.start("d1", outputPath="/one"))
    assert started(api.start("d2", outputPath="two"))
    assert names(tmp_path / "rel") == {"one", "two"}
    assert names(tmp_path / "elsewhere") == set()


def test_two_emulators_in_one_process_keep_to_their_own_roots(tmp_path: Path) -> None:
    first, second = (DumpApi(Emulator(root=tmp_path / name)) for name in ("first", "second"))

    assert started(first.start(outputPath="/home/abc"))
    assert started(second.start(outputPath=f"{tmp_path}/first"))
    assert names(tmp_path / "first") == {"home"}
    assert (tmp_path / "second" / str(tmp_path).lstrip("/") / "first" / INIT).is_file()


def test_place_is_the_way_from_an_allowed_directory(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("a/b")
    confinement = Confinement((str(tmp_path),), str(tmp_path))

    assert confinement.locate("link/c") == ConfinedPath(str(tmp_path), ("a", "b", "c"))
    assert str(confinement.locate("link/c")) == f"{tmp_path}/a/b/c"
    assert confinement.locate(str(tmp_path)) == ConfinedPath(str(tmp_path), ())


def test_directory_with_an_allowed_name_as_its_beginning_is_not_allowed(tmp_path: Path) -> None:
    (tmp_path / "allowed").mkdir()
    confinement = Confinement((str(tmp_path / "allowed"),), str(tmp_path / "allowed"))

    with pytest.raises(PathRefused, match=r"allowed-not is outside .*/allowed; --root DIR maps it below DIR"):
        confinement.locate(f"{tmp_path}/allowed-not")


@pytest.mark.parametrize(("path", "reason"), [("/a\0b", "embedded null"), ("/\ud800", "surrogates not allowed")])
def test_path_that_no_file_can_have_is_refused(path: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(PathRefused, match=reason):
        confine(root=tmp_path).locate(path)


def test_longest_path_is_accepted_and_a_longer_one_refused(tmp_path: Path) -> None:
    path = f"{tmp_path}{'/a' * 4095}"
    assert str(confine(allow_any_path=True).locate(path[:4095])) == path[:4095].rstrip("/")
    message = f"refused to write to {path[:80]}...: the path is longer than 4095 bytes"
    with pytest.raises(PathRefused, match=f"^{re.escape(message)}$"):
        confine(allow_any_path=True).locate(path[:4096])


@pytest.mark.parametrize(
    ("path", "is_plain"),
    [("/kept", True), ("//kept/./later", True), ("/kept/../kept", False), ("/link-in", False), ("/a-link-in", False)],
    ids=["itself", "with slashes and a dot", "with two dots", "by a link after it", "by a link before it"],
)
def test_path_that_leads_to_its_directory_without_a_link_is_plain(path: str, is_plain: bool, places: Path) -> None:
    (places / "a-link-in").symlink_to("kept")
    confinement = confine(root=places)
    assert confinement.is_plain(path, confinement.locate(path)) is is_plain


def test_working_directory_is_allowed_unless_it_is_the_root_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path / "here")
    real_tmp = os.path.realpath("/tmp")
    assert confine().allowed == (str(tmp_path), real_tmp, str(tmp_path / "here"))
    monkeypatch.chdir("/")
    assert confine().allowed == (str(tmp_path), real_tmp)


def test_allowed_path_must_be_a_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "missing"):
        with pytest.raises(ConfigurationError, match=f"^allow_paths {path}: there is no such directory$"):
            confine(allow_paths=[path])
    assert confine(allow_paths=[tmp_path]).allowed[-1] == str(tmp_path)


def test_root_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(ConfigurationError, match=r"^root .*/file: it is no directory$"):
        confine(root=tmp_path / "file")


def test_root_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(ConfigurationError, match=r"^root .*/file/below: Not a directory$"):
        confine(root=tmp_path / "file" / "below")


@pytest.mark.parametrize(
    "options",
    [
        {"root": "r", "allow_paths": ["a"]},
        {"root": "r", "allow_any_path": True},
        {"allow_paths": ["a"], "allow_any_path": True},
        {"root": "r", "allow_paths": ["a"], "allow_any_path": True},
    ],
    ids=["root and allowed path", "root and any path", "allowed path and any path", "all three"],
)
def test_options_that_exclude_each_other_are_refused(options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigurationError, match=r"^root, allow_paths and allow_any_path exclude each other$"):
        confine(**options)
    assert names(tmp_path) == set()


@pytest.mark.parametrize("path", ["/" + "a/" * 3000, "/" + "/" * 5000, "/x" * 2047])
def test_path_longer_than_the_system_takes_is_refused_and_makes_nothing(path: str, root: Path, api: DumpApi) -> None:
    before = tree(root.parent)

    assert api.start(outputPath=path) == NO_INIT
    assert api.start(infoFile=f"{path}/d1.info", outputPath="/fine").status == 500
    assert tree(root.parent) == before
