"""The rig with the fourth provider installed beside, or in place of, the usual service."""

from typing import Any

from tests.fourth_provider.installed import install
from tests.fourth_provider.server import TitlecardTwin
from tests.rig import ANA, MARKETING, TOPIC, Rig
from twin.slack.text import inputs

Json = dict[str, Any]


async def with_titlecard(make_rig, monkeypatch, site, *, alone: bool = True, **options) -> Rig:
    """Run a rig with Titlecard installed as a package of its own.

    Args:
        site: An empty folder to install it in.
        alone: Whether it is the only service that is on.
    """
    install(monkeypatch, site)

    async def start(clock):
        twin = TitlecardTwin(clock)
        await twin.start()
        monkeypatch.setenv("TITLECARD_API_KEY", twin.api_key)
        monkeypatch.setenv("TITLECARD_BASE_URL", twin.url)
        return twin

    off = {"jarai_api_key": None} if alone else {}
    return await make_rig(beside=start, **(off | options))


def labels(view: Json) -> list[str]:
    """List the fields of a form, in order."""
    return [block["label"]["text"] for block in inputs(view["blocks"])]


def held(view: Json) -> Json:
    """Give what the fields of a form begin with, by label."""
    found = {}
    for block in inputs(view["blocks"]):
        element = block["element"]
        option = element.get("initial_option")
        first = option["text"]["text"] if option else element.get("initial_value")
        found[block["label"]["text"]] = first
    return found


async def choose(rig: Rig, label: str, words: str, *, values: Json | None = None) -> Json:
    """Choose something in the open form that changes it; gives the form as it is then."""
    view = rig.slack.views(ANA)[-1]
    (block,) = [one for one in inputs(view["blocks"]) if one["label"]["text"] == label]
    clicked = await rig.slack.act.click(
        user=ANA,
        view_id=view["id"],
        action_id=block["element"]["action_id"],
        block_id=block["block_id"],
        option=words,
        values=values,
    )
    assert clicked["error"] is None, clicked
    await rig.settle()
    return rig.slack.views(ANA)[-1]


async def upload(rig: Rig, *files: tuple[str, bytes], user: str = ANA) -> list[str]:
    """Upload files for a form; gives their ids."""
    given = await rig.slack.act.upload(user=user, uploads=list(files))
    assert given["error"] is None, given
    return [one["id"] for one in given["files"]]


async def order(rig: Rig, **values: Any) -> str:
    """Ask for a plain title; gives its card."""
    view = await rig.open_form(TOPIC)
    view = await choose(rig, "Style", "Plain")
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=values)
    assert sent["error"] is None, sent
    assert not sent["errors"], sent
    await rig.advance(2)
    return rig.cards(MARKETING)[-1]["ts"]
