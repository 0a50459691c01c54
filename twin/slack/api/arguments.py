"""Read what a Web API call brings: query, form or JSON, and its token. Never fails with a 500."""

from base64 import b64decode
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from twin.foreign_json import read_json
from twin.slack.errors import SlackError, invalid_arguments, missing_argument
from twin.slack.media_types import FORM, JSON
from twin.slack.place.model import Json

_TRUE = {"1", "true", "t", "yes"}


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """A call's arguments, as sent; forms hold text only, JSON anything."""

    values: Json

    def has(self, name: str) -> bool:
        """Say whether an argument was given at all."""
        return self.values.get(name) is not None

    def text(self, name: str) -> str | None:
        """Give an argument as text; numbers are taken as their digits.

        Raises:
            SlackError: It is an object or a list.
        """
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        raise invalid_arguments(f"[ERROR] must provide a string [json-pointer:/{name}]")

    def needed(self, name: str) -> str:
        """Give an argument as text that cannot be left out.

        Raises:
            SlackError: It was left out.
        """
        value = self.text(name)
        if not value:
            raise missing_argument(name)
        return value

    def flag(self, name: str) -> bool:
        """Give a yes or no; left out means no."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else str(value).lower() in _TRUE

    def number(self, name: str, *, default: int, most: int) -> int:
        """Give a count of at least 1.

        Raises:
            SlackError: It is no number, or out of range.
        """
        text = self.text(name)
        if not text:
            return default
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= most:
            raise SlackError("invalid_limit")
        return int(text[:9])

    def structure(self, name: str, *, error: str) -> Any:
        """Give an argument that is JSON, or text holding JSON; None if left out or empty.

        Raises:
            SlackError: The text holds no JSON; `error` is the word.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return read_json(value)
        except ValueError as cause:
            raise SlackError(error) from cause


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a request brought.

    Attributes:
        token: The token, or None. One in the query is not looked at: Slack stopped taking those.
        basic: User and password of HTTP basic authentication, or None.
        refusal: Why the body could not be read; said only once the token is known to be good.
        has_charset: Whether a JSON body named its character set.
        is_json: Whether the arguments came as JSON.
        has_bearer: Whether the token came in the header.
        is_post: Whether it was a POST.
    """

    token: str | None
    arguments: Arguments
    basic: tuple[str, str] | None = None
    refusal: SlackError | None = None
    has_charset: bool = True
    is_json: bool = False
    has_bearer: bool = False
    is_post: bool = False


def read_token(request: web.Request) -> Sent:
    """Read a request's token and leave its body alone."""
    return Sent(token=_bearer(request), arguments=Arguments(values={}))


async def read_sent(request: web.Request) -> Sent:
    """Read a Web API request."""
    body = await request.read()
    refusal = None
    values: Json = {}
    try:
        values = _read_body(body, content_type=request.content_type, method=request.method)
    except SlackError as error:
        refusal = error
    query = {key: value for key, value in request.query.items() if key != "token"}
    form_token = values.pop("token", None) if request.content_type == FORM else None
    return Sent(
        token=_bearer(request) or form_token,
        arguments=Arguments(values={**query, **values}),
        basic=_basic(request),
        refusal=refusal,
        has_charset=request.content_type != JSON or request.charset is not None,
        is_json=request.content_type == JSON,
        has_bearer=_bearer(request) is not None,
        is_post=request.method == "POST",
    )


def _bearer(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _basic(request: web.Request) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return user, password


def _read_body(body: bytes, *, content_type: str, method: str) -> Json:
    if method == "GET" or not body:
        return {}
    if content_type == FORM:
        return _read_form(body)
    if content_type != JSON:
        raise SlackError("invalid_post_type")
    try:
        value = read_json(body)
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value


def _read_form(body: bytes) -> Json:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError as error:
        raise SlackError("invalid_form_data") from error
