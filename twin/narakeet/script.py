"""Reading scripts: how long they take to speak, and which files they show.

The length is an estimate of ours; the service reads aloud and measures.
"""

import math
import re
from dataclasses import dataclass

WORDS_PER_SECOND = 2.5
SCENE_S = 3  # A scene without words stays this long.
_HEADER = re.compile(r"\A---\s*\n.*?\n---\s*\n", re.DOTALL)
# The bounds keep a hostile line from being read again and again.
_PICTURE = re.compile(r"!\[[^\]\n]{0,200}\]\(([^)\n]{1,300})\)")
_TITLE = re.compile(r"\s+\"[^\"]*\"\s*$")
_SCENE_END = re.compile(r"^---\s*$", re.MULTILINE)
_TIMING = re.compile(r"^(?:WEBVTT.*|\d+|.*-->.*)$", re.MULTILINE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Script:
    """What a script comes to.

    Attributes:
        files: What it shows, as it names them; web addresses are left out.
        seconds: How long it takes, 0 where there is nothing to say or show.
    """

    scenes: int
    seconds: int
    files: tuple[str, ...]


def read_script(text: str, *, speed: float = 1.0) -> Script:
    """Read a Markdown script, its header between `---` lines left out."""
    body = _HEADER.sub("", text.replace("\r\n", "\n"), count=1)
    scenes = [scene for scene in _SCENE_END.split(body) if scene.strip()]
    shown = [shown for scene in scenes for shown in _PICTURE.findall(scene)]
    named = [_TITLE.sub("", each).strip() for each in shown]
    return Script(
        scenes=len(scenes),
        seconds=sum(_length_s(scene, speed) for scene in scenes),
        files=tuple(name for name in dict.fromkeys(named) if "://" not in name),
    )


def read_subtitles(text: str, *, speed: float = 1.0) -> Script:
    """Read subtitles as what they say."""
    return read_script(_TIMING.sub("", text.replace("\r\n", "\n")), speed=speed)


def _length_s(scene: str, speed: float) -> int:
    words = len(_WORD.findall(_PICTURE.sub("", scene)))
    return math.ceil(words / WORDS_PER_SECOND / speed) or SCENE_S
