"""Write names in a command's text as Slack sends them to apps that ask for it."""

import re
from collections.abc import Iterable

from twin.slack.place.model import Channel, User, UserGroup

_NAME = re.compile(r"(?<![\w<])([@#])([\w][\w.-]*)")


def escape_names(
    text: str,
    *,
    people: Iterable[User],
    channels: Iterable[Channel],
    groups: Iterable[UserGroup],
) -> str:
    """Turn `@ana` and `#marketing` into `<@U…|ana>` and `<#C…|marketing>` where there are such.

    Source: "should_escape" at docs.slack.dev/interactivity/implementing-slash-commands, read in
        a copy, 2026-11-22.
    """
    known = {f"@{one.name}": f"<@{one.id}|{one.name}>" for one in people}
    known |= {f"@{one.handle}": f"<!subteam^{one.id}|@{one.handle}>" for one in groups}
    known |= {f"#{one.name}": f"<#{one.id}|{one.name}>" for one in channels if one.name}

    def written(found: re.Match[str]) -> str:
        whole = found[0]
        name = whole.rstrip(".-")
        if whole not in known and name in known:
            return known[name] + whole[len(name) :]
        return known.get(whole, whole)

    return _NAME.sub(written, text)
