"""Slack's mrkdwn as a terminal can show it."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from rich.text import Text

_TOKEN = re.compile(r"<([^<>]*)>|\*([^*\n]+)\*|(?<!\w)_([^_\n]+)_(?!\w)")
_DATE = re.compile(r"!date\^(\d+)\^([^|^]*)[^|]*\|(.*)")
_NAME = "bold cyan"


def render(mrkdwn: str, *, names: Mapping[str, str], style: str = "") -> Text:
    """Turn mrkdwn into styled text: people by name, moments on the local clock, links by words.

    Args:
        names: People, channels and user groups by id.
    """
    text = Text(style=style)
    end = 0
    for token in _TOKEN.finditer(mrkdwn):
        text.append(html.unescape(mrkdwn[end : token.start()]))
        text.append_text(_rendered(token, names))
        end = token.end()
    text.append(html.unescape(mrkdwn[end:]))
    return text


def _rendered(token: re.Match[str], names: Mapping[str, str]) -> Text:
    inside, bold, italic = token.groups()
    if bold is not None:
        return render(bold, names=names, style="bold")
    if italic is not None:
        return render(italic, names=names, style="italic")
    return _reference(inside, names)


def _reference(inside: str, names: Mapping[str, str]) -> Text:
    date = _DATE.fullmatch(inside)
    if date is not None:
        return Text(_moment(int(date[1]), form=date[2]))
    target, _, words = inside.partition("|")
    if target.startswith(("@", "#")):
        return Text(target[0] + names.get(target[1:], words or target[1:]), style=_NAME)
    if target.startswith("!subteam^"):
        return Text("@" + names.get(target.removeprefix("!subteam^"), words), style=_NAME)
    return Text(html.unescape(words or target), style="underline")


def _moment(seconds: int, *, form: str) -> str:
    if form == "{ago}":
        return "a moment ago"
    moment = datetime.fromtimestamp(seconds, UTC).astimezone()
    if "time" not in form:
        return f"{moment:%d %b %Y}"
    time = f"{moment:%H:%M}"
    return f"today at {time}" if "date" in form else time
