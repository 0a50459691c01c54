"""What stands with files in the thread: the words above them, and their names."""

from bot.core.production import Deliverable, Production
from bot.slack.views.parts import cut, quoted
from bot.slack.views.words import file_word, topic_of


def share_comment(production: Production, count: int) -> str:
    """Say what files in the thread are of; they follow it in the same message."""
    topic = quoted(topic_of(production))
    return f"The file of {topic}." if count == 1 else f"The {count} files of {topic}."


def share_title(deliverable: Deliverable) -> str:
    """Name a file as the thread shows it, in plain text."""
    platform = f" for {deliverable.platform}" if deliverable.platform else ""
    language = f" ({deliverable.language})" if deliverable.language else ""
    return cut(f"{file_word(deliverable)}{platform}{language}", 100)
