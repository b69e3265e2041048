"""A client that openapi-python-client generates from the description starts, lists and stops a dump."""

from __future__ import annotations

import base64
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ome_mock import OmeMock
from ome_mock.dialect import find_dialect
from ome_mock.web.description.document import describe_api

LONGEST_S = 120


@pytest.fixture(params=["docs", "engine-0.16", "engine-0.21"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def generated(dialect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the package, which can be imported."""
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(describe_api(find_dialect(dialect))))
    package = "ome_client_" + dialect.replace("-", "_").replace(".", "_")
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"package_name_override": package, "project_name_override": package, "post_hooks": []}))
    command = [
        "-m",
        "openapi_python_client",
        "generate",
        "--path",
        str(description),
        "--config",
        str(config),
        "--meta",
        "none",
        "--fail-on-warning",
    ]
    done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(tmp_path)
    return package


def test_generated_client_starts_lists_and_stops_a_dump(generated: str, dialect: str, tmp_path: Path) -> None:
    client_class = importlib.import_module(generated).AuthenticatedClient
    models = importlib.import_module(f"{generated}.models")
    start, stop, listing = (
        importlib.import_module(f"{generated}.api.dumps.{name}") for name in ("start_hls_dump", "stop_hls_dump", "list_hls_dumps")
    )
    with OmeMock(dialect=dialect, root=tmp_path / "root") as ome:
        token = base64.b64encode(ome.access_token.encode()).decode()
        where = {"vhost": "default", "app": "app", "stream": "stream"}
        with client_class(base_url=ome.url, token=token, prefix="Basic") as client:
            body = models.HlsDumpStart(output_stream_name="stream", id="d1", output_path="/d1", playlist=["llhls.m3u8"])
            assert start.sync(client=client, body=body, **where).message == "OK"
            again = start.sync_detailed(client=client, body=body, **where)
            assert (again.status_code, again.parsed.status_code) == (500, 500)
            assert again.parsed.message.endswith("(Duplicate ID) (500)")
            (dump,) = listing.sync(client=client, body=models.HlsDumpAddress(output_stream_name="stream"), **where).response
            assert (dump.id, dump.enabled, dump.output_path) == ("d1", True, "/d1")
            ome.clock.advance(30)
            assert stop.sync(client=client, body=models.HlsDumpAddress(output_stream_name="stream", id="d1"), **where).message == "OK"
            (dump,) = listing.sync(client=client, body=models.HlsDumpAddress(output_stream_name="stream"), **where).response
            assert dump.enabled is False
        assert ome.dumps["d1"].check() == []
