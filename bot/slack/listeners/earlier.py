"""What a form takes over from a production that has ended: its answers, and its files."""

from collections.abc import Mapping, Sequence

from bot.core.production import FileReference, ProductionRequest
from bot.providers.base import Provider
from bot.slack.ids import ButtonValue
from bot.slack.listeners.desk import Desk

Files = Mapping[str, tuple[FileReference, ...]]


def initial_of(request: ProductionRequest) -> dict[str, str]:
    """Give what a form may begin with; no form of Slack's can begin with files."""
    return {one.key: one.value for one in request.answers if not one.files}


def files_of(desk: Desk, request: ProductionRequest, provider: Provider) -> Files:
    """Give the files that a form of this service may use again, by key.

    They are those of the recorded request: what a form says of files it did not upload counts for
    nothing.
    """
    is_ours = (request.team_id, request.provider) == (desk.workspace.team_id, provider.name)
    if not is_ours or not desk.workspace.reads_files:
        return {}
    return {one.key: one.files for one in request.answers if one.files}


async def earlier_files(desk: Desk, provider: Provider, about: ButtonValue | None) -> Files:
    """Give the same for the production that a form is about; none for a new one.

    Raises:
        StorageError: It cannot be loaded.
    """
    if about is None:
        return {}
    production = await desk.productions.load(about.production_id)
    return files_of(desk, production.request, provider)


def names_of(files: Files) -> dict[str, str]:
    """Name the files of each field as in a sentence."""
    return {key: _listed([one.name for one in listed]) for key, listed in files.items()}


def _listed(names: Sequence[str]) -> str:
    before, last = ", ".join(names[:-1]), names[-1]
    return f"{before} and {last}" if before else last
