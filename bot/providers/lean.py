"""What a provider answers where its service has nothing to say, or nothing of the kind."""

from collections.abc import Mapping
from datetime import datetime

from bot.core.errors import ProviderRefusedError, WebhookError
from bot.core.form import Choice, Form
from bot.core.production import Failure, Job, ProductionRequest
from bot.providers.base import Budget, Refused, Submission, WebhookEvent
from bot.providers.counted import CountedCalls


class LeanProvider:
    """The part of a `Provider` that needs no service of its own.

    A service's provider derives from this, sets `_calls`, and writes anew what its `capabilities`
    promise.
    """

    name: str
    label: str
    _calls: CountedCalls

    @property
    def budget(self) -> Budget:
        """The requests our key may still make."""
        return self._calls.budget

    async def aclose(self) -> None:
        """Close every connection."""
        await self._calls.aclose()

    async def search(self, key: str, typed: str) -> tuple[Choice, ...]:  # noqa: ARG002 - there is nothing to find.
        """Offer nothing: no field of the form is searched."""
        return ()

    def complaints(self, request: ProductionRequest, form: Form) -> Mapping[str, str]:  # noqa: ARG002 - as the form was asked, it can be ordered.
        """Find nothing wrong: what the fields take is all that is wanted of them."""
        return {}

    async def retry(self, job: Job) -> Submission:  # noqa: ARG002 - none can be.
        """Refuse: a failed job is over."""
        text = f"{self.label} cannot take a job up again; ask anew."
        return Refused(failure=Failure(code="no_retry", text=text))

    async def find(self, request: ProductionRequest, *, job_id: str) -> tuple[Job, str]:  # noqa: ARG002 - as above.
        """Refuse: there is no way from an id to a job."""
        raise ProviderRefusedError(f"{self.label} has no way to look up a job.", code="no_look_up")

    async def cancel(self, job: Job) -> None:  # noqa: ARG002 - as above.
        """Refuse: nothing can be cancelled."""
        raise ProviderRefusedError(f"{self.label} has no way to cancel a job.", code="no_cancel")

    def console_url(self, job: Job | None) -> str | None:  # noqa: ARG002 - as above.
        """Give none: jobs have no page."""
        return None

    def read_webhook(
        self,
        headers: Mapping[str, str],  # noqa: ARG002 - there are none to read.
        body: bytes,  # noqa: ARG002 - as above.
        *,
        secrets: tuple[str, ...],  # noqa: ARG002 - as above.
        now: datetime,  # noqa: ARG002 - as above.
    ) -> WebhookEvent:
        """Believe nothing: the service sends none."""
        raise WebhookError(f"{self.label} sends no webhooks")
