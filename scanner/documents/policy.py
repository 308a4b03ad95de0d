"""The policy document: read, held against its schema, and made to agree with itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.documents.errors import DocumentError, Problem

if TYPE_CHECKING:
    from scanner.documents.yaml_file import Document

FIVEX_POLICY = Path(__file__).with_name("fivex_policy.yaml")
#: what that says, and its digest, generated (`make docs`): reading YAML would take a tenth of the time in which a file is judged
_AS_READ = FIVEX_POLICY.with_suffix(".json")


def own_digest() -> str:
    """Give the digest of the 5X policy as people read it."""
    digest: str = json.loads(_AS_READ.read_bytes())["digest"]
    return digest


def read_policy(path: Path | None = None) -> dict[str, Any]:
    """Read a policy, the 5X policy where no path is given; raise DocumentError with all that is wrong."""
    if path is None:
        # A test holds our own to its schema: doing so in each run would take longer than judging a pull request.
        own: dict[str, Any] = json.loads(_AS_READ.read_bytes())["policy"]
        return own
    from scanner.documents.schema import violations  # noqa: PLC0415  # only another's policy needs it
    from scanner.documents.yaml_file import load_yaml  # noqa: PLC0415  # as above

    document = load_yaml(path)
    found = violations(document, "policy")
    problems = [problem for some in found.values() for problem in some]
    # Whether the parts agree is checked where their form is right, whatever is wrong elsewhere.
    whole = isinstance(document.data, dict) and {"clauses", "controls", "scope", "topics"} <= document.data.keys()
    if whole and not found.keys() & {"clauses", "controls", "scope", "topics"}:
        problems += [*_repeated(document), *_dangling(document)]
    if problems:
        raise DocumentError.of(document.file, problems)
    data: dict[str, Any] = document.data
    return data


def _repeated(document: Document) -> Iterator[Problem]:
    for group in ("scope", "clauses", "topics"):
        first: dict[str, int] = {}
        for index, entry in enumerate(document.data[group]):
            line, _ = document.lines[group, index, "id"]
            if entry["id"] in first:
                found = f"found {group} id {entry['id']!r} twice"
                yield document.problem((group, index, "id"), found, f"first on line {first[entry['id']]}")
            first.setdefault(entry["id"], line)


def _dangling(document: Document) -> Iterator[Problem]:
    from scanner.documents.schema import nearest  # noqa: PLC0415  # only another's policy needs it

    topics = [topic["id"] for topic in document.data["topics"]]
    for index, clause in enumerate(document.data["clauses"]):
        for place, topic in enumerate(clause["topics"]):
            if topic not in topics:
                message = f"found unknown topic {topic!r} in clause {clause['id']}"
                yield document.problem(("clauses", index, "topics", place), message, nearest(topic, topics))
    clauses = [clause["id"] for clause in document.data["clauses"]]
    for index, clause in enumerate(document.data["clauses"]):
        for place, other in enumerate(clause.get("reviews", ())):
            if other not in clauses:
                message = f"found unknown clause {other!r} among what {clause['id']} reviews"
                yield document.problem(("clauses", index, "reviews", place), message, nearest(other, clauses))
        for key in ("attested_every", "reviews"):
            if key in clause and "attest" not in clause["established_by"]:
                message = f"found {key!r} in clause {clause['id']}, which nobody attests"
                yield document.problem(("clauses", index, key), message, "expected attest in its established_by")
    for framework, catalogue in document.data["controls"].items():
        for index, topic in enumerate(document.data["topics"]):
            for place, control in enumerate(topic[framework]):
                if control not in catalogue:
                    message = f"found {control!r} in topic {topic['id']}"
                    hint = f"expected it in controls.{framework} with a title"
                    yield document.problem(("topics", index, framework, place), message, hint)
