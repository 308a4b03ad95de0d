"""An entry is added at the end of its list, and everything else stays byte for byte; or nothing is done, and why."""

from __future__ import annotations

import random

import pytest

from scanner.documents.appending import appended
from scanner.documents.errors import DocumentError
from scanner.documents.yaml_file import parse_yaml

ENTRY = {"rule": "BK401", "resource": "arn:*", "reason": 'it says "no": # really', "expires": "2027-01-31"}
BLOCK = '- rule: BK401\n    resource: "arn:*"\n    reason: "it says \\"no\\": # really"\n    expires: 2027-01-31\n'


def add(text: str, key: str = "waivers") -> str:
    return appended("x.yaml", text.encode(), key, ENTRY).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", f"a: 1\n\nwaivers:\n  {BLOCK}"),
        ("a: 1", f"a: 1\n\nwaivers:\n  {BLOCK}"),
        ("waivers:\n", f"waivers:\n  {BLOCK}"),
        ("waivers: # none\na: 1\n", f"waivers: # none\n  {BLOCK}a: 1\n"),
        ("waivers:   []   # none\na: 1\n", f"waivers:   # none\n  {BLOCK}a: 1\n"),
        ("waivers: []", f"waivers:\n  {BLOCK}"),
        ("waivers:\n  - {a: 1} # why\n# end\nb: 2\n", f"waivers:\n  - {{a: 1}} # why\n\n  {BLOCK}# end\nb: 2\n"),
        ("waivers:\n- a: 1\n- a: 2", f"waivers:\n- a: 1\n- a: 2\n{BLOCK.replace('    ', '  ')}"),
        ("waivers:\n  - a: 1\n\n  - a: 2\n", f"waivers:\n  - a: 1\n\n  - a: 2\n\n  {BLOCK}"),
        ("waivers:\n  - a: |\n      long\n      text\nb: 2\n", f"waivers:\n  - a: |\n      long\n      text\n\n  {BLOCK}b: 2\n"),
        ("waivers:\n  - a:\n      - x\n      - y: 1\n        z:\nb: 2\n",
         f"waivers:\n  - a:\n      - x\n      - y: 1\n        z:\n\n  {BLOCK}b: 2\n"),
    ],
)  # fmt: skip
def test_the_entry_comes_last_and_the_rest_stays(before: str, after: str) -> None:
    assert add(before) == after


def test_a_list_in_one_line_stays_in_one_line() -> None:
    said = add("waivers: [{a: 1}]  # kept\nb: 2\n")
    assert said.startswith("waivers: [{a: 1}, {rule: BK401, ")
    assert said.endswith("]  # kept\nb: 2\n")
    assert add("waivers: [\n  {a: 1},\n]\n").startswith("waivers: [\n  {a: 1}, {rule: BK401")


def test_the_ends_of_lines_and_the_mark_of_utf_8_stay() -> None:
    text = "\ufeffa: ä\r\nwaivers:\r\n  - a: 1\r\n"
    said = appended("x.yaml", text.encode(), "waivers", ENTRY).decode()
    assert said.startswith(text)
    assert "\n" not in said.replace("\r\n", "")


@pytest.mark.parametrize(
    "text",
    ["{a: 1}\n", "waivers: null\n", "waivers: {a: 1}\n", "waivers: x\n", "a: &w [{x: 1}]\nwaivers: *w\n",
     "waivers: [{a: 1} # last\n ]\n", "a: 1\n...\n"],
)  # fmt: skip
def test_where_there_is_no_room_it_says_so(text: str) -> None:
    with pytest.raises(DocumentError, match="by hand"):
        add(text)


def test_what_is_no_document_is_told_as_ever() -> None:
    for text in ("", "- a\n", "a: 1\na: 2\n"):
        with pytest.raises(DocumentError):
            add(text)


def test_whatever_it_looks_like_the_document_says_the_same_and_the_entry() -> None:
    parts = ["waivers:", "waivers: []", " ", "  - a: 1", "  - b: [1, 2]", "    c: |", "      text", "# note", "", "x: 1",
             "y: {z: 1}", "    d: 'it''s'", "\t", "  - >-", "    folded", "  - e: *q", "q: &q {r: 1}"]  # fmt: skip
    dice, added = random.Random(5), 0
    for _ in range(4000):
        text = "\n".join(dice.choice(parts) for _ in range(dice.randrange(1, 8)))
        try:
            before = parse_yaml("x", text.encode()).data
            said = add(text)
        except DocumentError:
            continue
        after, added = parse_yaml("x", said.encode()).data, added + 1
        assert after == {**before, "waivers": [*(before.get("waivers") or ()), ENTRY]}
        assert not set(text.splitlines()) - set(said.splitlines()) - {"waivers: []"}
    assert added > 100
