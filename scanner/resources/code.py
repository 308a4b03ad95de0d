"""Code itself: what of it could not be read."""

from __future__ import annotations

from scanner.model.fact import Fact, fact
from scanner.model.resource import Resource


class UnreadCode(Resource):
    """A part of the code that could not be read or followed: a mistake of syntax, a module that is not on disk."""

    kind = "code.unread"
    title = "unread code"
    recorded = True
    in_code = True

    why: Fact[str] = fact("Why it could not be read, and what to do.")
