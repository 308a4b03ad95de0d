"""Graphemes: what Terraform counts as one character of a text: a letter with its accents, an emoji, a flag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_JOINER: Final = "\u200d"
#: symbols that join into one with a zero-width joiner between them
_PICTURES: Final = (
    (0x00A9, 0x00A9), (0x00AE, 0x00AE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139),
    (0x2194, 0x21AA), (0x231A, 0x23FF), (0x24C2, 0x24C2), (0x25AA, 0x25FE), (0x2600, 0x27BF), (0x2934, 0x2935),
    (0x2B05, 0x2B55), (0x3030, 0x3030), (0x303D, 0x303D), (0x3297, 0x3299), (0x1F000, 0x1F1E5), (0x1F200, 0x1F3FA),
    (0x1F400, 0x1FAFF), (0x1FC00, 0x1FFFD),
)  # fmt: skip


def graphemes(text: str) -> list[str]:
    """Cut a text into what a reader sees as its characters."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    return list(_clusters(text))


def length(text: str) -> int:
    """Count the characters that a reader sees."""
    return len(text) if text.isascii() and "\r\n" not in text else sum(1 for _ in _clusters(text))


def _clusters(text: str) -> Iterator[str]:
    start = 0
    kinds = [_kind(one) for one in text]
    flags = 0  # regional indicators in a row before this place
    picture = False  # the cluster so far is a picture, with marks and perhaps a joiner
    for place in range(1, len(text)):
        before, here = kinds[place - 1], kinds[place]
        flags = flags + 1 if before == "flag" else 0
        if before == "picture":
            picture = True
        elif before not in ("extend", "joiner"):
            picture = False
        if _together(before, here, odd=flags % 2 == 1, picture=picture):
            continue
        yield text[start:place]
        start = place
    if text:
        yield text[start:]


def _together(before: str, here: str, *, odd: bool, picture: bool) -> bool:
    if before == "return" and here == "feed":
        return True
    if before in ("return", "feed", "control") or here in ("return", "feed", "control"):
        return False
    if here in ("extend", "joiner", "spacing") or before == "prepend":
        return True
    if before == "joiner" and here == "picture":
        return picture
    if before == "flag" and here == "flag":
        return odd
    return (before, here) in _HANGUL


_HANGUL: Final = frozenset(
    [("L", "L"), ("L", "V"), ("L", "LV"), ("L", "LVT")]
    + [("LV", "V"), ("LV", "T"), ("V", "V"), ("V", "T"), ("LVT", "T"), ("T", "T")]
)


def _kind(one: str) -> str:
    """Give the property that decides where a character may be cut from its neighbours."""
    code = ord(one)
    if code < 0x80:
        return {"\r": "return", "\n": "feed"}.get(one, "control" if code < 0x20 or code == 0x7F else "other")
    if one == _JOINER:
        return "joiner"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "flag"
    if 0x1F3FB <= code <= 0x1F3FF or one == "\u200c" or 0xE0020 <= code <= 0xE007F or code in (0xFF9E, 0xFF9F):
        return "extend"
    if 0x1100 <= code <= 0x11FF or 0xA960 <= code <= 0xD7FB:
        return _hangul(code)
    if any(low <= code <= high for low, high in _PICTURES):
        return "picture"
    from unicodedata import category  # noqa: PLC0415  # most texts are ASCII

    return {"Mn": "extend", "Me": "extend", "Mc": "spacing", "Cc": "control", "Zl": "control", "Zp": "control"}.get(
        category(one), "control" if category(one) == "Cf" else "other"
    )


def _hangul(code: int) -> str:
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return "T"
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    return "other"
