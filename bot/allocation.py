"""Keeping the memory of large files for no longer than they are read, where glibc is the allocator.

Every thread gets a heap of its own from glibc, and what a heap has held once is kept for later,
also of files that pass through the threads of the store of files. What that costs with and without
what follows is in docs/deliverables.md, as measured by `python -m bench copies`.
"""

import ctypes
from collections.abc import Mapping

# The numbers are glibc's own (malloc.h; mallopt(3), seen 2026-11-22).
_OPTIONS: Mapping[int, int] = {
    -3: 256 * 1024,  # M_MMAP_THRESHOLD: what is larger goes back to the system when it is freed.
    -8: 2,  # M_ARENA_MAX: heaps in all.
}


def give_memory_back() -> bool:
    """Tell the allocator; says whether it listened. Others than glibc need no telling.

    Threads that run already keep their heaps, so this comes first.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return False
    return all(mallopt(option, value) == 1 for option, value in _OPTIONS.items())
