"""Becoming a partner of JARAI over its older API, and changing the key.

Source: JARAI developer portal, getting started and authentication, older texts, seen 2026-11-21.
Documented are the paths, the body of a registration, and what a key looks like; not the name of
the field that holds it. So a key is known by its looks.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qs, quote

from bot.core.errors import ProviderError, ProviderRefusedError, ProviderUnavailableError, UserError
from bot.providers.configured import check_key
from bot.providers.desks import Applicant, NewKey
from bot.providers.http import Reply, ServiceClient, Timeouts, Verdict
from bot.providers.jarai.errors import error_of, read_refusal, refused, unreadable
from bot.providers.jarai.settings import Paths
from bot.providers.jarai.words import LABEL, NAME
from bot.providers.reading import UnreadableError, read_object, read_text

OLD_KEY_S = 24 * 3600.0
"""How long a key goes on after it was changed."""

LONGEST_TOKEN = 4096
_TOKEN = re.compile(r"[A-Za-z0-9._~-]+")
_KEY = re.compile(r"\bjarai_[A-Za-z0-9_-]{8,256}={0,2}")
_PLAIN = re.compile(r"[!-~]{8,512}")
_MASKED = re.compile(r"\.{2,}|\*{2,}")
_KEY_FIELDS = ("apiKey", "newApiKey", "api_key", "key")

_SWITCHED_OFF = "PARTNER_NOT_ACTIVE"
"""Says more than any words for its status."""

_NO_LINK = "This is neither the link in JARAI's mail nor the token in it."
_REGISTER_WORDS: Mapping[int, str] = {
    400: "JARAI does not take these details; change them and register again.",
    409: (
        "JARAI has a partner with this e-mail address already. Go on with its key, or ask JARAI "
        "for help if it is lost."
    ),
}
_USED_UP = (
    "JARAI gives no key for this link: it was used, is too old, or is not whole. Register again "
    "and JARAI sends a new one."
)
_VERIFY_WORDS: Mapping[int, str] = dict.fromkeys((400, 401, 404, 409, 410), _USED_UP)
_ROTATE_WORDS: Mapping[int, str] = {
    403: (
        "JARAI does not let us change our key ourselves. Ask your account manager there to switch "
        "it on (SelfServeKeyRotationEnabled), or for a new key."
    ),
}
_REGISTER_LOST = "It may have arrived: look for JARAI's mail before you register again."
_VERIFY_LOST = "Try the link once more; if it is used up by now, register again."
_ROTATE_LOST = (
    "The key may have been changed all the same. The present one then works for 24 hours more; "
    "change it again to get a key that you can read."
)


class Enrolment:
    """Make the three calls; none is ever repeated by itself.

    Args:
        timeout_s: Longest call in all, in seconds.

    Raises:
        SettingsError: The settings cannot work.
        ProviderRefusedError: This generation has no such calls.
    """

    name = NAME
    label = LABEL

    def __init__(
        self,
        *,
        dialect: str,
        base_url: str | None,
        timeout_s: float,
        clock: Callable[[], datetime],
    ) -> None:
        paths = Paths(dialect, base_url=base_url)
        offered = paths.enrolment()
        if offered is None:
            text = (
                f"The {paths.dialect.label} generation of JARAI's API (JARAI_DIALECT={dialect}) "
                f"has no such call. {paths.dialect.keys}"
            )
            raise ProviderRefusedError(text, code="not_offered")
        self._paths = offered
        self._base_url = paths.base_url
        self._timeouts = Timeouts(look_s=timeout_s)
        self._clock = clock

    async def register(self, applicant: Applicant) -> str | None:
        """Ask to become a partner; JARAI then writes to the applicant.

        Raises:
            UserError: A detail is empty.
            ProviderError: It was refused, or the answer got lost.
        """
        body = {
            "organisationName": applicant.organisation.strip(),
            "contactEmail": applicant.email.strip(),
            "contactName": applicant.name.strip(),
        }
        if not all(body.values()):
            raise UserError("Organisation, e-mail address and name must not be empty.")
        content = json.dumps(body).encode()
        reply = await self._call("POST", self._paths.register, content, if_lost=_REGISTER_LOST)
        self._check(reply, _REGISTER_WORDS, if_lost=_REGISTER_LOST)
        return read_text(_fields(reply), "partnerId", "id", limit=80)

    async def verify(self, link: str) -> NewKey:
        """Change the token in JARAI's mail for the first key.

        Args:
            link: The whole link, which is not followed, or the token in it.

        Raises:
            UserError: It is neither.
            ProviderError: It was refused, or the answer got lost or names no key.
        """
        url = self._paths.verify.format(token=quote(read_token(link), safe=""))
        reply = await self._call("GET", url, None, if_lost=_VERIFY_LOST)
        self._check(reply, _VERIFY_WORDS, if_lost=_VERIFY_LOST)
        key = read_key(reply.body, old=None)
        if key is None:
            text = "JARAI's answer holds no key that we know as one. Ask JARAI for help."
            raise unreadable(reply, text)
        return NewKey(value=key, partner_id=read_text(_fields(reply), "partnerId", limit=80))

    async def rotate_key(self, api_key: str) -> NewKey:
        """Change a key for a new one with the same rights; the old one goes on for a day.

        Raises:
            ProviderError: It was refused, or the answer got lost or names no key.
        """
        check_key("JARAI_API_KEY", api_key)
        url = self._paths.rotate_key
        reply = await self._call("POST", url, None, if_lost=_ROTATE_LOST, api_key=api_key)
        self._check(reply, _ROTATE_WORDS, if_lost=_ROTATE_LOST)
        key = read_key(reply.body, old=api_key)
        if key is None:
            raise unreadable(reply, f"JARAI's answer holds no new key. {_ROTATE_LOST}")
        return NewKey(value=key, old_key_s=OLD_KEY_S)

    async def _call(
        self,
        method: str,
        url: str,
        content: bytes | None,
        *,
        if_lost: str,
        api_key: str | None = None,
    ) -> Reply:
        client = ServiceClient(
            label=LABEL,
            base_url=self._base_url,
            key=None if api_key is None else ("X-API-Key", api_key),
            timeouts=self._timeouts,
        )
        try:
            return await client.change(method, url, content=content)
        except ProviderUnavailableError as error:
            if error.code == "not_reached":
                raise
            raise _lost(error, if_lost) from error
        finally:
            await client.aclose()

    def _check(self, reply: Reply, words: Mapping[int, str], *, if_lost: str) -> None:
        """Turn any answer but a success into the error to raise.

        Args:
            words: By status, what it means to this call.
        """
        if reply.verdict is Verdict.DONE:
            return
        error = error_of(reply, now=self._clock())
        if reply.verdict is Verdict.FAULTY:
            raise _lost(error, if_lost)
        text = words.get(reply.status)
        if text is None or error.code == _SWITCHED_OFF:
            raise error
        said = read_refusal(reply, now=self._clock()).said
        is_quoted = said is not None and reply.status == HTTPStatus.BAD_REQUEST
        text = f"{text} It says: {said}" if is_quoted else text
        raise refused(reply, code=error.code or "refused", text=text)


def _lost(error: ProviderError, then: str) -> ProviderError:
    """Say what to do after a call of unknown outcome."""
    return ProviderUnavailableError(
        f"{error.text} {then}", code=error.code, correlation_id=error.correlation_id
    )


def read_token(link: str) -> str:
    """Take the token out of a link; a token alone is taken as it is.

    Raises:
        UserError: There is none.
    """
    text, _, query = link.strip().partition("?")
    found = parse_qs(query).get("token", [""])[0] if query else text
    if len(found) > LONGEST_TOKEN or not _TOKEN.fullmatch(found):
        raise UserError(_NO_LINK)
    return found


def read_key(body: bytes, *, old: str | None) -> str | None:
    """Find a key in an answer: in a field that is called so, else by its looks.

    Args:
        old: A key that may be told again and is not the one.

    Returns:
        None where there is none.
    """
    # A shortened form, as lists of keys show it, may stand beside the whole one; ids of other
    # things look like keys.
    looks = sorted(_KEY.findall(body.decode("utf-8", "replace")), key=len, reverse=True)
    named = [one for one in _named(body) if _PLAIN.fullmatch(one) and not _MASKED.search(one)]
    return next((value for value in (*named, *looks) if value != old), None)


def _named(body: bytes) -> list[str]:
    try:
        fields = read_object(body)
    except UnreadableError:
        return []
    return [value for name in _KEY_FIELDS if isinstance(value := fields.get(name), str)]


def _fields(reply: Reply) -> Mapping[str, object]:
    try:
        return read_object(reply.body)
    except UnreadableError:
        return {}
