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
from twin.slack.control.fields import body_of, query_number, query_of
from twin.slack.control.forms import ACTS, LONGEST_WAIT_S, fields_of
from twin.slack.control.lookups import (
    channel_of,
    group_of,
    installation_of,
    known_user,
    known_workspace,
)
from twin.slack.control.snapshots import entry_snapshot, installation_snapshot
from twin.slack.control.uploads import read_upload
from twin.slack.errors import ControlError
from twin.slack.place.model import Json
from twin.slack.place.seed import APP_ID, TEAM_ID

if TYPE_CHECKING:
    from twin.slack.app import SlackTwin


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
        async def act(request: web.Request) -> web.Response:
            values = await fields_of(request, name)
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
        to = installation_of(self._twin.directory, app_id=app_id, team_id=team_id)
        return web.json_response(await self._twin.events.send(event, to=to, force=force))

    async def _messages(self, request: web.Request) -> web.Response:
        channel = channel_of(self._twin.directory, query_of(request, "channel")).id
        thread_ts = request.query.get("thread_ts")
        show = self._twin.snapshots
        found = show.thread(channel, thread_ts) if thread_ts else show.messages(channel)
        private = show.ephemerals(channel=channel)
        if thread_ts:
            private = [one for one in private if one.get("thread_ts") == thread_ts]
        return web.json_response({"messages": found, "ephemerals": private})

    async def _delete_message(self, request: web.Request) -> web.Response:
        values = await fields_of(request, "messages/delete")
        channel = channel_of(self._twin.directory, values["channel"])
        host = self._twin.directory.workspaces[channel.team_id]
        message = host.message(channel.id, values["ts"])
        if message is None:
            raise ControlError(f"there is no message {values['ts']!r} in {values['channel']!r}")
        host.remove(message)
        return web.json_response({"deleted": message.ts})

    async def _views(self, request: web.Request) -> web.Response:
        user = known_user(self._twin.directory, query_of(request, "user"))
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
        user = known_user(self._twin.directory, request.match_info["id"])
        values = await fields_of(request, "users/{id}")
        known_workspace(self._twin.directory, values.get("team_id", TEAM_ID))
        sent = await self._twin.change.user(user, **values)
        return web.json_response({"users": self._twin.snapshots.users(), "events": sent})

    async def _groups(self, _: web.Request) -> web.Response:
        return web.json_response({"groups": self._twin.snapshots.groups()})

    async def _change_group(self, request: web.Request) -> web.Response:
        values = await fields_of(request, "groups/{id}")
        for user in values["users"]:
            known_user(self._twin.directory, user)
        group, workspace = group_of(self._twin.directory, request.match_info["id"])
        sent = await self._twin.change.group(group, values["users"], workspace=workspace)
        return web.json_response({"groups": self._twin.snapshots.groups(), "events": sent})

    async def _change_channel(self, request: web.Request) -> web.Response:
        channel = channel_of(self._twin.directory, request.match_info["id"])
        values = await fields_of(request, "channels/{id}")
        for user in [*values.get("add", []), *values.get("remove", [])]:
            known_user(self._twin.directory, user)
        sent = await self._twin.change.channel(channel, **values)
        return web.json_response({"channels": self._seen_channels(), "events": sent})

    async def _show_faults(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": self._twin.faults.as_json()})

    async def _add_fault(self, request: web.Request) -> web.Response:
        try:
            self._twin.faults.add(read_fault(await body_of(request)))
        except ValueError as error:
            raise ControlError(str(error)) from error
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
