"""Worlds full of plausible names."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from ome_mock.errors import ConfigurationError
from ome_mock.worlds.populate import populate
from ome_mock.worlds.server_xml import default_world


def test_world_gets_so_many_virtual_hosts_beside_those_it_had() -> None:
    world, _ = populate(default_world(), 25, seed=1)
    names = [vhost.name for vhost in world.virtual_hosts]
    assert (len(names), len(set(names)), names[0]) == (26, 26, "default")


def test_every_stream_lives_in_an_application_that_there_is() -> None:
    world, streams = populate(default_world(), 25, seed=1)
    applications = {f"{vhost.name}/{app.name}" for vhost in world.virtual_hosts for app in vhost.applications}
    assert len(streams) == len(set(streams)) > 25
    assert {stream.rpartition("/")[0] for stream in streams} == applications - {"default/app"}


def test_same_seed_makes_the_same_world() -> None:
    assert populate(default_world(), 10, seed=7) == populate(default_world(), 10, seed=7)
    assert populate(default_world(), 10, seed=7) != populate(default_world(), 10, seed=8)


def test_documents_show_the_names() -> None:
    world, _ = populate(default_world(), 1, seed=1)
    vhost = world.virtual_hosts[1]
    assert vhost.document == {"name": vhost.name, "host": {"names": [f"{vhost.name}.example"]}}
    assert [app.document["name"] for app in vhost.applications] == [app.name for app in vhost.applications]


def test_nothing_is_added_where_nothing_is_asked_for() -> None:
    assert populate(default_world(), 0, seed=1) == (default_world(), ())


@pytest.mark.parametrize("count", [-1, 10_001])
def test_count_that_can_not_be_is_named(count: int) -> None:
    with pytest.raises(ConfigurationError, match=f"populate {count} is not between 0 and 10000"):
        populate(default_world(), count, seed=1)


def test_missing_faker_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_faker(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "faker":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without_faker)
    with pytest.raises(ConfigurationError, match="populate needs Faker"):
        populate(default_world(), 1, seed=1)
