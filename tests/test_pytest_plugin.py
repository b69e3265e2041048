"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from server_xml import server_xml

import ome_mock.emulator  # noqa: F401 (a run within this one forgets what it imports itself, and classes would be there twice)
from ome_mock import OmeMock
from ome_mock.refusals import DumpNotStarted, StreamNotFound


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Run this text as a test module."""

    def run(text: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(text)
        return pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments)

    return run


def test_fixture_is_a_running_emulator(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        from http.client import HTTPConnection

        def test_answers(ome):
            connection = HTTPConnection("127.0.0.1", ome.port)
            connection.request("GET", "/v1/vhosts", headers={"Authorization": ome.authorization})
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b'{"message":"OK","response":["default"],"statusCode":200}')
            connection.close()
            assert ome.url == f"http://127.0.0.1:{ome.port}"
            assert ome.access_token == "ome-access-token"
        """
    )
    result.assert_outcomes(passed=1)


def test_every_test_has_an_emulator_of_its_own(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        import pytest

        seen = []

        @pytest.mark.parametrize("turn", [1, 2])
        def test_fresh(ome, turn):
            assert ome.clock.now_ns() == 1_767_225_600_000_000_000
            ome.clock.advance(60)
            ome.connect("default/app/more")
            assert ome not in seen
            seen.append(ome)
        """
    )
    result.assert_outcomes(passed=2)


def test_dumps_are_confined_to_the_directory_of_the_test(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        import json
        from http.client import HTTPConnection

        def start(ome, **fields):
            body = {"outputStreamName": "stream", "id": "d1", "outputPath": "/var/dumps/"} | fields
            connection = HTTPConnection("127.0.0.1", ome.port)
            connection.request(
                "POST",
                "/v1/vhosts/default/apps/app/streams/stream:startHlsDump",
                json.dumps(body),
                {"Authorization": ome.authorization},
            )
            status = connection.getresponse().status
            connection.close()
            return status

        def test_below(ome, tmp_path):
            assert start(ome, infoFile="/etc/d1.info") == 200
            assert all(path.is_relative_to(tmp_path / "var" / "dumps") for path in ome.dumps["d1"].files)
            assert (tmp_path / "etc" / "d1.info").is_file()

        def test_not_above(ome, tmp_path):
            assert start(ome, outputPath="/../up") == 500
            assert not (tmp_path.parent / "up").exists()

        def test_clock(ome):
            start(ome)
            before = len(ome.dumps["d1"].files)
            ome.clock.advance(60)
            assert len(ome.dumps["d1"].files) > before
        """
    )
    result.assert_outcomes(passed=3)


