"""The local Slack: one workspace behind Slack's own wire, kept in memory and ended with the process.

What a workspace is lives in `model`, `workspace` and `modals`, none of which knows HTTP. `webapi`
answers the bot, `deliveries` calls the bot, `acting` does what people do, `control` lets scripts
ask for it over HTTP, and `app` puts them together.
"""
