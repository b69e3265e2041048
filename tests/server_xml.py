"""The smallest Server.xml that an engine takes, for tests to put their matter into."""

from __future__ import annotations

HEAD = (
    "<Server version='8'><Type>origin</Type><IP>*</IP><Bind><Managers><API><Port>8081</Port></API></Managers>"
    "<Publishers><LLHLS><Port>3333</Port></LLHLS><HLS><Port>3333</Port></HLS>"
    "<WebRTC><Signalling><Port>3333</Port></Signalling></WebRTC></Publishers></Bind>"
)


def server_xml(inside: str, token: str = "ome-access-token", api: str = "") -> str:
    """A whole file; `inside` stands in `<Server>`, `api` in its `<Managers><API>`."""
    return f"{HEAD}<Managers><API><AccessToken>{token}</AccessToken>{api}</API></Managers>{inside}</Server>"
