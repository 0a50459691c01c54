"""The project's files, as the house rules see them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("bot", "storage", "twin", "tests", "bench", "docs")
HIDDEN = {".ci", ".env.example", ".dockerignore", ".gitignore", ".importlinter"}
HIDDEN_TOO = {".pre-commit-config.yaml"}
_BUILT = {"__pycache__", "node_modules"}
_FOREIGN = {"versions", "node_modules"}
_TEXT = {".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".svg", ".json", ".html", ".js", ".css"}
_TEXT |= {".mjs", ".ts", ".tsx", ".sha256"}


def sources(*folders: str) -> list[Path]:
    """List the Python files of our own folders."""
    found = (path for folder in folders or CODE for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if not _FOREIGN & set(path.parts))


def texts() -> Iterator[Path]:
    """Walk through every text that is ours: what git would track, found without git."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        is_kept = not parts[0].startswith(".") or parts[0] in HIDDEN | HIDDEN_TOO
        is_built = _BUILT & set(parts) or any(part.endswith(".egg-info") for part in parts)
        is_text = path.suffix in _TEXT or path.suffix == "" or path.name in HIDDEN
        if is_kept and not is_built and is_text and path.is_file():
            yield path


def name_of(path: Path) -> str:
    """Name a file by its place in the project."""
    return str(path.relative_to(ROOT))
