"""What only the local JARAI's control has, for the OpenAPI document."""

from twin.jarai.webhooks import MISHAPS
from twin.openapi import Operation

_SECONDS = {"type": "number", "minimum": 0}
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
OPERATIONS = (
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
