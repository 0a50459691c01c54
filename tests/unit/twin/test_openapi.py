"""The OpenAPI documents of the control endpoints: complete, well formed, and true."""

import re
from typing import Any

import httpx
import jsonschema
import pytest

from tests.unit.twin.slack.support import START, running_twin
from twin.clock import Clock
from twin.faults import fault_schema, read_fault
from twin.jarai.app import JaraiTwin
from twin.jarai.control import Control as JaraiControl
from twin.jarai.settings import Settings as JaraiSettings
from twin.narakeet.app import NarakeetTwin
from twin.narakeet.control import Control as NarakeetControl
from twin.narakeet.settings import Settings as NarakeetSettings
from twin.openapi import spelled
from twin.slack.control import openapi as slack_openapi
from twin.slack.control.forms import ACTS, FORMS
from twin.slack.errors import ControlError
from twin.techforge.app import TechForgeTwin
from twin.techforge.control import Control as TechForgeControl
from twin.techforge.settings import Settings as TechForgeSettings

SERVICES = {
    "jarai": (JaraiTwin, JaraiControl, JaraiSettings),
    "narakeet": (NarakeetTwin, NarakeetControl, NarakeetSettings),
    "techforge": (TechForgeTwin, TechForgeControl, TechForgeSettings),
}


def document_of(name: str) -> dict[str, Any]:
    """Write a service's document."""
    twin, control, _ = SERVICES[name]
    return control(twin(Clock(start=START, speed=0))).document()


DOCUMENTS = {"slack": slack_openapi.document()} | {name: document_of(name) for name in SERVICES}
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Give a document's operations by method and path."""
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def routes_of(app: Any) -> set[tuple[str, str]]:
    """List what a server answers under the control prefix, spelled as OpenAPI does."""
    found = set()
    for route in app.router.routes():
        path = spelled(route.resource.get_info().get("path") or route.resource.canonical)
        methods = ("GET", "POST", "DELETE") if route.method == "*" else (route.method,)
        if path.startswith("/__twin/") and route.method != "HEAD":
            found |= {(method, path) for method in methods}
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_document_and_routes_name_the_same_endpoints(name):
    """No endpoint lacks a description, and none is described that does not exist."""
    if name == "slack":
        async with running_twin() as twin:
            routes = routes_of(twin._web_app())
    else:
        app = SERVICES[name][0](Clock(start=START, speed=0))._app()
        routes = {pair for sub in app._subapps for pair in routes_of(sub)}
    assert set(operations(DOCUMENTS[name])) == routes


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_well_formed(name):
    """What OpenAPI 3.1 demands of a document is there, and every reference leads somewhere."""
    document = DOCUMENTS[name]
    assert document["openapi"].startswith("3.1")
    assert {"title", "version"} <= set(document["info"])
    ids = [one["operationId"] for one in operations(document).values()]
    assert len(set(ids)) == len(ids)
    for (method, path), operation in operations(document).items():
        assert method.lower() in METHODS
        named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))
        assert operation["summary"].endswith(".")
        assert all("description" in one for one in operation["responses"].values())
    for reference in re.findall(r"'\$ref': '#/([^']+)'", str(document)):
        found: Any = document
        for word in reference.split("/"):
            found = found[word]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_schema_is_a_json_schema(name):
    """Bodies and parameters are described in the dialect that OpenAPI 3.1 takes."""
    for operation in operations(DOCUMENTS[name]).values():
        schemas = [one["schema"] for one in operation["parameters"]]
        media = operation.get("requestBody", {}).get("content", {}).values()
        schemas += [one["schema"] for one in media]
        for schema in schemas:
            jsonschema.Draft202012Validator.check_schema(schema)


async def test_documents_are_served():
    """Each twin shows its own."""
    async with running_twin() as slack, httpx.AsyncClient() as client:
        shown = {"slack": (await client.get(f"{slack.url}/__twin/openapi.json")).json()}
        for name, (make, _, _) in SERVICES.items():
            service = make(Clock(start=START, speed=0))
            await service.start()
            shown[name] = (await client.get(f"{service.control_url}openapi.json")).json()
            await service.stop()
    assert shown == DOCUMENTS


VALUES = ["", "x", "http://x", "ok", "warn", 0, 1, 1.5, -1, 1e12, True, None, [], ["x"], [1], {}]
READERS = [
    pytest.param(field, reader, id=f"{path}-{field}")
    for path, (fields, _) in (ACTS | FORMS).items()
    for field, reader in fields.items()
]


def is_taken(check: Any, *values: Any, error: type[Exception]) -> bool:
    """Say whether a reader takes something."""
    try:
        check(*values)
    except error:
        return False
    return True


@pytest.mark.parametrize(("field", "reader"), READERS)
def test_field_is_described_as_it_is_read(field, reader):
    """What the schema allows is read, and what it forbids is refused."""
    check = jsonschema.Draft202012Validator(reader.schema)
    told = [check.is_valid(value) for value in VALUES]
    assert told == [is_taken(reader, field, value, error=ControlError) for value in VALUES]


FAULTS = [
    {"kind": kind, "match": match, "seconds": 1, name: value}
    for kind, match in (("delay", "x"), ("twice", "out:x"), ("refuse", ""))
    for name in fault_schema()["properties"]
    if name not in {"kind", "match"} and (kind, name) != ("refuse", "seconds")
    for value in [value for value in VALUES if not isinstance(value, float)]
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_fault_is_described_as_it_is_read(fault):
    """Both say the same of every field of a rule."""
    is_allowed = jsonschema.Draft202012Validator(fault_schema()).is_valid(fault)
    assert is_allowed == is_taken(read_fault, fault, error=ValueError)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        pytest.param(settings, name, id=f"{service}-{name}")
        for service, (_, _, settings) in SERVICES.items()
        for name in settings.schema()["properties"]
    ],
)
def test_setting_is_described_as_it_is_read(settings, name):
    """Both say the same of every setting, except how an origin is written."""
    check = jsonschema.Draft202012Validator(settings.schema())
    values = [*VALUES, "relative", "404", "bare", "free", "fails", 15, 16, 1000, "https://x"]
    if name == "foreign_origin":
        values = [value for value in values if not isinstance(value, str)]
    for value in values:
        is_read = is_taken(settings().changed, {name: value}, error=ValueError)
        assert check.is_valid({name: value}) == is_read, value
