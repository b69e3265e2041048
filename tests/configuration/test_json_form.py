"""Bodies of the REST API: what is read is what was sent, and nothing is more than a refusal."""

from __future__ import annotations

import copy
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from configuration.strategies import JSON, trees
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ome_mock.configuration.application_grammar import APPLICATION
from ome_mock.configuration.json_form import APPLICATION_DEFAULTS, merged, read_application, read_virtual_host, with_defaults
from ome_mock.configuration.output_profile_grammar import OUTPUT_PROFILE
from ome_mock.configuration.server_grammar import VIRTUAL_HOST
from ome_mock.refusals import ApplicationNotMade, ConfigurationRefused
from ome_mock.settings import ApplicationSettings, AudioEncode, LlhlsPublisher, VideoEncode

LARGE = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=30)


def read(tree: dict[str, Any]) -> ApplicationSettings:
    """Read an application that keeps to the grammar; what breaks a rule of it is no matter of the test."""
    try:
        return read_application(tree, "v")
    except (ApplicationNotMade, ConfigurationRefused):
        assume(False)


@LARGE
@given(trees(APPLICATION))
def test_application_that_keeps_to_the_grammar_is_read_as_it_was_sent(tree: dict[str, Any]) -> None:
    sent = copy.deepcopy(tree)
    settings = read(tree)
    assert settings.document == tree == sent
    assert [profile.document for profile in settings.output_profiles] == tree.get("outputProfiles", {}).get("outputProfile", [])


@LARGE
@given(st.lists(trees(OUTPUT_PROFILE), min_size=1, max_size=2, unique_by=lambda profile: profile["name"]))
def test_output_profiles_are_read_as_they_were_sent(profiles: list[dict[str, Any]]) -> None:
    tree = {"name": "a", "type": "live", "outputProfiles": {"outputProfile": profiles}}
    assert [profile.document for profile in read(tree).output_profiles] == profiles


@LARGE
@given(trees(VIRTUAL_HOST))
def test_virtual_host_is_shown_as_it_was_sent_without_its_applications(tree: dict[str, Any]) -> None:
    with suppress(ApplicationNotMade, ConfigurationRefused):
        settings = read_virtual_host(tree)
        assert settings.document == {key: value for key, value in tree.items() if key != "applications"}
        shown = [each.document for each in (*settings.applications, *([settings.template] if settings.template else []))]
        assert shown == tree.get("applications", [])


@LARGE
@given(trees(APPLICATION), st.text(min_size=1, max_size=5), JSON)
def test_tree_with_anything_anywhere_is_read_or_refused(tree: dict[str, Any], key: str, value: Any) -> None:
    for spoiled in (tree | {key: value}, tree | {"outputProfiles": value}, tree | {"publishers": {"llhls": value}}, value):
        with suppress(ApplicationNotMade, ConfigurationRefused):
            read_application(spoiled, "v")


@given(st.dictionaries(st.sampled_from("abc"), JSON), st.dictionaries(st.sampled_from("abc"), JSON))
def test_merging_keeps_its_operands_and_says_nothing_twice(tree: dict[str, Any], changes: dict[str, Any]) -> None:
    before = copy.deepcopy((tree, changes))
    result = merged(tree, changes)
    assert (tree, changes) == before
    assert merged(result, changes) == result
    assert merged(tree, {}) == tree
    assert result.keys() == tree.keys() | changes.keys()


def test_defaults_are_what_is_read_where_nothing_is_said() -> None:
    settings = read_application(with_defaults({"name": "a", "type": "live"}), "v")
    (profile,) = settings.output_profiles
    assert settings.document == {"name": "a", "type": "live", **APPLICATION_DEFAULTS}
    assert (settings.providers, settings.publishers) == (
        frozenset({"ovt", "rtspPull", "webrtc", "srt", "rtmp"}),
        frozenset({"llhls", "webrtc", "ovt"}),
    )
    assert profile.videos == (VideoEncode("bypass_video", bypass=True),)
    assert profile.audios[1] == AudioEncode(
        "aac", bypass=False, bitrate=128_000, codec="aac", samplerate=48_000, channels=2, bypass_if_match=(("codec", "eq"),)
    )


