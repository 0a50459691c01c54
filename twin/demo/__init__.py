"""`greenlight demo`: one production played from `/produce` to the files, against the twin."""

from twin.demo.playing import DEFAULT_SPEED, run

__all__ = ["DEFAULT_SPEED", "run"]
