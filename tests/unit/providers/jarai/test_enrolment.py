"""Becoming a partner and changing the key, over real sockets."""

import json

import pytest

from bot.core.errors import (
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
    SettingsError,
    UserError,
)
from bot.providers.desks import Applicant
from bot.providers.jarai import Enrolment
from bot.providers.jarai.enrolment import read_key, read_token
from tests.faults.raw_server import RawServer, answer, drop_after_reading, in_turn
from tests.unit.providers.hands import Hands
from tests.unit.providers.jarai.bench import CORRELATED, error
from tests.unit.providers.jarai.samples import sample, sample_bytes

APPLICANT = Applicant(organisation=" Acme ", email="api@acme.example", name="Jane Smith")
OLD = "jarai_b2xkLWtleS1mb3ItdGVzdHMtb25seQ"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln-bmF0_dXJl"
LINK = f"https://apim-jarai-prd.azure-api.net/v1/partners/verify?token={TOKEN}"
CALLS = {
    "register": lambda desk: desk.register(APPLICANT),
    "verify": lambda desk: desk.verify(LINK),
    "rotate": lambda desk: desk.rotate_key(OLD),
}


def desk_for(server: RawServer, **changes) -> Enrolment:
    """Give the desk of the older generation at this server."""
    about = {"dialect": "v1", "base_url": server.url(), "timeout_s": 5.0, "clock": Hands()}
    return Enrolment(**(about | changes))


async def ask(name: str, raw: bytes):
    """Make a call that is answered so; gives what came of it and what was asked."""
    async with RawServer(in_turn(raw)) as server:
        result = await CALLS[name](desk_for(server))
    return result, server.requests


async def refusal_of(name: str, raw: bytes) -> ProviderError:
    """Make a call that is refused so."""
    with pytest.raises(ProviderError) as caught:
        await ask(name, raw)
    return caught.value


async def test_registering_sends_the_documented_body_without_a_key():
    """Three fields, trimmed, in JSON."""
    heads, bodies = [], []

    async def behave(exchange) -> None:
        heads.append((await exchange._reader.readuntil(b"\r\n\r\n")).decode())
        bodies.append(json.loads(await exchange._reader.read(4096)))
        await exchange.write(answer("202 Accepted", sample_bytes("v1_registered_202")))

    async with RawServer(behave) as server:
        partner_id = await desk_for(server).register(APPLICANT)
    assert partner_id == sample("v1_registered_202")["partnerId"]
    assert heads[0].startswith("POST /v1/partners/register HTTP/1.1\r\n")
    assert "content-type: application/json" in heads[0].lower()
    assert "x-api-key" not in heads[0].lower()
    assert bodies == [
        {
            "organisationName": "Acme",
            "contactEmail": "api@acme.example",
            "contactName": "Jane Smith",
        }
    ]


async def test_registering_needs_every_detail():
    """Nothing is sent for an empty one."""
    async with RawServer(in_turn(answer("202 Accepted"))) as server:
        with pytest.raises(UserError):
            await desk_for(server).register(Applicant(organisation="A", email=" ", name="C"))
    assert server.requests == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"partnerId": 7}'])
async def test_a_registration_without_an_id_is_taken_all_the_same(body: bytes):
    """What counts is JARAI's mail."""
    assert (await ask("register", answer("202 Accepted", body)))[0] is None


async def test_verifying_gives_the_key_without_following_the_link():
    """Only its token goes out, and to the configured address."""
    made, requests = await ask("verify", answer("200 OK", sample_bytes("v1_verified_200")))
    assert made.value == sample("v1_verified_200")["apiKey"]
    assert made.partner_id == sample("v1_verified_200")["partnerId"]
    assert made.old_key_s is None
    assert requests == [f"GET /v1/partners/verify?token={TOKEN} HTTP/1.1"]
    assert made.value not in repr(made)


async def test_rotating_sends_the_present_key_and_gives_the_new_one():
    """The old one goes on for a day."""
    heads = []

    async def behave(exchange) -> None:
        heads.append((await exchange.read_request()).decode().lower())
        await exchange.write(answer("200 OK", sample_bytes("v1_rotated_200")))

    async with RawServer(behave) as server:
        made = await desk_for(server).rotate_key(OLD)
    assert heads[0].startswith("post /v1/partners/keys/rotate http/1.1\r\n")
    assert f"x-api-key: {OLD.lower()}\r\n" in heads[0]
    assert (made.value, made.old_key_s) == (sample("v1_rotated_200")["apiKey"], 86_400)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        (TOKEN, TOKEN),
        (f" {TOKEN}\n", TOKEN),
        (LINK, TOKEN),
        (f"verify?lang=en&token={TOKEN}", TOKEN),
    ],
)
def test_a_token_is_taken_from_what_was_pasted(text: str, token: str):
    """The link as it is in the mail, or the token alone."""
    assert read_token(text) == token


