"""A grammar of requests: valid ones by the API's description, nearly valid ones, and hostile ones."""

from __future__ import annotations

import copy
import json
import re
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

AUTHORIZATION = ("Authorization", "Basic dA==")
KNOWN = {"vhost": "default", "plain_vhost": "default", "app": "app", "any_app": "app", "stream": "stream", "output_profile": "bypass"}
NAMES = (
    "stream",
    "app",
    "default",
    "bypass",
    "a",
    "b",
    "nope",
    "v1",
    "%41",
    "a b",
    "ü",
    "x" * 300,
    "..",
    ".",
    "%2e%2e",
    "%00",
    "%ff",
    "-",
    "{0}",
)
WORDS: tuple[Any, ...] = (
    "",
    "a",
    "..",
    "/",
    "/x",
    "../../x",
    "\0",
    "\ud800",
    "%s%n",
    "${env:HOME}",
    "ü" * 50,
    "y" * 5000,
    "true",
    "1",
    "*",
    "\n",
)
SCALARS: tuple[Any, ...] = (None, True, False, 0, 1, -1, 2**31, 2**63, 2**64, 10**400, 0.5, -1e308, *WORDS)
BODIES = (
    b"", b"{", b"[]", b"{}", b"null", b"nul", b"\xff\xfe", b"\0" * 10, b"[" * 3000, b'{"a":' * 1500, b'{"a":1}{"a":2}',
    b'"\\ud800"', b"1e999999",
    b'{"id":"a","id":"b"}', b"// c\n{}", b"/*", b"<xml/>", b"a=b&c=d", b"\x1f\x8b\x08\x00", b" " * 100_000, b'{"\\u0000":1}',
    b"NaN", b"-", b"0x10",
)  # fmt: skip
TARGETS = (
    "/", "//", "*", "/v1", "/v1/", "/v1//vhosts", "/v1/vhosts/", "/v1/vhosts?x=%zz", "/v1/vhosts#x", "/../v1/vhosts",
    "/v1/%2e%2e/v1/vhosts", "/v2/vhosts",
    "http://other/v1/vhosts", "/_mock/nope", "/_mock/../v1/vhosts", "/v1/vhosts/default:nope", "/v1/vhosts/" + "a/" * 2000,
    "/v1/vhosts/%00", "/V1/VHOSTS",
)  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "GETX", "CONNECT", "TRACE", "BREW")
HEADERS = (
    ("Content-Type", "text/plain"), ("Content-Encoding", "gzip"), ("Expect", "100-continue"), ("X", "y" * 20_000), ("Host", ""),
    ("Cookie", "\xff" * 50),
    ("X-HTTP-Method-Override", "DELETE"), ("Origin", "http://evil.example"), ("Connection", "close"), ("Upgrade", "websocket"),
    ("Range", "bytes=0-1"),
)  # fmt: skip
NO_TOKEN = (
    None,
    ("Authorization", ""),
    ("Authorization", "Basic"),
    ("Authorization", "Basic dA== x"),
    ("Authorization", "Bearer dA=="),
    ("Authorization", "Basic \xff"),
)


class Asked(NamedTuple):
    """One request; `template` is the route that it was made for, or None where it is none of the API's."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    template: str | None
    is_hostile: bool = False

    def encode(self) -> bytes:
        length = () if not self.body and self.method in {"GET", "HEAD"} else (("Content-Length", str(len(self.body))),)
        lines = [
            f"{self.method} {self.target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in (("Host", "localhost"), *self.headers, *length)),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + self.body


class Described:
    """What a description says of each route: its statuses, and an example of its body."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.routes = [(method.upper(), path) for path, methods in description["paths"].items() for method in methods]
        self._operations = {(method, path): description["paths"][path][method.lower()] for method, path in self.routes}
        self.dump_routes = [route for route in self.routes if "HlsDump" in route[1] or route[1].endswith(":hlsDumps")]

    def statuses(self, asked: Asked) -> set[int]:
        """The statuses that a request may have; none where the description says nothing of it."""
        operation = self._operations.get((asked.method, asked.template or ""))
        return set() if operation is None else {int(status) for status in operation["responses"]}

    def example(self, route: tuple[str, str]) -> Any:
        content = self._operations[route].get("requestBody", {}).get("content", {}).get("application/json", {})
        return copy.deepcopy(content.get("example"))


