# ruff: noqa: INP001 - A script beside the documents, not a package.
"""Write the parts of the documents that the code knows best; `make docs` runs this.

A house test compares what stands in the files with what this would write.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from textwrap import wrap

from pydantic.fields import FieldInfo

from bot.core.events import Command, News
from bot.core.production import LOOKED_AT, State
from bot.core.transitions import GATE, TABLE
from bot.settings import Settings, env_name

ROOT = Path(__file__).resolve().parent.parent
RUNNING = "At the service"
WIDTH = 96

Edges = Mapping[tuple[str, str], list[str]]


def diagram() -> str:
    """Draw the transition table as a Mermaid state diagram, without loops to the same state.

    The states in which the service has a job stand in one frame; what all of them share is drawn
    once, at the frame.
    """
    edges = _edges()
    inner = {pair: words for pair, words in edges.items() if _is_inside(*pair)}
    lines = ["```mermaid", "stateDiagram-v2", f'    state "{RUNNING}" as running {{']
    lines += [f"        {line}" for line in (*_named(is_running=True), *_drawn(inner))]
    lines += ["    }", *(f"    {line}" for line in _named(is_running=False))]
    lines += ["    [*] --> requested: form sent"]
    lines += [f"    {line}" for line in _drawn(_folded(edges, inner))]
    lines += [f"    {line}" for line in _gate()]
    return "\n".join([*lines, "```"])


def _named(*, is_running: bool) -> Iterator[str]:
    """Give states of more than one word a name that reads well."""
    for state in State:
        words = state.value.replace("_", " ")
        if words != state.value and (state in LOOKED_AT) is is_running:
            yield f'state "{words}" as {state.value}'


def _edges() -> Edges:
    edges: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (before, kind), after in TABLE.items():
        if before is not after:
            edges[before.value, after.value].append(_words(kind))
    return edges


def _gate() -> Iterator[str]:
    """Draw what decisions do where the service has no approval of its own."""
    for (before, kind), after in GATE.items():
        yield f"{before.value} --> {after.value}: {_words(kind)} at our gate"


def _words(kind: News | Command) -> str:
    words = kind.value.replace("_", " ")
    return f"{words} clicked" if isinstance(kind, Command) else words


def _is_inside(before: str, after: str) -> bool:
    return State(before) in LOOKED_AT and State(after) in LOOKED_AT


def _folded(edges: Edges, inner: Edges) -> Edges:
    """Draw once, at the frame, what every state in it has in common."""
    outer = {pair: words for pair, words in edges.items() if pair not in inner}
    for state in State:
        into = [(state.value, one.value) for one in State if one in LOOKED_AT]
        out = [(one.value, state.value) for one in State if one in LOOKED_AT]
        if all(pair in outer for pair in out):
            outer[RUNNING, state.value] = outer[out[0]]
            outer = {pair: words for pair, words in outer.items() if pair not in out}
        if all(pair in outer for pair in into):
            outer[state.value, RUNNING] = ["seen alive again"]
            outer = {pair: words for pair, words in outer.items() if pair not in into}
    return outer


def _drawn(edges: Edges) -> Iterator[str]:
    order = [*(state.value for state in State), RUNNING]
    for before, after in sorted(edges, key=lambda pair: [order.index(end) for end in pair]):
        names = [end.replace(RUNNING, "running") for end in (before, after)]
        yield f"{names[0]} --> {names[1]}: {', '.join(edges[before, after])}"


def settings_table() -> str:
    """List every setting with its default and meaning."""
    rows = ["| name | default | meaning |", "|---|---|---|"]
    rows += [
        f"| `{env_name(name)}` | {_default(field)} | {field.description} |"
        for name, field in _fields()
    ]
    return "\n".join(rows)


def _fields() -> list[tuple[str, FieldInfo]]:
    """List the settings: those with names of their own first, as people look for them."""
    return sorted(Settings.model_fields.items(), key=lambda one: one[1].alias is None)


def _default(field: FieldInfo) -> str:
    return "none" if field.default is None else f"`{_plain(field)}`"


def _plain(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def env_example() -> str:
    """List every setting as a commented line; those without a default are left empty."""
    lines = [
        "# Copy this to .env and fill in what you need; lines left as they are change nothing.",
        "# Written by `make docs`; docs/settings.md says more.",
    ]
    for name, field in _fields():
        value = "" if field.default is None else _plain(field)
        lines += ["", *(f"# {line}" for line in wrap(_unmarked(field), WIDTH))]
        lines += [f"#{env_name(name)}={value}"]
    return "\n".join(lines) + "\n"


def _unmarked(field: FieldInfo) -> str:
    return (field.description or "").replace("`", "")


PARTS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "README.md": {"diagram": diagram},
    "docs/settings.md": {"settings": settings_table},
}
"""File to the names of its generated parts and what writes them."""


def with_parts(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """Put generated parts between their marks.

    Raises:
        ValueError: A mark is missing.
    """
    for name, write in parts.items():
        mark = re.compile(rf"(<!-- {name}: make docs -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not mark.search(text):
            raise ValueError(f"no place for {name}")
        text = mark.sub(partial(_between, part=write()), text)
    return text


def _between(found: re.Match[str], *, part: str) -> str:
    return f"{found[1]}{part}\n{found[2]}"


def files() -> dict[Path, str]:
    """Give every generated file as it should be."""
    written = {
        ROOT / name: with_parts((ROOT / name).read_text(encoding="utf-8"), parts)
        for name, parts in PARTS.items()
    }
    return {**written, ROOT / ".env.example": env_example()}


def main() -> None:
    """Write what differs, and name it."""
    for path, text in files().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
