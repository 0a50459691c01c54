"""The Partner API's operations: from a call that was let in to its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from aiohttp import web

from twin.clock import Clock, wire_time
from twin.jarai.catalogue import ACCOUNTS, Account
from twin.jarai.deliverables import LINK_LIFE, Item, aliased, items_of, path_of, summary
from twin.jarai.dialect import Dialect
from twin.jarai.enrolment import BadTokenError, Enrolment, KnownPartnerError, NoRotationError
from twin.jarai.gate import (
    CORRELATION_ID,
    Call,
    CallHandler,
    Gate,
    OpenHandler,
    RefusalError,
    too_much,
)
from twin.jarai.life import Life
from twin.jarai.model import (
    WITH_DELIVERABLES,
    Job,
    Jobs,
    Status,
    Wish,
    status_body,
)
from twin.jarai.quota import Quota
from twin.jarai.reading import (
    InvalidBodyError,
    is_uuid,
    read_object,
    read_webhook_wish,
    read_wish,
)
from twin.jarai.settings import Settings
from twin.jarai.webhooks import TooManyWebhooksError, UnknownWebhookError, Webhooks
from twin.jobs import UnknownJobError
from twin.links import Links

IDEMPOTENCY_HEADER = "Idempotency-Key"
IDEMPOTENCY_LONGEST = 255


@dataclass(frozen=True, kw_only=True)
class Api:
    """Answer the operations of a dialect.

    Attributes:
        origin: Gives scheme, host and port of this server.
    """

    dialect: Dialect
    clock: Clock
    jobs: Jobs
    life: Life
    quota: Quota
    links: Links
    webhooks: Webhooks
    enrolment: Enrolment
    settings: Callable[[], Settings]
    origin: Callable[[], str]

    def add_routes(self, app: web.Application, *, gate: Gate) -> None:
        """Serve every route of the dialect."""
        handlers: Mapping[str, CallHandler] = {
            "list_accounts": self.list_accounts,
            "show_account": self.show_account,
            "submit": self.submit,
            "show_production": self.show_production,
            "cancel": self.cancel,
            "list_deliverables": self.list_deliverables,
            "add_webhook": self.add_webhook,
            "list_webhooks": self.list_webhooks,
            "remove_webhook": self.remove_webhook,
            "rotate_key": self.rotate_key,
        }
        open_handlers: Mapping[str, OpenHandler] = {
            "register": self.register,
            "verify": self.verify,
        }
        for route in self.dialect.routes:
            if route.is_public:
                handler = gate.opened(open_handlers[route.operation], dialect=self.dialect)
            else:
                found = handlers[route.operation]
                handler = gate.guarded(found, dialect=self.dialect, route=route)
            app.router.add_route(route.method, route.path, handler)

    async def list_accounts(self, call: Call) -> web.Response:
        """Answer with every account, open or not."""
        return call.reply_list("accounts", [_account_json(each) for each in ACCOUNTS.values()])

    async def show_account(self, call: Call) -> web.Response:
        """Answer with one account."""
        account = ACCOUNTS.get(call.request.match_info["account_id"].lower())
        if account is None:
            raise RefusalError(404, "NOT_FOUND", "There is no account with this id.")
        return call.reply(_account_json(account))

    async def submit(self, call: Call) -> web.Response:
        """Accept a production, or answer an idempotency key with what it made before."""
        body = await _read_body(call)
        account = _permitted(call.request.match_info["account_id"])
        wish = read_wish(body, account=account)
        key = _idempotency_key(call)
        replayed = self._replayed(call, wish, key)
        if replayed is not None:
            return self._accepted(call, replayed)
        self._check_may_produce(call, account)
        return self._accepted(call, self.life.begin(self._new_job(call, wish, key)))

    async def show_production(self, call: Call) -> web.Response:
        """Answer where a production stands."""
        return call.reply(status_body(self._job(call)))

    async def cancel(self, call: Call) -> web.Response:
        """Accept a cancellation, unless the production is too far."""
        job = self.life.cancel_soon(self._job(call).production_id)
        return call.reply(status_body(job), status=202)

    async def list_deliverables(self, call: Call) -> web.Response:
        """Answer with the files and a fresh link to each."""
        job = self._job(call)
        if job.status in WITH_DELIVERABLES:
            items = [self._linked(job, item) for item in items_of(job, settings=self.settings())]
        else:
            items = self._none_yet()
        return call.reply_list("deliverables", items, productionId=job.production_id)

    async def add_webhook(self, call: Call) -> web.Response:
        """Register an endpoint; its secret is told here and never again."""
        wish = read_webhook_wish(await _read_body(call))
        try:
            subscription = self.webhooks.add(wish, partner=call.partner)
        except TooManyWebhooksError:
            raise InvalidBodyError("There are 100 active webhooks already.") from None
        secret = {"signingSecret": subscription.address.signing_secret}
        return call.reply(subscription.as_json() | secret, status=201)

    async def list_webhooks(self, call: Call) -> web.Response:
        """Answer with the partner's subscriptions, without secrets."""
        found = self.webhooks.of(call.partner)
        return call.reply_list("webhooks", [each.as_json() for each in found])

    async def remove_webhook(self, call: Call) -> web.Response:
        """End a subscription."""
        try:
            self.webhooks.remove(call.request.match_info["webhook_id"], partner=call.partner)
        except UnknownWebhookError:
            raise RefusalError(404, "NOT_FOUND", "There is no webhook with this id.") from None
        return web.Response(status=204)

    async def register(self, request: web.Request) -> web.Response:
        """Note who wants to be a partner, and write to them."""
        raw = await request.read()
        try:
            partner_id = self.enrolment.register(
                read_object(raw, content_type=request.content_type)
            )
        except KnownPartnerError:
            message = "A partner with this e-mail address is registered already."
            raise RefusalError(409, "CONFLICT", message) from None
        return web.json_response({"partnerId": partner_id}, status=202)

    async def verify(self, request: web.Request) -> web.Response:
        """Give a partner its key, which is told here and never again."""
        token = request.query.get("token", "")
        if not token:
            raise InvalidBodyError("token is missing.")
        try:
            key = self.enrolment.verify(token)
        except BadTokenError:
            message = "The token is not valid, is over, or was used."
            raise RefusalError(401, "UNAUTHORIZED", message) from None
        return web.json_response({"partnerId": key.partner.name, "apiKey": key.value})

    async def rotate_key(self, call: Call) -> web.Response:
        """Give a new key, which is told here and never again; the old one lives on for a time."""
        try:
            key, old_ends_at = self.enrolment.rotate(call.key)
        except NoRotationError:
            message = "SelfServeKeyRotationEnabled is false for this partner."
            raise RefusalError(403, "PERMISSION_DENIED", message) from None
        return call.reply({"apiKey": key.value, "previousKeyExpiresAt": wire_time(old_ends_at)})

    def _check_may_produce(self, call: Call, account: Account) -> None:
        if not account.is_open:
            raise RefusalError(403, "ACCOUNT_NOT_ACTIVE", f"The account is {account.status}.")
        if self.settings().over_budget:
            message = "The account's AI budget for this month is spent."
            raise RefusalError(409, "BUDGET_GATE_1_FAILED", message)
        refusal = self.quota.take_production(call.key.partner, account_id=account.account_id)
        if refusal is not None:
            raise too_much(refusal)

    def _new_job(self, call: Call, wish: Wish, idempotency_key: str | None) -> Job:
        now, settings = self.clock.now(), self.settings()
        return Job(
            production_id=str(uuid4()),
            partner=call.partner,
            wish=wish,
            sandbox=call.sandbox,
            correlation_id=call.request[CORRELATION_ID],
            created_at=now,
            updated_at=now,
            expires_at=now + timedelta(seconds=settings.expires_s),
            steps=settings.steps,
            history=((Status.QUEUED, now),),
            idempotency_key=idempotency_key,
        )

    def _replayed(self, call: Call, wish: Wish, key: str | None) -> Job | None:
        """Find what this key made before and count the request; another wish is refused."""
        if key is None:
            return None
        job = self.jobs.by_key(partner=call.partner, idempotency_key=key)
        if job is None:
            return None
        if job.wish != wish:
            message = f"This {IDEMPOTENCY_HEADER} was used with another body."
            raise RefusalError(409, "CONFLICT", message)
        job = replace(job, submits=job.submits + 1)
        self.jobs.put(job)
        return job

    def _accepted(self, call: Call, job: Job) -> web.Response:
        body = {
            "productionId": job.production_id,
            "status": Status.QUEUED,
            "expiresAt": wire_time(job.expires_at),
        }
        return call.reply(body, status=202, location=self._location(job))

    def _location(self, job: Job) -> str:
        path = self.dialect.path_of(
            "show_production", account_id=job.wish.account_id, production_id=job.production_id
        )
        settings = self.settings()
        origins = {"relative": "", "absolute": self.origin(), "foreign": settings.foreign_origin}
        return origins[settings.location] + path

    def _job(self, call: Call) -> Job:
        """Find the production of the path, if the partner may see it in this account."""
        ids = call.request.match_info
        job = self.jobs.get(ids["production_id"])
        account_id = ids.get("account_id", job.wish.account_id).lower()
        if job.partner != call.partner or job.wish.account_id != account_id:
            raise UnknownJobError("There is no production with this id.")
        return job

    def _none_yet(self) -> list[dict[str, Any]]:
        """Answer as the settings say, since the documents do not."""
        how = self.settings().deliverables_before
        if how == "404":
            raise RefusalError(404, "NOT_FOUND", "There are no deliverables.")
        if how == "409":
            raise RefusalError(409, "CONFLICT", "The production has no deliverables where it is.")
        return []

    def _linked(self, job: Job, item: Item) -> dict[str, Any]:
        link, ends_at = self.links.mint(path_of(job, item), life=LINK_LIFE)
        body = summary(item) | {"sasUrl": self.origin() + link, "expiresAt": wire_time(ends_at)}
        return aliased(body) if self.settings().field_aliases else body


async def _read_body(call: Call) -> Mapping[str, Any]:
    raw = await call.request.read()
    return read_object(raw, content_type=call.request.content_type)


def _permitted(account_id: str) -> Account:
    if not is_uuid(account_id):
        raise InvalidBodyError("accountId must be a UUID.")
    account = ACCOUNTS.get(account_id.lower())
    if account is None:
        raise RefusalError(403, "INSUFFICIENT_SCOPE", "The key may not use this account.")
    return account


def _idempotency_key(call: Call) -> str | None:
    key = call.request.headers.get(IDEMPOTENCY_HEADER)
    if key is not None and not 1 <= len(key) <= IDEMPOTENCY_LONGEST:
        raise InvalidBodyError(f"{IDEMPOTENCY_HEADER} must have 1 to 255 characters.")
    return key


def _account_json(account: Account) -> dict[str, Any]:
    return {
        "accountId": account.account_id,
        "name": account.name,
        "status": account.status,
        "avatars": [{"avatarId": each.avatar_id, "name": each.name} for each in account.avatars],
        "platforms": list(account.platforms),
    }
