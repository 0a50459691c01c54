"""Which part a request asks for."""

import pytest

from bot.web.ranges import UnsatisfiableRangeError, read_range

WHOLE = None
NONE = "unsatisfiable"


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", (0, 1000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=0-499", (0, 500)),
        ("bytes=500-999", (500, 1000)),
        ("bytes=500-5000", (500, 1000)),
        ("bytes=999-", (999, 1000)),
        ("bytes=-1", (999, 1000)),
        ("bytes=-500", (500, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("BYTES=1-2", (1, 3)),
        ("bytes = 1-2", (1, 3)),
        ("bytes=000000000000000000000001-2", (1, 3)),
        ("bytes=0-99999999999999999999999999", (0, 1000)),
        ("bytes=-99999999999999999999999999", (0, 1000)),
        ("bytes=1000-", NONE),
        ("bytes=1000-1001", NONE),
        ("bytes=99999999999999999999999999-", NONE),
        ("bytes=-0", NONE),
        ("bytes=5-4", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=", WHOLE),
        ("bytes", WHOLE),
        ("", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=--5", WHOLE),
        ("bytes=1-2-3", WHOLE),
        ("bytes=+1-2", WHOLE),
        ("bytes=0x1-2", WHOLE),
        ("bytes=\u0661-\u0662", WHOLE),
        ("bytes=1-2, 5-6", WHOLE),
        ("bytes=" + "0-1," * 10_000, WHOLE),
        ("bytes=" + "9" * 100_000 + "-", NONE),
        ("lines=1-2", WHOLE),
        ("bytes=1-2\r\n", WHOLE),
    ],
)
def test_range_is_read(header, part):
    """Single and suffix ranges are served; what makes no sense gives the whole file."""
    if part == NONE:
        with pytest.raises(UnsatisfiableRangeError):
            read_range([header], 1000)
        return
    assert read_range([header], 1000) == part


@pytest.mark.parametrize("headers", [[], ["bytes=0-1", "bytes=2-3"]])
def test_without_one_range_all_of_it_is_meant(headers):
    """None, or two of them that may contradict each other."""
    assert read_range(headers, 1000) is None


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-1", "bytes=0-0"])
def test_empty_file_has_no_parts(header):
    """There is no first byte."""
    with pytest.raises(UnsatisfiableRangeError):
        read_range([header], 0)
