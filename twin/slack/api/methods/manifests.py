"""The Web API method that says whether Slack would take a manifest."""

from twin.slack.api.open_methods import OpenCall, OpenMethod
from twin.slack.errors import SlackError, missing_argument
from twin.slack.manifests import find_problems
from twin.slack.place.model import Json

CONFIG_TOKEN = "xoxe.xoxp-twin-config-token"  # noqa: S105 - known to everybody on purpose


def validate(call: OpenCall) -> Json:
    """Answer `apps.manifest.validate`.

    Source: docs.slack.dev/reference/methods/apps.manifest.validate, read in a copy, 2026-11-22.
    """
    _need_config_token(call)
    manifest = call.args.structure("manifest", error="invalid_manifest")
    if manifest is None:
        raise missing_argument("manifest")
    if call.args.has("app_id") and call.args.text("app_id") not in call.directory.apps:
        raise SlackError("invalid_app_id")
    problems = find_problems(manifest)
    if problems:
        errors = [{"message": one.words, "pointer": one.at} for one in problems]
        raise SlackError("invalid_manifest", errors=errors)
    return {"ok": True}


def _need_config_token(call: OpenCall) -> None:
    if call.token is None:
        raise SlackError("not_authed")
    if call.token == CONFIG_TOKEN:
        return
    is_other_kind = call.directory.by_token(call.token) or call.directory.app_by_token(call.token)
    raise SlackError("not_allowed_token_type" if is_other_kind else "invalid_auth")


METHODS = {"apps.manifest.validate": OpenMethod(run=validate, tier=3)}