def test_marker_gives_options(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        import pytest

        @pytest.mark.ome(dialect="docs", streams=["default/app/camera1"], seed=7, access_token="secret")
        def test_options(ome):
            assert ome.dialect.name == "docs"
            assert ome.access_token == "secret"
            assert [stream.path.stream for stream in ome.engine.input_streams("default", "app")] == ["camera1"]

        @pytest.mark.ome(streams=["default/app/of_the_class"])
        class TestMany:
            def test_of_the_class(self, ome):
                assert [stream.path.stream for stream in ome.engine.input_streams("default", "app")] == ["of_the_class"]

            @pytest.mark.ome(streams=[])
            def test_of_its_own(self, ome):
                assert ome.engine.input_streams("default", "app") == []

        @pytest.mark.ome(root=None, allow_any_path=True)
        def test_other_confinement(ome):
            assert ome.confinement.root is None
            assert ome.confinement.allowed == ("/",)
        """,
        "--strict-markers",
    )
    result.assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ('dialect="nope"', "fixture ome: dialect 'nope' is not one of docs, engine-0.15.10*"),
        ('streams=["nope"]', "fixture ome: stream 'nope' is not VHOST/APP/STREAM"),
        pytest.param('dialekt="docs"', "*'dialekt' (did you mean 'dialect'?)", id="unknown option"),
    ],
)
def test_wrong_option_of_the_marker_is_an_error_of_the_test(run: Callable[..., pytest.RunResult], options: str, message: str) -> None:
    result = run(
        f"""
        import pytest

        @pytest.mark.ome({options})
        def test_never(ome):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("During handling of *")


def test_marker_is_explained(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.ome(**options): options of the emulator that fixture `ome` gives*"])


def test_fixture_is_explained(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--fixtures", "-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["ome*", "*running emulator*"])


def test_nothing_is_left_after_the_test(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        import threading

        before = set(threading.enumerate())

        def test_one(ome):
            pass

        def test_two():
            left = set(threading.enumerate()) - before
            for thread in left:
                thread.join(5)
            assert not any(thread.is_alive() for thread in left)
        """,
        "-W",
        "error",
    )
    result.assert_outcomes(passed=2)


def test_marker_may_open_other_directories(run: Callable[..., pytest.RunResult]) -> None:
    run(
        """
        import pytest

        @pytest.mark.ome(allow_any_path=True)
        def test_any(ome):
            assert ome.confinement.allowed == ("/",)
        """
    ).assert_outcomes(passed=1)


def test_markers_of_test_class_and_module_are_merged(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        import pytest

        pytestmark = [pytest.mark.ome(dialect="engine-0.21", seed=1, streams=["default/app/of_module"]), pytest.mark.ome(seed=2)]

        def options(ome):
            return ome.dialect.name, ome._seed, ome.streams, ome.access_token

        def test_of_the_module(ome):
            assert options(ome) == ("engine-0.21", 1, ("default/app/of_module",), "ome-access-token")

        @pytest.mark.ome(access_token="of_class", streams=["default/app/of_class"])
        class TestClass:
            def test_of_the_class(self, ome):
                assert options(ome) == ("engine-0.21", 1, ("default/app/of_class",), "of_class")

            @pytest.mark.ome(streams=["default/app/farther"], seed=3)
            @pytest.mark.ome(dialect="docs", streams=None)
            def test_nearest(self, ome):
                assert options(ome) == ("docs", 3, ("default/app/stream",), "of_class")
        """
    )
    result.assert_outcomes(passed=3)


def test_marker_options_without_a_name_are_an_error(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        import pytest

        @pytest.mark.ome("docs")
        def test_any(ome):
            pass
        """,
        "-p",
        "no:schemathesis",  # its hook warns of whatever ends a collection
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*::test_any: marker ome takes options by name, such as dialect=\"docs\", not 'docs'"])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_fault_that_never_fired_fails_the_test(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        import pytest
        from ome_mock import faults

        @pytest.mark.ome(faults=[faults.DiskFull()])
        def test_never(ome):
            pass

        @pytest.mark.ome(faults=[{"fault": "diskFull", "mustFire": False}])
        def test_need_not(ome):
            pass

        def test_fires(ome):
            ome.faults.arm(faults.MissingInit())
            ome.start_dump()
        """
    )
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*armed and never fired: diskFull() (must_fire=False allows it)"])


def test_report_of_a_failed_test_shows_what_was_asked(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        import urllib.error, urllib.request
        import pytest
        from ome_mock import faults

        def test_fails(ome):
            ome.faults.arm(faults.Status(503))
            with pytest.raises(urllib.error.HTTPError) as raised:
                urllib.request.urlopen(ome.url + "/v1/vhosts")
            raised.value.close()
            assert False
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*- ome-mock at http://127.0.0.1:* -*", "1. GET /v1/vhosts -> 503", "fault status(status=503): GET /v1/vhosts"]
    )


def test_several_emulators_in_one_test(run: Callable[..., pytest.RunResult]) -> None:
    run(
        """
        def test_two(make_ome, tmp_path):
            one, two = make_ome(), make_ome(dialect="engine-0.21", root=tmp_path / "two")
            assert one.port != two.port
            one.start_dump("d1")
            assert (list(one.dumps), list(two.dumps)) == ([("default/app/stream", "d1")], [])
        """
    ).assert_outcomes(passed=1)


def test_one_emulator_for_all_tests(run: Callable[..., pytest.RunResult]) -> None:
    run(
        """
        seen = []

        def test_one(ome_session):
            ome_session.start_dump("d1")
            seen.append(ome_session)

        def test_two(ome_session):
            assert seen == [ome_session]
            assert ome_session.dumps["d1"].enabled
            ome_session.reset()
            assert not ome_session.dumps
        """
    ).assert_outcomes(passed=2)


def test_dumps_are_started_stopped_and_looked_at_without_requests(ome: OmeMock) -> None:
    dump = ome.start_dump("d1", playlist=["llhls.m3u8", "abr.m3u8"], info_file="/d1.info", user_data="a & b")
    assert (dump.status, dump.enabled, len(dump.items)) == ("Running", True, 11)
    assert dump.items[0] == ("2026-01-01T00:00:00.000+00:00", "/dumps/d1/init_0_video_9BfpuA3z_llhls.m4s")
    assert {path.name for path in dump.files} >= {"llhls.m3u8", "abr.m3u8"}
    ome.stop_dump("d1")
    assert (dump.status, dump.enabled) == ("Completed", False)


def test_start_that_the_api_would_refuse_is_refused(ome: OmeMock) -> None:
    ome.start_dump("d1")
    with pytest.raises(DumpNotStarted):
        ome.start_dump("d1")
    with pytest.raises(StreamNotFound):
        ome.start_dump("d2", stream="default/app/nope")


def test_failed_test_is_not_reported_again_for_a_fault_that_never_fired(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        from ome_mock import faults

        def test_fails(ome):
            ome.faults.arm(faults.DiskFull(file="never"))
            assert ome.url == "elsewhere"

        def test_forgets(ome):
            ome.faults.arm(faults.DiskFull(file="never"))
        """
    )
    result.assert_outcomes(failed=1, passed=1, errors=1)
    assert "ERROR at teardown of test_forgets" in result.stdout.str()
    assert "ERROR at teardown of test_fails" not in result.stdout.str()


def test_failed_assertion_shows_the_test_and_not_the_journal(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        def test_called(ome):
            ome.journal.assert_called(":startHlsDump")

        def test_notified(ome):
            ome.journal.assert_notified("opening")

        def test_waited(ome):
            ome.journal.wait_for(":startHlsDump", timeout_s=0)
        """
    )
    result.assert_outcomes(failed=3)
    shown = result.stdout.str()
    assert 'ome.journal.assert_called(":startHlsDump")' in shown
    assert "There was no request at all." in shown
    assert "request_journal.py" not in shown
    assert "callback_journal.py" not in shown


def test_ini_file_has_defaults(run: Callable[..., pytest.RunResult], pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nome_dialect = engine-0.21\nome_config = configurations\n")
    xml = server_xml("<VirtualHosts><VirtualHost><Name>mine</Name></VirtualHost></VirtualHosts>")
    pytester.mkdir("configurations").joinpath("Server.xml").write_text(xml)
    result = run(
        """
        import pytest

        def names(ome):
            return ome.dialect.name, [host.name for host in ome.engine.virtual_hosts()]

        def test_defaults(ome, make_ome, ome_session):
            assert [names(each) for each in (ome, make_ome(access_token="x"), ome_session)] == [("engine-0.21", ["mine"])] * 3

        @pytest.mark.ome(dialect="docs", config=None)
        def test_marker_wins(ome):
            assert names(ome) == ("docs", ["default"])
        """
    )
    result.assert_outcomes(passed=2)


def test_unittest_has_an_emulator(run: Callable[..., pytest.RunResult]) -> None:
    result = run(
        """
        import unittest

        from ome_mock import faults
        from ome_mock.testing import OmeMockMixin


        class TestIt(OmeMockMixin, unittest.TestCase):
            ome_options = {"dialect": "engine-0.21", "streams": ["default/app/camera"]}

            def test_options(self):
                self.assertEqual(self.ome.dialect.name, "engine-0.21")
                self.ome.start_dump(stream="default/app/camera")
                self.ome.clock.advance(60)
                self.assertTrue(self.ome.dumps["d1"].files[0].exists())

            def test_forgets_a_fault(self):
                self.ome.faults.arm(faults.DiskFull(file="never"))

            def test_fails_once(self):
                self.ome.faults.arm(faults.DiskFull(file="never"))
                self.fail("once")
        """,
    )
    result.assert_outcomes(passed=1, failed=2)
    assert result.stdout.str().count("E   AssertionError: armed and never fired") == 1
