"""The site's hooks: pages that stand outside `docs/` become a part of it, and some are completed by what the program says of itself."""

from __future__ import annotations

import json
import os.path
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from ome_mock.cli.command_line import cli
from ome_mock.dialect import DOCS
from ome_mock.web.description.document import describe_api

REPOSITORY = Path(__file__).parent.parent
HOME = "README.md"
OUTSIDE = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "fixtures/README.md",
    "benchmarks/*.md",
    "examples/README.md",
    "examples/*/*.*",
    "examples/with-ome-mock",
)
"""Files of the repository that are part of the site, at their own paths; those of `docs/` are there without `docs/`."""
MARK = re.compile(r"\[(R|O|\?|src|real|doc)\](?!\()")
"""The reference's marks of sources, which would be taken for links where two stand beside each other."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what stands outside `docs/`."""
    files.append(File.generated(config, "index.md", content=(REPOSITORY / HOME).read_text()))
    for path in sorted(path for pattern in OUTSIDE for path in REPOSITORY.glob(pattern) if path.is_file()):
        name = path.relative_to(REPOSITORY).as_posix()
        files.append(File.generated(config, name, content=path.read_bytes() if path.suffix != ".md" else path.read_text()))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """Have links between files of the repository lead to pages of the site, and complete pages that say `<!-- filled: NAME -->`."""
    here = page.file.src_uri
    source = HOME if here == "index.md" else here if (REPOSITORY / here).exists() else f"docs/{here}"

    def moved(found: re.Match[str]) -> str:
        target, anchor = found[1], found[2] or ""
        if "://" in target:
            return found[0]
        there = os.path.normpath(os.path.join(os.path.dirname(source), target))
        there = "index.md" if there == HOME else there.removeprefix("docs/")
        return f"]({os.path.relpath(there, os.path.dirname(here) or '.')}{anchor})"

    linked = re.sub(r"\]\(([^)#\s]+)(#[^)\s]*)?\)", moved, MARK.sub(r"\\[\1\\]", markdown))
    return re.sub(r"<!-- filled: (\S+) -->", lambda found: "\n".join(FILLED[found[1]]()), linked)


def command_line() -> Iterator[str]:
    """The help of every command."""
    for name, command in sorted(cli.commands.items()):
        with click.Context(command, info_name=f"ome-mock {name}", max_content_width=100, terminal_width=100) as context:
            yield f"## `ome-mock {name}`\n\n```text\n{command.get_help(context)}\n```\n"


def control_api() -> Iterator[str]:
    yield from operations(json.loads((REPOSITORY / "ome_mock/web/control/openapi.json").read_text()))


def ome_api() -> Iterator[str]:
    yield from operations(describe_api(DOCS))


def operations(description: dict[str, Any]) -> Iterator[str]:
    """What an OpenAPI description says of each operation: what it does, the fields of its body, its answers."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if method not in {"get", "put", "post", "patch", "delete"}:
                continue
            yield f"## `{method.upper()} {path}`\n\n{operation.get('summary', '')}. {operation.get('description', '')}\n"
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            yield from fields(resolved(body, description), description)
            for status, answer in operation.get("responses", {}).items():
                yield f"- **{status}**: {resolved(answer, description).get('description', '')}"
            yield ""


def fields(schema: dict[str, Any], description: dict[str, Any]) -> Iterator[str]:
    """A table of the fields of an object."""
    if properties := schema.get("properties"):
        yield "| field | type | |\n|---|---|---|"
        for name, given in properties.items():
            field = resolved(given, description)
            kind = field.get("type", "any")
            yield f"| `{name}` | {kind if isinstance(kind, str) else ' or '.join(kind)} | {field.get('description', '')} |"
        yield ""


def resolved(schema: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    """A part of a description, or what its `$ref` points to."""
    while reference := schema.get("$ref"):
        found: Any = description
        for name in reference.removeprefix("#/").split("/"):
            found = found[name.replace("~1", "/").replace("~0", "~")]
        schema = found
    return schema


FILLED = {"command-line": command_line, "control-api": control_api, "ome-api": ome_api}
"""What a page of the site is completed with where it says so."""
