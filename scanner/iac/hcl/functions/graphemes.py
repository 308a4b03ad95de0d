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


#: what is not as its general category says: vowels that follow, signs that come before, marks that stand alone
_SPACING: Final = frozenset((0x0E33, 0x0EB3))
_PREPENDED: Final = frozenset(
    (*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x0D4E, 0x110BD, 0x110CD, 0x111C2, 0x111C3)
)
_STANDING: Final = frozenset((
    0x102B, 0x102C, 0x1038, 0x1062, 0x1063, 0x1064, *range(0x1067, 0x106E), 0x1083, *range(0x1087, 0x108D), 0x108F,
    0x109A, 0x109B, 0x109C, 0x1A61, 0x1A63, 0x1A64, 0xAA7B, 0xAA7D, 0x11720, 0x11721,
))  # fmt: skip
_STACKS: Final = (("L", "L V LV LVT"), ("LV", "V T"), ("V", "V T"), ("LVT", "T"), ("T", "T"))
_HANGUL: Final = frozenset((before, here) for before, after in _STACKS for here in after.split())


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
    if code in _SPACING or code in _PREPENDED:
        return "spacing" if code in _SPACING else "prepend"
    if code in _STANDING:
        return "other"
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
