"""`ome-mock verify`: a server held against the emulator that is like it."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

import click

from ..contract.case_file import read_questions
from ..contract.dumps import compare_dumps
from ..contract.subject import describe
from ..contract.verifying import ask_server, closest_dialect, compare_with
from ..recordings.case import Case
from ..recordings.replay import Outcome
from ..recordings.report import report_text
from ..recordings.targets import ServerTarget
from ..text import basic_authorization
from .replay import DIFFERENT, quiet, write_reports


@quiet()
def run_verify(
    url: str,
    *,
    stream: str,
    access_token: str,
    dialect: str | None,
    config: Path | None,
    out: str,
    files: Path | None,
    dangerous: bool,
    junit: Path | None,
    json_file: Path | None,
) -> int:
    """Verify a server, print what differs, write reports, and return the exit code. Raises ConfigurationError where it can't be asked."""
    target = ServerTarget(url, basic_authorization(access_token))
    subject = describe(target, stream, access_token)
    questions = read_questions()
    asked_now = [each for each in questions if dangerous or not each.harm]
    directory = f"{out}/ome-mock-verify-{uuid.uuid4().hex[:10]}"
    with click.progressbar(length=len(asked_now), label=url, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        asked = ask_server(target, subject, asked_now, directory, lambda number: bar.update(number - bar.pos))
    if dialect is None:
        dialect, outcomes = closest_dialect(subject, asked, config)
        click.echo(f"closest dialect: {dialect}")
    else:
        outcomes = compare_with(subject, asked, dialect, config)
    outcomes += [
        Outcome(Case(each.name, (), each.group), left_out=f"{each.harm} (--dangerous)") for each in questions if each not in asked_now
    ]
    if files is None:
        outcomes.append(Outcome(Case("dumps on disk", (), "files"), left_out="the server's disk isn't seen (--files)"))
    else:
        outcomes += compare_dumps(target, subject, f"{directory}/files", files, dialect, config)
    write_reports(outcomes, f"ome-mock verify {dialect}", junit, json_file)
    for line in report_text(outcomes):
        click.echo(line)
    return DIFFERENT if any(outcome.found for outcome in outcomes) else 0
