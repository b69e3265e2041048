"""A busy world: plausible virtual hosts, applications and streams, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..settings import ApplicationSettings, VirtualHostSettings, World
from .server_xml import default_world

if TYPE_CHECKING:
    from faker import Faker

MOST = 10_000
MOST_APPLICATIONS = 3
MOST_STREAMS = 3
APPLICATIONS = ("live", "studio", "backup", "events", "mobile", "vod", "radio", "relay")
SOURCES = ("camera", "stage", "pitch", "lobby", "drone", "studio", "door", "gate", "roof", "desk")


def populate(world: World, count: int, seed: int) -> tuple[World, tuple[str, ...]]:
    """Add `count` virtual hosts, each with some applications and streams; returns the world, and the streams as `vhost/app/stream`.

    Applications have the output profiles and LL-HLS settings of the default world's. Raises ConfigurationError if Faker is not installed.
    """
    if not 0 <= count <= MOST:
        raise ConfigurationError(f"populate {count} is not between 0 and {MOST}", "populate")
    names, chance = _faker(seed), Random(f"{seed}/populate")  # noqa: S311
    taken = {vhost.name for vhost in world.virtual_hosts}
    (model,) = default_world().virtual_hosts[0].applications
    hosts, streams = [], []
    for _ in range(count):
        host = _virtual_host(_unused(names, taken), chance, model)
        hosts.append(host)
        streams += [f"{host.name}/{app.name}/{stream}" for app in host.applications for stream in _streams(chance)]
    return replace(world, virtual_hosts=(*world.virtual_hosts, *hosts)), tuple(streams)


def _faker(seed: int) -> Faker:
    try:
        from faker import Faker  # noqa: PLC0415 (lazy: it takes 200 ms to import)
    except ImportError:
        raise ConfigurationError("populate needs Faker: python3 -m pip install 'ome-mock[populate]'", "populate") from None
    names = Faker("en_US")
    names.seed_instance(seed)
    return names


def _unused(names: Faker, taken: set[str]) -> str:
    """A word that is not in `taken`."""
    slug = base = names.domain_word()
    number = 2
    while slug in taken:
        slug, number = f"{base}{number}", number + 1
    taken.add(slug)
    return slug


def _virtual_host(name: str, chance: Random, model: ApplicationSettings) -> VirtualHostSettings:
    host_name = f"{name}.example"
    applications = [_application(each, model) for each in chance.sample(APPLICATIONS, chance.randint(1, MOST_APPLICATIONS))]
    document = {"name": name, "host": {"names": [host_name]}}
    return VirtualHostSettings(name, (host_name,), tuple(applications), document=document)


def _application(name: str, model: ApplicationSettings) -> ApplicationSettings:
    return replace(model, name=name, document={**model.document, "name": name})


def _streams(chance: Random) -> Iterator[str]:
    for source in chance.sample(SOURCES, chance.randint(1, MOST_STREAMS)):
        yield f"{source}-{chance.randint(1, 99)}"
