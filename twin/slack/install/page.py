"""The page where a person allows an app, or does not: where "Add to Slack" links lead."""

import secrets
from collections.abc import Iterator, Mapping
from html import escape
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from twin.slack.install.oauth import Asked, Oauth
from twin.slack.manifests.structure import known_scopes
from twin.slack.place.directory import Directory
from twin.slack.place.model import App, User

PATH = "/oauth/v2/authorize"
TICKETS_MOST = 100

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}
_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem }
select, button { font: inherit; padding: .4rem .8rem }
label, p.choice { display: block; margin: 1.5rem 0 }
"""


class AuthorizeError(Exception):
    """A link or an answer makes no sense; the person reads why and is sent nowhere.

    Attributes:
        word: Slack's word for it, or one of ours where Slack has none.
    """

    def __init__(self, word: str, text: str) -> None:
        super().__init__(text)
        self.word = word


class OauthPage:
    """Show what an app asks for, and take the answer."""

    def __init__(self, oauth: Oauth, *, directory: Directory) -> None:
        self._oauth = oauth
        self._directory = directory
        self._tickets: dict[str, Asked] = {}

    def routes(self) -> list[web.RouteDef]:
        """List the endpoints."""
        return [web.get(PATH, self._ask), web.post(PATH, self._answer)]

    async def _ask(self, request: web.Request) -> web.Response:
        try:
            asked = read_link(request.query, self._directory)
        except AuthorizeError as error:
            return _refusal(error)
        # One use each: a form that somebody else's page sends cannot have one.
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = asked
        if len(self._tickets) > TICKETS_MOST:
            del self._tickets[next(iter(self._tickets))]
        return _page(f"Install {asked.app.name}?", self._form(asked, ticket))

    async def _answer(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl((await request.read()).decode(errors="replace")))
        try:
            asked = self._redeem(form)
            if form.get("decision") != "allow":
                return _redirect(asked, error="access_denied")
            return _redirect(asked, code=self._oauth.grant(asked, self._installer(asked, form)))
        except AuthorizeError as error:
            return _refusal(error)

    def _redeem(self, form: Mapping[str, str]) -> Asked:
        asked = self._tickets.pop(form.get("ticket", ""), None)
        if asked is None:
            raise AuthorizeError("invalid_ticket", "This page was answered before. Start anew.")
        return asked

    def _installer(self, asked: Asked, form: Mapping[str, str]) -> User:
        for user in self._installers(asked):
            if user.id == form.get("user"):
                return user
        raise AuthorizeError("restricted_action", "This person may not install apps here.")

    def _installers(self, asked: Asked) -> Iterator[User]:
        """List who may install: full members, of the one workspace if the link names it."""
        for place in self._directory.workspaces.values():
            if asked.team_id in {None, place.id}:
                yield from (user for user in place.users.values() if _is_full_member(user))

    def _form(self, asked: Asked, ticket: str) -> str:
        wishes = "".join(f"<li><code>{escape(one)}</code></li>" for one in sorted(asked.scopes))
        people = "".join(self._option(user) for user in self._installers(asked))
        return (
            f"<p>{escape(asked.app.name)} asks for:</p><ul>{wishes}</ul>"
            f'<form method="post" action="{PATH}"><input type="hidden" name="ticket" value="{escape(ticket)}">'
            f'<label>Who installs it <select name="user">{people}</select></label>'
            '<p class="choice"><button name="decision" value="allow">Allow</button> '
            '<button name="decision" value="cancel">Cancel</button></p></form>'
        )

    def _option(self, user: User) -> str:
        place = self._directory.workspaces[user.team_id].name
        return (
            f'<option value="{escape(user.id)}">{escape(user.real_name)} ({escape(place)})</option>'
        )


def read_link(query: Mapping[str, str], directory: Directory) -> Asked:
    """Read an install link.

    Raises:
        AuthorizeError: The app is unknown, or it may not ask for this.
    """
    apps = [app for app in directory.apps.values() if app.client_id == query.get("client_id")]
    if not apps:
        raise AuthorizeError("invalid_client_id", "There is no app with this client_id.")
    team_id = query.get("team") or None
    if team_id is not None and team_id not in directory.workspaces:
        raise AuthorizeError("team_not_found", "There is no such workspace here.")
    return Asked(
        app=apps[0],
        scopes=_read_scopes(query),
        redirect_uri=_read_redirect(query, apps[0]),
        is_redirect_given=bool(query.get("redirect_uri")),
        state=query.get("state", ""),
        team_id=team_id,
    )


def _read_scopes(query: Mapping[str, str]) -> frozenset[str]:
    scopes = _listed(query.get("scope", ""))
    if _listed(query.get("user_scope", "")):
        raise AuthorizeError(
            "no_user_tokens", "The local Slack hands out bot tokens only: leave user_scope out."
        )
    if not scopes:
        raise AuthorizeError("no_scopes", "The link must ask for at least one scope.")
    unknown = sorted(scopes - known_scopes())
    if unknown:
        raise AuthorizeError("invalid_scope", f"There is no bot scope {unknown[0]}.")
    return scopes


def _listed(text: str) -> frozenset[str]:
    """Read scopes with commas or blanks between them."""
    return frozenset(text.replace(",", " ").split())


def _read_redirect(query: Mapping[str, str], app: App) -> str:
    """Find where the person goes afterwards: as the link says, or the first that is registered."""
    wanted = query.get("redirect_uri") or next(iter(app.redirect_urls), "")
    is_sound = wanted.isprintable() and wanted.startswith(("https://", "http://"))
    if wanted not in app.redirect_urls or not is_sound:
        raise AuthorizeError(
            "bad_redirect_uri", "redirect_uri is none of the redirect URLs that the app registers."
        )
    return wanted


def _is_full_member(user: User) -> bool:
    return not (user.is_bot or user.deleted or user.is_guest or user.is_stranger)


def _redirect(asked: Asked, **answer: str) -> web.Response:
    address, _, _ = asked.redirect_uri.partition("#")
    mark = "&" if "?" in address else "?"
    location = f"{address}{mark}{urlencode({**answer, 'state': asked.state}, errors='replace')}"
    return web.Response(status=302, headers={**_HEADERS, "Location": location})


def _refusal(error: AuthorizeError) -> web.Response:
    text = f"<p><code>{escape(error.word)}</code></p><p>{escape(str(error))}</p>"
    return _page("Something went wrong", text, status=400)


def _page(title: str, content: str, *, status: int = 200) -> web.Response:
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)
