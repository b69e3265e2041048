"""The names of dialects on the command line."""

from __future__ import annotations

import click

from ..dialect import DOCS, find_dialect
from ..errors import ConfigurationError


class DialectName(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """The name of a dialect, whole or shortened."""

    name = "dialect"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return find_dialect(value).name
        except ConfigurationError as error:
            self.fail(str(error), param, ctx)


class VersionName(DialectName):
    """The version of an engine, which the documentation's dialect is not."""

    name = "version"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        found = super().convert(value, param, ctx)
        if found == DOCS.name:
            self.fail(f"{found} is the documentation's dialect and no version: name one such as 0.20", param, ctx)
        return found
