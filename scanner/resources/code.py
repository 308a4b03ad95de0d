"""Code itself: what of it could not be read, and how what it declares compares with what is there."""

from __future__ import annotations

from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource

#: The states of a part of code.
READ, BROKEN, UNFOLLOWED = "read", "broken", "unfollowed"


class CodePart(Resource):
    """A part of the code that was given: a root that was read whole, or a place in one that could not be read."""

    kind = "code.part"
    title = "part of the code"
    recorded = True
    in_code = True

    state: Fact[str] = fact(
        "Whether it was read, is broken, or leads to what is not at hand: read, broken, unfollowed."
    )
    said: Fact[str] = fact("What was read, or why it could not be, and what to do.")


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that is not as the code says: its name, what AWS answers, what the code says, and where."""

    setting: str
    live: str
    code: str
    where: str

    def __str__(self) -> str:
        return f"{self.setting} is {self.live}, {self.where} says {self.code}"


class DeclaredResource(Resource):
    """A resource that is both live and declared in the code that was given."""

    kind = "code.resource"
    title = "declared resource"
    recorded = True
    in_code = True

    differences: Fact[tuple[Difference, ...]] = fact("What differs between AWS and the code.")
