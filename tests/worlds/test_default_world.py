"""The world that an emulator serves when it is told nothing else."""

from __future__ import annotations

from fractions import Fraction

from ome_mock.settings import (
    ApplicationSettings,
    AudioEncode,
    CrossDomains,
    LlhlsPublisher,
    OutputProfile,
    PlaylistSettings,
    RenditionSettings,
    VideoEncode,
    VirtualHostSettings,
    World,
)
from ome_mock.worlds.server_xml import default_world

BYPASS = RenditionSettings("Bypass", "bypass_video", "bypass_audio")
LOW = RenditionSettings("Low", "video_low", "bypass_audio")


def test_default_world_is_the_documented_one() -> None:
    assert default_world() == World(
        virtual_hosts=(
            VirtualHostSettings(
                name="default",
                host_names=("*",),
                applications=(
                    ApplicationSettings(
                        name="app",
                        type="live",
                        output_profiles=(
                            OutputProfile(
                                name="one",
                                output_stream_name="${OriginStreamName}",
                                videos=(
                                    VideoEncode("bypass_video", bypass=True),
                                    VideoEncode("video_low", False, 24_000, 320, 180, Fraction(30), codec="h264", key_frame_interval=30),
                                ),
                                audios=(AudioEncode("bypass_audio", bypass=True),),
                                playlists=(PlaylistSettings("abr", "abr", (BYPASS, LOW)),),
                            ),
                            OutputProfile(
                                name="two",
                                output_stream_name="${OriginStreamName}2",
                                videos=(VideoEncode("bypass_video", bypass=True),),
                                audios=(AudioEncode("bypass_audio", bypass=True),),
                                playlists=(PlaylistSettings("abr", "abr", (BYPASS,)),),
                            ),
                        ),
                        llhls=LlhlsPublisher(
                            segment_duration_ms=6_000, chunk_duration_ms=500, segment_count=10, create_default_playlist=True
                        ),
                        providers=frozenset({"rtmp", "ovt", "rtspPull"}),
                        publishers=frozenset({"llhls", "file", "push"}),
                    ),
                ),
            ),
        ),
        access_token="ome-access-token",
        cross_domains=CrossDomains(("*",)),
        bound_publishers=frozenset({"llhls"}),
        binds_api=True,
        api_port=8081,
        llhls_port=3333,
    )


def test_output_streams_of_the_documentation_come_of_the_profiles() -> None:
    (profile_one, profile_two) = default_world().virtual_hosts[0].applications[0].output_profiles
    assert (profile_one.output_name("stream"), profile_two.output_name("stream")) == ("stream", "stream2")
