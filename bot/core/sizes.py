"""Sizes as people say them."""

_KILO = 1000


def size_words(size_bytes: int) -> str:
    """Say a size as people do: `18 MB`."""
    size = float(max(size_bytes, 0))
    for unit in ("bytes", "kB", "MB"):
        if size < _KILO:
            return f"{size:.0f} {unit}"
        size /= _KILO
    return f"{size:.1f} GB"
