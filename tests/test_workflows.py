"""What runs without anybody asking: workflows, the action and hooks, against what `.ci/run` does; the forms of issues."""

from __future__ import annotations

import os
import re
import subprocess
from configparser import ConfigParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from ome_mock.dialect import DIALECTS

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


@pytest.mark.parametrize(
    "script", [".ci/run", ".ci/package", ".ci/campaign", ".ci/zipapp", ".ci/notes", ".ci/action", ".github/action/run.sh"]
)
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


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.name)
def test_actions_of_others_are_pinned_to_a_commit_and_say_which_version_that_is(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text())
    others = [(name, said) for name, said in used if not name.startswith("./")]
    assert [name for name, said in others if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", name + said)] == []
    assert [name for name, _ in used if name.endswith(".yml") and not (REPOSITORY / name).exists()] == []


def test_one_version_of_an_action_is_used_everywhere() -> None:
    used = {line for path in WORKFLOWS.glob("*.yml") for line in re.findall(r"uses: (\S+@\S+)", path.read_text())}
    assert len({name.partition("@")[0] for name in used}) == len(used)


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.name)
def test_workflow_may_do_no_more_than_read_unless_a_job_says_so(path: Path) -> None:
    assert yaml.safe_load(path.read_text())["permissions"] == {"contents": "read"}


# Release


def test_release_is_published_by_a_tag_alone_once_all_is_checked_and_built() -> None:
    jobs = workflow("release")["jobs"]
    publishing = {name: job for name, job in jobs.items() if name.startswith("publish-")}
    assert {job["if"] for job in publishing.values()} == {"github.ref_type == 'tag'"}
    assert [set(job["needs"]) for job in publishing.values()] == [
        {"check", "build", "image"},
        {"check", "build", "image"},
        {"publish-package", "publish-image"},
    ]
    assert [name for name, job in jobs.items() if "permissions" in job] == list(publishing)
    assert ".ci/package dist" in commands(jobs["build"])
    assert jobs["check"]["uses"] == "./.github/workflows/check.yml"


def test_what_is_published_is_checked_against_the_checksums_of_the_build() -> None:
    jobs = workflow("release")["jobs"]
    for name in ("publish-package", "publish-image", "publish-release"):
        assert any("sha256sum --check" in command for command in commands(jobs[name]))


@pytest.fixture
def changes(tmp_path: Path) -> Path:
    """A copy of the script, the version and a changelog."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "notes").write_text((REPOSITORY / ".ci" / "notes").read_text())
    (tmp_path / "ome_mock").mkdir()
    (tmp_path / "ome_mock" / "versions.py").write_text('VERSION = "1.2.3"\nENGINE_VERSION = "0.21.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changes\n\n## [Unreleased]\n\n- new\n\n## [1.2.3] - 2026-12-01\n\n- this\n- that\n\n## [1.2.2]\n\n- old\n"
    )
    return tmp_path


def notes(directory: Path, tag: str) -> tuple[int, str]:
    done = subprocess.run(["bash", directory / ".ci" / "notes", tag], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_notes_are_the_section_of_the_tag(changes: Path) -> None:
    assert notes(changes, "v1.2.3") == (0, "\n- this\n- that\n")


def test_notes_are_refused_for_a_tag_that_is_not_the_version(changes: Path) -> None:
    assert notes(changes, "v1.2.2") == (1, "the tag v1.2.2 is not v1.2.3, the version in ome_mock/versions.py\n")


def test_notes_are_refused_for_a_version_without_a_section(changes: Path) -> None:
    (changes / "CHANGELOG.md").write_text("# Changes\n\n## [Unreleased]\n\n- new\n")
    assert notes(changes, "v1.2.3") == (1, "CHANGELOG.md has no section [1.2.3]\n")


# The action


def test_action_starts_and_shows_the_journal_by_the_script_that_the_checks_run() -> None:
    action = yaml.safe_load((REPOSITORY / "action.yml").read_text())
    assert action["runs"] == {"using": "node24", "main": ".github/action/run.js", "post": ".github/action/run.js", "post-if": "failure()"}
    assert "run.sh" in (REPOSITORY / action["runs"]["main"]).read_text()
    assert ".ci/action\n" in (REPOSITORY / ".ci" / "run").read_text()


def test_inputs_of_the_action_are_those_that_its_script_reads() -> None:
    action = yaml.safe_load((REPOSITORY / "action.yml").read_text())
    read = set(re.findall(r"INPUT_([A-Z]+)", (REPOSITORY / ".github/action/run.sh").read_text()))
    assert read == {name.upper() for name in action["inputs"]}
    assert action["inputs"]["token"]["default"] == "ome-access-token"


# Forms of issues


FORMS = sorted(path for path in (REPOSITORY / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_form_asks_for_what_a_report_is_reproduced_with(path: Path) -> None:
    form = yaml.safe_load(path.read_text())
    assert set(form) <= {"name", "description", "labels", "body"}
    fields = {field["id"]: field for field in form["body"] if field["type"] != "markdown"}
    assert [field["type"] for field in fields.values() if field["type"] not in {"input", "textarea", "dropdown"}] == []
    assert all(field["attributes"]["label"] for field in fields.values())
    assert {"version", "dialect", "server-xml", "recording"} <= set(fields)
    assert fields["dialect"]["attributes"]["options"] == list(DIALECTS)
    assert "ome-mock record --to" in fields["recording"]["attributes"]["description"]


def test_report_of_a_difference_needs_a_recording() -> None:
    form = yaml.safe_load((REPOSITORY / ".github/ISSUE_TEMPLATE/unlike-the-engine.yml").read_text())
    (recording,) = [field for field in form["body"] if field.get("id") == "recording"]
    assert recording["validations"]["required"]
