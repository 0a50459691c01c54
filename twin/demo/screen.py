"""What the person at the terminal sees: who does what, and the thread as it grows."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from twin.demo.deliver import Fetched
from twin.demo.drawing import lines_of, outline, state_of, state_words
from twin.demo.words import render
from twin.slack.model import Json

WIDTH = 96
SHOWN_HASH = 16


class Screen:
    """Print the thread; without a terminal, in plain lines.

    Args:
        names: People, channels and user groups by id.
        topic: What the production is about.
    """

    def __init__(self, console: Console, *, names: Mapping[str, str], topic: str) -> None:
        self._console = console
        self._names = names
        self._topic = topic
        self._drawn: dict[str, tuple[object, ...]] = {}
        self._step = ""

    def tell(self, sentence: str) -> None:
        """Say what somebody does."""
        self._console.print()
        self._console.print(Text.assemble(("▸ ", "bold green"), (sentence, "bold")))

    def show(self, message: Json) -> None:
        """Show a message that is new or was edited, as far as it tells something new."""
        if message.get("thread_ts") not in {None, message["ts"]}:
            self._show_reply(message)
        else:
            self._show_card(message)

    def _show_reply(self, reply: Json) -> None:
        key = (str(reply.get("text")),)
        if self._drawn.get(reply["ts"]) == key:
            return
        self._drawn[reply["ts"]] = key
        where = (
            "in the thread, shown in the channel too" if _is_broadcast(reply) else "in the thread"
        )
        self._console.print(Text(f"  ↳ Greenlight {where}", style="magenta"))
        self._print_lines(lines_of(reply, names=self._names), indent=4)

    def _show_card(self, card: Json) -> None:
        now = outline(card, topic=self._topic)
        if self._drawn.get(card["ts"]) == now:
            self._show_step(state_words(card))
            return
        self._drawn[card["ts"]] = now
        lines = lines_of(card, names=self._names)
        title = state_of(card, topic=self._topic) or "Card"
        if self._console.is_terminal:
            body = Text("\n").join(lines)
            self._console.print(Panel(body, title=title, title_align="left", width=WIDTH))
        else:
            self._console.print(f"  ── card: {title} ──", highlight=False)
            self._print_lines(lines, indent=4)

    def _show_step(self, words: str) -> None:
        if words and words != self._step:
            self._step = words
            line = render(words, names=self._names, style="dim")
            self._print_lines([Text("· ", style="dim").append_text(line)], indent=4)

    def _print_lines(self, lines: Sequence[Text], *, indent: int) -> None:
        for line in lines:
            self._console.print(Padding(line, (0, 0, 0, indent)))

    def show_files(self, fetched: Sequence[Fetched]) -> None:
        """Show what came through the download links."""
        table = Table(title="Fetched through the links of the thread", title_justify="left")
        for heading in ("file", "size", "sha256", "as made"):
            table.add_column(heading, justify="right" if heading == "size" else "left")
        for one in fetched:
            shown = f"{one.sha256[:SHOWN_HASH]}…" if one.sha256 else one.problem
            table.add_row(
                one.label, f"{one.size_bytes:,}", shown, "yes" if one.is_as_made else "NO"
            )
        self._console.print()
        self._console.print(table)


def _is_broadcast(message: Json) -> bool:
    return message.get("subtype") == "thread_broadcast"
