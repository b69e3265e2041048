"""Pieces of a Server.xml, and the names of their places in messages about mistakes."""

from __future__ import annotations

from server_xml import server_xml

from ome_mock.settings import ApplicationSettings, LlhlsPublisher, OutputProfile, World
from ome_mock.worlds.server_xml import read_server_xml

WITHOUT_ANYTHING = World(
    access_token="t",
    bound_publishers=frozenset({"llhls", "hls", "webrtc"}),
    binds_api=True,
    api_port=8081,
    llhls_port=3333,
    hls_port=3333,
)
"""What the smallest file says."""

HOST = "<VirtualHosts><VirtualHost>{}</VirtualHost></VirtualHosts>"
NAMED_HOST = HOST.format("<Name>v</Name>{}")
PROFILE = "<OutputProfile><Name>p</Name><OutputStreamName>o</OutputStreamName>{}</OutputProfile>"
APPLICATION = "<Application><Name>a</Name><Type>live</Type></Application>"
DUMP = "<TargetStreamName>*</TargetStreamName><OutputPath>/d/${StreamName}</OutputPath>"
AT_APPLICATION = "VirtualHost v / Application a"
AT_PROFILE = f"{AT_APPLICATION} / OutputProfile p"
AT_VIDEO = f"{AT_PROFILE} / Encodes / Video low"
AT_LLHLS = f"{AT_APPLICATION} / Publishers / LLHLS"


def in_application(xml: str) -> str:
    return NAMED_HOST.format(f"<Applications><Application><Name>a</Name><Type>live</Type>{xml}</Application></Applications>")


def in_profile(xml: str) -> str:
    return in_application(f"<OutputProfiles>{PROFILE.format(xml)}</OutputProfiles>")


def in_llhls(xml: str) -> str:
    return in_application(f"<Publishers><LLHLS>{xml}</LLHLS></Publishers>")


def in_video(xml: str) -> str:
    return in_profile(f"<Encodes><Video><Name>low</Name>{xml}</Video></Encodes>")


def read(xml: str) -> World:
    return read_server_xml(server_xml(xml, "t").encode(), "my.xml")


def read_application(xml: str) -> ApplicationSettings:
    return read(in_application(xml)).virtual_hosts[0].applications[0]


def read_llhls(xml: str) -> LlhlsPublisher | None:
    return read_application(f"<Publishers>{xml}</Publishers>").llhls


def read_profile(xml: str) -> OutputProfile:
    return read_application(f"<OutputProfiles>{PROFILE.format(xml)}</OutputProfiles>").output_profiles[0]
