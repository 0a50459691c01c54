"""The local Slack: workspaces and apps behind Slack's own wire, kept in memory while it runs.

`place` is what there is, `people` act in it, `outbound` tells the bot, `api` answers the bot.
`checks` and `manifests` refuse what Slack refuses, `files` and `install` are uploads and OAuth,
`control` and `page` are ours, for scripts and for people. `app` puts them together.

A `Source:` names where Slack says something. None was read on Slack's own site: "read in a copy"
is a page of its documents as others keep it, "as reported" is what people met, and "assumed" is
what no page says.
"""
