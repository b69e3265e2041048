"""`ome-mock openapi`: the description, printed."""

from __future__ import annotations

import json

import pytest
from served import Run


@pytest.mark.parametrize(("arguments", "dialect"), [([], "docs"), (["--dialect", "engine-0.21"], "engine-0.21")])
def test_description_is_printed(run: Run, arguments: list[str], dialect: str) -> None:
    outcome = run("openapi", *arguments)
    printed = json.loads(outcome.out)
    assert (outcome.status, outcome.err, printed["openapi"]) == (0, "", "3.1.0")
    assert printed["info"]["description"] == f"As ome-mock emulates it, dialect {dialect}. OME itself has no such description."