@pytest.mark.parametrize(
    ("video", "expected"),
    [
        pytest.param({"bypass": True}, VideoEncode("video_0", bypass=True), id="without a name"),
        pytest.param({"name": "v", "bypass": "True"}, VideoEncode("v", bypass=True), id="true as text"),
        pytest.param({"name": "v", "bypass": 1}, VideoEncode("v", bypass=True), id="true as a number"),
        pytest.param(
            {"name": "v", "codec": "H264", "bitrate": 1e6, "width": "640", "height": 360.0, "framerate": 29.5},
            VideoEncode("v", bypass=False, bitrate=1_000_000, width=640, height=360, framerate=Fraction(59, 2), codec="h264"),
            id="numbers of every kind",
        ),
        pytest.param({"name": "v", "bypass": True, "bitrate": None}, VideoEncode("v", bypass=True), id="null is absent"),
        pytest.param({"name": "v", "bypass": "yes", "codec": "h264", "bitrate": 1}, VideoEncode("v", False, 1, codec="h264"), id="no flag"),
        pytest.param({"name": "v", "bypass": "2"}, VideoEncode("v", bypass=True), id="any number but 0 is true"),
        pytest.param({"name": "v", "bypass": True, "width": "wide"}, VideoEncode("v", bypass=True), id="no number is 0"),
        pytest.param(
            {"name": "v", "bypass": True, "width": "640 pixels"}, VideoEncode("v", bypass=True, width=640), id="what it begins with"
        ),
        pytest.param({"name": "v", "bypass": True, "width": 1.5}, VideoEncode("v", bypass=True, width=1), id="whole part"),
        pytest.param({"name": "v", "bypass": True, "width": [1]}, VideoEncode("v", bypass=True), id="array"),
        pytest.param({"name": "v", "bypass": True, "bitrate": "2K"}, VideoEncode("v", bypass=True, bitrate=2048), id="kilobits"),
        pytest.param({"name": "v", "bypass": True, "bitrate": "1.5m"}, VideoEncode("v", bypass=True, bitrate=1_572_864), id="megabits"),
    ],
)
def test_scalars_convert_freely(video: dict[str, Any], expected: VideoEncode) -> None:
    profile = {"name": "p", "outputStreamName": "o", "encodes": {"videos": [video]}}
    settings = read_application({"name": "a", "type": "live", "outputProfiles": {"outputProfile": [profile]}}, "v")
    assert settings.output_profiles[0].videos == (expected,)


@pytest.mark.parametrize(
    ("video", "text"),
    [
        (None, "Codec must be specified when bypass is false"),
        ({"bypass": "yes"}, "Codec must be specified when bypass is false"),
        ({"bypass": True, "preset": "best"}, "Preset must be slower, slow, medium, fast, or faster"),
        ({"bypass": True, "bFrames": 17}, "BFrames must be between 0 and 16"),
        ({"bypass": True, "bitrate": ""}, "Bitrate must be greater than 0"),
        ({"bypass": True, "keyFrameInterval": 601}, "KeyFrameInterval must be between 0 and 600"),
        ({"bypass": True, "bypassIfMatch": {"codec": "gte"}}, "BypassIfMatch.Codec must be specified only eq"),
        ({}, "Codec must be specified when bypass is false"),
        ({"codec": "h264", "bitrate": 0}, "Bitrate must be greater than 0"),
    ],
)
def test_wrong_scalars_are_refused(video: dict[str, Any] | None, text: str) -> None:
    profile = {"name": "p", "outputStreamName": "o", "encodes": {"videos": [video]}}
    with pytest.raises(ConfigurationRefused) as raised:
        read_application({"name": "a", "type": "live", "outputProfiles": {"outputProfile": [profile]}}, "v")
    assert raised.value.text == text


def test_macros_in_bodies_are_left_as_they_are() -> None:
    profile = {"name": "p", "outputStreamName": "${env:HOME}_${env:NOPE}", "encodes": {}}
    settings = read_application({"name": "a", "type": "live", "outputProfiles": {"outputProfile": [profile]}}, "v")
    assert settings.output_profiles[0].output_stream_name == "${env:HOME}_${env:NOPE}"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["a", "b"], ("a", "b"), id="array"),
        pytest.param({"name": ["a"]}, ("a",), id="as XML has it"),
        pytest.param([], (), id="none"),
        pytest.param([1, True], ("1", "true"), id="no texts"),
    ],
)
def test_list_in_a_wrapping_element_has_two_forms(names: list[int | str] | dict[str, Any], expected: tuple[str, ...]) -> None:
    assert read_virtual_host({"name": "v", "host": {"names": names}}).host_names == expected


@pytest.mark.parametrize("value", ["x", 7, True, []], ids=["text", "number", "flag", "array"])
def test_value_where_elements_belong_is_an_element_without_any(value: Any) -> None:
    settings = read_application({"name": "a", "type": "live", "publishers": {"llhls": value}}, "v")
    assert (settings.llhls, settings.publishers) == (LlhlsPublisher(), frozenset({"llhls"}))


@pytest.mark.parametrize("value", ["x", 7, {}], ids=["text", "number", "object"])
def test_list_that_is_no_array_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationRefused, match=r"^\[Config\] Child playlists is not an array$"):
        read_application(
            {
                "name": "a",
                "type": "live",
                "outputProfiles": {"outputProfile": [{"name": "p", "outputStreamName": "o", "playlists": value}]},
            },
            "v",
        )


@pytest.mark.parametrize(
    ("changes", "is_made"),
    [
        pytest.param({}, False, id="streams alike"),
        pytest.param({"outputStreamName": "other"}, True, id="streams of their own"),
        pytest.param({"name": "p", "outputStreamName": "other"}, False, id="profiles alike"),
    ],
)
def test_application_whose_output_streams_have_one_name_is_not_made(changes: dict[str, str], is_made: bool) -> None:
    profiles = [{"name": "p", "outputStreamName": "o"}, {"name": "q", "outputStreamName": "o"} | changes]
    tree = {"name": "a", "type": "live", "outputProfiles": {"outputProfile": profiles}}
    if is_made:
        assert len(read_application(tree, "v").output_profiles) == 2
    else:
        with pytest.raises(ApplicationNotMade):
            read_application(tree, "v")
