"""What is noted for a key, and how long it counts."""

import pytest

from bot.providers.notebook import Notebook
from tests.unit.providers.hands import Hands, Memory


def notebook(memory, *, credential="a1"):
    """Open a key's notebook."""
    return Notebook(memory, service="jarai", credential=credential, clock=memory.clock)


@pytest.mark.parametrize(("age_s", "found"), [(59.9, ["x"]), (60.0, None)])
async def test_a_note_is_recalled_until_it_is_that_old(age_s, found):
    """At the very end of its time it is old; without a time it never is."""
    memory = Memory(Hands())
    await notebook(memory).note("voices", ["x"])
    memory.clock.go(seconds=age_s)
    assert await notebook(memory).recall("voices", fresh_s=60.0) == found
    assert await notebook(memory).recall("voices") == ["x"]


async def test_another_key_has_notes_of_its_own():
    """What one account may choose is nothing to another; and a new notebook has no notes."""
    memory = Memory(Hands())
    await notebook(memory).note("voices", ["x"])
    assert list(memory.kept) == ["jarai:voices:a1"]
    assert await notebook(memory, credential="b2").recall("voices") is None
    assert await notebook(memory).recall("credits") is None
