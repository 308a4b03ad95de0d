"""Ranges of addresses, and when they are everyone."""

from __future__ import annotations

import pytest

from scanner.model.ranges import broad, overlap


@pytest.mark.parametrize(
    ("ranges", "widest"),
    [
        ([], ""),
        (["0.0.0.0/0"], "0.0.0.0/0"),
        (["::/0"], "::/0"),
        (["0.0.0.0/1", "128.0.0.0/1"], "0.0.0.0/0"),
        (["0.0.0.0/1"], "0.0.0.0/1"),
        (["8.0.0.0/8"], ""),
        (["8.0.0.0/8", "9.0.0.0/8"], "8.0.0.0/7"),
        ([f"{number}.0.0.0/8" for number in range(256)], "0.0.0.0/0"),
        (["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"], ""),
        (["10.0.0.0/7"], "10.0.0.0/7"),
        (["fc00::/7", "fe80::/10"], ""),
        (["2000::/3"], "2000::/3"),
        (["2001:db8::/32"], ""),
        (["192.0.2.1"], ""),
        (["192.0.2.77/24"], ""),
        ([" 0.0.0.0/0 "], "0.0.0.0/0"),
    ],
)
def test_everyone_is_found_however_it_is_written(ranges: list[str], widest: str) -> None:
    assert broad(ranges) == widest


@pytest.mark.parametrize("text", ["", "everywhere", "0.0.0.0/33", "١.٢.٣.٤/٣٣", "1.2.3", "::/129"])
def test_what_is_no_range_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        broad([text])


def test_ranges_of_different_kinds_have_nothing_in_common() -> None:
    assert overlap("10.0.0.0/16", "10.0.1.0/24")
    assert not overlap("10.0.0.0/16", "10.1.0.0/24")
    assert not overlap("0.0.0.0/0", "::/0")
    assert overlap("2001:db8::/32", "2001:db8:0:1::/64")
