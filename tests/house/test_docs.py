"""The documents are true: generated parts are fresh, links lead somewhere, commands exist."""

import importlib.util
import re
import shlex
import tomllib

import pytest

from bot import cli
from bot.catalog import Catalog, JaraiCatalog, NarakeetCatalog, SlackCatalog, TechForgeCatalog
from bot.settings import Settings, env_name
from tests.house.tree import ROOT, name_of, texts

PAGES = [path for path in texts() if path.suffix == ".md" and "samples" not in path.parts]


@pytest.fixture(scope="module")
def generate():
    """Load `docs/generate.py`, which is a script."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_parts_are_fresh(generate):
    """The diagram, the settings and `.env.example` are what `make docs` would write now."""
    stale = [
        name_of(path)
        for path, text in generate.files().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == []


def test_the_readme_shows_the_diagram(generate):
    """The README's picture of the lifecycle is the one drawn from the table."""
    assert generate.diagram() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_page_without_its_place_is_refused(generate):
    """A generated part cannot get lost without somebody noticing."""
    with pytest.raises(ValueError, match="no place for diagram"):
        generate.with_parts("nothing here", {"diagram": generate.diagram})


@pytest.mark.parametrize("file", ["docs/settings.md", ".env.example"])
def test_every_setting_is_documented(file):
    """Nobody has to read the code to find a setting."""
    text = (ROOT / file).read_text(encoding="utf-8")
    names = [env_name(field) for field in Settings.model_fields]
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []


def test_every_setting_says_what_it_means():
    """A name and a default are not enough."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_entry_of_the_catalog_is_documented():
    """The example on the page has every part and entry that is read, and none beside."""
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    shown = tomllib.loads(re.search(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1])
    parts = {
        "jarai": JaraiCatalog,
        "narakeet": NarakeetCatalog,
        "techforge": TechForgeCatalog,
        "slack": SlackCatalog,
    }
    assert set(Catalog.model_fields) == set(parts)
    assert {name: set(entries) for name, entries in shown.items()} == {
        name: set(part.model_fields) for name, part in parts.items()
    }


def anchors_of(text: str) -> set[str]:
    """List the anchors of a page's headings, as the usual renderers name them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    """Every link to a file or a heading of the project has its end."""
    text = page.read_text(encoding="utf-8")
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        end = (page.parent / file).resolve() if file else page
        if not end.exists() or (anchor and anchor not in anchors_of(end.read_text("utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_make_targets_exist(page):
    """What a page tells you to run is there."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE))
    assert named - targets == set()


def command_names(app) -> set[str]:
    """List an app's commands, those of its parts with their prefix."""
    names = {one.name or one.callback.__name__.replace("_", "-") for one in app.registered_commands}
    for group in app.registered_groups:
        names |= {f"{group.name} {name}" for name in command_names(group.typer_instance)}
    return names


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_commands_exist(page):
    """What a page tells you to type is a command, with options that it has."""
    known = command_names(cli.app)
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"(?:`|^|/)greenlight ([a-z][^`\n#]*)", text, re.MULTILINE)
    unknown = []
    for line in named:
        typed = shlex.split(line.replace("'", ""))
        words = [word for word in typed if re.fullmatch(r"[a-zA-Z]+(-[a-z]+)*", word)]
        if not any(" ".join(words[: name.count(" ") + 1]) == name for name in known):
            unknown.append(line)
    assert unknown == []


def test_the_changelog_has_a_place_for_the_next_change():
    """A change and its line go together, so there is always somewhere to put it."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = re.search(r"^## (.+)$", text, re.MULTILINE)
    assert first is not None
    assert first[1] == "Unreleased"


def test_every_decision_is_listed_in_order():
    """Decisions are numbered without gaps and the architecture names each."""
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[(\d+)\. .+\]\(decisions/(.+)\)$", text, re.MULTILINE)
    assert listed == [(str(int(page.name[:4])), page.name) for page in pages]


def test_every_state_is_in_the_glossary():
    """The words on the screen are explained."""
    from bot.core.production import State

    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").lower()
    assert [state for state in State if state.value.replace("_", " ") not in text] == []


def test_every_picture_is_shown_in_words_too():
    """Each picture that `make screenshots` takes is on a page, described for who cannot see it."""
    from tests.browser.screenshots import SCENES

    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    shown = dict(re.findall(r"!\[([^\]]{40,})\]\([^)]*images/(page-[\w-]+)\.png\)", text))
    taken = {path.stem for path in (ROOT / "docs/images").iterdir()}
    assert set(shown.values()) == taken == {f"page-{name}" for name in SCENES}
