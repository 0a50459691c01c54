"""Telling the allocator to give large pieces back."""

import ctypes
import platform
from types import SimpleNamespace

import pytest

from bot.allocation import give_memory_back


def test_glibc_listens():
    """It takes every option; other systems are left as they are."""
    assert give_memory_back() is (platform.libc_ver()[0] == "glibc")


@pytest.mark.parametrize("library", [SimpleNamespace(), SimpleNamespace(mallopt=lambda *_: 0)])
def test_other_allocators_need_no_telling(monkeypatch, library):
    """One without the call, or one that does not know it, ends nothing."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: library)
    assert give_memory_back() is False
