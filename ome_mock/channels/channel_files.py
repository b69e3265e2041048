"""The names and directories of the files in which OME keeps channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..settings import ApplicationSettings
from .multiplex_channel import MultiplexChannel
from .scheduled_channel import ScheduledChannel

LONGEST_NAME = 255
"""The longest name of a file, in bytes."""


class Provider(NamedTuple):
    """Makes one kind of channel; `name` and `directory` name elements of the configuration, `noun` and `suffix` belong to files."""

    name: str
    directory: str
    source_type: str
    noun: str
    suffix: str


PROVIDERS: Mapping[type, Provider] = {
    ScheduledChannel: Provider("schedule", "scheduleFilesDir", "Scheduled", "schedule", ".sch"),
    MultiplexChannel: Provider("multiplex", "muxFilesDir", "Multiplex", "multiplex", ".mux"),
}


def leads_elsewhere(name: str) -> bool:
    """Says if a channel's file would lie outside the directory in which the engine looks (recorded: name with dots)."""
    directory, slash, _ = name.rpartition("/")
    return bool(slash) and set(directory.split("/")) <= {".", ".."}


def can_be_saved(name: str, provider: Provider) -> bool:
    """Says if a directory can hold a channel's file."""
    return "/" not in name and len(f"{name}{provider.suffix}".encode("utf-8", "surrogatepass")) <= LONGEST_NAME


def path_of(application: ApplicationSettings, name: str, provider: Provider) -> str:
    """The path of a channel's file, as the engine writes it in messages."""
    return f"{configured(application, provider, provider.directory)}//{name}{provider.suffix}"


def configured(application: ApplicationSettings, provider: Provider, element: str) -> str:
    """The text of an element of a provider; empty where it is absent."""
    settings = application.document.get("providers", {}).get(provider.name)
    text = settings.get(element) if isinstance(settings, Mapping) else None
    return text.strip() if isinstance(text, str) else ""
