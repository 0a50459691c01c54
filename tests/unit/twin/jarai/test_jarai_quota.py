from datetime import UTC, datetime

import pytest

from twin.jarai.catalogue import KEYS, LEARNING, SOCIAL, TIERS, Partner
from twin.jarai.quota import Quota

ACCOUNTS = "/v1/partner/accounts"
FREE = {"X-API-Key": next(key.value for key in KEYS.values() if key.name == "free")}
PARTNER = Partner(name="p", tier="free")


@pytest.fixture
def quota(clock):
    """The counters alone, for limits that are tedious to reach over the wire."""
    return Quota(now=clock.now, tier_of=lambda partner: TIERS[partner.tier])


async def test_headers_count_down_the_minute(http, clock):
    """Limit, what is left, and when the window ends are in every good answer."""
    headers = [(await http.get(ACCOUNTS)).headers for _ in range(2)]
    reset = int(datetime(2026, 11, 21, 10, 1, tzinfo=UTC).timestamp())
    assert [
        (each["X-RateLimit-Limit"], each["X-RateLimit-Remaining"], each["X-RateLimit-Reset"])
        for each in headers
    ] == [("60", "59", str(reset)), ("60", "58", str(reset))]


async def test_eleventh_request_of_the_free_minute_is_refused(http, clock):
    """It says how long to wait, and waiting so long helps."""
    for _ in range(10):
        await http.get(ACCOUNTS, headers=FREE)
        await clock.advance(1)
    refused = await http.get(ACCOUNTS, headers=FREE)
    assert (refused.status_code, refused.json()["error"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert refused.json()["retryAfterSeconds"] == 50
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    await clock.advance(50)
    assert (await http.get(ACCOUNTS, headers=FREE)).status_code == 200


async def test_keys_of_a_partner_share_one_budget(http):
    """What one key used up is missing to the other."""
    readonly = next(key.value for key in KEYS.values() if key.name == "readonly")
    await http.get(ACCOUNTS)
    answer = await http.get(ACCOUNTS, headers={"X-API-Key": readonly})
    assert answer.headers["X-RateLimit-Remaining"] == "58"


async def test_partners_do_not_share(http):
    """Another partner's budget is untouched."""
    await http.get(ACCOUNTS)
    assert (await http.get(ACCOUNTS, headers=FREE)).headers["X-RateLimit-Remaining"] == "9"


@pytest.mark.parametrize(
    ("tier", "limit"), [("free", "10"), ("enterprise", "300"), ("unlimited", "10000000")]
)
async def test_tier_can_be_forced(twin, http, tier, limit):
    """A switch puts every partner on one tier."""
    twin.configure(tier=tier)
    assert (await http.get(ACCOUNTS)).headers["X-RateLimit-Limit"] == limit


async def test_window_rolls(quota, clock):
    """Requests leave the window one by one, sixty seconds after each."""
    for _ in range(10):
        quota.take_request(PARTNER)
        await clock.advance(3)
    await clock.advance(30)
    assert quota.take_request(PARTNER) is None
    assert quota.take_request(PARTNER).retry_after_s == 3


async def test_day_ends_at_midnight_utc(quota, clock):
    """The hundred and first request of a free day waits for midnight, and then goes."""
    for _ in range(100):
        assert quota.take_request(PARTNER) is None
        await clock.advance(60)
    wait_s = (14 * 3600) - 100 * 60
    assert quota.take_request(PARTNER).retry_after_s == wait_s
    await clock.advance(wait_s)
    assert quota.take_request(PARTNER) is None


async def test_enterprise_day_has_no_end(quota, clock):
    """A tier without a daily limit goes on beyond the others' numbers."""
    partner = Partner(name="e", tier="enterprise")
    for _ in range(2001):
        assert quota.take_request(partner) is None
        await clock.advance(1)


async def test_productions_are_counted_per_account_and_day(http, wish, clock):
    """The fourth production in a free account waits for midnight; another account's does not."""
    answers = [
        await http.post(f"{ACCOUNTS}/{SOCIAL.account_id}/productions", json=wish, headers=FREE)
        for _ in range(4)
    ]
    assert [each.status_code for each in answers] == [202, 202, 202, 429]
    assert answers[3].json()["retryAfterSeconds"] == 14 * 3600
    wish["avatarId"] = LEARNING.avatars[0].avatar_id
    path = f"{ACCOUNTS}/{LEARNING.account_id}/productions"
    assert (await http.post(path, json=wish, headers=FREE)).status_code == 202


async def test_refused_submit_uses_up_no_production(http, wish):
    """Only accepted productions count."""
    path = f"{ACCOUNTS}/{SOCIAL.account_id}/productions"
    for _ in range(4):
        await http.post(path, json=wish | {"topic": ""}, headers=FREE)
    assert (await http.post(path, json=wish, headers=FREE)).status_code == 202


async def test_limit_on_demand_has_the_documented_shape(http, plain):
    """A fault's 429 looks like a real one."""
    fault = {"match": "accounts", "kind": "rate_limit", "seconds": 7.2}
    await plain.post("faults", json=fault)
    answer = await http.get(ACCOUNTS)
    assert (answer.status_code, answer.json()["retryAfterSeconds"]) == (429, 8)
    assert "X-RateLimit-Reset" in answer.headers
