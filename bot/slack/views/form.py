"""Forms: what `/produce` opens, the reason for a rejection, the job to link, and plain notes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.form import Choice, Field, Form, SelectField, TextField
from bot.slack.ids import Action, Block, Callback, Metadata, build_metadata, field_block
from bot.slack.views.face import Face
from bot.slack.views.parts import Json, context, cut, escape, plain, quoted, section

OPTION_LIMIT = 75
OPTIONS_LIMIT = 100
TYPED_LIMIT = 3000
TOPIC_LIMIT = 500
LABEL_LIMIT = 200
CANDIDATES_SHOWN = 10
TITLE = "Make a video"
SUBMIT = "Make the video"
TOPIC = TextField(key="topic", label="Topic", max_length=TOPIC_LIMIT)
"""The field every service's form begins with, shown while the rest loads."""


def build_form(
    form: Form,
    *,
    metadata: Metadata,
    topic: str,
    needs_channel: bool,
    initial: Mapping[str, str],
    label: str,
    hint: str | None = None,
) -> Json:
    """Build a service's form.

    Args:
        topic: What was typed after the command.
        needs_channel: Whether to ask where the thread shall be, because the form was opened in
            no channel, or in one that we are not in.
        initial: Values to begin with, by field key; unknown ones are passed over.
        label: The service's name for people.
        hint: What stands above the fields, as `meant_words` gives it; or None.
    """
    empty = [field.label for field in form.fields if _cannot_be_filled(field)]
    if empty:
        missing = " and ".join(escape(name) for name in empty)
        words = (
            f"{escape(label)} offers nothing to choose for {missing}, so no video can be "
            "asked for. Whoever looks after this bot can put that right; nothing was sent."
        )
        return build_message_view(TITLE, words)
    values = {**initial, "topic": topic}
    blocks = _hint(hint)
    blocks += [_input(field, values.get(field.key)) for field in form.fields if _is_drawn(field)]
    if needs_channel:
        blocks += _channel_picker(is_elsewhere=metadata.channel_id is not None)
    if form.note:
        blocks.append(context(escape(cut(form.note, 500)), block_id="note"))
    metadata = replace(metadata, asks_channel=needs_channel)
    return _view(Callback.PRODUCE, TITLE, blocks, metadata=metadata, submit=SUBMIT)


def build_loading_form(
    *,
    metadata: Metadata,
    topic: str,
    label: str,
    trouble: str | None = None,
    hint: str | None = None,
) -> Json:
    """Build the form before its choices are there, with a topic that survives the update.

    Args:
        trouble: Why the choices cannot be had, as a sentence; None while they load.
        hint: As for `build_form`.
    """
    loading = f"The choices are being loaded from {escape(label)}. You can write the topic already."
    waits = context(trouble or loading, block_id="loading")
    blocks = [*_hint(hint), _input(TOPIC, topic), waits]
    return _view(Callback.PRODUCE_LOADING, TITLE, blocks, metadata=metadata, submit=SUBMIT)


def meant_words(verb: str, *, command: str) -> str:
    """Say how to act on a video that exists, to somebody who may have meant to."""
    does = {"status": "see", "retry": "send again", "cancel": "stop"}.get(verb, verb)
    return (
        f"This orders a new video. To {does} one that exists, close this and type "
        f"`{command} {verb} ID`, with the ID from the foot of its card."
    )


def _hint(hint: str | None) -> list[Json]:
    return [context(hint, block_id="hint")] if hint else []


def build_reason_form(*, metadata: Metadata, topic: str, face: Face) -> Json:
    """Build the form that asks why a video is rejected, and says what that does."""
    field = TextField(
        key=Block.REASON,
        label="What is wrong with it?",
        hint="The requester and the thread see this.",
        max_length=TOPIC_LIMIT,
        is_multiline=True,
    )
    blocks = [
        section(f"You reject {quoted(topic)}. {_consequence(face)}", block_id="about"),
        _text_input(field, None, block_id=Block.REASON),
    ]
    return _view(Callback.REJECT, "Reject this video", blocks, metadata=metadata, submit="Reject")