@pytest.mark.parametrize(
    "text", ["", "https://jarai.example", "?token=", "?token=a%20b", "a b", "x" * 5000, "?y=1", "ß"]
)
def test_what_holds_no_token_is_refused(text: str):
    """In a sentence, before anything is sent."""
    with pytest.raises(UserError, match="neither"):
        read_token(text)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'{"apiKey": "anything-printable"}', "anything-printable"),
        (b'{"newApiKey": "jarai_bmV3LWtleQ"}', "jarai_bmV3LWtleQ"),
        (b'{"keyPrefix": "jarai_bmV3LWtl", "apiKey": "jarai_bmV3LWtleQ"}', "jarai_bmV3LWtleQ"),
        (
            b'{"apiKey": "jarai_bmV3LWtleQ", "partnerId": "jarai_partner_0b1c2d3e-0000-4000"}',
            "jarai_bmV3LWtleQ",
        ),
        (b'{"apiKey": "jarai_bmV3...tleQ", "secret": "jarai_bmV3LWtleQ"}', "jarai_bmV3LWtleQ"),
        (b'{"apiKey": "jarai_ab.cdef/12+34=="}', "jarai_ab.cdef/12+34=="),
        (b'{"key": "your key is here"}', None),
        (b'{"data": {"credential": "jarai_bmV3LWtleQ=="}}', "jarai_bmV3LWtleQ=="),
        (b"<p>Your key: <b>jarai_bmV3LWtleQ</b></p>", "jarai_bmV3LWtleQ"),
        (json.dumps({"old": OLD, "new": "jarai_bmV3LWtleQ"}).encode(), "jarai_bmV3LWtleQ"),
        (json.dumps({"key": OLD}).encode(), None),
        (b'{"apiKey": "line\\nbreak"}', None),
        (b'{"apiKey": ""}', None),
        (b"\xff{", None),
        (b"", None),
    ],
)
def test_a_key_is_known_by_its_looks(body: bytes, key: str | None):
    """The name of its field is not documented, and a key that is missed is lost."""
    assert read_key(body, old=OLD) == key


REFUSALS = [
    ("register", 400, "INVALID_REQUEST", ProviderRefusedError, "It says: Words."),
    ("register", 409, "CONFLICT", ProviderRefusedError, "already"),
    ("register", 429, "RATE_LIMIT_EXCEEDED", ProviderUnavailableError, "opens again"),
    ("verify", 400, "INVALID_REQUEST", ProviderRefusedError, "It says: Words."),
    ("verify", 401, "UNAUTHORIZED", ProviderRefusedError, "was used, is too old"),
    ("verify", 404, "NOT_FOUND", ProviderRefusedError, "was used, is too old"),
    ("verify", 410, "GONE", ProviderRefusedError, "was used, is too old"),
    ("rotate", 401, "UNAUTHORIZED", ProviderAuthError, "does not know our key"),
    ("rotate", 403, "PERMISSION_DENIED", ProviderRefusedError, "SelfServeKeyRotationEnabled"),
    ("rotate", 403, "PARTNER_NOT_ACTIVE", ProviderAuthError, "switched off our access"),
    ("rotate", 302, "ELSEWHERE", ProviderReplyError, "redirect"),
]


@pytest.mark.parametrize(("name", "status", "code", "kind", "words"), REFUSALS)
async def test_a_refusal_says_what_it_means(name, status, code, kind, words):
    """In a sentence, with JARAI's code and the id to quote."""
    refused = await refusal_of(name, answer(f"{status} No", error(code), CORRELATED))
    assert type(refused) is kind
    assert words in refused.text
    assert refused.correlation_id == "corr-7"


async def test_a_rotation_that_is_not_allowed_says_whom_to_ask():
    """As JARAI words it today."""
    raw = answer("403 Forbidden", sample_bytes("v1_error_rotation_403"))
    assert "account manager" in (await refusal_of("rotate", raw)).text


THEN = {"register": "look for JARAI's mail", "verify": "once more", "rotate": "24 hours more"}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("status", ["500 Oops", "503 Closed", "408 Slow"])
async def test_a_fault_says_what_to_do_next(name: str, status: str):
    """It may have been done all the same, and is not done twice."""
    async with RawServer(in_turn(answer(status, error("INTERNAL_ERROR"), CORRELATED))) as server:
        with pytest.raises(ProviderUnavailableError) as caught:
            await CALLS[name](desk_for(server))
    assert THEN[name] in caught.value.text
    assert caught.value.correlation_id == "corr-7"
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", CALLS)
async def test_a_lost_answer_says_what_to_do_next(name: str):
    """As a fault does; one request went out."""
    async with RawServer(drop_after_reading) as server:
        with pytest.raises(ProviderUnavailableError) as caught:
            await CALLS[name](desk_for(server))
    assert THEN[name] in caught.value.text
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", CALLS)
async def test_nobody_there_leaves_nothing_open(name: str):
    """Nothing was sent, so there is nothing to look for."""
    async with RawServer(drop_after_reading) as server:
        desk = desk_for(server)
    with pytest.raises(ProviderUnavailableError) as caught:
        await CALLS[name](desk)
    assert caught.value.code == "not_reached"
    assert THEN[name] not in caught.value.text


@pytest.mark.parametrize("name", ["verify", "rotate"])
async def test_an_answer_without_a_key_is_an_error(name: str):
    """And its sample, which reaches logs, shows no secret."""
    body = json.dumps({"status": "ok", "token": "hush-hush", "key": 7}).encode()
    caught = await refusal_of(name, answer("200 OK", body))
    assert isinstance(caught, ProviderReplyError)
    assert "hush" not in caught.sample


async def test_a_generation_without_these_calls_says_what_to_do_instead():
    """Before anything is asked or sent."""
    async with RawServer(in_turn(answer("200 OK"))) as server:
        with pytest.raises(ProviderRefusedError) as caught:
            desk_for(server, dialect="partner")
    assert caught.value.code == "not_offered"
    assert "Settings, API Keys" in caught.value.text
    assert server.requests == []


async def test_a_key_that_no_header_can_hold_names_its_setting():
    """It comes from the environment."""
    async with RawServer(in_turn(answer("200 OK"))) as server:
        with pytest.raises(SettingsError, match="JARAI_API_KEY"):
            await desk_for(server).rotate_key("jarai_\n")
