"""Both generations of JARAI's API over real sockets: each operation goes where it belongs."""

import json

import pytest

from bot.core.errors import ProviderRefusedError
from bot.providers.base import Accepted
from bot.providers.jarai.dialects import DIALECTS
from tests.faults.raw_server import answer, in_turn
from tests.unit.providers.jarai.bench import CORRELATED, bench_of, error, job
from tests.unit.providers.jarai.samples import (
    ACCOUNT,
    PRODUCTION,
    build_request,
    sample,
    sample_bytes,
)

DONE = answer("204 No Content", b"")
NEWER = f"/v1/partner/accounts/{ACCOUNT}/productions"
OPERATIONS = {
    "accounts": (
        lambda provider: provider.form(),
        answer("200 OK", sample_bytes("accounts")),
        "GET /v1/partner/accounts",
        "GET /v1/accounts",
    ),
    "look": (
        lambda provider: provider.observe(job()),
        answer("200 OK", sample_bytes("v1_status_producing")),
        f"GET {NEWER}/{PRODUCTION}",
        f"GET /v1/productions/{PRODUCTION}",
    ),
    "cancel": (
        lambda provider: provider.cancel(job()),
        DONE,
        f"DELETE {NEWER}/{PRODUCTION}",
        f"DELETE /v1/productions/{PRODUCTION}",
    ),
    "files": (
        lambda provider: provider.deliverables(job()),
        answer("200 OK", sample_bytes("v1_deliverables")),
        f"GET {NEWER}/{PRODUCTION}/deliverables",
        f"GET /v1/productions/{PRODUCTION}/deliverables",
    ),
    "add a webhook": (
        lambda provider: provider.webhooks_add("https://bot.example", ("production.queued",)),
        answer("201 Created", sample_bytes("v1_webhook_added_201")),
        "POST /v1/partner/webhooks",
        "POST /v1/webhooks",
    ),
    "list webhooks": (
        lambda provider: provider.webhooks_list(),
        answer("200 OK", b"[]"),
        "GET /v1/partner/webhooks",
        "GET /v1/webhooks",
    ),
    "remove a webhook": (
        lambda provider: provider.webhooks_remove("a/b"),
        DONE,
        "DELETE /v1/partner/webhooks/a%2Fb",
        "DELETE /v1/webhooks/a%2Fb",
    ),
}


@pytest.mark.parametrize(
    ("ask", "raw", "newer", "older"), OPERATIONS.values(), ids=OPERATIONS.keys()
)
async def test_each_operation_has_its_path(ask, raw: bytes, newer: str, older: str):
    """The same question, at the address of the generation that is set."""
    for dialect, path in (("partner", newer), ("v1", older)):
        async with bench_of(in_turn(raw), dialect=dialect) as bench:
            await ask(bench.provider)
        assert bench.server.requests == [f"{path} HTTP/1.1"]


@pytest.mark.parametrize("location", [f"/v1/productions/{PRODUCTION}", "https://evil.example/x"])
async def test_an_older_submit_is_followed_by_the_productions_id(location: str):
    """Whether JARAI points there or somewhere our key must not go."""
    accepted = answer("202 Accepted", sample_bytes("v1_submit_202"), f"Location: {location}")
    looked = answer("200 OK", sample_bytes("v1_status_producing"))
    async with bench_of(in_turn(accepted, looked), dialect="v1") as bench:
        outcome = await bench.submit()
        assert isinstance(outcome, Accepted)
        await bench.provider.observe(outcome.job)
    assert bench.server.requests == [
        f"POST /v1/accounts/{ACCOUNT}/productions HTTP/1.1",
        f"GET /v1/productions/{PRODUCTION} HTTP/1.1",
    ]


async def test_a_pasted_id_of_another_account_is_not_linked():
    """The older path finds the productions of all accounts; ours is one."""
    other = sample("status_producing") | {"accountId": "99999999-2a11-4b8e-9d33-7a5f10c2e901"}
    raw = answer("200 OK", json.dumps(other).encode(), CORRELATED)
    async with bench_of(in_turn(raw), dialect="v1") as bench:
        with pytest.raises(ProviderRefusedError) as caught:
            await bench.provider.find(build_request(), job_id=PRODUCTION)
    assert (caught.value.code, caught.value.correlation_id) == ("job_missing", "corr-7")


@pytest.mark.parametrize(
    ("dialect", "tried", "untried"),
    [
        (
            "partner",
            ["productions:read", "productions:write", "deliverables:read", "webhooks:read"],
            "webhooks:write",
        ),
        (
            "v1",
            ["productions:read", "productions:cancel", "deliverables:read", "webhooks:manage"],
            "productions:trigger",
        ),
    ],
)
async def test_rights_are_tried_by_their_names(dialect: str, tried: list[str], untried: str):
    """What a key lacks is named as whoever makes keys knows it; what is not tried is said."""
    accounts = answer("200 OK", sample_bytes("accounts"))
    denied = answer("403 Forbidden", error("PERMISSION_DENIED"))
    async with bench_of(in_turn(accounts, denied), dialect=dialect) as bench:
        first, *lacking, last = await bench.provider.check()
    assert DIALECTS[dialect].label in first.text
    assert [one.text.split()[3].rstrip(";") for one in lacking] == tried
    assert not any(one.is_good for one in lacking)
    assert f"has {untried} is not tried" in last.text
    assert {line.split()[0] for line in bench.server.requests} == {"GET", "DELETE"}


@pytest.mark.parametrize(("dialect", "where"), [("partner", "API Keys"), ("v1", "jarai register")])
async def test_a_refused_key_is_told_where_good_ones_come_from(dialect: str, where: str):
    """A key of the other generation is the likeliest mistake."""
    raw = answer("401 Unauthorized", error("UNAUTHORIZED"))
    async with bench_of(in_turn(raw), dialect=dialect) as bench:
        (finding,) = await bench.provider.check()
    assert not finding.is_good
    assert where in finding.text


def test_each_generation_lives_where_it_is_documented():
    """Used where no address is set."""
    assert {name: one.base_url for name, one in DIALECTS.items()} == {
        "partner": "https://api.jarai.studio",
        "v1": "https://apim-jarai-prd.azure-api.net",
    }
