"""Forms: what `/produce` opens, the reason for a rejection, the job to link, and plain notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.form import (
    FIELDS_MOST,
    Choice,
    Field,
    FileField,
    Form,
    SelectField,
    TextField,
    address_key,
    is_answerable,
    steps_of,
    unasked,
)
from bot.slack.ids import Action, Block, Callback, Metadata, build_metadata
from bot.slack.views.face import Face
from bot.slack.views.fields import (
    LABEL_LIMIT,
    NOTHING_FOUND,
    OPTION_LIMIT,
    address_input,
    field_input,
    file_input,
    is_drawn,
    select_input,
    text_input,
    upload_missing,
)
from bot.slack.views.fitting import fitted
from bot.slack.views.parts import Json, context, cut, escape, foreign, plain, quoted, section

TOPIC_LIMIT = 500
CANDIDATES_SHOWN = 10
TITLE = "Make a video"
SUBMIT = "Make the video"
SUBMIT_OTHER = "Make it"
NEXT = "Next"
TROUBLE = "trouble"
"""Block of a form that says why it cannot be sent."""
TOPIC = TextField(key="topic", label="Topic", max_length=TOPIC_LIMIT)
"""The field every service's form begins with, shown while the rest loads."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """What stands in a service's form besides its own fields.

    Attributes:
        metadata: What the form carries along; tells the service and the step, too.
        label: The service's name for people.
        services: All services that are on, to choose from; none where there is one only.
        hint: What stands above the fields, as `meant_words` gives it; or None.
        can_upload: Whether Slack lets us read files that people upload.
    """

    metadata: Metadata
    label: str
    services: tuple[Choice, ...] = ()
    hint: str | None = None
    can_upload: bool = True


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What the fields of a form hold at first, by key; what a field cannot hold is passed over.

    Attributes:
        found: What searched fields hold.
        uploaded: Names of files that are used again where a field is left empty.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, Choice] = field(default_factory=lambda: NOTHING_FOUND)
    uploaded: Mapping[str, str] = field(default_factory=dict)


def build_form(form: Form, *, around: Around, filled: Filled, needs_channel: bool) -> Json:
    """Build a service's form, or that step of it which the metadata names.

    Args:
        needs_channel: Whether to ask where the thread shall be, because the form was opened in
            no channel, or in one that we are not in.
    """
    steps, metadata = steps_of(form), around.metadata
    missing = _missing_words(form, around)
    if missing is not None:
        return _build_unusable(form, missing, around=around, filled=filled)
    is_first, is_last = metadata.step == 0, metadata.step + 1 >= len(steps)
    blocks = _above(around) if is_first else []
    for one in steps[metadata.step]:
        blocks += _drawn(one, around, filled) if is_drawn(one) else []
    if is_first and needs_channel:
        blocks += _channel_picker(is_elsewhere=metadata.channel_id is not None)
    blocks += _below(form, around) if is_last else []
    metadata = replace(metadata, asks_channel=needs_channel)
    submit = (SUBMIT if form.makes == "a video" else SUBMIT_OTHER) if is_last else NEXT
    view = _view(Callback.PRODUCE, f"Make {form.makes}", blocks, metadata=metadata, submit=submit)
    return view if is_first else {**view, "close": plain("Back", 24)}


def _below(form: Form, around: Around) -> list[Json]:
    """Say above the button what is not asked, and what the service has to say."""
    left_out = _left_out_words(unasked(form), around)
    blocks = [context(left_out, block_id="not-asked")] if left_out else []
    note = escape(cut(form.note, 500)) if form.note else ""
    return [*blocks, context(note, block_id="note")] if note else blocks


def _left_out_words(left_out: Sequence[Field], around: Around) -> str | None:
    if not left_out:
        return None
    name, first = escape(around.label), quoted(left_out[0].label, 60)
    count = f"{len(left_out)} more fields" if len(left_out) > 1 else "1 more field"
    first = f", beginning with {first}" if len(left_out) > 1 else f", {first}"
    return (
        f"{name} has {count}{first}; a form here has room for {FIELDS_MOST}. "
        f"What is not asked stays empty. If that matters, order this at {name} itself."
    )


def _missing_words(form: Form, around: Around) -> str | None:
    """Say what keeps a form from ever being sent; None where nothing does."""
    name = escape(around.label)
    empty = [foreign(one.label) for one in form.fields if one.is_required and not is_drawn(one)]
    if empty:
        return (
            f"{name} offers nothing to choose for {' and '.join(empty)}, so no video can be "
            "asked for. Whoever looks after this bot can put that right; nothing was sent."
        )
    if not is_answerable(form):
        count = sum(one.is_required for one in form.fields)
        return (
            f"{name} wants {count} fields filled in for this, and a form here has room for "
            f"{FIELDS_MOST}, so it can't be ordered from here. Order it at {name} itself; nothing "
            "was sent."
        )
    wanted = [one for one in form.fields if isinstance(one, FileField) and one.is_required]
    files = [one for one in wanted if not one.takes_address]
    if files and not around.can_upload:
        return (
            f"{name} needs files for {foreign(files[0].label)}, and this app may not read files in "
            "this workspace. An admin has to allow it (`files:read`) and install it again; "
            "nothing was sent."
        )
    return None


def _build_unusable(form: Form, words: str, *, around: Around, filled: Filled) -> Json:
    """Show the words alone, unless choosing something else would help."""
    ways_out = [one for one in form.fields if isinstance(one, SelectField) and one.reshapes]
    usable = [one for one in ways_out if is_drawn(one)]
    if not usable and not around.services:
        return build_message_view(TITLE, words)
    return build_loading_form(around=around, filled=filled, trouble=words, reshaping=usable)


def build_loading_form(
    *,
    around: Around,
    filled: Filled,
    trouble: str | None = None,
    reshaping: Sequence[SelectField] = (),
) -> Json:
    """Build the form before its choices are there, with a topic that survives the update.

    Args:
        trouble: Why the choices cannot be had, as a sentence; None while they load.
        reshaping: Fields that are known, whose choice decides what else is asked.
    """
    label = escape(around.label)
    loading = f"The choices are being loaded from {label}. You can write the topic already."
    waits = context(trouble or loading, block_id=TROUBLE if trouble else "loading")
    blocks = [*_above(around), *_drawn(TOPIC, around, filled)]
    for one in reshaping:
        blocks += _drawn(one, around, filled) if is_drawn(one) else []
    return _view(
        Callback.PRODUCE_LOADING,
        TITLE,
        [*blocks, waits],
        metadata=around.metadata,
        submit=SUBMIT,
    )


def _above(around: Around) -> list[Json]:
    blocks = [context(around.hint, block_id="hint")] if around.hint else []
    if around.services:
        service = SelectField(
            key=Block.SERVICE,
            label="Service",
            choices=around.services,
            hint="Choosing another one changes what is asked below.",
        )
        block = select_input(service, around.metadata.provider, block_id=Block.SERVICE)
        blocks.append({**block, "dispatch_action": True})
    return blocks


def _drawn(one: Field, around: Around, filled: Filled) -> list[Json]:
    # An address stays, whichever of its two inputs it was typed in.
    initial = filled.values.get(address_key(one.key)) or filled.values.get(one.key)
    if not isinstance(one, FileField):
        return [field_input(one, initial, found=filled.found)]
    last = filled.uploaded.get(one.key)
    upload = file_input(one, last=last) if around.can_upload else upload_missing(one)
    if not one.takes_address:
        return [upload]
    return [upload, address_input(one, initial)]


def meant_words(verb: str, *, command: str) -> str:
    """Say how to act on a video that exists, to somebody who may have meant to."""
    does = {"status": "see", "retry": "send again", "cancel": "stop"}.get(verb, verb)
    return (
        f"This orders a new video. To {does} one that exists, close this and type "
        f"`{command} {verb} ID`, with the ID from the foot of its card."
    )


def build_reason_form(*, metadata: Metadata, topic: str, face: Face) -> Json:
    """Build the form that asks why a video is rejected, and says what that does."""
    reason = TextField(
        key=Block.REASON,
        label="What is wrong with it?",
        hint="The requester and the thread see this.",
        max_length=TOPIC_LIMIT,
        is_multiline=True,
    )
    blocks = [
        section(f"You reject {quoted(topic)}. {_consequence(face)}", block_id="about"),
        text_input(reason, None, block_id=Block.REASON),
    ]
    return _view(Callback.REJECT, "Reject this video", blocks, metadata=metadata, submit="Reject")


def _consequence(face: Face) -> str:
    able = face.capabilities
    if not able.decides_in_console:
        return (
            f"It ends here, and its download links stop working. {escape(face.label)} has made it "
            "already, so what it cost stays spent."
        )
    if able.reject_cancels:
        return f"{escape(face.label)} is then asked to cancel it, which can't be undone."
    return "To stop it for good, it must be rejected in the Studio too."


def build_link_form(
    *, metadata: Metadata, topic: str, label: str, candidates: Sequence[str] = ()
) -> Json:
    """Build the form that asks which existing job this is.

    Args:
        candidates: Ids of jobs nobody follows, offered first.
    """
    words = f"Which video at {escape(label)} is {quoted(topic)}? Nothing is sent again."
    blocks = [section(words, block_id="about"), *_candidates(candidates)]
    job = TextField(
        key=Block.JOB,
        label="Its id or address",
        hint=f"Copy it from its page at {label}.",
        max_length=TOPIC_LIMIT,
        is_required=not candidates,
    )
    blocks.append(text_input(job, None, block_id=Block.JOB))
    return _view(Callback.LINK, "Link existing", blocks, metadata=metadata, submit="Link")


def build_recorded_view(production_id: str, *, command: str) -> Json:
    """Say that a form was recorded before, with other answers than the ones sent now."""
    words = (
        f"This form was already recorded as video {escape(production_id)}, with other answers. "
        f"That one goes on; these answers were not sent. `{command}` opens a new form."
    )
    return build_message_view("Already recorded", words)


def build_message_view(title: str, words: str) -> Json:
    """Build a form that only says something.

    Args:
        words: mrkdwn, escaped already.
    """
    blocks = [section(words, block_id="message")]
    return {
        "type": "modal",
        "callback_id": Callback.NOTHING.value,
        "title": plain(title, 24),
        "close": plain("Close", 24),
        "blocks": blocks,
    }


def _view(
    callback: Callback, title: str, blocks: list[Json], *, metadata: Metadata, submit: str
) -> Json:
    view = {
        "type": "modal",
        "callback_id": callback.value,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Cancel", 24),
        "private_metadata": build_metadata(metadata),
        "blocks": blocks,
    }
    return fitted(view)


def _channel_picker(*, is_elsewhere: bool) -> list[Json]:
    words = "Choose a channel that I am in, or invite me to one first."
    if is_elsewhere:
        words = "I am not in the channel you are in. Invite me there, or choose one that I am in."
    element = {
        "type": "conversations_select",
        "action_id": Action.ENTERED.value,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    picker = {
        "type": "input",
        "block_id": Block.CHANNEL.value,
        "label": plain("Channel", LABEL_LIMIT),
        "hint": plain("The thread that follows the video is opened there.", LABEL_LIMIT),
        "element": element,
        "optional": False,
    }
    return [picker, context(words, block_id="channel-why")]


def _candidates(candidates: Sequence[str]) -> list[Json]:
    options = [
        {"text": plain(job_id, OPTION_LIMIT), "value": job_id}
        for job_id in dict.fromkeys(candidates)
        if 0 < len(job_id) <= OPTION_LIMIT
    ]
    if not options:
        return []
    return [
        {
            "type": "input",
            "block_id": Block.CANDIDATE.value,
            "label": plain("It could be one of these", LABEL_LIMIT),
            "hint": plain("Told to us since we sent it, and followed by nobody.", LABEL_LIMIT),
            "element": {
                "type": "radio_buttons",
                "action_id": Action.ENTERED.value,
                "options": options[:CANDIDATES_SHOWN],
            },
            "optional": True,
        }
    ]
