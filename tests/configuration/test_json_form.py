"""Bodies of the REST API: what is read is what was sent, and nothing is more than a refusal."""

from __future__ import annotations

import copy
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import JSON, trees

from ome_mock.configuration.application_grammar import APPLICATION
from ome_mock.configuration.json_form import APPLICATION_DEFAULTS, merged, read_application, read_virtual_host, with_defaults
from ome_mock.configuration.output_profile_grammar import OUTPUT_PROFILE
from ome_mock.configuration.server_grammar import VIRTUAL_HOST
from ome_mock.refusals import ConfigurationRefused
from ome_mock.settings import AudioEncode, VideoEncode

LARGE = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=30)


def keeps_to_the_rules(tree):
    """Whether encodes that are not bypassed have what they need."""
    encodes = [profile.get("encodes", {}) for profile in tree.get("outputProfiles", {}).get("outputProfile", [])]
    videos = [video for each in encodes for video in each.get("videos", [])]
    return all(
        str(video.get("bypass")).lower() in {"true", "1", "1.0"} or (video.get("codec") and video.get("bitrate")) for video in videos
    )


@LARGE
@given(trees(APPLICATION))
def test_application_that_keeps_to_the_grammar_is_read_as_it_was_sent(tree):
    sent = copy.deepcopy(tree)
    if keeps_to_the_rules(tree):
        settings = read_application(tree, "v")
        assert settings.written == tree == sent
        assert [profile.written for profile in settings.output_profiles] == tree.get("outputProfiles", {}).get("outputProfile", [])


@LARGE
@given(st.lists(trees(OUTPUT_PROFILE), min_size=1, max_size=2, unique_by=lambda profile: profile["name"]))
def test_output_profiles_are_read_as_they_were_sent(profiles):
    tree = {"name": "a", "type": "live", "outputProfiles": {"outputProfile": profiles}}
    if keeps_to_the_rules(tree):
        assert [profile.written for profile in read_application(tree, "v").output_profiles] == profiles
    else:
        with pytest.raises(ConfigurationRefused, match=r"^(Codec|Bitrate) must"):
            read_application(tree, "v")


@LARGE
@given(trees(VIRTUAL_HOST))
def test_virtual_host_is_shown_as_it_was_sent_without_its_applications(tree):
    with suppress(ConfigurationRefused):
        settings = read_virtual_host(tree)
        assert settings.written == {key: value for key, value in tree.items() if key != "applications"}
        shown = [each.written for each in (*settings.applications, *([settings.template] if settings.template else []))]
        assert shown == tree.get("applications", [])


@LARGE
@given(trees(APPLICATION), st.text(min_size=1, max_size=5), JSON)
def test_tree_with_anything_anywhere_is_read_or_refused(tree, key, value):
    for spoiled in (tree | {key: value}, tree | {"outputProfiles": value}, tree | {"publishers": {"llhls": value}}, value):
        with suppress(ConfigurationRefused):
            read_application(spoiled, "v")


@given(st.dictionaries(st.sampled_from("abc"), JSON), st.dictionaries(st.sampled_from("abc"), JSON))
def test_merging_keeps_its_operands_and_says_nothing_twice(tree, changes):
    before = copy.deepcopy((tree, changes))
    result = merged(tree, changes)
    assert (tree, changes) == before
    assert merged(result, changes) == result
    assert merged(tree, {}) == tree
    assert result.keys() == tree.keys() | changes.keys()


def test_defaults_are_what_is_read_where_nothing_is_said():
    settings = read_application(with_defaults({"name": "a", "type": "live"}), "v")
    (profile,) = settings.output_profiles
    assert settings.written == {"name": "a", "type": "live", **APPLICATION_DEFAULTS}
    assert (settings.providers, settings.publishers) == ({"ovt", "rtspPull", "webrtc", "srt", "rtmp"}, {"llhls", "webrtc", "ovt"})
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
            VideoEncode("v", bypass=False, bitrate=1_000_000, width=640, height=360, framerate=29.5, codec="h264"),
            id="numbers of every kind",
        ),
        pytest.param({"name": "v", "bypass": True, "bitrate": None}, VideoEncode("v", bypass=True), id="null is absent"),
        pytest.param({"name": "v", "bypass": True, "bitrate": ""}, VideoEncode("v", bypass=True), id="empty is absent"),
    ],
)
def test_scalars_convert_freely(video, expected):
    profile = {"name": "p", "outputStreamName": "o", "encodes": {"videos": [video]}}
    settings = read_application({"name": "a", "type": "live", "outputProfiles": {"outputProfile": [profile]}}, "v")
    assert settings.output_profiles[0].videos == (expected,)


@pytest.mark.parametrize(
    ("video", "text"),
    [
        ({"bypass": True, "width": True}, "Invalid value of videos.width: true"),
        ({"bypass": True, "width": 1.5}, "Invalid value of videos.width: 1.5"),
        ({"bypass": True, "width": 1e300}, f"Invalid value of videos.width: 1{'0' * 300}"),
        ({"bypass": True, "width": -1}, "Invalid value of videos.width: -1"),
        ({"bypass": True, "width": [1]}, "Invalid value type of videos.width"),
        (None, "Codec must be specified when bypass is false"),
        ({"bypass": "yes"}, "Invalid value of videos.bypass: yes"),
        ({"bypass": True, "preset": "best"}, "Invalid value of videos.preset: best"),
        ({}, "Codec must be specified when bypass is false"),
        ({"codec": "h264", "bitrate": 0}, "Bitrate must be greater than 0"),
    ],
)
def test_wrong_scalars_are_refused(video, text):
    profile = {"name": "p", "outputStreamName": "o", "encodes": {"videos": [video]}}
    with pytest.raises(ConfigurationRefused) as raised:
        read_application({"name": "a", "type": "live", "outputProfiles": {"outputProfile": [profile]}}, "v")
    assert raised.value.text == text


def test_macros_in_bodies_are_left_as_they_are():
    profile = {"name": "p", "outputStreamName": "${env:HOME}_${env:NOPE}", "encodes": {}}
    settings = read_application({"name": "a", "type": "live", "outputProfiles": {"outputProfile": [profile]}}, "v")
    assert settings.output_profiles[0].output_stream_name == "${env:HOME}_${env:NOPE}"


def test_null_among_texts_is_refused():
    with pytest.raises(ConfigurationRefused, match=r"^Invalid value type of virtualHost\.host\.names$"):
        read_virtual_host({"name": "v", "host": {"names": ["a", None]}})


def test_blank_among_texts_that_must_be_there_is_refused():
    dump = {"enable": True, "targetStreamName": "*", "outputPath": "/x", "playlists": {"playlist": [" "]}}
    with pytest.raises(ConfigurationRefused, match=r"^dump\.playlists\.playlist is not optional$"):
        read_application({"name": "a", "type": "live", "publishers": {"llhls": {"dumps": {"dump": [dump]}}}}, "v")
