"""The services whose story can be played."""

from collections.abc import Mapping

from twin.demo.part import Part
from twin.demo.with_jarai import JARAI
from twin.demo.with_narakeet import NARAKEET
from twin.demo.with_techforge import TECHFORGE

PARTS: Mapping[str, Part] = {
    "jarai": JARAI,
    "narakeet": NARAKEET,
    "techforge": TECHFORGE,
}
"""By name, as in `twin.launch.MAKERS`."""
