"""What only the local Narakeet's control has, for the OpenAPI document."""

from twin.narakeet.catalogue import ACCOUNTS
from twin.openapi import Operation

CREDITS_MOST = 10_000_000

_PRODUCTIONS = "/__twin/productions"
_FAILURE = {
    "type": "object",
    "properties": {"message": {"type": "string"}},
    "additionalProperties": False,
}
_CREDITS = {
    "type": "object",
    "properties": {
        "account": {"type": "string", "enum": list(ACCOUNTS)},
        "creditSeconds": {"type": "number", "minimum": 0, "maximum": CREDITS_MOST},
    },
    "required": ["creditSeconds"],
    "additionalProperties": False,
}

OPERATIONS = (
    Operation(call=f"GET {_PRODUCTIONS}", summary="List every job, oldest first."),
    Operation(
        call=f"GET {_PRODUCTIONS}/{{task_id}}", summary="Show a job with the digests of its files."
    ),
    Operation(
        call=f"POST {_PRODUCTIONS}/{{task_id}}/{{action}}",
        summary="Move a job on by hand: step, finish or fail. Only fail takes a body.",
        body=_FAILURE,
    ),
    Operation(call="GET /__twin/credits", summary="Show every account's credits, in seconds."),
    Operation(
        call="POST /__twin/credits",
        summary="Give an account other credits; without a name it is the standard key's.",
        body=_CREDITS,
    ),
)
