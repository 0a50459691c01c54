"""The import rules hold, and each of them notices when it is broken."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "storage", "twin")
LINTER = Path(sys.executable).with_name("lint-imports")
NOT_OURS = shutil.ignore_patterns("__pycache__", "node_modules")

VIOLATIONS = {
    "a lower layer imports a higher one": (
        "Imports go one way",
        "bot/productions.py",
        "import bot.tracker",
    ),
    "a use case reaches for the wiring": (
        "Imports go one way",
        "bot/habits.py",
        "import bot.copying",
    ),
    "storage imports a provider": (
        "Imports go one way",
        "storage/values.py",
        "import bot.providers.registry",
    ),
    "a view asks a provider": (
        "Imports go one way",
        "bot/slack/views/card.py",
        "import bot.providers.registry",
    ),
    "core uses a library": (
        "Core decides and does nothing else",
        "bot/core/schedule.py",
        "import httpx",
    ),
    "core reads the database": (
        "Core decides and does nothing else",
        "bot/core/machine.py",
        "import storage.values",
    ),
    "SQL outside storage": ("SQL is in storage alone", "bot/tracker/loop.py", "import sqlalchemy"),
    "Slack's client in a loop": (
        "Slack's libraries stay where Slack is spoken to",
        "bot/notifier/loop.py",
        "import slack_sdk",
    ),
    "a view waits": (
        "Views and forms touch neither network nor database",
        "bot/slack/views/form.py",
        "import asyncio",
    ),
    "a form reads the store": (
        "Views and forms touch neither network nor database",
        "bot/slack/forms.py",
        "import storage.values",
    ),
    "one provider uses another": (
        "Providers do not know of each other",
        "bot/providers/narakeet.py",
        "import bot.providers.jarai",
    ),
    "a helper knows a provider": (
        "Providers do not know of each other",
        "bot/providers/http.py",
        "import bot.providers.jarai",
    ),
    "storage reads the settings": (
        "Storage knows the core and nothing else of the bot",
        "storage/values.py",
        "import bot.settings",
    ),
    "the twin borrows from the bot": (
        "The twin knows nothing of the bot",
        "twin/clock.py",
        "import bot.core.schedule",
    ),
    "the bot leans on the twin": (
        "Only the command line starts the twin",
        "bot/app.py",
        "import twin.launch",
    ),
    "a check asks who calls": (
        "The rooms of the local Slack form one chain",
        "twin/slack/checks/rules.py",
        "import twin.slack.api.access",
    ),
    "what Slack does leans on what is ours": (
        "The rooms of the local Slack form one chain",
        "twin/slack/files/uploads.py",
        "import twin.slack.control.fields",
    ),
}
"""What is broken, by the contract that must notice, the file it is planted in, and the line."""


@pytest.fixture
def copy(tmp_path):
    """Copy the packages to where they may be spoilt."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=NOT_OURS)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def lint(folder: Path) -> tuple[int, str]:
    """Run the linter on a copy; gives its exit code and what it said."""
    done = subprocess.run(
        [LINTER, "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def plant(folder: Path, path: str, line: str) -> None:
    """Add a line to a module of the copy, or make the module."""
    with (folder / path).open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")


def test_the_code_as_it_is_keeps_every_rule(copy):
    """Nothing in the code breaks a contract."""
    code, said = lint(copy)
    assert code == 0, said
    assert "0 broken" in said


@pytest.mark.parametrize(("contract", "path", "line"), VIOLATIONS.values(), ids=list(VIOLATIONS))
def test_a_violation_breaks_its_contract(copy, contract, path, line):
    """Each contract is seen to fail when somebody does what it forbids."""
    plant(copy, path, line)
    code, said = lint(copy)
    assert code == 1, said
    assert f"{contract} BROKEN" in said


def test_every_contract_has_a_violation():
    """A contract that nobody has seen to fail may not work at all."""
    named = {
        line.split("=", 1)[1].strip()
        for line in (ROOT / ".importlinter").read_text(encoding="utf-8").splitlines()
        if line.startswith("name =")
    }
    assert named == {contract for contract, _path, _line in VIOLATIONS.values()}


def test_every_module_of_the_bot_has_a_layer():
    """One that nobody put anywhere would be held by nothing."""
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    layers = text.split("layers =\n")[1].split("ignore_imports")[0]
    listed = set(layers.replace("|", " ").split()) - {"storage"}
    rooms = {path.with_suffix("") for path in (ROOT / "bot").glob("*") if path.suffix == ".py"}
    rooms |= {path.parent for path in (ROOT / "bot").glob("*/__init__.py")}
    rooms |= {path.with_suffix("") for path in (ROOT / "bot/slack").glob("*.py")}
    rooms |= {path.parent for path in (ROOT / "bot/slack").glob("*/__init__.py")}
    names = {".".join(room.relative_to(ROOT).parts) for room in rooms if room.name != "__init__"}
    assert listed == names - {"bot.slack"}


def imported_roots(path: Path) -> set[str]:
    """List the first parts of everything a module imports."""
    roots: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").split(".")[0])
    return roots


@pytest.mark.parametrize("path", sorted((ROOT / "bot/core").glob("*.py")), ids=lambda one: one.name)
def test_core_imports_the_standard_library_and_itself(path):
    """The contract lists libraries; this notices one that nobody listed."""
    assert imported_roots(path) <= sys.stdlib_module_names | {"bot"}


IMPORT_NAMES = {
    "prometheus-client": "prometheus_client",
    "pydantic-settings": "pydantic_settings",
    "httpx-aiohttp": "httpx_aiohttp",
    "pyyaml": "yaml",
    "slack-bolt": "slack_bolt",
    "slack-sdk": "slack_sdk",
}


def test_the_core_contract_lists_every_dependency():
    """A library that is added to the project is added to what core may not use."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    names = {need.split(">=")[0].split("[")[0] for need in named}
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    core = text.split("[importlinter:contract:core]")[1].split("[importlinter:")[0]
    listed = set(core.split("forbidden_modules =")[1].split())
    assert {IMPORT_NAMES.get(name, name) for name in names} <= listed


OWNERS = (
    "bot/catalog.py",
    "bot/cli.py",
    "bot/enrolment.py",  # Commands by which one joins a service.
    "bot/providers/jarai",
    "bot/providers/narakeet",
    "bot/providers/registry.py",
    "bot/providers/techforge",
    "bot/service_tuning.py",
    "bot/services.py",  # Turns settings into what each service's module takes.
    "bot/settings.py",
)


@pytest.mark.parametrize("package", ["bot", "storage"])
def test_a_service_is_named_only_where_it_belongs(package):
    """Everything else works with any service, so it knows none by name."""
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / package).rglob("*.py"))
        if any(
            name in path.read_text(encoding="utf-8").lower()
            for name in ("jarai", "narakeet", "techforge")
        )
    ]
    assert [path for path in found if not path.startswith(OWNERS)] == []


def test_only_packages_from_outside_use_the_name_kept_for_them():
    """Two ways to one guard would be two words for one thing."""
    users = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "bot").rglob("*.py"))
        if "bot.providers.urls" in path.read_text(encoding="utf-8")
    ]
    assert users == []
