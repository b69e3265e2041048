"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import pytest


@pytest.fixture
def run(pytester):
    """Run this text as a test module."""

    def run(text: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(text)
        return pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments)

    return run


def test_fixture_is_a_running_emulator(run):
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


def test_every_test_has_an_emulator_of_its_own(run):
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


def test_dumps_are_confined_to_the_directory_of_the_test(run):
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


def test_marker_gives_options(run):
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
        ('dialect="nope"', "*ConfigurationError: dialect 'nope' is not one of docs, engine-0.21"),
        ('streams=["nope"]', "*ConfigurationError: stream 'nope' is not VHOST/APP/STREAM"),
        pytest.param('dialekt="docs"', "*dialekt*", id="unknown option"),
    ],
)
def test_wrong_option_of_the_marker_is_an_error_of_the_test(run, options, message):
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


def test_marker_is_explained(pytester):
    result = pytester.runpytest_inprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.ome(**options): options of the emulator that fixture `ome` gives*"])


def test_fixture_is_explained(pytester):
    result = pytester.runpytest_inprocess("--fixtures", "-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["ome*", "*running emulator*"])


def test_nothing_is_left_after_the_test(run):
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


def test_marker_may_open_other_directories(run):
    run(
        """
        import pytest

        @pytest.mark.ome(allow_any_path=True)
        def test_any(ome):
            assert ome.confinement.allowed == ("/",)
        """
    ).assert_outcomes(passed=1)


def test_marker_options_without_a_name_are_an_error(run):
    result = run(
        """
        import pytest

        @pytest.mark.ome("docs")
        def test_any(ome):
            pass
        """
    )
    result.assert_outcomes(errors=1)
