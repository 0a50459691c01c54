"""What the person at the terminal sees: who does what, and the thread as it grows."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from twin.demo.deliver import Fetched, links_of
from twin.demo.drawing import lines_of, outline, state_of, state_words
from twin.demo.words import render
from twin.slack.place.model import Json

WIDTH = 96
SHOWN_HASH = 16
INDENT = "    "
BROADCAST = "thread_broadcast"


class Screen:
    """Print the thread; without a terminal, in plain lines.

    Args:
        names: People, channels and user groups by id.
    """

    def __init__(self, console: Console, *, names: Mapping[str, str]) -> None:
        self._console = console
        self._names = names
        self._drawn: dict[str, tuple[object, ...]] = {}
        self._step = ""
        self._has_listed = False

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
        also = ", shown in the channel too" if reply.get("subtype") == BROADCAST else ""
        self._console.print(Text(f"  ↳ reply in the thread{also}", style="magenta"))
        self._print_lines(self._lines(reply))

    def _show_card(self, card: Json) -> None:
        now, step = outline(card), state_words(card)
        if self._drawn.get(card["ts"]) != now:
            self._drawn[card["ts"]] = now
            self._print_card(state_of(card) or "Card", self._lines(card))
        elif step and step != self._step:
            self._print_lines([render(f"· {step}", names=self._names, style="dim")])
        self._step = step

    def _lines(self, message: Json) -> list[Text]:
        """Draw a message; the files are listed the first time and then only counted."""
        lines = lines_of(message, names=self._names, lists_files=not self._has_listed)
        self._has_listed = self._has_listed or bool(links_of(message))
        return lines

    def _print_card(self, title: str, lines: Sequence[Text]) -> None:
        if self._console.is_terminal:
            body = Text("\n").join(lines)
            self._console.print(Panel(body, title=title, title_align="left", width=WIDTH))
            return
        self._console.print(f"  ── card: {title} ──")
        self._print_lines(lines)

    def _print_lines(self, lines: Sequence[Text]) -> None:
        for line in lines:
            for part in line.wrap(self._console, WIDTH - len(INDENT)):
                self._console.print(Text(INDENT).append_text(part))

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
