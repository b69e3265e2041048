"""The files in which OME keeps channels: what they are called, and where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..settings import ApplicationSettings
from .multiplex_channel import MultiplexChannel
from .scheduled_channel import ScheduledChannel

LONGEST_NAME = 255
"""Of a file, in bytes."""


class Provider(NamedTuple):
    """Makes a kind of channel; `name` and `directory` are those of elements of a configuration, `noun` and `suffix` are a file's."""

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
    """Whether a channel's file would be in a directory above, where nobody looks (recorded: name with dots)."""
    directory, slash, _ = name.rpartition("/")
    return bool(slash) and set(directory.split("/")) <= {".", ".."}


def can_be_saved(name: str, provider: Provider) -> bool:
    """Whether a directory can hold a channel's file."""
    return "/" not in name and len(f"{name}{provider.suffix}".encode("utf-8", "surrogatepass")) <= LONGEST_NAME


def path_of(application: ApplicationSettings, name: str, provider: Provider) -> str:
    """The path of a channel's file, as the engine says it."""
    return f"{configured(application, provider, provider.directory)}//{name}{provider.suffix}"


def configured(application: ApplicationSettings, provider: Provider, element: str) -> str:
    """The text of an element of a provider; empty where it is absent."""
    settings = application.written.get("providers", {}).get(provider.name)
    text = settings.get(element) if isinstance(settings, Mapping) else None
    return text.strip() if isinstance(text, str) else ""
