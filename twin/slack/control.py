"""The control endpoints: what scripts, tests and the demo ask of the twin, under `/__twin/`.

A request that makes no sense is answered 400 with a sentence, never 500.
"""

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from twin.faults import KINDS, read_fault
from twin.slack import control_fields as read
from twin.slack.control_fields import Reader, body_of, pick, query_number, query_of
from twin.slack.errors import ControlError
from twin.slack.model import Channel
from twin.slack.snapshots import app_snapshot, entry_snapshot

if TYPE_CHECKING:
    from twin.slack.app import SlackTwin

LONGEST_WAIT_S = 60.0
_MOST_ADVANCE_S = 366 * 24 * 3600.0

_WAIT: dict[str, Reader] = {"wait_s": read.number(least=0, most=LONGEST_WAIT_S)}
_TARGET: dict[str, Reader] = {"channel": read.text, "ts": read.text, "view_id": read.text}

# Path → (fields, those that cannot be left out); each is a method of `Acting` of the same name.
ACTS: dict[str, tuple[dict[str, Reader], tuple[str, ...]]] = {
    "command": (
        {
            "user": read.text,
            "channel": read.text,
            "command": read.text,
            "text": read.text,
            **_WAIT,
        },
        ("user", "channel"),
    ),
    "submit": (
        {
            "user": read.text,
            "view_id": read.text,
            "values": read.as_is,
            "force": read.switch,
            **_WAIT,
        },
        ("user", "view_id"),
    ),
    "click": (
        {
            "user": read.text,
            **_TARGET,
            "button": read.text,
            "action_id": read.text,
            "block_id": read.text,
            "option": read.as_is,
            "confirm": read.switch,
            **_WAIT,
        },
        ("user",),
    ),
    "suggest": (
        {"user": read.text, **_TARGET, "action_id": read.text, "value": read.text},
        ("user", "action_id"),
    ),
    "close": (
        {"user": read.text, "view_id": read.text, "clear": read.switch},
        ("user", "view_id"),
    ),
    "say": (
        {"user": read.text, "channel": read.text, "text": read.text, "thread_ts": read.text},
        ("user", "channel", "text"),
    ),
    "open_home": ({"user": read.text}, ("user",)),
}

_APP: dict[str, Reader] = {
    "request_url": read.web_url,
    "signing_secret": read.secret,
    "scopes": read.texts,
    "bot_events": read.texts,
    "edit_window_s": read.nothing_or(read.number(least=0, most=_MOST_ADVANCE_S)),
}
_USER: dict[str, Reader] = {
    "deleted": read.switch,
    "is_admin": read.switch,
    "is_restricted": read.switch,
    "is_ultra_restricted": read.switch,
    "is_stranger": read.switch,
    "team_id": read.secret,
    "real_name": read.secret,
    "locale": read.secret,
}
_FAULT: dict[str, Reader] = {
    "match": read.secret,
    "kind": read.choice(*KINDS),
    "times": read.nothing_or(read.count(least=1, most=1_000_000)),
    "seconds": read.number(least=0, most=3600),
    "status": read.count(least=200, most=599),
    "body": read.text,
    "skip": read.count(least=0, most=1_000_000),
}


