"""The API's generations as data: which paths and scopes each operation has.

Another generation is another `Dialect`; the handlers are the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Route:
    """How one operation is reached.

    Attributes:
        operation: Name of the handler, the same in every dialect.
        path: With `{account_id}`, `{production_id}` or `{webhook_id}` where it has them.
        scope: What the key must be allowed; None where any key will do.
        is_public: No key is asked for.
    """

    operation: str
    method: str
    path: str
    scope: str | None
    is_public: bool = False


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """One generation of the API."""

    name: str
    routes: tuple[Route, ...]

    def path_of(self, operation: str, **ids: str) -> str:
        """Fill in the path of an operation."""
        route = next(route for route in self.routes if route.operation == operation)
        return route.path.format(**ids)


_ACCOUNTS = "/v1/partner/accounts"
_PRODUCTION = _ACCOUNTS + "/{account_id}/productions/{production_id}"
_WEBHOOKS = "/v1/partner/webhooks"

# Of these paths only the accounts' is documented; the others follow from it and from the
# account-scoped status link (getting started, authentication, seen 2026-11-21).
PARTNER = Dialect(
    name="partner",
    routes=(
        Route(operation="list_accounts", method="GET", path=_ACCOUNTS, scope="accounts:read"),
        Route(
            operation="show_account",
            method="GET",
            path=_ACCOUNTS + "/{account_id}",
            scope="accounts:read",
        ),
        Route(
            operation="submit",
            method="POST",
            path=_ACCOUNTS + "/{account_id}/productions",
            scope="productions:write",
        ),
        Route(
            operation="show_production", method="GET", path=_PRODUCTION, scope="productions:read"
        ),
        Route(operation="cancel", method="DELETE", path=_PRODUCTION, scope="productions:write"),
        Route(
            operation="list_deliverables",
            method="GET",
            path=_PRODUCTION + "/deliverables",
            scope="deliverables:read",
        ),
        Route(operation="add_webhook", method="POST", path=_WEBHOOKS, scope="webhooks:write"),
        Route(operation="list_webhooks", method="GET", path=_WEBHOOKS, scope="webhooks:read"),
        Route(
            operation="remove_webhook",
            method="DELETE",
            path=_WEBHOOKS + "/{webhook_id}",
            scope="webhooks:write",
        ),
    ),
)

_V1_PRODUCTION = "/v1/productions/{production_id}"

# All documented but `show_account` and the path that ends a webhook, which the scopes' text implies
# (getting started and authentication, older texts, seen 2026-11-21).
V1 = Dialect(
    name="v1",
    routes=(
        Route(operation="list_accounts", method="GET", path="/v1/accounts", scope="accounts:read"),
        Route(
            operation="show_account",
            method="GET",
            path="/v1/accounts/{account_id}",
            scope="accounts:read",
        ),
        Route(
            operation="submit",
            method="POST",
            path="/v1/accounts/{account_id}/productions",
            scope="productions:trigger",
        ),
        Route(
            operation="show_production",
            method="GET",
            path=_V1_PRODUCTION,
            scope="productions:read",
        ),
        Route(operation="cancel", method="DELETE", path=_V1_PRODUCTION, scope="productions:cancel"),
        Route(
            operation="list_deliverables",
            method="GET",
            path=_V1_PRODUCTION + "/deliverables",
            scope="deliverables:read",
        ),
        Route(operation="add_webhook", method="POST", path="/v1/webhooks", scope="webhooks:manage"),
        Route(
            operation="list_webhooks", method="GET", path="/v1/webhooks", scope="webhooks:manage"
        ),
        Route(
            operation="remove_webhook",
            method="DELETE",
            path="/v1/webhooks/{webhook_id}",
            scope="webhooks:manage",
        ),
        Route(
            operation="register",
            method="POST",
            path="/v1/partners/register",
            scope=None,
            is_public=True,
        ),
        Route(
            operation="verify",
            method="GET",
            path="/v1/partners/verify",
            scope=None,
            is_public=True,
        ),
        Route(operation="rotate_key", method="POST", path="/v1/partners/keys/rotate", scope=None),
    ),
)
DIALECTS = {dialect.name: dialect for dialect in (PARTNER, V1)}
