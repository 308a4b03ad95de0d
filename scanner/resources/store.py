"""What all data stores and all backups have in common; the kinds themselves are declared service by service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from scanner.model.convert import instant
from scanner.model.fact import Fact, derived, fact
from scanner.resources.keys import Keyed, untold


def oldest(raw: Any) -> datetime:
    """Find the earliest instant of a list; raise where it is empty."""
    return min(instant(one) for one in raw)


class Backup(Keyed):
    """A backup: a snapshot, an image, a recovery point. Abstract; each kind says where AWS keeps the facts."""

    belongs_to = "source"

    source: Fact[str] = fact("The ARN of the resource it was made of.")
    made_at: Fact[datetime] = fact("When the data in it was taken.")
    usable: Fact[bool] = fact("It is complete and can be restored.")
    # A kind that knows no copies and nothing continuous keeps these three defaults.
    copied_from: Fact[str | None] = derived(
        "What it was copied from; none for an original.", needs=lambda _: (), by=lambda *_: None
    )
    continuous: Fact[bool] = derived(
        "It restores to any moment since it was made, not to one only.", needs=lambda _: (), by=lambda *_: False
    )
    reach: Fact[timedelta | None] = derived(
        "How far back from now a continuous one restores; none for any other.", needs=lambda _: (), by=lambda *_: None
    )
    key: Fact[str | None] = derived(
        # A kind whose list names the key says so in its own file; the others keep this.
        "The KMS key it is encrypted with, as AWS names it; none for no KMS key.",
        needs=lambda _: (),
        by=untold,
    )


class DataStore(Keyed):
    """A resource that holds data which must survive. Abstract."""

    tagged_by = "tags"
    #: the name by which AWS Backup knows the kind in its opt-in settings and jobs; "" where it does not back it up
    backup_type: ClassVar[str] = ""

    backed_up_as: Fact[str] = derived(
        "AWS Backup's name for its kind.", needs=lambda _: (), by=lambda store, _: type(store).backup_type
    )
    # Where code is given beside an account, its reading is put in the place of this default.
    code: Fact[str | None] = derived(
        "Where the code that was given declares it: empty for nowhere, none where no code was given.",
        needs=lambda _: (),
        by=lambda *_: None,
    )
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.")
    created_at: Fact[datetime] = fact("When it was created.")
    encrypted: Fact[bool] = fact("Its data is encrypted at rest.")
    key: Fact[str | None] = fact("The KMS key its data is encrypted with, as AWS names it; none for no KMS key.")