def draw_request(chance: Random, described: Described) -> Asked:
    route = chance.choice(described.dump_routes if chance.random() < 0.4 else described.routes)
    kind = chance.choices((_valid, _nearly_valid, _hostile), (5, 4, 2))[0]
    return kind(chance, described, route)


def _valid(chance: Random, described: Described, route: tuple[str, str]) -> Asked:
    body = _sensible(chance, described.example(route))
    data = b"" if body is None else json.dumps(body).encode()
    return Asked(route[0], _target(chance, route[1], ("stream", "a")), (AUTHORIZATION,), data, route[1])


def _nearly_valid(chance: Random, described: Described, route: tuple[str, str]) -> Asked:
    """A valid request with one or two things wrong: a name, a field of the body, the token."""
    asked = _valid(chance, described, route)
    if chance.random() < 0.3:
        asked = asked._replace(target=_target(chance, route[1], NAMES[:8]))
    if asked.body and chance.random() < 0.8:
        body = json.loads(asked.body)
        for _ in range(chance.choice((1, 1, 2))):
            body = _spoilt(chance, body)
        asked = asked._replace(body=json.dumps(body).encode())
    if chance.random() < 0.1:
        asked = asked._replace(headers=tuple(filter(None, (chance.choice(NO_TOKEN),))))
    return asked


def _hostile(chance: Random, described: Described, route: tuple[str, str]) -> Asked:
    asked = _nearly_valid(chance, described, route)._replace(is_hostile=True)
    what = chance.randrange(5)
    if what == 0:
        return asked._replace(method=chance.choice(METHODS), template=None)
    if what == 1:
        return asked._replace(target=chance.choice(TARGETS), template=None)
    if what == 2:
        return asked._replace(target=_target(chance, route[1], NAMES), template=None)
    if what == 3:
        return asked._replace(headers=(*asked.headers, *chance.sample(HEADERS, chance.choice((1, 1, 3)))), template=None)
    body = chance.choice(BODIES) if chance.random() < 0.7 else chance.randbytes(chance.choice((1, 20, 300)))
    return asked._replace(body=body, template=asked.template if asked.method in {"POST", "PATCH"} else None)


def _target(chance: Random, template: str, names: tuple[str, ...]) -> str:
    def name(match: re.Match[str]) -> str:
        known = KNOWN.get(match[1])
        drawn = known if known is not None and chance.random() < 0.93 else chance.choice(names)
        return drawn if "%" in drawn else quote(drawn)

    return re.sub(r"{(\w+)}", name, template)


def _sensible(chance: Random, body: Any) -> Any:
    """An example with names of its own, so that some requests find what others made, and dumps have directories of their own."""
    if isinstance(body, list):
        return [_sensible(chance, each) for each in body]
    if not isinstance(body, dict):
        return body
    made = {name: _sensible(chance, value) if isinstance(value, (dict, list)) else value for name, value in body.items()}
    number = chance.randrange(10**9)
    if "outputPath" in made:
        made |= {"id": chance.choice("abcdefgh"), "outputPath": f"/own/{number}"}
        if chance.random() < 0.5:
            made |= {"infoFile": f"/own/{number}.info", "userData": chance.choice(("", "<&>", "ü"))}
        if chance.random() < 0.5:
            made["playlist"] = ["llhls.m3u8"]
    elif "id" in made:
        made["id"] = chance.choice("abcdefgh")
    return made


def _spoilt(chance: Random, body: Any) -> Any:
    """The same with one value replaced, taken away, repeated or put where it doesn't belong."""
    if isinstance(body, dict) and body:
        name = chance.choice(list(body))
        rest = {key: value for key, value in body.items() if key != name}
        inner = _spoilt(chance, body[name]) if isinstance(body[name], (dict, list)) else chance.choice(SCALARS)
        odd = {chance.choice(("x", "", name.upper(), "\0")): chance.choice(SCALARS)}
        return chance.choice(
            (rest, body | odd, *(body | {name: value} for value in (inner, chance.choice(SCALARS), [body[name]], {"a": body[name]})))
        )
    if isinstance(body, list) and body:
        return chance.choice(([_spoilt(chance, body[0]), *body[1:]], body * 2, [], body[0]))
    return chance.choice(SCALARS)
