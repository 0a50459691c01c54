"""Check what the bot's builders build, without the local Slack around them."""

import functools
import importlib
import inspect
import pkgutil
import sys

from bot.slack import views
from twin.slack.checks import block_problems, view_problems


def builders():
    """List the functions of `bot.slack.views` that build whole messages and views."""
    names = [one.name for one in pkgutil.iter_modules(views.__path__, f"{views.__name__}.")]
    return [
        function
        for module in map(importlib.import_module, names)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("build_") and function.__module__ == module.__name__
    ]


def users_of(builder, *more_modules):
    """List the modules of the bot, and others given, that know a builder, with its name there."""
    bot = [module for name, module in list(sys.modules.items()) if name.startswith("bot.")]
    for module in [*bot, *more_modules]:
        for name, value in list(vars(module).items()):
            if value is builder:
                yield module, name


def checked(builder):
    """Make a builder that fails where Slack would refuse what it built."""

    @functools.wraps(builder)
    def build(*args, **named):
        built = builder(*args, **named)
        assert problems_of(built) == []
        return built

    return build


def problems_of(built):
    """List what Slack would refuse; rows of buttons are looked at with the card they are in."""
    if not isinstance(built, dict):
        return []
    if built.get("type") in {"modal", "home"}:
        return view_problems(built)
    return block_problems(built["blocks"])
