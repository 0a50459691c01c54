import json

import pytest

from twin.jarai.catalogue import ARCHIVE, LEARNING, SOCIAL

PRODUCTIONS = f"/v1/partner/accounts/{SOCIAL.account_id}/productions"
JSON = {"Content-Type": "application/json"}


async def test_submit_is_accepted_with_id_and_relative_location(submit, http):
    """A right body gives 202, an id, and a link that shows the production."""
    answer = await submit()
    body = answer.json()
    assert (answer.status_code, body["status"]) == (202, "Queued")
    assert body["expiresAt"] == "2026-11-21T10:10:00Z"
    assert answer.headers["Location"] == f"{PRODUCTIONS}/{body['productionId']}"
    shown = await http.get(answer.headers["Location"])
    assert shown.json()["productionId"] == body["productionId"]


@pytest.mark.parametrize(
    ("location", "origin"),
    [
        pytest.param("absolute", None, id="absolute"),
        pytest.param("foreign", "https://elsewhere.example", id="foreign"),
    ],
)
async def test_location_can_be_absolute_or_foreign(twin, submit, location, origin):
    """Switches give the link another form, the last of them a trap."""
    twin.configure(location=location)
    answer = await submit()
    assert answer.headers["Location"].startswith(f"{origin or twin.url}{PRODUCTIONS}/")


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"topic": None}, "topic"),
        ({"topic": ""}, "topic"),
        ({"topic": "  "}, "topic"),
        ({"topic": "x" * 501}, "topic"),
        ({"topic": 5}, "topic"),
        ({"languageId": "english"}, "languageId"),
        ({"languageId": "00000000-0000-4000-8000-000000000000"}, "languageId"),
        ({"countryId": None}, "countryId"),
        ({"countryId": "00000000-0000-4000-8000-000000000000"}, "countryId"),
        ({"avatarId": "mia"}, "avatarId"),
        ({"avatarId": LEARNING.avatars[0].avatar_id}, "avatarId"),
        ({"projectTypeSlug": "feature-film"}, "projectTypeSlug"),
        ({"projectTypeSlug": []}, "projectTypeSlug"),
        ({"metadataMD": "x" * 4097}, "metadataMD"),
        ({"metadataMD": {}}, "metadataMD"),
        ({"platforms": ["TikTok"]}, "platforms"),
    ],
)
async def test_wrong_field_is_refused_by_name(submit, twin, overrides, field):
    """Every rule broken is a 400 that names the field, and nothing is made."""
    answer = await submit(**overrides)
    assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_REQUEST")
    assert field in answer.json()["message"]
    assert twin.jobs() == []


@pytest.mark.parametrize("missing", ["topic", "languageId", "countryId", "avatarId"])
async def test_missing_required_field_is_refused(http, wish, missing):
    """The four required fields cannot be left out."""
    del wish[missing]
    answer = await http.post(PRODUCTIONS, json=wish)
    assert answer.status_code == 400
    assert missing in answer.json()["message"]


@pytest.mark.parametrize(
    "overrides",
    [
        {"topic": "x" * 500},
        {"topic": "ü🎬" * 250},
        {"metadataMD": "🎬" * 4096},
        {"projectTypeSlug": None, "metadataMD": None},
        {"avatarId": SOCIAL.avatars[1].avatar_id.upper()},
    ],
    ids=["longest topic", "not ASCII", "longest notes", "optional fields null", "id in capitals"],
)
async def test_values_at_the_limit_are_taken(submit, overrides):
    """Limits are counted in characters and include the last one."""
    assert (await submit(**overrides)).status_code == 202


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(b"", JSON, id="empty"),
        pytest.param(b"{", JSON, id="cut"),
        pytest.param(b"[]", JSON, id="not an object"),
        pytest.param(b'"\xff"', JSON, id="not UTF-8"),
        pytest.param(b'{"topic": NaN}', JSON, id="not a number"),
        pytest.param(rb'{"\ud800": 1}', JSON, id="half a character as name"),
        pytest.param(b"[" * 50_000, JSON, id="deep"),
        pytest.param(b"1" * 5_000, JSON, id="long number"),
    ],
)
async def test_unreadable_body_is_refused(http, body, headers):
    """Whatever bytes arrive, the answer is a 400."""
    answer = await http.post(PRODUCTIONS, content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, {}], ids=["text", "none"])
