"""The two generations of JARAI's API, side by side: all that differs between them stands here.

Sources: developer portal, getting started and authentication, each in an older and a newer text;
seen 2026-11-21.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Right:
    """A right of a key, and the call that tries it on a production that does not exist.

    Attributes:
        scope: As JARAI names it.
        path: Name of the `Dialect`'s path that is called.
    """

    scope: str
    method: str
    path: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentPaths:
    """Where one becomes a partner, and changes the key."""

    register: str
    verify: str
    rotate_key: str


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """One generation of the API.

    Attributes:
        label: How texts call it.
        base_url: Where it lives.
        enrolment: None where that is not done over the API.
        keys: Where its keys come from, as a sentence for whoever runs the bot.
        tried: The rights that a check tries.
        untried: The rights that only their use would show.
    """

    label: str
    base_url: str
    accounts: str
    productions: str
    production: str
    deliverables: str
    webhooks: str
    webhook: str
    enrolment: EnrolmentPaths | None
    keys: str
    tried: tuple[Right, ...]
    untried: tuple[str, ...]


DIALECTS: Mapping[str, Dialect] = {
    # Documented for the accounts only; the other paths follow from it and from the older API.
    "partner": Dialect(
        label="newer",
        base_url="https://api.jarai.studio",
        accounts="/v1/partner/accounts",
        productions="/v1/partner/accounts/{account_id}/productions",
        production="/v1/partner/accounts/{account_id}/productions/{production_id}",
        deliverables="/v1/partner/accounts/{account_id}/productions/{production_id}/deliverables",
        webhooks="/v1/partner/webhooks",
        webhook="/v1/partner/webhooks/{webhook_id}",
        enrolment=None,
        keys="Its keys are made, and replaced, in the Studio under Settings, API Keys.",
        tried=(
            Right(scope="productions:read", method="GET", path="production"),
            Right(scope="productions:write", method="DELETE", path="production"),
            Right(scope="deliverables:read", method="GET", path="deliverables"),
            Right(scope="webhooks:read", method="GET", path="webhooks"),
        ),
        untried=("webhooks:write",),
    ),
    # Documented but for the path that ends a webhook, which the scope's text only implies.
    "v1": Dialect(
        label="older",
        base_url="https://apim-jarai-prd.azure-api.net",
        accounts="/v1/accounts",
        productions="/v1/accounts/{account_id}/productions",
        production="/v1/productions/{production_id}",
        deliverables="/v1/productions/{production_id}/deliverables",
        webhooks="/v1/webhooks",
        webhook="/v1/webhooks/{webhook_id}",
        enrolment=EnrolmentPaths(
            register="/v1/partners/register",
            verify="/v1/partners/verify?token={token}",
            rotate_key="/v1/partners/keys/rotate",
        ),
        keys="Its keys come from greenlight jarai register and verify.",
        tried=(
            Right(scope="productions:read", method="GET", path="production"),
            Right(scope="productions:cancel", method="DELETE", path="production"),
            Right(scope="deliverables:read", method="GET", path="deliverables"),
            Right(scope="webhooks:manage", method="GET", path="webhooks"),
        ),
        untried=("productions:trigger",),
    ),
}
"""By the value of `JARAI_DIALECT`."""
