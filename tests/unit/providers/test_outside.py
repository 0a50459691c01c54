"""Services that packages of their own bring, found by entry point as an installer leaves them."""

import sys
from unittest.mock import create_autospec

import pytest

from bot import cli
from bot.core.errors import SettingsError
from bot.providers.http import Timeouts
from bot.providers.registry import build_providers, outside_services, outside_settings
from bot.publishing import Publisher
from bot.settings import Settings
from tests.fourth_provider.installed import install
from tests.house.tree import ROOT
from tests.operator import clean_machine
from tests.unit.providers.test_registry import Forgetful, clock

ON = {"TITLECARD_API_KEY": "tc_test"}


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Give a function that installs a package with some entry points; all is undone afterwards."""
    known = set(sys.modules)

    def put(**entry_points):
        install(monkeypatch, tmp_path / "site", entry_points=entry_points or None)

    yield put
    for name in set(sys.modules) - known:
        if name.startswith(("greenlight_titlecard", "broken_package")):
            del sys.modules[name]


async def test_an_installed_service_is_built_beside_the_others(site):
    """It brings its name, its label, its settings and itself."""
    site()
    settings = outside_settings(ON)
    providers = build_providers(settings, clock=clock, remembered=Forgetful())
    assert {one.name: one.label for one in providers.on()} == {"titlecard": "Titlecard"}
    await providers.of("titlecard").aclose()


async def test_an_installed_service_can_publish_where_that_can_be_done(site):
    """Without a public address there is nothing to publish with."""
    site()
    publishing = create_autospec(Publisher, instance=True)
    for given in (publishing, None):
        built = build_providers(
            outside_settings(ON), clock=clock, remembered=Forgetful(), publishing=given
        )
        assert built.of("titlecard")._tools.publishing is given
        await built.of("titlecard").aclose()


def test_a_paid_call_is_over_before_its_lease_also_where_nobody_says_how_long_it_may_take():
    """The lease goes by the setting; a package takes what there is."""
    assert Timeouts().submit_s <= Settings.model_fields["submit_timeout_s"].default


def test_an_installed_service_without_its_key_is_off(site):
    """As with the built-in ones."""
    site()
    assert outside_settings({}) == {}
    assert list(outside_services()) == ["titlecard"]


def test_a_wrong_setting_of_its_own_is_named(site):
    """And never its value."""
    site()
    with pytest.raises(SettingsError) as caught:
        outside_settings(ON | {"TITLECARD_BASE_URL": "http://far.example"})
    assert caught.value.name == "TITLECARD_BASE_URL"
    assert "far.example" not in str(caught.value)


@pytest.mark.parametrize(
    ("entry_points", "words"),
    [
        ({"broken": "no_such_package:SERVICE"}, "could not be loaded (ModuleNotFoundError"),
        ({"broken": "greenlight_titlecard:NOTHING"}, "could not be loaded (AttributeError"),
        ({"broken": "greenlight_titlecard.settings:Settings"}, "must name an OutsideService"),
        (
            {"one": "greenlight_titlecard:SERVICE", "two": "greenlight_titlecard:SERVICE"},
            "brings 'titlecard', which is there already",
        ),
    ],
)
def test_a_package_that_cannot_be_used_is_named_in_a_sentence(site, entry_points, words):
    """Whoever installed it reads which one it is and what is wrong."""
    site(**entry_points)
    with pytest.raises(SettingsError) as caught:
        outside_services()
    assert words in str(caught.value)
    assert "greenlight-titlecard" in str(caught.value)


def test_serving_with_a_package_that_cannot_be_used_ends_with_2(
    site, tmp_path, monkeypatch, capsys
):
    """One sentence names the package, before anything runs."""
    clean_machine(tmp_path, monkeypatch)
    site(broken="no_such_package:SERVICE")
    for name, value in (
        ("SLACK_BOT_TOKEN", "xoxb-1"),
        ("SLACK_SIGNING_SECRET", "long-enough"),
        ("CATALOG", str(ROOT / "catalog.toml")),
        ("PORT", "0"),
    ):
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve"])
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert ended.value.code == 2
    assert told.startswith("The service 'broken' of the package greenlight-titlecard could not be")
