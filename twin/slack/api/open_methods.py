"""Web API methods that take no bot token: what they are given, and how they are described."""

from collections.abc import Callable
from dataclasses import dataclass

from twin.slack.api.arguments import Arguments
from twin.slack.place.directory import Directory
from twin.slack.place.model import App, Json


@dataclass(frozen=True, kw_only=True)
class OpenCall:
    """One call of a method that takes no bot token.

    Attributes:
        app: Whose app-level token it came with; None for methods that take none.
        token: Whatever token came along, or None.
        basic: User and password of HTTP basic authentication, or None.
        base_url: The twin's own address.
    """

    args: Arguments
    app: App | None
    token: str | None
    basic: tuple[str, str] | None
    directory: Directory
    base_url: str


@dataclass(frozen=True, kw_only=True)
class OpenMethod:
    """One Web API method that takes an app-level token, or none that is checked here.

    Attributes:
        tier: Rate limit tier, 1 to 4, counted by app.
        takes_app_token: Whether the call must carry an app-level token.
    """

    run: Callable[[OpenCall], Json]
    tier: int
    takes_app_token: bool = False
