"""Tests of a client that run once for each of several dialects."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

CLIENT = """
    import json
    import urllib.request

    import pytest


    def bit_rate(ome):
        request = urllib.request.Request(
            f"{ome.url}/v1/vhosts/default/apps/app/streams/stream", headers={"Authorization": ome.authorization}
        )
        return json.load(urllib.request.urlopen(request))["response"]["input"]["tracks"][0]["video"]["bitrate"]


    def test_bit_rate_is_a_number(ome):
        assert bit_rate(ome) > 0


    @pytest.mark.ome(dialect="engine-0.21")
    def test_own_dialect_is_kept(ome):
        assert ome.dialect.name == "engine-0.21"
"""


def test_tests_run_once_for_each_dialect_of_the_command_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CLIENT)
    result = pytester.runpytest_inprocess("-v", "-p", "no:xdist", "-p", "no:randomly", "--ome-dialects=engine-0.18,engine-0.19")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*::test_bit_rate_is_a_number?engine-0.18? FAILED*",
            "*::test_bit_rate_is_a_number?engine-0.19? PASSED*",
            "*::test_own_dialect_is_kept PASSED*",
            "*TypeError: '>' not supported between instances of 'str' and 'int'*",
        ]
    )


def test_marker_with_a_list_runs_a_test_for_each(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.ome(dialect=["engine-0.16", "docs"])
        def test_version(ome):
            print(ome.dialect.version)

        @pytest.mark.ome(dialect=["0.15.10"])
        def test_any_number(make_ome):
            assert make_ome().dialect.version == "0.15.10"
            assert make_ome(dialect="docs").dialect.name == "docs"
    """)
    result = pytester.runpytest_inprocess("-v", "-s", "-p", "no:xdist", "-p", "no:randomly")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*test_version?engine-0.16? 0.16.8*", "*test_version?docs? 0.21.0*", "*test_any_number?0.15.10?*"])


def test_unknown_dialect_is_named(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CLIENT)
    result = pytester.runpytest_inprocess("-p", "no:xdist", "--ome-dialects=engine-0.16.6")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: dialect 'engine-0.16.6' is not one of docs*(did you mean engine-0.16.5?)*"])
