"""The files of `deploy/`: all of them name the same emulators, and the manifests fit their schema.

What HAProxy and kubectl say of them is asked in `tests/slow/test_deploy_tools.py`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from ome_mock.cli.command_line import serve
from ome_mock.worlds.server_xml import read_configuration

REPOSITORY = Path(__file__).parent.parent
DEPLOY = REPOSITORY / "deploy"
HAPROXY = (DEPLOY / "haproxy.cfg").read_text()
COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
MANIFESTS: list[dict[str, Any]] = [
    manifest for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")) for manifest in yaml.safe_load_all(path.read_text())
]
KUSTOMIZATION = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text())
EMULATORS = re.findall(r"^    server (\S+) ", HAPROXY, re.MULTILINE)
PORTS = {"api": 8081, "llhls": 3333, "rtmp": 1935}


def manifest(kind: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in MANIFESTS if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def container(kind: str, name: str) -> dict[str, Any]:
    (found,) = manifest(kind, name)["spec"]["template"]["spec"]["containers"]
    return dict(found)


def names_of(service: dict[str, Any], name: str) -> dict[str, Any]:
    return {port["name"]: port[name] for port in service["ports"]}


# HAProxy


def test_each_emulator_has_an_id_and_an_address_of_its_own() -> None:
    lines = re.findall(r"^    server (\S+) \"\$\{(\w+)-(\S+)\}\" id (\d+)$", HAPROXY, re.MULTILINE)
    assert lines == [(f"ome-mock-{number}", f"OME_MOCK_{number}", f"ome-mock-{number}", str(number + 1)) for number in range(4)]


@pytest.mark.parametrize("option", ["retries 0", "no option redispatch"])
def test_no_application_moves_while_its_emulator_is_down(option: str) -> None:
    """With checks, HAProxy would give the applications of an emulator that is down to the others."""
    assert f"    {option}\n" in HAPROXY
    assert re.findall(r"^ .*\bcheck\b(?!s)", HAPROXY, re.MULTILINE) == []


def test_map_of_the_balancer_has_the_host_names_of_the_world_in_its_order() -> None:
    lines = [line.split() for line in (DEPLOY / "virtual-hosts.map").read_text().splitlines() if line and not line.startswith("#")]
    world = read_configuration(DEPLOY / "Server.xml")
    named = [(name, vhost.name) for vhost in world.virtual_hosts for name in vhost.host_names]
    patterns = [re.escape(name).replace(r"\*", ".*").replace(r"\?", ".?") for name, _ in named]
    assert lines == [[f"^{pattern}$", vhost] for pattern, (_, vhost) in zip(patterns, named, strict=True)]


# Compose


def test_compose_has_an_emulator_for_each_line_of_the_balancer() -> None:
    services = {name: service for name, service in COMPOSE["services"].items() if service.get("profiles") == ["fleet"]}
    assert sorted(services) == ["balancer", *EMULATORS]
    addresses = [services[name]["networks"]["fleet"]["ipv4_address"] for name in EMULATORS]
    assert len(set(addresses)) == len(EMULATORS)
    assert services["balancer"]["environment"] == {f"OME_MOCK_{number}": address for number, address in enumerate(addresses)}
    assert {name: waited["condition"] for name, waited in services["balancer"]["depends_on"].items()} == dict.fromkeys(
        EMULATORS, "service_healthy"
    )


@pytest.mark.parametrize("ordinal", range(4))
def test_emulator_of_compose_is_seeded_by_its_ordinal_and_can_be_reached(ordinal: int) -> None:
    service = COMPOSE["services"][f"ome-mock-{ordinal}"]
    assert service["environment"]["OME_MOCK_SEED"] == str(ordinal)
    assert service["ports"] == [f"127.0.0.1:3810{ordinal}:8081", f"127.0.0.1:3190{ordinal}:1935"]
    known = {parameter.envvar for parameter in serve.params}
    assert {name for name in service["environment"] if name.startswith("OME_MOCK_")} <= known


def test_files_that_the_fleet_mounts_are_there() -> None:
    services = [COMPOSE["services"][name] for name in ("balancer", *EMULATORS)]
    mounted = [volume.split(":")[0] for service in services for volume in service["volumes"]]
    assert [path for path in mounted if path.startswith(".") and not (REPOSITORY / path).exists()] == []


def test_ports_are_those_of_the_world() -> None:
    world = read_configuration(DEPLOY / "Server.xml")
    assert {"api": world.api_port, "llhls": world.llhls_port, "rtmp": world.rtmp_port} == PORTS
    assert re.findall(r"^    bind .*-(\d+)}\"$", HAPROXY, re.MULTILINE) == ["8081", "3333"]


# Kubernetes


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']} {each['metadata']['name']}")
def test_manifest_fits_the_schema_of_kubernetes(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, "1.32", strict=True)


def test_wrong_manifest_is_noticed() -> None:
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": "api"}]}}, "1.32", strict=True)


def test_manifests_use_the_files_and_the_secret_that_are_made() -> None:
    made = {each["name"]: [name.partition("=")[0] for name in each["files"]] for each in KUSTOMIZATION["configMapGenerator"]}
    assert made == {"ome-mock": ["Server.xml"], "balancer": ["haproxy.cfg", "virtual-hosts.map"]}
    assert [name for names in made.values() for name in names if not (DEPLOY / name).exists()] == []
    assert [path for path in KUSTOMIZATION["resources"] if not (DEPLOY / path).exists()] == []
    for kind, name in (("StatefulSet", "ome-mock"), ("Deployment", "balancer")):
        volumes = manifest(kind, name)["spec"]["template"]["spec"]["volumes"]
        assert [volume["configMap"]["name"] for volume in volumes if "configMap" in volume] == [name]
    (secret,) = KUSTOMIZATION["secretGenerator"]
    asked = [each["valueFrom"]["secretKeyRef"] for each in container("StatefulSet", "ome-mock")["env"] if "secretKeyRef" in str(each)]
    assert asked == [{"name": secret["name"], "key": secret["literals"][0].partition("=")[0]}]


def test_there_is_a_service_for_each_emulator_and_one_for_all() -> None:
    assert manifest("StatefulSet", "ome-mock")["spec"]["replicas"] == len(EMULATORS)
    for name in EMULATORS:
        service = manifest("Service", name)["spec"]
        assert service["selector"] == {"statefulset.kubernetes.io/pod-name": name}
        assert names_of(service, "port") == PORTS
    assert manifest("Service", "ome")["spec"]["selector"] == manifest("Deployment", "balancer")["spec"]["selector"]["matchLabels"]


def test_emulators_are_named_seeded_and_probed() -> None:
    emulator = container("StatefulSet", "ome-mock")
    environment = {each["name"]: each for each in emulator["env"]}
    field = environment["OME_MOCK_SEED"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert field == "metadata.labels['apps.kubernetes.io/pod-index']"
    assert {name for name in environment if name.startswith("OME_MOCK_")} <= {parameter.envvar for parameter in serve.params}
    probes = [emulator[f"{name}Probe"]["httpGet"] for name in ("startup", "readiness", "liveness")]
    assert probes == [{"path": "/_mock/health", "port": "api"}] * 3
    assert names_of(emulator, "containerPort") == PORTS


@pytest.mark.parametrize(("kind", "name"), [("StatefulSet", "ome-mock"), ("Deployment", "balancer")])
def test_volumes_that_are_mounted_are_declared(kind: str, name: str) -> None:
    spec = manifest(kind, name)["spec"]
    declared = {each["name"] for each in spec["template"]["spec"]["volumes"]}
    declared |= {each["metadata"]["name"] for each in spec.get("volumeClaimTemplates", [])}
    assert {each["name"] for each in container(kind, name)["volumeMounts"]} == declared
