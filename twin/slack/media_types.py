"""The two media types in which Slack and its apps write to each other."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
