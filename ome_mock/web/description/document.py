"""The description put together, for one dialect."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from ...dialect import Dialect
from ...errors import StartFailure
from ...refusals import (
    ApplicationNotFound,
    AuthorizationMissing,
    DumpNotStarted,
    FieldsMissing,
    RequiredFields,
    StreamNotFound,
    VirtualHostReadOnly,
)
from ..envelope import NOTHING, Created, failure, success
from ..rest.api_routes import known_routes
from .operations import NAMES, NO_EXAMPLE, OPERATIONS, Operation
from .schemas import INTEGER, TEXT, Schema, array, closed, reference, schemas

JSON = "application/json"
CREATED = 201
MULTI_STATUS = 207
SEGMENT = r"^[^/:?#%\\]+$"
"""A name in a path that is neither an action nor another path."""


def describe_api(dialect: Dialect) -> dict[str, Any]:
    """The description of every route in this dialect (OpenAPI 3.1)."""
    paths: dict[str, dict[str, Any]] = {}
    for route in known_routes(dialect):
        operation = OPERATIONS[route.method, route.path]
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(operation, route.method, route.path, dialect)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OvenMediaEngine REST API",
            "version": dialect.version,
            "description": f"As ome-mock emulates it, dialect {dialect.name}. OME itself has no such description.",
        },
        "servers": [{"url": "http://127.0.0.1:8081"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Basic`, a space, and the access token alone in base64: without the colon that Basic has elsewhere",
                }
            },
        },
    }


def _operation(operation: Operation, method: str, path: str, dialect: Dialect) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [_tag(path)],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": SEGMENT}}
            for name in re.findall(r"{(\w+)}", path)
        ],
        "responses": _responses(operation, method, path, dialect),
    }
    if operation.body is not None:
        content = {"schema": operation.body, "example": operation.body_example}
        described["requestBody"] = {"required": True, "content": {JSON: content}}
    return described


def _tag(path: str) -> str:
    """Name the subject of a route: its action, or the last word of its path that is no name."""
    if path.lower().endswith(("hlsdump", "hlsdumps")):
        return "dumps"
    words = [word for word in re.split(r"[/:]", path) if word and not word.startswith("{")]
    return {"startRecord": "records", "stopRecord": "records", "startPush": "pushes", "stopPush": "pushes"}.get(words[-1], words[-1])


def _responses(operation: Operation, method: str, path: str, dialect: Dialect) -> dict[str, Any]:
    answer, example = operation.answer, operation.answer_example
    if operation.names_output_streams and dialect.names_output_streams:
        answer, example = NAMES, ["stream", "stream2"]
    schema = _envelope(answer)
    response = NOTHING if example is NO_EXAMPLE else example
    status, shown = success(Created(response) if operation.success == CREATED else response, dialect)
    if operation.is_multi:
        schema, shown = array({"anyOf": [schema, reference("Refusal")]}), [shown]
    responses = {str(status): _response(status, schema, shown if answer is None or example is not NO_EXAMPLE else NO_EXAMPLE)}
    if operation.is_multi:
        responses[str(MULTI_STATUS)] = _response(MULTI_STATUS, schema)
    for refusal in sorted({*_usual_refusals(method, path), *operation.refusals} - {status}):
        either = {"anyOf": [reference("Refusal"), array(reference("Refusal"))]} if operation.is_multi else reference("Refusal")
        responses[str(refusal)] = _response(refusal, either, _refusal_examples(dialect, path).get(refusal, NO_EXAMPLE))
    return dict(sorted(responses.items()))


def _usual_refusals(method: str, path: str) -> set[int]:
    """A token is always wanted, names may be unknown, and a body may be no JSON, or nothing that OME's JSON library bears."""
    return {401} | ({404} if "{" in path else set()) | ({400, 500} if method in {"POST", "PATCH"} else set())


def _refusal_examples(dialect: Dialect, path: str) -> dict[int, Any]:
    """Describe the answers of the API, in this dialect's words."""
    refusals = [AuthorizationMissing(), VirtualHostReadOnly("default")]
    refusals.append(StreamNotFound("default", "app", "nope") if "{stream}" in path else ApplicationNotFound("default", "nope"))
    if path.endswith(":startHlsDump"):
        refusals += [FieldsMissing(RequiredFields.TO_START), DumpNotStarted("default", "app", "stream", StartFailure.DUPLICATE_ID)]
    return dict(failure(refusal, dialect) for refusal in refusals)


def _envelope(answer: Schema | None) -> Schema:
    return closed({"message": TEXT, "statusCode": INTEGER} | ({} if answer is None else {"response": answer}))


def _response(status: int, schema: Schema, example: object = NO_EXAMPLE) -> dict[str, Any]:
    content = {"schema": schema} | ({} if example is NO_EXAMPLE else {"example": example})
    return {"description": HTTPStatus(status).phrase, "content": {JSON: content}}
