"""What can go wrong, by whose fault it is and whether waiting helps.

BotError
├─ UserError                  safe to show as it is to the person who asked
│  ├─ FormError               names the fields
│  ├─ TransitionNotAllowedError
│  └─ NotPermittedError
├─ ProviderError              the service's side of the wire
│  ├─ ProviderUnavailableError   waiting helps
│  ├─ ProviderRefusedError       waiting does not
│  │  └─ FormRefusedError        other answers are needed; names the fields
│  ├─ ProviderAuthError          a person must mend the credentials
│  └─ ProviderReplyError         we did not understand the answer
├─ WebhookError               answered 4xx without detail
│  ├─ InvalidSignatureError
│  └─ StaleTimestampError
├─ StorageError
│  ├─ StaleProductionError    somebody saved first; load again
│  ├─ LostClaimError          the lease ran out and another worker has the production
│  ├─ UnknownProductionError
│  ├─ JobTakenError           another attempt already follows this job
│  ├─ StorageUnavailableError locked or gone; nothing was recorded
│  └─ FilesUnavailableError   our store of files did not take or give something
└─ SettingsError              at start only
"""

from collections.abc import Mapping

TEXT_LIMIT = 256

SWITCHED_OFF = "switched_off"
"""Code of the error for anything asked of a service that is not switched on here."""
FILES_UNREACHABLE = "files_unreachable"
"""Code of the error for an uploaded file that Slack does not hand out right now."""
FILES_NOT_STORED = "files_not_stored"
"""Code of the error for an uploaded file that our own store does not take right now."""
FILES_SLOW = "files_slow"
"""Code of the error for an uploaded file that took too long, whoever kept whom waiting."""


def cut(text: str, limit: int = TEXT_LIMIT) -> str:
    """Shorten foreign text to `limit` characters, with an ellipsis where something is missing."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


class BotError(Exception):
    """Anything this program raises on purpose."""


class UserError(BotError):
    """A person asked for something that cannot be done; the text may be shown to them."""


class FormError(UserError):
    """The form cannot be taken.

    Attributes:
        fields: Field key to a sentence in the words of the field.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = dict(fields)


class TransitionNotAllowedError(UserError):
    """The production has moved on, so the command no longer fits.

    Attributes:
        why: A key of the private answers: `too_late`, `superseded`, `answered`, `uncounted`,
            `decided`, `undecided`, `nothing_to_watch`, `already_asked`, `job_taken`, `no_look_up`,
            `switched_off`, `not_listed`, `no_address`, `too_large_to_share`, `copy_lost` or
            `copy_deleted`.
        by_id: Who decided or asked before, where that is the reason.
    """

    def __init__(self, why: str, *, by_id: str | None = None) -> None:
        super().__init__(f"command refused: {why}")
        self.why = why
        self.by_id = by_id


class NotPermittedError(UserError):
    """This person may not do this.

    Attributes:
        why: A `core.approval.Refusal`.
    """

    def __init__(self, why: str) -> None:
        super().__init__(f"not permitted: {why}")
        self.why = why


class ProviderError(BotError):
    """The service could not or would not.

    Attributes:
        code: The service's own error code, or None.
        text: What it said, cut and free of secrets.
        correlation_id: The service's id for this exchange, to quote to its support, or None.
    """

    def __init__(
        self, text: str, *, code: str | None = None, correlation_id: str | None = None
    ) -> None:
        super().__init__(cut(text))
        self.text = cut(text)
        self.code = code
        self.correlation_id = correlation_id


class ProviderUnavailableError(ProviderError):
    """Waiting helps.

    Attributes:
        retry_after_s: Seconds the service asked for, or None where it did not say.
    """

    def __init__(
        self,
        text: str,
        *,
        code: str | None = None,
        correlation_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(text, code=code, correlation_id=correlation_id)
        self.retry_after_s = retry_after_s


class ProviderRefusedError(ProviderError):
    """The service understood and said no; the same request would be refused again."""


class FormRefusedError(ProviderRefusedError):
    """What a form says cannot be ordered, as can be told without asking anybody.

    Attributes:
        fields: Field key to a sentence in the words of the field.
    """

    def __init__(self, fields: Mapping[str, str], *, code: str = "form_incomplete") -> None:
        super().__init__(f"{' '.join(fields.values())} Nothing was sent.", code=code)
        self.fields = dict(fields)


class ProviderAuthError(ProviderError):
    """The key is wrong, revoked or lacks a scope; a person must mend it.

    Attributes:
        is_for_all: Whether the key is refused for everything, so that all looks pause.
    """

    def __init__(
        self,
        text: str,
        *,
        code: str | None = None,
        correlation_id: str | None = None,
        is_for_all: bool = False,
    ) -> None:
        super().__init__(text, code=code, correlation_id=correlation_id)
        self.is_for_all = is_for_all


class ProviderReplyError(ProviderError):
    """The answer makes no sense to us.

    Attributes:
        sample: The answer with secrets removed, cut; for the operator, never for Slack.
    """

    def __init__(
        self, text: str, *, sample: str, correlation_id: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(text, code=code, correlation_id=correlation_id)
        self.sample = sample


class WebhookError(BotError):
    """A webhook that must not be believed."""


class InvalidSignatureError(WebhookError):
    """Missing, malformed or wrong signature."""


class StaleTimestampError(WebhookError):
    """Signed too long ago, or in the future."""


class StorageError(BotError):
    """The database said no."""


class StaleProductionError(StorageError):
    """The version changed since it was loaded; load again and apply again."""


class LostClaimError(StorageError):
    """The claim is no longer ours; whatever we learnt is dropped."""


class UnknownProductionError(StorageError):
    """No production has this id."""


class JobTakenError(StorageError):
    """Another attempt already follows this job."""


class StorageUnavailableError(StorageError):
    """The database is locked or gone; nothing was recorded and trying again may help."""


class FilesUnavailableError(StorageError):
    """The store of files is full, locked or gone, or refused; trying again may help."""


class SettingsError(BotError):
    """A setting is missing or wrong.

    Attributes:
        name: The environment variable or file, never its value.
    """

    def __init__(self, name: str, must: str) -> None:
        super().__init__(f"{name} {must}")
        self.name = name
