"""Becoming a partner of the older generation, and changing its key."""

import httpx
import pytest

from twin.jarai.app import JaraiTwin

REGISTER, VERIFY = "/v1/partners/register", "/v1/partners/verify"
ROTATE, ACCOUNTS = "/v1/partners/keys/rotate", "/v1/accounts"
DAY_S = 24 * 3600
APPLICANT = {
    "organisationName": "Acme Media Ltd",
    "contactEmail": "api@acme-media.example",
    "contactName": "Jane Smith",
}


@pytest.fixture
async def client(twin: JaraiTwin):
    """Somebody without a key."""
    async with httpx.AsyncClient(base_url=twin.url) as client:
        yield client


async def mailed_token(twin: JaraiTwin) -> str:
    """Read the newest mail as its reader does."""
    async with httpx.AsyncClient() as reader:
        mails = (await reader.get(f"{twin.control_url}mails")).json()["mails"]
    return httpx.URL(mails[-1]["link"]).params["token"]


async def enrol(twin: JaraiTwin, client: httpx.AsyncClient) -> str:
    """Register and verify; gives the key."""
    await client.post(REGISTER, json=APPLICANT)
    answer = await client.get(VERIFY, params={"token": await mailed_token(twin)})
    return answer.json()["apiKey"]


async def test_a_registration_is_verified_by_mail_and_gives_a_key(twin, client):
    """Accepted with an id, a link in a mail, and the key in exchange for its token."""
    registered = await client.post(REGISTER, json=APPLICANT)
    assert registered.status_code == 202
    token = await mailed_token(twin)
    assert token.count(".") == 2
    verified = await client.get(VERIFY, params={"token": token})
    assert verified.status_code == 200
    assert verified.json()["partnerId"] == registered.json()["partnerId"]
    key = verified.json()["apiKey"]
    assert key.startswith("jarai_")
    accounts = await client.get(ACCOUNTS, headers={"X-API-Key": key})
    assert accounts.status_code == 200
    assert accounts.headers["X-RateLimit-Limit"] == "10"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"organisationName": None}, "organisationName"),
        ({"contactName": " "}, "contactName"),
        ({"contactEmail": "nobody"}, "contactEmail"),
        ({"contactEmail": "a@b@c.example"}, "contactEmail"),
        ({"contactEmail": 7}, "contactEmail"),
        ({"organisationName": "x" * 201}, "organisationName"),
        ({"country": "UK"}, "country"),
    ],
)
async def test_a_wrong_field_is_named(client, changes, field):
    """Nothing is sent, and the message says which field."""
    answer = await client.post(REGISTER, json=APPLICANT | changes)
    assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_REQUEST")
    assert field in answer.json()["message"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
async def test_a_body_that_is_none_is_refused(client, content):
    """Never with a fault of ours."""
    headers = {"Content-Type": "application/json"}
    assert (await client.post(REGISTER, content=content, headers=headers)).status_code == 400


async def test_registering_again_sends_another_mail(twin, client):
    """The partner stays the same, and only the newest link is good."""
    first = await client.post(REGISTER, json=APPLICANT)
    old_token = await mailed_token(twin)
    again = APPLICANT | {"contactEmail": "API@acme-media.example"}
    second = await client.post(REGISTER, json=again)
    assert first.json() == second.json()
    assert len(twin.enrolment.mails) == 2
    assert (await client.get(VERIFY, params={"token": old_token})).status_code == 401
    new_token = await mailed_token(twin)
    assert (await client.get(VERIFY, params={"token": new_token})).status_code == 200


async def test_a_verified_partner_cannot_register_again(twin, client):
    """The address is taken."""
    await enrol(twin, client)
    answer = await client.post(REGISTER, json=APPLICANT)
    assert (answer.status_code, answer.json()["error"]) == (409, "CONFLICT")


async def test_a_token_is_good_once_and_for_a_time(twin, client, clock):
    """What was used, what is too old, what was made up and what is missing give no key."""
    await client.post(REGISTER, json=APPLICANT)
    token = await mailed_token(twin)
    assert (await client.get(VERIFY, params={"token": "a.b.c"})).status_code == 401
    assert (await client.get(VERIFY)).status_code == 400
    await clock.advance(DAY_S)
    assert (await client.get(VERIFY, params={"token": token})).status_code == 401
    await client.post(REGISTER, json=APPLICANT)
    token = await mailed_token(twin)
    assert (await client.get(VERIFY, params={"token": token})).status_code == 200
    assert (await client.get(VERIFY, params={"token": token})).status_code == 401


async def test_a_changed_key_lives_on_for_a_day(twin, client, clock):
    """Both work meanwhile, then only the new one."""
    old = {"X-API-Key": await enrol(twin, client)}
    answer = await client.post(ROTATE, headers=old)
    assert answer.status_code == 200
    new = {"X-API-Key": answer.json()["apiKey"]}
    assert answer.json()["previousKeyExpiresAt"] == "2026-11-22T10:00:00Z"
    await clock.advance(DAY_S - 1)
    for headers in (old, new):
        assert (await client.get(ACCOUNTS, headers=headers)).status_code == 200
    await clock.advance(1)
    assert (await client.get(ACCOUNTS, headers=old)).status_code == 401
    assert (await client.get(ACCOUNTS, headers=new)).status_code == 200
    assert (await client.post(ROTATE, headers=old)).status_code == 401


async def test_changing_an_old_key_again_does_not_keep_it_alive(twin, client, clock):
    """A lost answer can be asked for again, until the first day is over."""
    old = {"X-API-Key": await enrol(twin, client)}
    first = await client.post(ROTATE, headers=old)
    await clock.advance(3600)
    second = await client.post(ROTATE, headers=old)
    assert first.json()["apiKey"] != second.json()["apiKey"]
    assert first.json()["previousKeyExpiresAt"] == second.json()["previousKeyExpiresAt"]


async def test_a_new_key_has_the_rights_of_the_old(twin, client):
    """Scopes are inherited, and so is the partner with its webhooks and productions."""
    readonly = {"X-API-Key": "jarai_readonly0000000000000000"}
    new = {"X-API-Key": (await client.post(ROTATE, headers=readonly)).json()["apiKey"]}
    assert (await client.get(ACCOUNTS, headers=new)).status_code == 200
    assert (await client.get("/v1/webhooks", headers=new)).status_code == 403


async def test_changing_a_key_has_to_be_allowed(twin, client):
    """Where the service has not switched it on, nothing changes."""
    twin.configure(self_serve_rotation=False)
    headers = {"X-API-Key": twin.v1_api_key}
    answer = await client.post(ROTATE, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (403, "PERMISSION_DENIED")
    assert (await client.get(ACCOUNTS, headers=headers)).status_code == 200


async def test_changing_a_key_needs_one(client):
    """Unlike the other two calls."""
    assert (await client.post(ROTATE)).status_code == 401


async def test_the_journal_keeps_neither_token_nor_key(twin, client):
    """Both are secrets, in the query of one call and in the answers of two."""
    key = await enrol(twin, client)
    token = await mailed_token(twin)
    rotated = await client.post(ROTATE, headers={"X-API-Key": key})
    written = str(twin.journal.entries())
    assert "partners/verify" in written
    assert [secret for secret in (key, token, rotated.json()["apiKey"]) if secret in written] == []
