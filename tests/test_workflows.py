"""What runs without anybody asking: the workflows, and the hooks of pre-commit, against what `.ci/run` does."""

from __future__ import annotations

import os
from configparser import ConfigParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parent.parent
WORKFLOWS = REPOSITORY / ".github" / "workflows"


def workflow(name: str) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())
    return workflow


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def test_checks_run_on_every_python_that_the_package_names() -> None:
    setup = ConfigParser(interpolation=None)
    setup.read(REPOSITORY / "setup.cfg")
    named = [line.rpartition(" ")[2] for line in setup["metadata"]["classifiers"].splitlines() if "Python :: 3." in line]
    assert workflow("check")["jobs"]["run"]["strategy"]["matrix"]["python"] == named == ["3.11", "3.12", "3.13", "3.14"]
    assert commands(workflow("check")["jobs"]["run"]) == [".ci/run"]


def test_wheel_is_built_and_used_from_an_empty_environment() -> None:
    assert commands(workflow("package")["jobs"]["wheel"]) == [".ci/package"]


@pytest.mark.parametrize("script", [".ci/run", ".ci/package", ".ci/campaign"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(REPOSITORY / script, os.X_OK)


def test_container_job_names_services_and_profiles_that_there_are() -> None:
    services = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    profiles = {profile for service in services.values() for profile in service.get("profiles", [])}
    for command in commands(workflow("package")["jobs"]["container"]):
        words = command.split()
        assert words[:2] == ["docker", "compose"]
        assert {word for before, word in pairwise(words) if before == "--profile"} <= profiles
        assert words[-1].startswith("--") or words[-1] in services


def test_hooks_call_what_the_checks_call() -> None:
    (repository,) = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())["repos"]
    checks = (REPOSITORY / ".ci" / "run").read_text()
    assert [hook["entry"] for hook in repository["hooks"] if f".venv/bin/{hook['entry']}" not in checks] == []
