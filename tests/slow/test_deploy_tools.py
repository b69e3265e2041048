"""The files of `deploy/`, as the tools take them that they are written for."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

DEPLOY = Path(__file__).parent.parent.parent / "deploy"


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"not run: there is no {tool}")


@needs("haproxy")
def test_haproxy_takes_its_configuration() -> None:
    addresses = {f"OME_MOCK_{number}": f"127.0.0.{number + 11}" for number in range(4)}
    command = ["haproxy", "-c", "-f", str(DEPLOY / "haproxy.cfg")]
    checked = subprocess.run(command, env=os.environ | addresses, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[WARNING]" not in checked.stderr


@needs("kubectl")
def test_kubectl_puts_the_manifests_together() -> None:
    built = subprocess.run(["kubectl", "kustomize", str(DEPLOY)], capture_output=True, text=True, check=True).stdout
    manifests = list(yaml.safe_load_all(built))
    for each in manifests:
        kubernetes_validate.validate(each, "1.32", strict=True)
    written = [each for path in (DEPLOY / "kubernetes").glob("*.yaml") for each in yaml.safe_load_all(path.read_text())]
    assert len(manifests) == len(written) + 3  # two maps of files and the secret
