"""What came of a form that was sent: one step of it, and everything answered up to there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.approval import Person
from bot.core.errors import cut
from bot.core.form import Field, FileField, Form, address_key, steps_of
from bot.core.production import Answer, ProductionRequest
from bot.providers.base import Provider
from bot.slack.forms import TOPIC_KEY
from bot.slack.ids import Metadata
from bot.slack.listeners.earlier import Files
from storage.values import Draft


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One step of a form as it was sent.

    Attributes:
        form_key: Names the opened form through all its steps.
        earlier: Files of the production that the form is about, by key.
        draft: Everything that was answered up to and with this step.
    """

    form_key: str
    provider: Provider
    metadata: Metadata
    form: Form
    requester: Person
    earlier: Files
    draft: Draft

    @property
    def is_last(self) -> bool:
        """Whether nothing more is asked."""
        return self.metadata.step + 1 >= len(steps_of(self.form))

    @property
    def request(self) -> ProductionRequest:
        """The whole wish."""
        answers = self.draft.answers
        return ProductionRequest(
            provider=self.provider.name,
            topic=next(one.value for one in answers if one.key == TOPIC_KEY),
            team_id=self.requester.team_id,
            channel_id=self.draft.channel_id,
            requester_id=self.requester.user_id,
            answers=answers,
        )

    @property
    def request_without_earlier(self) -> ProductionRequest:
        """The same without those earlier files that may be left out."""
        needed = {one.key for one in self.form.fields if one.is_required}
        answers = self.draft.answers
        kept = [one for one in answers if one.key in needed or not self._is_earlier(one)]
        return replace(self.request, answers=tuple(kept))

    def _is_earlier(self, answer: Answer) -> bool:
        return bool(answer.files) and answer.files == self.earlier.get(answer.key)

    def worded(self, complaints: Mapping[str, str]) -> dict[str, str]:
        """Say under which inputs complaints stand; one about an earlier step names its field."""
        here = {one.key for one in steps_of(self.form)[self.metadata.step]}
        fields = {one.key: one for one in self.form.fields}
        worded: dict[str, str] = {}
        for key, text in complaints.items():
            field = fields.get(key)
            if field is None or key in here:
                worded[self._input_of(key, field)] = text
            else:
                worded[key] = f"Go back to “{cut(field.label, 60)}”: {text}"
        return worded

    def _input_of(self, key: str, field: Field | None) -> str:
        """Name the input that was filled in, of a field that has two."""
        takes_address = isinstance(field, FileField) and field.takes_address
        return address_key(key) if takes_address and not self.request.files(key) else key