@web.middleware
async def explain_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 400 with the sentence of a control error."""
    try:
        return await handler(request)
    except ControlError as error:
        return web.json_response({"error": str(error)}, status=400)


class Control:
    """Answer control requests."""

    def __init__(self, twin: "SlackTwin") -> None:
        self._twin = twin

    def routes(self) -> list[web.RouteDef]:
        """List the endpoints."""
        acts = [web.post(f"/__twin/{name}", self._act(name)) for name in ACTS]
        return [
            *acts,
            web.get("/__twin/app", self._show_app),
            web.post("/__twin/app", self._set_app),
            web.post("/__twin/token", self._set_token),
            web.post("/__twin/event", self._send_event),
            web.get("/__twin/messages", self._messages),
            web.post("/__twin/messages/delete", self._delete_message),
            web.get("/__twin/views", self._views),
            web.get("/__twin/channels", self._channels),
            web.post("/__twin/channels/{id}", self._change_channel),
            web.get("/__twin/users", self._users),
            web.post("/__twin/users/{id}", self._change_user),
            web.get("/__twin/faults", self._show_faults),
            web.post("/__twin/faults", self._add_fault),
            web.delete("/__twin/faults", self._clear_faults),
            web.get("/__twin/journal", self._journal),
            web.post("/__twin/clock", self._clock),
            web.post("/__twin/limits", self._limits),
        ]

    def _act(self, name: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        fields, needs = ACTS[name]

        async def act(request: web.Request) -> web.Response:
            values = pick(await body_of(request), fields, needs=needs)
            return web.json_response(await getattr(self._twin.act, name)(**values))

        return act

    async def _show_app(self, _: web.Request) -> web.Response:
        return web.json_response(app_snapshot(self._twin.workspace.app))

    async def _set_app(self, request: web.Request) -> web.Response:
        app = self._twin.workspace.app
        for name, value in pick(await body_of(request), _APP).items():
            setattr(app, name, set(value) if isinstance(value, list) else value)
        return web.json_response(app_snapshot(app))

    async def _set_token(self, request: web.Request) -> web.Response:
        states = read.choice("ok", "revoked", "inactive", "invalid")
        values = pick(await body_of(request), {"state": states}, needs=("state",))
        self._twin.workspace.app.token_state = values["state"]
        return web.json_response(app_snapshot(self._twin.workspace.app))

    async def _send_event(self, request: web.Request) -> web.Response:
        event = await body_of(request)
        force = read.switch("force", event.pop("force", False))
        read.secret("type", event.get("type"))
        return web.json_response(await self._twin.events.send(event, force=force))

    async def _messages(self, request: web.Request) -> web.Response:
        channel = self._channel(query_of(request, "channel")).id
        thread_ts = request.query.get("thread_ts")
        show = self._twin.snapshots
        found = show.thread(channel, thread_ts) if thread_ts else show.messages(channel)
        private = show.ephemerals(channel=channel)
        if thread_ts:
            private = [one for one in private if one.get("thread_ts") == thread_ts]
        return web.json_response({"messages": found, "ephemerals": private})

    async def _delete_message(self, request: web.Request) -> web.Response:
        fields: dict[str, Reader] = {"channel": read.text, "ts": read.text}
        values = pick(await body_of(request), fields, needs=("channel", "ts"))
        message = self._twin.workspace.message(values["channel"], values["ts"])
        if message is None:
            raise ControlError(f"there is no message {values['ts']!r} in {values['channel']!r}")
        self._twin.workspace.remove(message)
        return web.json_response({"deleted": message.ts})

    async def _views(self, request: web.Request) -> web.Response:
        user = self._known_user(query_of(request, "user"))
        show = self._twin.snapshots
        return web.json_response({"views": show.views(user), "home": show.home(user)})

    async def _channels(self, _: web.Request) -> web.Response:
        return web.json_response({"channels": self._twin.snapshots.channels()})

    async def _users(self, _: web.Request) -> web.Response:
        return web.json_response({"users": self._twin.snapshots.users()})

    async def _change_user(self, request: web.Request) -> web.Response:
        user = self._known_user(request.match_info["id"])
        self._twin.workspace.change_user(user, **pick(await body_of(request), _USER))
        return await self._users(request)

    async def _change_channel(self, request: web.Request) -> web.Response:
        channel = self._channel(request.match_info["id"])
        fields: dict[str, Reader] = {
            "archived": read.switch,
            "add": read.texts,
            "remove": read.texts,
        }
        values = pick(await body_of(request), fields)
        for user in [*values.get("add", []), *values.get("remove", [])]:
            self._known_user(user)
        sent = await self._twin.change_channel(channel, **values)
        return web.json_response({"channels": self._twin.snapshots.channels(), "events": sent})

    async def _show_faults(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": self._twin.faults.as_json()})

    async def _add_fault(self, request: web.Request) -> web.Response:
        values = pick(await body_of(request), _FAULT, needs=("match", "kind"))
        self._twin.faults.add(read_fault(values))
        return await self._show_faults(request)

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._twin.faults.clear()
        return await self._show_faults(request)

    async def _journal(self, request: web.Request) -> web.Response:
        after = int(query_number(request, "after", most=1e15))
        wait_s = query_number(request, "wait_s", most=LONGEST_WAIT_S)
        journal = self._twin.journal
        if wait_s > 0:
            with contextlib.suppress(TimeoutError):
                await journal.wait_for(lambda: journal.number > after, timeout_s=wait_s)
        found = [entry_snapshot(entry) for entry in journal.entries(after=after)]
        return web.json_response({"entries": found, "number": journal.number})

    async def _clock(self, request: web.Request) -> web.Response:
        fields = {
            "advance_s": read.number(least=0, most=_MOST_ADVANCE_S),
            "speed": read.number(least=0, most=100_000),
        }
        values = pick(await body_of(request), fields)
        clock = self._twin.clock
        if "speed" in values:
            clock.set_speed(values["speed"])
        if "advance_s" in values:
            await clock.advance(values["advance_s"])
        return web.json_response({"now": clock.now().isoformat(), "speed": clock.speed})

    async def _limits(self, request: web.Request) -> web.Response:
        fields: dict[str, Reader] = {
            "method": read.secret,
            "per_minute": read.count(least=0, most=1_000_000),
            "off": read.switch,
        }
        values = pick(await body_of(request), fields, needs=("method",))
        if ("per_minute" in values) == (values.get("off") is True):
            raise ControlError("say either per_minute or off: true")
        self._twin.limits.set(values["method"], values.get("per_minute"))
        return web.json_response(
            {"method": values["method"], "per_minute": values.get("per_minute")}
        )

    def _channel(self, channel: str) -> Channel:
        found = self._twin.workspace.channels.get(channel)
        if found is None:
            raise ControlError(f"there is no channel {channel!r}")
        return found

    def _known_user(self, user: str) -> str:
        if user not in self._twin.workspace.users:
            raise ControlError(f"there is no user {user!r}")
        return user
