"""JARAI's form, and what it becomes on the wire; pure."""

from collections.abc import Sequence
from typing import Any

from bot.core.errors import ProviderRefusedError
from bot.core.form import Choice, Field, Form, SelectField, TextField
from bot.core.production import ProductionRequest
from bot.providers.jarai.reading import Account, read_accounts, read_id
from bot.providers.jarai.settings import JaraiSettings
from bot.providers.jarai.words import NAME
from bot.providers.reading import UnreadableError

TOPIC_LONGEST = 500
NOTES_LONGEST = 4096
NOTES_FIELD_LONGEST = 3000
"""Slack takes no more in one input."""


def build_form(accounts: Sequence[Account], settings: JaraiSettings) -> Form:
    """Build the form; accounts without an avatar have no place in it."""
    fields: tuple[Field, ...] = (
        TextField(
            key="topic",
            label="Topic",
            hint="What the video is about, in a sentence or two.",
            max_length=TOPIC_LONGEST,
        ),
        _select("language", "Language", settings.languages),
        _select("country", "Country", settings.countries),
        _select("avatar", "Avatar", _avatar_choices(accounts)),
        *_project_type(settings.project_types),
        TextField(
            key="notes",
            label="Notes",
            hint="Tone, facts, wishes. Channels are chosen in the Studio when it is approved.",
            max_length=NOTES_FIELD_LONGEST,
            is_required=False,
            is_multiline=True,
        ),
    )
    return Form(provider=NAME, fields=fields)


def _select(key: str, label: str, choices: tuple[Choice, ...]) -> SelectField:
    only = choices[0].value if len(choices) == 1 else None
    return SelectField(key=key, label=label, choices=choices, initial=only)


def _avatar_choices(accounts: Sequence[Account]) -> tuple[Choice, ...]:
    """List avatars by account; the value names both, since an avatar works in its own only."""
    return tuple(
        Choice(
            value=f"{account.account_id}/{avatar.avatar_id}", name=avatar.name, group=account.name
        )
        for account in accounts
        for avatar in account.avatars
    )


def _project_type(choices: tuple[Choice, ...]) -> tuple[Field, ...]:
    if not choices:
        return ()
    hint = "Left empty, the account's own default applies."
    field = SelectField(
        key="project_type", label="Project type", choices=choices, hint=hint, is_required=False
    )
    return (field,)


def accounts_to_json(accounts: Sequence[Account]) -> list[dict[str, Any]]:
    """Write accounts to be remembered, in the shape that `read_accounts` takes."""
    return [
        {
            "accountId": account.account_id,
            "name": account.name,
            "avatars": [
                {"avatarId": avatar.avatar_id, "name": avatar.name} for avatar in account.avatars
            ],
        }
        for account in accounts
    ]


def recalled_accounts(value: Any) -> tuple[Account, ...]:
    """Read accounts that were remembered; none where an older version wrote something else."""
    try:
        return read_accounts(value)
    except UnreadableError:
        return ()


def account_of(request: ProductionRequest) -> str | None:
    """Give the account a request is for, by the avatar it names; None where it names none."""
    account_id, _, _ = (request.value("avatar") or "").partition("/")
    return read_id(account_id)


def build_submit(request: ProductionRequest) -> dict[str, Any]:
    """Build the body of a submit (lifecycle page, request fields, seen 2026-11-21).

    Raises:
        ProviderRefusedError: Something is missing or too long.
    """
    _, _, avatar = (request.value("avatar") or "").partition("/")
    body = {
        "topic": request.topic,
        "languageId": _id(request.value("language"), "language"),
        "countryId": _id(request.value("country"), "country"),
        "avatarId": _id(avatar, "avatar"),
        "projectTypeSlug": request.value("project_type"),
        "metadataMD": request.value("notes"),
    }
    _check_length(request.topic, "topic", longest=TOPIC_LONGEST, is_required=True)
    _check_length(request.value("notes") or "", "notes", longest=NOTES_LONGEST)
    return {name: value for name, value in body.items() if value}


def _id(value: str | None, field: str) -> str:
    known = read_id(value)
    if known is None:
        text = f"The form names no {field} that JARAI could know. Waiting does not help; ask again."
        raise ProviderRefusedError(text, code="form_incomplete")
    return known


def _check_length(text: str, field: str, *, longest: int, is_required: bool = False) -> None:
    if is_required and not text.strip():
        raise ProviderRefusedError(f"The {field} is empty.", code="form_incomplete")
    if len(text) > longest:
        words = f"The {field} may have {longest:,} characters at JARAI; it has {len(text):,}."
        raise ProviderRefusedError(words, code="form_too_long")
