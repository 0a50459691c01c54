"""The control endpoints: what scripts, tests and the demo ask of the twin, under `/__twin/`.

A request that makes no sense is answered 400 with a sentence, never 500.
"""

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from twin.faults import read_fault
from twin.slack.control import fields as read
from twin.slack.control.fields import Reader, body_of, pick, query_number, query_of
from twin.slack.control.forms import fields_of
from twin.slack.errors import ControlError
from twin.slack.files.uploads import read_form as read_upload
from twin.slack.place.model import Channel, Installation, Json
from twin.slack.place.seed import APP_ID, TEAM_ID
from twin.slack.place.snapshots import entry_snapshot, installation_snapshot

if TYPE_CHECKING:
    from twin.slack.app import SlackTwin

LONGEST_WAIT_S = 60.0

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
            "thread_ts": read.text,
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
            "values": read.as_is,
            "confirm": read.switch,
            **_WAIT,
        },
        ("user",),
    ),
    "shortcut": (
        {
            "user": read.text,
            "callback_id": read.text,
            "channel": read.text,
            "ts": read.text,
            "app": read.text,
            **_WAIT,
        },
        ("user", "callback_id"),
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
    "open_home": ({"user": read.text, "app": read.text}, ("user",)),
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
            web.post("/__twin/upload", self._upload),
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
            web.get("/__twin/groups", self._groups),
            web.post("/__twin/groups/{id}", self._change_group),
            web.get("/__twin/faults", self._show_faults),
            web.post("/__twin/faults", self._add_fault),
            web.delete("/__twin/faults", self._clear_faults),
            web.delete("/__twin/faults/{id}", self._remove_fault),
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

    async def _upload(self, request: web.Request) -> web.Response:
        """Upload files as a person: the form's `user`, `channel`, `thread_ts`, `text` and files."""
        fields, uploads = await read_upload(request, most_bytes=self._twin.files.most_bytes)
        return web.json_response(await self._twin.act.upload(**fields, uploads=uploads))

    async def _show_app(self, _: web.Request) -> web.Response:
        return web.json_response(self._seeded())

    async def _set_app(self, request: web.Request) -> web.Response:
        values = await fields_of(request, "app")
        twin = self._twin
        for name, value in values.items():
            held = {"scopes": twin.installation, "edit_window_s": twin.workspace}.get(
                name, twin.app
            )
            setattr(held, name, set(value) if isinstance(value, list) else value)
        return web.json_response(self._seeded())

    def _seeded(self) -> Json:
        return installation_snapshot(self._twin.installation, workspace=self._twin.workspace)

    async def _set_token(self, request: web.Request) -> web.Response:
        values = await fields_of(request, "token")
        self._twin.installation.token_state = values["state"]
        return web.json_response(self._seeded())

    async def _send_event(self, request: web.Request) -> web.Response:
        event = await body_of(request)
        force = read.switch("force", event.pop("force", False))
        read.secret("type", event.get("type"))
        app_id = read.text("app_id", event.pop("app_id", APP_ID))
        team_id = read.text("team_id", event.pop("team_id", TEAM_ID))
        to = self._installation(app_id, team_id)
        return web.json_response(await self._twin.events.send(event, to=to, force=force))

    def _installation(self, app_id: str, team_id: str) -> Installation:
        found = self._twin.directory.installation(team_id=team_id, app_id=app_id)
        if found is None:
            raise ControlError(f"{app_id!r} is not installed in {team_id!r}")
        return found

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
        values = await fields_of(request, "messages/delete")
        channel = self._channel(values["channel"])
        host = self._twin.directory.workspaces[channel.team_id]
        message = host.message(channel.id, values["ts"])
        if message is None:
            raise ControlError(f"there is no message {values['ts']!r} in {values['channel']!r}")
        host.remove(message)
        return web.json_response({"deleted": message.ts})

    async def _views(self, request: web.Request) -> web.Response:
        user = self._known_user(query_of(request, "user"))
        show = self._twin.snapshots
        home = show.home(user, app_id=request.query.get("app", APP_ID))
        return web.json_response({"views": show.views(user), "home": home})

    async def _channels(self, _: web.Request) -> web.Response:
        return web.json_response({"channels": self._seen_channels()})

    def _seen_channels(self) -> list[Json]:
        return self._twin.snapshots.channels(viewer=self._twin.installation.bot_user_id)

    async def _users(self, _: web.Request) -> web.Response:
        return web.json_response({"users": self._twin.snapshots.users()})

    async def _change_user(self, request: web.Request) -> web.Response:
        user = self._known_user(request.match_info["id"])
        values = await fields_of(request, "users/{id}")
        if values.get("team_id", TEAM_ID) not in self._twin.directory.workspaces:
            raise ControlError(f"there is no workspace {values['team_id']!r}")
        sent = await self._twin.change_user(user, **values)
        return web.json_response({"users": self._twin.snapshots.users(), "events": sent})

    async def _groups(self, _: web.Request) -> web.Response:
        return web.json_response({"groups": self._twin.snapshots.groups()})

    async def _change_group(self, request: web.Request) -> web.Response:
        values = await fields_of(request, "groups/{id}")
        for user in values["users"]:
            self._known_user(user)
        sent = await self._twin.change_group(request.match_info["id"], values["users"])
        return web.json_response({"groups": self._twin.snapshots.groups(), "events": sent})

    async def _change_channel(self, request: web.Request) -> web.Response:
        channel = self._channel(request.match_info["id"])
        values = await fields_of(request, "channels/{id}")
        for user in [*values.get("add", []), *values.get("remove", [])]:
            self._known_user(user)
        sent = await self._twin.change_channel(channel, **values)
        return web.json_response({"channels": self._seen_channels(), "events": sent})

    async def _show_faults(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": self._twin.faults.as_json()})

    async def _add_fault(self, request: web.Request) -> web.Response:
        try:
            fault = read_fault(await body_of(request))
        except ValueError as error:
            raise ControlError(str(error)) from error
        self._twin.faults.add(fault)
        return await self._show_faults(request)

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._twin.faults.clear()
        return await self._show_faults(request)

    async def _remove_fault(self, request: web.Request) -> web.Response:
        if not self._twin.faults.remove(request.match_info["id"]):
            raise ControlError(f"there is no rule {request.match_info['id']!r}")
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
        values = await fields_of(request, "clock")
        clock = self._twin.clock
        if "speed" in values:
            clock.set_speed(values["speed"])
        if "advance_s" in values:
            await clock.advance(values["advance_s"])
        return web.json_response({"now": clock.now().isoformat(), "speed": clock.speed})

    async def _limits(self, request: web.Request) -> web.Response:
        values = await fields_of(request, "limits")
        if ("per_minute" in values) == (values.get("off") is True):
            raise ControlError("say either per_minute or off: true")
        self._twin.limits.set(values["method"], values.get("per_minute"))
        return web.json_response(
            {"method": values["method"], "per_minute": values.get("per_minute")}
        )

    def _channel(self, channel: str) -> Channel:
        found = self._twin.directory.channel(channel)
        if found is None:
            raise ControlError(f"there is no channel {channel!r}")
        return found

    def _known_user(self, user: str) -> str:
        if self._twin.directory.user(user) is None:
            raise ControlError(f"there is no user {user!r}")
        return user