def _consequence(face: Face) -> str:
    able = face.capabilities
    if not able.decides_in_console:
        return "It will not be released."
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
    field = TextField(
        key=Block.JOB,
        label="Its id or address",
        hint="Copy it from the Studio.",
        max_length=TOPIC_LIMIT,
        is_required=not candidates,
    )
    blocks.append(_text_input(field, None, block_id=Block.JOB))
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
    return {
        "type": "modal",
        "callback_id": callback.value,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Cancel", 24),
        "private_metadata": build_metadata(metadata),
        "blocks": blocks,
    }


def _is_drawn(field: Field) -> bool:
    return isinstance(field, TextField) or bool(usable_choices(field))


def _cannot_be_filled(field: Field) -> bool:
    return field.is_required and not _is_drawn(field)


def _input(field: Field, initial: str | None) -> Json:
    block_id = field_block(field.key)
    if isinstance(field, TextField):
        return _text_input(field, initial, block_id=block_id)
    return _select_input(field, initial, block_id=block_id)


def _block(field: Field, element: Json, *, block_id: str, hint: str | None) -> Json:
    block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(field.label, LABEL_LIMIT),
        "element": {"action_id": Action.ENTERED.value, **element},
        "optional": not field.is_required,
    }
    return {**block, "hint": plain(hint, LABEL_LIMIT)} if hint else block


def _text_input(field: TextField, initial: str | None, *, block_id: str) -> Json:
    most = max(1, min(field.max_length, TYPED_LIMIT))
    element: Json = {
        "type": "plain_text_input",
        "multiline": field.is_multiline,
        "max_length": most,
    }
    if initial:
        element["initial_value"] = initial[:most]
    return _block(field, element, block_id=block_id, hint=field.hint)


def _select_input(field: SelectField, initial: str | None, *, block_id: str) -> Json:
    choices = usable_choices(field)
    element: Json = {"type": "static_select", **_options(choices)}
    first = _first_choice(field, choices, initial)
    if first is not None:
        element["initial_option"] = _option(first)
    hidden = len({choice.value for choice in field.choices}) - len(choices)
    more = f"{hidden} more can't be listed here." if hidden > 0 else ""
    hint = " ".join(part for part in (field.hint, more) if part)
    return _block(field, element, block_id=block_id, hint=hint or None)


def _first_choice(
    field: SelectField, choices: Sequence[Choice], initial: str | None
) -> Choice | None:
    by_value = {choice.value: choice for choice in choices}
    for value in (initial, field.initial):
        if value in by_value:
            return by_value[value]
    return choices[0] if len(choices) == 1 and field.is_required else None


def usable_choices(field: SelectField) -> tuple[Choice, ...]:
    """List the choices that Slack can show: each once, ids that fit, at most 100 a group."""
    taken: dict[str, Choice] = {}
    counts: dict[str | None, int] = {}
    for choice in field.choices:
        is_new_group = choice.group not in counts
        if choice.value in taken or not 0 < len(choice.value) <= OPTION_LIMIT:
            continue
        if counts.get(choice.group, 0) >= OPTIONS_LIMIT:
            continue
        if is_new_group and len(counts) >= OPTIONS_LIMIT:
            continue
        taken[choice.value] = choice
        counts[choice.group] = counts.get(choice.group, 0) + 1
    return tuple(taken.values())


def _options(choices: Sequence[Choice]) -> Json:
    if not any(choice.group for choice in choices):
        return {"options": [_option(choice) for choice in choices]}
    groups: dict[str | None, list[Json]] = {}
    for choice in choices:
        groups.setdefault(choice.group, []).append(_option(choice))
    return {
        "option_groups": [
            {"label": plain(name or "Others", OPTION_LIMIT), "options": options}
            for name, options in groups.items()
        ]
    }


def _option(choice: Choice) -> Json:
    return {"text": plain(choice.name or choice.value, OPTION_LIMIT), "value": choice.value}


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
