"""Whatever clients make, change and delete, in whatever order: lists, documents and answers agree."""

from __future__ import annotations

import json
from typing import Any

from fixture_types import Answer
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ome_mock.emulator import Emulator

HOSTS = st.sampled_from(["v", "v", "v", "w"])
NAMES = st.sampled_from(["a", "b", "*"])
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, {}, [], [{}], [None], ["x"], {"name": "a"}, {"type": "dead"}, {"publishers": {"llhls": None}}, 7]
)


class Configuring(RuleBasedStateMachine):
    """A model of names beside an emulator: `hosts` maps virtual hosts to applications, and those to the names of their profiles."""

    def __init__(self) -> None:
        super().__init__()
        self.emulator = Emulator(dialect="engine-0.21")
        self.client = self.emulator.app.test_client()
        self.hosts: dict[str, dict[str, list[str]]] = {}
        self.templates: set[str] = set()
        self.create_virtual_host("v")

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body)
        headers = {"Authorization": self.emulator.authorization}
        answer: Answer = self.client.open(f"/v1/vhosts{path}", method=method, data=data, headers=headers)
        assert b"ome-mock" not in answer.data, answer.data
        return answer.status_code, answer.json

    @rule(name=HOSTS)
    def create_virtual_host(self, name: str) -> None:
        status, _ = self.call("POST", "", [{"name": name}])
        assert status == (409 if name in self.hosts else 200)
        self.hosts.setdefault(name, {})

    @rule(name=st.just("w"))
    def delete_virtual_host(self, name: str) -> None:
        status, _ = self.call("DELETE", f"/{name}")
        assert status == (200 if name in self.hosts else 404)
        self.hosts.pop(name, None)
        self.templates.discard(name)

    @rule(vhost=HOSTS, name=NAMES)
    def create_application(self, vhost: str, name: str) -> None:
        status, _ = self.call("POST", f"/{vhost}/apps", [{"name": name, "type": "live"}])
        if vhost not in self.hosts:
            assert status == 404
        elif name == "*":
            assert status == (409 if vhost in self.templates else 200)
            self.templates.add(vhost)
        else:
            assert status == (409 if name in self.hosts[vhost] else 200)
            self.hosts[vhost].setdefault(name, ["default"])

    @rule(vhost=HOSTS, name=NAMES)
    def change_application(self, vhost: str, name: str) -> None:
        status, _ = self.call("PATCH", f"/{vhost}/apps/{name}", {"publishers": {"llhls": {"segmentCount": 5}}})
        exists = name in self.hosts.get(vhost, {})
        assert status == (200 if exists else 404)
        self.move_to_the_end(vhost, name)

    @rule(vhost=HOSTS, name=NAMES)
    def delete_application(self, vhost: str, name: str) -> None:
        status, _ = self.call("DELETE", f"/{vhost}/apps/{name}")
        assert status == (200 if name in self.hosts.get(vhost, {}) else 404)
        self.hosts.get(vhost, {}).pop(name, None)

    @rule(vhost=HOSTS, app=NAMES, name=NAMES)
    def create_output_profile(self, vhost: str, app: str, name: str) -> None:
        profile = {"name": name, "outputStreamName": f"${{OriginStreamName}}_{name}", "encodes": {"videos": [{"bypass": True}]}}
        status, _ = self.call("POST", f"/{vhost}/apps/{app}/outputProfiles", [profile])
        profiles = self.hosts.get(vhost, {}).get(app)
        assert status == (404 if profiles is None else 409 if name in profiles else 200)
        if profiles is not None and name not in profiles:
            profiles.append(name)
        self.move_to_the_end(vhost, app)

    @rule(vhost=HOSTS, app=NAMES, name=NAMES)
    def replace_output_profile(self, vhost: str, app: str, name: str) -> None:
        body = {"outputStreamName": f"${{OriginStreamName}}_{name}", "encodes": {"audios": [{"bypass": True}]}}
        status, _ = self.call("PATCH", f"/{vhost}/apps/{app}/outputProfiles/{name}", body)
        exists = name in self.hosts.get(vhost, {}).get(app, [])
        assert status == (200 if exists else 404)
        if exists:
            self.move_to_the_end(vhost, app)

    @rule(vhost=HOSTS, app=NAMES, name=NAMES)
    def delete_output_profile(self, vhost: str, app: str, name: str) -> None:
        status, _ = self.call("DELETE", f"/{vhost}/apps/{app}/outputProfiles/{name}")
        exists = name in self.hosts.get(vhost, {}).get(app, [])
        assert status == (200 if exists else 404)
        if exists:
            self.hosts[vhost][app].remove(name)
            self.move_to_the_end(vhost, app)

    @rule(vhost=HOSTS, app=NAMES)
    def connect(self, vhost: str, app: str) -> None:
        """An encoder comes, if it may: a stream stays until its application goes."""
        if vhost in self.hosts and app != "*" and (app in self.hosts[vhost] or vhost in self.templates):
            self.hosts[vhost].setdefault(app, ["default"])
            if self.call("GET", f"/{vhost}/apps/{app}/streams")[1].get("response") != ["s"]:
                self.emulator.connect(f"{vhost}/{app}/s", ready=True)

    @rule(method=st.sampled_from(["POST", "PATCH"]), vhost=HOSTS, app=NAMES, tail=st.sampled_from(["", "/outputProfiles/a"]), body=ODD)
    def send_something_odd(self, method: str, vhost: str, app: str, tail: str, body: Any) -> None:
        """Odd bodies are refused, and change nothing but the order of applications that were made anew."""
        status, _ = self.call(method, f"/{vhost}/apps/{app}{tail}", body)
        if status == 200:
            self.move_to_the_end(vhost, app)

    def move_to_the_end(self, vhost: str, app: str) -> None:
        apps = self.hosts.get(vhost, {})
        if app in apps:
            apps[app] = apps.pop(app)

    @invariant()
    def lists_and_documents_agree(self) -> None:
        assert self.call("GET", "")[1]["response"] == ["default", *self.hosts]
        for vhost, apps in self.hosts.items():
            assert self.call("GET", f"/{vhost}/apps")[1]["response"] == list(apps)
            for app, profiles in apps.items():
                shown = self.call("GET", f"/{vhost}/apps/{app}")[1]["response"]
                assert shown["name"] == app
                assert [profile["name"] for profile in shown["outputProfiles"]["outputProfile"]] == profiles
                assert self.call("GET", f"/{vhost}/apps/{app}/outputProfiles")[1]["response"] == profiles

    def teardown(self) -> None:
        self.emulator.close()


Configuring.TestCase.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
TestConfiguring = Configuring.TestCase
