"""Uploads a dump of an OvenMediaEngine to S3 while it is written: what the info file lists, again when it has changed."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree


class Uploader:
    """Follows one info file. `server_root` is where this machine sees the server's `/`."""

    def __init__(self, s3: Any, bucket: str, info_file: Path, server_root: Path = Path("/")) -> None:
        self.s3, self.bucket, self.info_file, self.server_root = s3, bucket, info_file, server_root
        self.uploaded: dict[str, tuple[int, int]] = {}
        self.missing: set[str] = set()

    def look(self) -> str:
        """Upload what is new or has changed; returns the dump's status: Running, Completed or Error."""
        info = ElementTree.parse(self.info_file)
        for name in dict.fromkeys(str(item.text) for item in info.iter("File")):
            self._upload(name)
        return info.findtext("Status", "")

    def _upload(self, name: str) -> None:
        path = self.server_root / name.lstrip("/")
        try:
            found = path.stat()
            if (stamp := (found.st_mtime_ns, found.st_size)) == self.uploaded.get(name):
                return
            self.s3.upload_file(str(path), self.bucket, str(PurePosixPath(name).relative_to("/")))
        except FileNotFoundError:
            self.missing.add(name)  # listed, and not there: tell somebody, and go on
        else:
            self.uploaded[name] = stamp
            self.missing.discard(name)
