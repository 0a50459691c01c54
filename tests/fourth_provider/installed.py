"""Install the fourth provider for a test: its folder and its entry point on the path, as pip does."""

import tomllib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
GROUP = "greenlight.providers"


def install(
    monkeypatch: pytest.MonkeyPatch, site: Path, *, entry_points: dict[str, str] | None = None
) -> None:
    """Put the package where imports and entry points are looked for.

    Args:
        site: An empty folder, which becomes the place of installed packages.
        entry_points: In place of those in the package's own `pyproject.toml`.
    """
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = site / f"greenlight_titlecard-{project['version']}.dist-info"
    info.mkdir(parents=True)
    about = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(about, encoding="utf-8")
    named = project["entry-points"][GROUP] if entry_points is None else entry_points
    lines = [f"{name} = {target}" for name, target in named.items()]
    text = "\n".join([f"[{GROUP}]", *lines]) + "\n"
    (info / "entry_points.txt").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.syspath_prepend(str(site))
