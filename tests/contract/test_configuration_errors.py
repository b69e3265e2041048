"""One mistake in a Server.xml each: taken or refused as the engine did, and the documents of what was taken.

`EDITS` makes each recorded file of the good one. What differs, and why, is `DIFFERENT`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from contract.configurations import CONFIGURATIONS
from fixture_types import Answer

from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError

GOOD = (CONFIGURATIONS / "good.xml").read_text()
CASES = {case["case"]: case for case in map(json.loads, (CONFIGURATIONS / "errors.jsonl").read_text().splitlines())}

DIFFERENT = {
    "rtmp port in use": "the emulator takes no RTMP",
    "IP of another machine": "the emulator listens where --host says",
    "api and llhls on one port": "the emulator can't listen twice on one port, and says so: exit code 4",
    "Logger.xml broken": "the emulator has no Logger.xml",
}
VHOST = GOOD[GOOD.index("<VirtualHost>") : GOOD.index("</VirtualHosts>")]
APP = GOOD[GOOD.index("<Application>") : GOOD.index("</Applications>")]
PROFILE = GOOD[GOOD.index("<OutputProfile>") : GOOD.index("</OutputProfiles>")]
ENCODES = GOOD[GOOD.index("<Encodes>") : GOOD.index("</OutputProfile>")]
RENDITION = "<Rendition><Name>r</Name><Video>{}</Video></Rendition>"
PLAYLIST = "</Encodes><Playlist><Name>p</Name><FileName>{}</FileName>{}</Playlist>"

EDITS: dict[str, tuple[str, str]] = {
    "only the declaration": (GOOD[GOOD.index("<Server") :], ""),
    "not XML": (GOOD, "hello"),
    "tag not closed": ("</Server>", ""),
    "no declaration": ('<?xml version="1.0" encoding="UTF-8"?>\n', ""),
    "two roots": ("</Server>", '</Server><Server version="8"/>'),
    "no version": (' version="8"', ""),
    "version 7": ('version="8"', 'version="7"'),
    "version 9": ('version="8"', 'version="9"'),
    "version empty": ('version="8"', 'version=""'),
    "version 8.1": ('version="8"', 'version="8.1"'),
    "unknown element under Server": ("<Type>origin</Type>", "<Type>origin</Type><Nope>1</Nope>"),
    "unknown element under Application": ("<Name>app</Name>", "<Name>app</Name><Nope/>"),
    "unknown element under LLHLS": ("<LLHLS><ChunkDuration>", "<LLHLS><Nope>1</Nope><ChunkDuration>"),
    "unknown attribute": ("<VirtualHost>", '<VirtualHost nope="1">'),
    "text between elements": ("<Type>origin</Type>", "<Type>origin</Type>stray text"),
    "comment and cdata": ("<VirtualHost><Name>default</Name>", "<VirtualHost><!-- c --><Name><![CDATA[default]]></Name>"),
    "element given twice": ("<Type>origin</Type>", "<Type>origin</Type><Type>edge</Type>"),
    "SegmentDuration given twice": (
        "<SegmentDuration>2</SegmentDuration>",
        "<SegmentDuration>2</SegmentDuration><SegmentDuration>3</SegmentDuration>",
    ),
    "Server Type missing": ("<Type>origin</Type>", ""),
    "Server Name missing": ("<Name>OvenMediaEngine</Name>", ""),
    "vhost without a name": ("<VirtualHost><Name>default</Name>", "<VirtualHost>"),
    "vhost without Host": ("<Host><Names><Name>*</Name></Names></Host><Applications>", "<Applications>"),
    "vhost without Names": ("<Host><Names><Name>*</Name></Names></Host><Applications>", "<Host/><Applications>"),
    "no VirtualHosts": (GOOD[GOOD.index("<VirtualHosts>") : GOOD.index("</Server>")], ""),
    "vhost name twice": (VHOST, VHOST + VHOST.replace("<Name>*</Name>", "<Name>x.example</Name>")),
    "host name twice": (VHOST, VHOST + VHOST.replace("<Name>default</Name>", "<Name>second</Name>")),
    "app name with a slash": ("<Name>app</Name>", "<Name>a/p</Name>"),
    "app name unicode": ("<Name>app</Name>", "<Name>앱</Name>"),
    "app without a name": ("<Application><Name>app</Name>", "<Application>"),
    "app without a type": ("<Type>live</Type>", ""),
    "app type unknown": ("<Type>live</Type>", "<Type>nope</Type>"),
    "app type vod": ("<Type>live</Type>", "<Type>vod</Type>"),
    "app without OutputProfiles": (f"<OutputProfiles>{PROFILE}</OutputProfiles>", ""),
    "app without Providers": ("<Providers><RTMP/><SRT/></Providers>", ""),
    "app without Publishers": (GOOD[GOOD.index("<Publishers><AppWorkerCount>") : GOOD.index("</Application>")], ""),
    "profile without a name": ("<OutputProfile><Name>bypass_stream</Name>", "<OutputProfile>"),
    "profile without Encodes": (ENCODES, ""),
    "two profiles of a name": (PROFILE, PROFILE * 2),
    "playlist of an unknown rendition": ("</Encodes>", PLAYLIST.format("p", RENDITION.format("nope"))),
    "playlist without renditions": ("</Encodes>", PLAYLIST.format("p", "")),
    "playlist with file name of an extension": ("</Encodes>", PLAYLIST.format("p.m3u8", RENDITION.format("bypass_video"))),
    "two playlists of a file name": (
        "</Encodes>",
        "</Encodes>" + PLAYLIST.format("p", RENDITION.format("bypass_video")).removeprefix("</Encodes>") * 2,
    ),
    "SegmentDuration text": ("<SegmentDuration>2<", "<SegmentDuration>two<"),
    "SegmentDuration 0": ("<SegmentDuration>2<", "<SegmentDuration>0<"),
    "SegmentDuration negative": ("<SegmentDuration>2<", "<SegmentDuration>-2<"),
    "SegmentDuration 2.5": ("<SegmentDuration>2<", "<SegmentDuration>2.5<"),
    "SegmentCount text": ("<SegmentCount>10<", "<SegmentCount>x<"),
    "PartHoldBack below the chunk": ("<PartHoldBack>1.5<", "<PartHoldBack>0.1<"),
    "boolean maybe": ("<Name>bypass_audio</Name><Bypass>true<", "<Name>bypass_audio</Name><Bypass>maybe<"),
    "boolean TRUE": ("<Name>bypass_audio</Name><Bypass>true<", "<Name>bypass_audio</Name><Bypass>TRUE<"),
    "CrossDomains without Url": ("<CrossDomains><Url>*</Url></CrossDomains>", "<CrossDomains/>"),
    "port text": ("<Port>8081</Port>", "<Port>http</Port>"),
    "port negative": ("<Port>8081</Port>", "<Port>-1</Port>"),
    "port range": ("<Port>8081</Port>", "<Port>8081-8083</Port>"),
    "rtmp and api on one port": ("<Port>1935</Port>", "<Port>8081</Port>"),
    "WorkerCount text": ("8081</Port><WorkerCount>1<", "8081</Port><WorkerCount>x<"),
    "WorkerCount negative": ("8081</Port><WorkerCount>1<", "8081</Port><WorkerCount>-1<"),
    "WorkerCount 0": ("8081</Port><WorkerCount>1<", "8081</Port><WorkerCount>0<"),
    "IP nonsense": ("<IP>127.0.0.1</IP>", "<IP>nonsense</IP>"),
    "no Bind": (GOOD[GOOD.index("<Bind>") : GOOD.index("</Bind>") + len("</Bind>")], ""),
    "no API in Bind": (GOOD[GOOD.index("<Managers><API><Port>") : GOOD.index("<Providers><RTMP><Port>")], ""),
    "LLHLS not in Bind": ("<LLHLS><Port>3333</Port><WorkerCount>1</WorkerCount></LLHLS>", ""),
    "RTMP not in Bind": ("<RTMP><Port>1935</Port><WorkerCount>1</WorkerCount></RTMP>", ""),
    "API TLSPort without a certificate": ("<Port>8081</Port>", "<Port>8081</Port><TLSPort>8082</TLSPort>"),
    "no Managers": (GOOD[GOOD.index("<Managers><Host>") : GOOD.index("<VirtualHosts>")], ""),
    "Managers without Host": ("<Managers><Host><Names><Name>*</Name></Names></Host>", "<Managers>"),
    "no AccessToken": ("<AccessToken>ome-access-token</AccessToken>", ""),
    "AccessToken empty": ("<AccessToken>ome-access-token</AccessToken>", "<AccessToken></AccessToken>"),
    "environment variable not set": ("<VirtualHost><Name>default</Name>", "<VirtualHost><Name>${env:NOT_SET_X}</Name>"),
    "environment variable with a default": ("<VirtualHost><Name>default</Name>", "<VirtualHost><Name>${env:NOT_SET_X:default}</Name>"),
    "environment variable for a port, not set": ("<Port>8081</Port>", "<Port>${env:NOT_SET_X}</Port>"),
    "include of a missing file": (f"<VirtualHosts>{VHOST}", '<VirtualHosts include="nope.xml">'),
    "include pattern that matches nothing": (VHOST, '<VirtualHost include="VHost*.xml" />'),
    "webhooks without a url": ("<Applications>", "<AdmissionWebhooks><SecretKey>1</SecretKey></AdmissionWebhooks><Applications>"),
    "alert without a url": ("<VirtualHosts>", "<Alert><SecretKey>1</SecretKey><Rules/></Alert><VirtualHosts>"),
    "alert rule text": (
        "<VirtualHosts>",
        "<Alert><SecretKey>1</SecretKey><Rules><Ingress><MinBitrate>x</MinBitrate></Ingress></Rules></Alert><VirtualHosts>",
    ),
    "wrong root": ('<Server version="8">', '<Servr version="8">'),
    "no Logger.xml": ("", ""),
}
WITHOUT_FILE = {"no Server.xml", "Server.xml is a directory"}


def write(case: str, directory: Path) -> Path:
    path = directory / "Server.xml"
    if case == "Server.xml is a directory":
        path.mkdir()
    elif case not in WITHOUT_FILE:
        old, new = EDITS[case]
        text = GOOD.replace(old, new, 1) if old else GOOD
        path.write_text(text.replace("</Server>", "</Servr>") if case == "wrong root" else text)
    return path


def test_every_recorded_case_is_tried_or_explained() -> None:
    assert CASES.keys() == EDITS.keys() | WITHOUT_FILE | DIFFERENT.keys()


@pytest.mark.parametrize("case", [name for name, case in CASES.items() if case["exited"] and name not in DIFFERENT])
def test_file_is_refused_with_the_element_that_is_wrong(tmp_path: Path, case: str) -> None:
    path = write(case, tmp_path)
    with pytest.raises(ConfigurationError) as raised:
        Emulator(dialect="engine-0.21", config=path, streams=[])
    named = re.search(r"(\w+) is not optional|Unknown item found: .*?(\w*) in |Invalid (port)|Empty <(\w+)>", " ".join(CASES[case]["says"]))
    if named:
        element = next(word for word in named.groups() if word is not None)
        assert (element or "text").lower() in str(raised.value).lower()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("case", [name for name, case in CASES.items() if not case["exited"] and name not in DIFFERENT])
def test_file_is_taken_and_served(tmp_path: Path, case: str) -> None:
    emulator = Emulator(dialect="engine-0.21", config=write(case, tmp_path), streams=[])
    client = emulator.app.test_client()
    for path, recorded in (CASES[case]["asked"] or {}).items():
        answer: Answer = client.get(path, headers={"Authorization": emulator.authorization})
        assert (answer.status_code, comparable(answer.json)) == (recorded["status"], comparable(json.loads(recorded["body"])))


def comparable(body: dict[str, Any]) -> dict[str, Any]:
    """A body whose lists of names have no order, as in the engine."""
    response = body.get("response")
    return body | {"response": sorted(response)} if isinstance(response, list) else body
