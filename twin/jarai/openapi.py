"""What only the local JARAI's control has, for the OpenAPI document."""

from twin.jarai.webhooks import MISHAPS
from twin.openapi import Operation

_SECONDS = {"type": "number", "minimum": 0}
_FAILURE = {
    "type": "object",
    "properties": {"errorCode": {"type": "string"}, "errorMessage": {"type": "string"}},
    "additionalProperties": False,
}
_MISHAP = {
    "type": "object",
    "properties": {
        **{name: {"const": True} for name in MISHAPS if name != "late_s"},
        "late_s": _SECONDS,
        "event_type": {"type": ["string", "null"]},
    },
    "oneOf": [{"required": [name]} for name in MISHAPS],
    "additionalProperties": False,
}
_PRODUCTIONS = "/__twin/productions"

OPERATIONS = (
    Operation(call=f"GET {_PRODUCTIONS}", summary="List every production, oldest first."),
    Operation(
        call=f"GET {_PRODUCTIONS}/{{production_id}}",
        summary="Show a production with the digests of its files.",
    ),
    Operation(
        call=f"POST {_PRODUCTIONS}/{{production_id}}/{{action}}",
        summary="Do what an operator does: release, reject, fail, step, pick_up, revive, "
        "cancel or finish. Only fail takes a body.",
        body=_FAILURE,
    ),
    Operation(
        call="POST /__twin/webhooks/next",
        summary="Let the next event go wrong.",
        body=_MISHAP,
    ),
    Operation(
        call="POST /__twin/webhooks/send",
        summary="Deliver the body as it is, signed, once to every subscription.",
        body={},
        media="application/octet-stream",
    ),
    Operation(
        call="GET /__twin/mails",
        summary="List the e-mails to those who registered, each with its link.",
    ),
)
