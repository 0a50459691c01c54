"""Values to draw: a production in any state, with overrides, and the service around it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.form import Choice, Form, SelectField, TextField
from bot.core.production import (
    Answer,
    Attempt,
    Decision,
    Deliverable,
    Ending,
    Failure,
    Job,
    Production,
    ProductionRequest,
    Progress,
    State,
    Verdict,
)
from bot.providers.base import Capabilities
from bot.slack.views.face import Face
from bot.slack.views.parts import Json

NOW = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)
HOSTILE = "<!channel> *x* & <http://evil|x>"
JOB_ID = "5c1f6f0e-8d0b-4b53-8a8e-0c8b7f4e4444"

STUDIO = "<https://console.jarai.studio/p/1|in JARAI's Studio>"
"""Where replies and cards send people for what can only be seen there."""

CONSOLE = Capabilities(
    has_webhooks=True, has_cancel=True, decides_in_console=True, finds_by_id=True
)
GATE = Capabilities(has_cancel=True)

FILES = (
    Deliverable(key="c1", kind="captions", name="autumn.vtt"),
    Deliverable(
        key="v1",
        kind="video",
        name="autumn-16x9.mp4",
        platform="LinkedIn",
        size_bytes=18_350_080,
    ),
)


def make_request(**changes: Any) -> ProductionRequest:
    """Make what somebody asked for."""
    answers = (
        Answer(key="topic", label="Topic", value="Autumn range", shown="Autumn range"),
        Answer(key="language", label="Language", value="2f0f", shown="English (UK)"),
        Answer(key="notes", label="Notes", value="Warm tone", shown="Warm tone"),
    )
    request = ProductionRequest(
        provider="jarai",
        topic="Autumn range",
        team_id="T0GREEN",
        channel_id="C0MARKETING",
        requester_id="U0ANA",
        answers=answers,
    )
    return replace(request, **changes)


def make_production(state: State = State.QUEUED, **changes: Any) -> Production:
    """Make a production in a state; `topic`, `number` and `job` reach into its attempt."""
    has_job = state not in {State.REQUESTED, State.SUBMITTING, State.SUBMISSION_UNKNOWN}
    job = Job(job_id=JOB_ID, handle={}) if has_job else None
    request = make_request(topic=changes.pop("topic", "Autumn range"))
    attempt = Attempt(
        number=changes.pop("number", 1),
        request=request,
        started_at=NOW,
        job=changes.pop("job", job),
    )
    production = Production(
        id="7K3MQ2",
        version=7,
        state=state,
        attempt=attempt,
        created_at=NOW,
        state_since_at=NOW,
        thread_ts="1700000000.000100",
        card_ts="1700000000.000100",
    )
    return replace(production, **changes)


def make_decision(verdict: Verdict = Verdict.APPROVE, **changes: Any) -> Decision:
    """Make what Bo decided."""
    decision = Decision(verdict=verdict, user_id="U0BO", at=NOW, attempt=1)
    return replace(decision, **changes)


def make_face(**changes: Any) -> Face:
    """Make the face of a service whose approval happens at the service itself."""
    face = Face(
        label="JARAI",
        capabilities=CONSOLE,
        console_url="https://console.jarai.studio/p/1",
        approver_ids=("S0PRODUCERS", "U0BO"),
        on_call_ids=("S0ONCALL",),
    )
    return replace(face, **changes)


def make_form(**changes: Any) -> Form:
    """Make a form with every kind of field."""
    fields = (
        TextField(key="topic", label="Topic", max_length=500),
        SelectField(
            key="language",
            label="Language",
            choices=(Choice(value="en", name="English"), Choice(value="fr", name="French")),
        ),
        SelectField(
            key="avatar",
            label="Avatar",
            choices=(
                Choice(value="a/1", name="Anna", group="Brand A"),
                Choice(value="b/2", name="Ben", group="Brand B"),
            ),
        ),
        TextField(
            key="notes", label="Notes", max_length=4096, is_required=False, is_multiline=True
        ),
    )
    return replace(Form(provider="jarai", fields=fields), **changes)


EVERY_STATE: dict[str, Production] = {
    "requested": make_production(State.REQUESTED),
    "submitting": make_production(State.SUBMITTING),
    "unknown": make_production(
        State.SUBMISSION_UNKNOWN,
        failure=Failure(code="timeout", text="No answer in 30 s", correlation_id="corr-1"),
    ),
    "queued": make_production(State.QUEUED, provider_word="Queued"),
    "producing": make_production(
        State.PRODUCING,
        progress=Progress(stage="Visuals", step="image analysis", step_number=6, total_steps=15),
    ),
    "awaiting": make_production(
        State.AWAITING_APPROVAL, deliverables=FILES, provider_word="AwaitingApproval"
    ),
    "approved": make_production(
        State.AWAITING_APPROVAL, deliverables=FILES, decision=make_decision()
    ),
    "turned down": make_production(
        State.AWAITING_APPROVAL,
        deliverables=FILES,
        decision=make_decision(Verdict.REJECT, reason="Wrong logo"),
    ),
    "distributing": make_production(State.DISTRIBUTING, deliverables=FILES),
    "completed": make_production(
        State.COMPLETED, deliverables=FILES, provider_word="Published", decision=make_decision()
    ),
    "failed": make_production(
        State.FAILED,
        failure=Failure(
            code="PRODUCTION_EXPIRED", text="It was not picked up", correlation_id="corr-2"
        ),
        progress=Progress(stage="Visuals", step="image analysis", step_number=6, total_steps=15),
    ),
    "rejected": make_production(
        State.REJECTED, decision=make_decision(Verdict.REJECT, reason="Wrong logo")
    ),
    "cancelled": make_production(
        State.CANCELLED, ending=Ending(user_id="U0ANA", at=NOW + timedelta(minutes=1))
    ),
}


def visible(blocks: list[Json]) -> str:
    """Give the words and buttons a person sees, a line per block."""
    return "\n".join(filter(None, map(_line, blocks)))


def _line(block: Json) -> str:
    words = [_text(block.get("text"))]
    words += [_element(element) for element in block.get("elements", [])]
    words += [_element(block[key]) for key in ("accessory",) if key in block]
    return " ".join(filter(None, words))


def _element(element: Json) -> str:
    text = _text(element.get("text")) if isinstance(element.get("text"), dict) else ""
    return f"[{text}]" if element["type"] == "button" else text or str(element.get("text", ""))


def _text(value: Any) -> str:
    return str(value["text"]) if isinstance(value, dict) else ""


def buttons(blocks: list[Json]) -> list[str]:
    """List the buttons in a row, by their words."""
    rows = [block for block in blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row["elements"]]
