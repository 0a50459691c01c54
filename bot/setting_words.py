"""What a setting must be, in plain words."""

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails


def must_be(error: ErrorDetails, field: FieldInfo | None) -> str:
    """Say what a wrong setting must be.

    Args:
        field: None where nobody knows which setting is meant.
    """
    kind = error["type"]
    text = error["msg"].removeprefix("Value error, ")
    if text.startswith("must"):
        return text
    if kind == "string_pattern_mismatch":
        return "must begin with / and hold small letters, digits, - or _"
    if kind == "too_short":
        return f"must hold {error['ctx']['min_length']} characters or more"
    if kind == "bool_parsing":
        return "must be true or false"
    if kind == "literal_error":
        return f"must be one of {error['ctx']['expected']}"
    if field is not None and kind.startswith(("int_", "float_", "greater_", "less_", "finite_")):
        return f"must be a number{_range(field)}"
    return f"is wrong: {text[:1].lower()}{text[1:]}"


def _range(field: FieldInfo) -> str:
    """Say which numbers a setting takes."""
    limits = field.metadata
    low = next((one.ge for one in limits if hasattr(one, "ge")), None)
    high = next((one.le for one in limits if hasattr(one, "le")), None)
    if high is None:
        return f", {low} or more"
    return f" above 0, {high} at most" if low is None else f" from {low} to {high}"
