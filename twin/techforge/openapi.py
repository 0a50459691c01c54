"""What only the local TechForge's control has, for the OpenAPI document."""

from twin.openapi import Operation
from twin.techforge.catalogue import ACCOUNTS

CREDITS_MOST = 1_000_000_000.0
_PRODUCTIONS = "/__twin/productions"
_WORDS = {
    "type": "object",
    "properties": {"reason": {"type": "string"}, "job_status": {"type": "string"}},
    "maxProperties": 1,
    "additionalProperties": False,
}
_BALANCE = {
    "type": "object",
    "properties": {
        "account": {"enum": [account.name for account in ACCOUNTS.values()]},
        "credits": {"type": "number", "minimum": -CREDITS_MOST, "maximum": CREDITS_MOST},
    },
    "required": ["credits"],
    "additionalProperties": False,
}
OPERATIONS = (
    Operation(call=f"GET {_PRODUCTIONS}", summary="List every job, oldest first."),
    Operation(
        call=f"GET {_PRODUCTIONS}/{{uuid}}", summary="Show a job with the digests of its files."
    ),
    Operation(
        call=f"POST {_PRODUCTIONS}/{{uuid}}/{{action}}",
        summary="Do what an operator does: pick_up, step, finish, fail, revive or stand. Only fail "
        "may be given a reason, and stand must be given a job_status.",
        body=_WORDS,
    ),
    Operation(call="GET /__twin/credits", summary="Show every account's balance."),
    Operation(
        call="POST /__twin/credits", summary="Give an account another balance.", body=_BALANCE
    ),
)
