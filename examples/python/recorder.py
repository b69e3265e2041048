"""Records a stream of an OvenMediaEngine as HLS files."""

from __future__ import annotations

import base64
from pathlib import Path
from xml.etree import ElementTree

import requests
from requests.adapters import HTTPAdapter, Retry


class Recorder:
    """Starts and stops dumps of one stream, and tries again where the server fails."""

    def __init__(self, url: str, access_token: str, stream: str = "default/app/stream") -> None:
        vhost, app, self.stream = stream.split("/")
        self.url = f"{url}/v1/vhosts/{vhost}/apps/{app}/streams/{self.stream}"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Basic {base64.b64encode(access_token.encode()).decode()}"
        retry = Retry(total=3, status_forcelist=[500, 503], allowed_methods=["POST"], raise_on_status=False)
        self.session.mount("http://", HTTPAdapter(max_retries=retry))

    def start(self, dump_id: str, directory: str) -> None:
        fields = {"outputPath": directory, "infoFile": f"{directory}.info", "playlist": ["llhls.m3u8"]}
        self._post("startHlsDump", id=dump_id, **fields)

    def stop(self, dump_id: str) -> None:
        self._post("stopHlsDump", id=dump_id)

    def _post(self, action: str, **fields: object) -> None:
        answer = self.session.post(f"{self.url}:{action}", json={"outputStreamName": self.stream, **fields}, timeout=10)
        if not answer.ok:
            raise RuntimeError(answer.json()["message"])


def recorded_files(info_file: Path) -> list[str]:
    """The files that an info file lists, each once, in the order in which they were first written."""
    files = (str(item.text) for item in ElementTree.parse(info_file).iter("File"))
    return list(dict.fromkeys(files))
