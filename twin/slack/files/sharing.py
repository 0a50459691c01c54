"""Show files in messages, say who can see them, and take them away again."""

from dataclasses import replace

from twin.slack.files.store import File, Files, Share
from twin.slack.files.wire import file_json, tombstone_json
from twin.slack.place.directory import Directory
from twin.slack.place.model import Installation, Message


class FileSharing:
    """Bring files and messages together.

    Args:
        files: Where they are kept.
        directory: Where the messages are.
    """

    def __init__(self, files: Files, directory: Directory) -> None:
        self._files = files
        self._directory = directory

    def show(self, message: Message, shown: list[File], *, base_url: str) -> Message:
        """Post a message that shows files."""
        written = [file_json(file, base_url=base_url) for file in shown]
        posted = replace(message, files=written)
        self._directory.workspace_of_channel(message.channel).add(posted)
        share = Share(channel=message.channel, ts=message.ts, thread_ts=message.thread_ts)
        for file in shown:
            self._files.add_share(file.id, share)
        return posted

    def can_see(self, file: File, installation: Installation) -> bool:
        """Say whether an app can see a file.

        It can if it uploaded it, was given it in a form, or is where it is shown; and what is shown
        in a public channel of its workspace it can see from outside.
        """
        app = installation.app.id
        if file.stage != "finished":
            return False
        if app in file.apps or (file.app_id == app and file.team_id == installation.team_id):
            return True
        channels = (self._directory.channel(share.channel) for share in file.shares)
        return any(
            installation.bot_user_id in channel.members
            or (not channel.is_private and channel.team_id == installation.team_id)
            for channel in channels
            if channel is not None
        )

    def remove(self, file: File) -> None:
        """Delete a file; messages that showed it say that there was one."""
        for share in file.shares:
            workspace = self._directory.workspace_of_channel(share.channel)
            message = workspace.message(share.channel, share.ts)
            if message is not None:
                left = [
                    tombstone_json(file) if one["id"] == file.id else one for one in message.files
                ]
                workspace.put(replace(message, files=left))
        self._files.delete(file.id)
