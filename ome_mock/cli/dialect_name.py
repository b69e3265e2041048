"""The names of dialects on the command line."""

from __future__ import annotations

import click

from ..dialect import find_dialect
from ..errors import ConfigurationError


class DialectName(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """The name of a dialect, whole or shortened."""

    name = "dialect"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return find_dialect(f"engine-{value}" if value[:1].isdigit() else value).name
        except ConfigurationError as error:
            self.fail(str(error), param, ctx)