async def test_body_must_be_declared_as_json(http, wish, headers):
    """A right body under another type, or under none, is refused."""
    answer = await http.post(PRODUCTIONS, content=json.dumps(wish), headers=headers)
    assert answer.status_code == 400
    assert "Content-Type" in answer.json()["message"]


async def test_too_large_body_is_refused_without_a_code(http):
    """A body beyond the limit answers 413, for which no code is documented."""
    answer = await http.post(PRODUCTIONS, content=b" " * 70_000, headers=JSON)
    assert (answer.status_code, answer.json()["error"]) == (413, None)


@pytest.mark.parametrize(
    ("account_id", "status", "code"),
    [
        pytest.param(SOCIAL.account_id[:-1] + "f", 403, "INSUFFICIENT_SCOPE", id="not permitted"),
        pytest.param("social", 400, "INVALID_REQUEST", id="not a UUID"),
        pytest.param(ARCHIVE.account_id, 403, "ACCOUNT_NOT_ACTIVE", id="suspended"),
    ],
)
async def test_account_must_be_permitted_and_open(http, wish, account_id, status, code):
    """A submit goes only to an account that the key may use and that is open."""
    wish["avatarId"] = ARCHIVE.avatars[0].avatar_id
    answer = await http.post(f"/v1/partner/accounts/{account_id}/productions", json=wish)
    assert (answer.status_code, answer.json()["error"]) == (status, code)


async def test_pilot_account_is_open(http, wish):
    """Pilot counts like Active."""
    wish["avatarId"] = LEARNING.avatars[0].avatar_id
    answer = await http.post(f"/v1/partner/accounts/{LEARNING.account_id}/productions", json=wish)
    assert answer.status_code == 202


async def test_spent_budget_refuses_the_submit(twin, submit):
    """An account whose month is spent answers 409 with the budget's code."""
    twin.configure(over_budget=True)
    answer = await submit()
    assert (answer.status_code, answer.json()["error"]) == (409, "BUDGET_GATE_1_FAILED")


async def test_idempotency_key_makes_one_production(twin, submit):
    """The same key and body again answers the same production and is counted."""
    first, second = [await submit({"Idempotency-Key": "k1"}) for _ in range(2)]
    assert first.json() == second.json()
    assert first.headers["Location"] == second.headers["Location"]
    assert [job.submits for job in twin.jobs()] == [2]


async def test_without_idempotency_key_every_submit_makes_a_production(twin, submit):
    """Two equal submits without a key are two productions."""
    for _ in range(2):
        await submit()
    assert len(twin.jobs()) == 2


@pytest.mark.parametrize(
    ("key", "status"), [("k1", 409), ("k2", 202), ("k" * 256, 400)], ids=["same", "other", "long"]
)
async def test_idempotency_key_belongs_to_one_body(submit, key, status):
    """A key that was used for another wish is refused, as is one that is too long."""
    await submit({"Idempotency-Key": "k1"})
    assert (await submit({"Idempotency-Key": key}, topic="Another")).status_code == status


async def test_answer_lost_after_the_work_leaves_a_production(twin, http, wish, plain):
    """A connection cut after the work shows why a submit must not be repeated blindly."""
    fault = {"match": "POST /productions", "kind": "drop_after"}
    await plain.post("faults", content=json.dumps(fault))
    with pytest.raises(Exception, match="disconnected"):
        await http.post(PRODUCTIONS, json=wish)
    assert len(twin.jobs()) == 1
