"""What a service asks before it can make something; drawn and read without knowing the service."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One option of a select.

    Attributes:
        value: Sent to the service; at most 75 characters, Slack's limit for an option.
        name: Shown to people.
        group: Heading it stands under, or None.
    """

    value: str
    name: str
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class TextField:
    """A text to type.

    Attributes:
        max_length: In characters, 1 to 3,000 on Slack's side; longer limits are cut to it there.
    """

    key: str
    label: str
    hint: str | None = None
    max_length: int = 3000
    is_required: bool = True
    is_multiline: bool = False


@dataclass(frozen=True, kw_only=True)
class SelectField:
    """A choice among options."""

    key: str
    label: str
    choices: tuple[Choice, ...]
    hint: str | None = None
    is_required: bool = True
    initial: str | None = None


Field = TextField | SelectField


@dataclass(frozen=True, kw_only=True)
class Form:
    """A service's form.

    Attributes:
        provider: Name of the service.
        fields: In the order people see them; the topic is always the first and is called `topic`.
        note: A sentence shown above the button, such as what it costs; None for nothing.
    """

    provider: str
    fields: tuple[Field, ...]
    note: str | None = None
