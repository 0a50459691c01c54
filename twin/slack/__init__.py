"""The local Slack: workspaces and apps behind Slack's own wire, kept in memory while it runs.

`place` is what there is, `people` act in it, `outbound` tells the bot, `api` answers the bot. `checks`
and `manifests` refuse what Slack refuses, `files` and `install` are uploads and OAuth, `control` and
`page` are ours, for scripts and for people. `app` puts them together.
"""
