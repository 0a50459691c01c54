"""Describe control endpoints as an OpenAPI 3.1 document."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

VERSION = "3.1.0"
PATH = "/__twin/openapi.json"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One endpoint.

    Attributes:
        call: Method and path, such as `POST /__twin/faults`.
        summary: One sentence.
        body: Schema of the request's JSON; None where there is none.
        media: What the body is, if not JSON.
        query: Name → schema; `required: true` beside the schema's own words makes it needed.
        answers: Media type of the answer.
    """

    call: str
    summary: str
    body: Json | None = None
    media: str = "application/json"
    query: Mapping[str, Json] = field(default_factory=dict)
    answers: str = "application/json"


def build_document(operations: Iterable[Operation], *, title: str, about: str) -> Json:
    """Write the document.

    Args:
        about: What the service is and how the endpoints are used, in a few sentences.
    """
    paths: dict[str, Json] = {}
    for one in operations:
        method, path = one.call.split(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(one, path=path, method=method)
    return {
        "openapi": VERSION,
        "info": {"title": title, "version": "1", "description": about},
        "paths": paths,
        "components": {"schemas": {"Error": _ERROR}},
    }


_ERROR: Json = {
    "type": "object",
    "properties": {"error": {"type": "string", "description": "A sentence."}},
    "required": ["error"],
}


def _operation(one: Operation, *, path: str, method: str) -> Json:
    found: Json = {
        "operationId": _name(method, path),
        "summary": one.summary,
        "parameters": [*_of_path(path), *_of_query(one.query)],
        "responses": {
            "200": {"description": "Done.", "content": {one.answers: {"schema": {}}}},
            "default": {
                "description": "Refused, with a sentence.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    if one.body is not None:
        found["requestBody"] = {
            "required": bool(one.body.get("required")),
            "content": {one.media: {"schema": one.body}},
        }
    return found


def _name(method: str, path: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", path.removeprefix("/__twin"))
    return "_".join([method.lower(), *words])


def _of_path(path: str) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _of_query(query: Mapping[str, Json]) -> list[Json]:
    return [
        {
            "name": name,
            "in": "query",
            "required": bool(schema.get("required")),
            "schema": {word: value for word, value in schema.items() if word != "required"},
        }
        for name, schema in query.items()
    ]


def spelled(path: str) -> str:
    """Write a route's path as OpenAPI does, `{path:.*}` becoming `{path}`."""
    return re.sub(r"{(\w+):[^}]*}", r"{\1}", path)
