"""How one becomes a partner in the older generation: register, verify by e-mail, change the key."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

from twin.clock import Clock, wire_time
from twin.jarai.catalogue import Key, Partner
from twin.jarai.keyring import Keyring
from twin.jarai.reading import InvalidBodyError
from twin.jarai.settings import Settings

FIELDS = ("organisationName", "contactEmail", "contactName")
TEXT_LONGEST = 200


class KnownPartnerError(Exception):
    """A partner with this e-mail address was verified before."""


class BadTokenError(Exception):
    """The token was never given out, is over, or was used."""


class NoRotationError(Exception):
    """Partners may not change their keys themselves."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What was sent to a contact's address.

    Attributes:
        token: The part of the link that proves who read it; the newest mail's is good.
    """

    to: str
    partner_id: str
    token: str
    sent_at: datetime

    def as_json(self, *, link: str) -> dict[str, str]:
        """Show it as the reader sees it."""
        shown = asdict(self) | {"sent_at": wire_time(self.sent_at), "link": link}
        return {name: shown[name] for name in ("to", "partner_id", "sent_at", "link")}


class Enrolment:
    """Keep who registered, and what was sent to them."""

    def __init__(self, *, clock: Clock, keyring: Keyring, settings: Callable[[], Settings]) -> None:
        self._clock = clock
        self._keyring = keyring
        self._settings = settings
        self._partner_ids: dict[str, str] = {}
        self._verified: set[str] = set()
        self.mails: list[Mail] = []

    def register(self, body: Mapping[str, Any]) -> str:
        """Note a registration and write to the contact; gives the partner's id.

        Whoever registers again before verifying keeps the id and gets another mail.

        Raises:
            InvalidBodyError: A field is missing, wrong or unknown.
            KnownPartnerError: The address was verified before.
        """
        email = _read_email(body)
        partner_id = self._partner_ids.setdefault(email, str(uuid4()))
        if partner_id in self._verified:
            raise KnownPartnerError
        self.mails.append(
            Mail(
                to=email,
                partner_id=partner_id,
                token=_make_token(partner_id),
                sent_at=self._clock.now(),
            )
        )
        return partner_id

    def verify(self, token: str) -> Key:
        """Change a mail's token for the partner's first key, once.

        Raises:
            BadTokenError: It is not the newest mail's, or is over.
        """
        newest = {mail.partner_id: mail for mail in self.mails}
        mail = next((mail for mail in newest.values() if mail.token == token), None)
        life = timedelta(seconds=self._settings().verify_s)
        if mail is None or mail.partner_id in self._verified:
            raise BadTokenError
        if self._clock.now() >= mail.sent_at + life:
            raise BadTokenError
        self._verified.add(mail.partner_id)
        return self._keyring.make(Partner(name=mail.partner_id, tier="free"))

    def rotate(self, key: Key) -> tuple[Key, datetime]:
        """Change a key for a new one; gives it with the moment the old one ends.

        Raises:
            NoRotationError: The service has not allowed it.
        """
        settings = self._settings()
        if not settings.self_serve_rotation:
            raise NoRotationError
        return self._keyring.change(key, grace_s=settings.old_key_s)


def _read_email(body: Mapping[str, Any]) -> str:
    for name in body:
        if name not in FIELDS:
            raise InvalidBodyError(f"{name:.60} is not a field of this request.")
    for name in FIELDS:
        value = body.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > TEXT_LONGEST:
            raise InvalidBodyError(f"{name} must be a text of 1 to {TEXT_LONGEST} characters.")
    email = str(body["contactEmail"]).strip().lower()
    user, at, host = email.partition("@")
    if not (user and at and "." in host) or "@" in host or " " in email:
        raise InvalidBodyError("contactEmail must be an e-mail address.")
    return email


def _make_token(partner_id: str) -> str:
    """Make what looks like the documented JWT; what it says is never read."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": partner_id})
    said = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*said, token_urlsafe(32).encode()]).decode()
