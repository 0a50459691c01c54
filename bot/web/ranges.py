"""Which part of a file a request asks for (RFC 9110, 14.1.2 and 14.2); pure."""

import re
from collections.abc import Sequence

Part = tuple[int, int]
"""First byte and the one after the last."""

_DIGITS = 18
"""No file is longer than so many digits say; Python refuses to read numbers of thousands."""
_ONE = re.compile(r"bytes[ \t]*=[ \t]*(\d*)-(\d*)[ \t]*", re.ASCII | re.IGNORECASE)


class UnsatisfiableRangeError(ValueError):
    """The part begins after the file's end."""


def read_range(headers: Sequence[str], size: int) -> Part | None:
    """Read a request's `Range` headers.

    Several ranges at once, other units and what makes no sense are ignored, as servers may; people
    then get the whole file.

    Returns:
        The part, at least a byte long and within the file; None for all of it.

    Raises:
        UnsatisfiableRangeError: There is no such part.
    """
    found = _ONE.fullmatch(headers[0]) if len(headers) == 1 else None
    if found is None or not any(found.groups()):
        return None
    first, last = found[1], found[2]
    if not first:
        return _suffix(_number(last), size)
    start = _number(first)
    if last and _number(last) < start:
        return None
    if start >= size:
        raise UnsatisfiableRangeError
    return start, min(_number(last) + 1, size) if last else size


def _suffix(length: int, size: int) -> Part:
    if length == 0 or size == 0:
        raise UnsatisfiableRangeError
    return max(size - length, 0), size


def _number(digits: str) -> int:
    digits = digits.lstrip("0")
    return 10**_DIGITS if len(digits) > _DIGITS else int(digits or "0")
