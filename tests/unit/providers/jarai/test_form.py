"""The form, and what it becomes on the wire."""

import pytest

from bot.core.errors import ProviderRefusedError
from bot.core.form import SelectField, TextField
from bot.providers.jarai.form import (
    account_of,
    accounts_to_json,
    build_form,
    build_submit,
    recalled_accounts,
)
from bot.providers.jarai.reading import read_accounts
from tests.unit.providers.jarai.samples import (
    ACCOUNT,
    AVATAR,
    COUNTRY,
    LANGUAGE,
    build_request,
    build_settings,
    sample,
)

ACCOUNTS = read_accounts(sample("accounts"))


def test_the_form_has_the_labels_people_know():
    """They are part of the contract, in this order."""
    form = build_form(ACCOUNTS, build_settings())
    assert [(field.key, field.label) for field in form.fields] == [
        ("topic", "Topic"),
        ("language", "Language"),
        ("country", "Country"),
        ("avatar", "Avatar"),
        ("project_type", "Project type"),
        ("notes", "Notes"),
    ]
    assert [field.key for field in form.fields if not field.is_required] == [
        "project_type",
        "notes",
    ]


def test_texts_stay_within_what_slack_and_jarai_take():
    """500 characters of topic at JARAI, 3,000 of anything in Slack."""
    form = build_form(ACCOUNTS, build_settings())
    lengths = {field.key: field.max_length for field in form.fields if isinstance(field, TextField)}
    assert lengths == {"topic": 500, "notes": 3000}


def test_avatars_stand_under_their_account():
    """The value names both, and fits Slack's 75 characters."""
    form = build_form(ACCOUNTS, build_settings())
    field = next(field for field in form.fields if field.key == "avatar")
    assert isinstance(field, SelectField)
    assert [(one.name, one.group) for one in field.choices] == [
        ("Mia", "Northwind Social"),
        ("Theo", "Northwind Social"),
    ]
    assert field.choices[0].value == f"{ACCOUNT}/{AVATAR}"
    assert all(len(one.value) <= 75 for one in field.choices)


def test_a_single_choice_is_made_already():
    """Nobody has to open a list of one."""
    form = build_form(ACCOUNTS, build_settings())
    initial = {f.key: f.initial for f in form.fields if isinstance(f, SelectField)}
    assert initial == {
        "language": LANGUAGE,
        "country": COUNTRY,
        "avatar": None,
        "project_type": None,
    }


def test_without_project_types_the_field_is_not_shown():
    """Slack refuses a select without options, and JARAI has a default."""
    form = build_form(ACCOUNTS, build_settings(project_types=()))
    assert "project_type" not in [field.key for field in form.fields]


def test_accounts_survive_being_remembered():
    """What is written is what is read."""
    assert recalled_accounts(accounts_to_json(ACCOUNTS)) == ACCOUNTS


@pytest.mark.parametrize("value", [None, {}, "x", [1], {"v": 2, "accounts": "?"}])
def test_what_another_version_remembered_is_forgotten(value: object):
    """It is asked for again rather than trusted."""
    assert recalled_accounts(value) == ()


def test_the_body_is_what_is_documented():
    """Field by field."""
    assert build_submit(build_request()) == {
        "topic": "Autumn range teaser",
        "languageId": LANGUAGE,
        "countryId": COUNTRY,
        "avatarId": AVATAR,
        "projectTypeSlug": "social-video-30s",
        "metadataMD": "Tone: warm.",
    }
    assert account_of(build_request()) == ACCOUNT


def test_what_was_left_empty_is_not_sent():
    """JARAI has its own defaults."""
    body = build_submit(build_request(project_type=None, notes=None))
    assert set(body) == {"topic", "languageId", "countryId", "avatarId"}


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (build_request(topic="x" * 501), "form_too_long"),
        (build_request(topic="  "), "form_incomplete"),
        (build_request(notes="x" * 4097), "form_too_long"),
        (build_request(language=None), "form_incomplete"),
        (build_request(country="UK"), "form_incomplete"),
        (build_request(avatar=None), "form_incomplete"),
        (build_request(avatar=f"{ACCOUNT}/"), "form_incomplete"),
        (build_request(avatar=f"{ACCOUNT}/{AVATAR}/x"), "form_incomplete"),
    ],
)
def test_what_jarai_would_refuse_is_refused_here(request_, code: str):
    """It costs no request, and the text names the field."""
    with pytest.raises(ProviderRefusedError) as caught:
        build_submit(request_)
    assert caught.value.code == code


@pytest.mark.parametrize("length", [1, 500])
def test_topics_up_to_the_limit_are_sent(length: int):
    """Characters count, not bytes."""
    assert build_submit(build_request(topic="é" * length))["topic"] == "é" * length
    assert len(build_submit(build_request(notes="é" * 4096))["metadataMD"]) == 4096
