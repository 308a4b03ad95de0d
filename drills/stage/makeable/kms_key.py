"""Keys of KMS: what a drill takes away from a copy of its own, and gives back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls

#: The shortest time after which KMS deletes a key (KMS API, "ScheduleKeyDeletion"). It costs nothing meanwhile.
DAYS = 7
_GOING = ("PendingDeletion", "PendingReplicaDeletion")


class KmsKey(Makeable):
    """A key, known by its description: KMS numbers keys itself. One that waits for its deletion counts as gone."""

    kind: ClassVar[str] = "kms:key"
    made_by: ClassVar[Mapping[str, str]] = {"kms:CreateKey": "Description"}
    changed_by: ClassVar[tuple[str, ...]] = ("kms:DisableKey", "kms:EnableKey", "kms:Encrypt", "kms:Decrypt")
    seen_by: ClassVar[tuple[str, ...]] = ("kms:ListKeys", "kms:DescribeKey", "kms:ListResourceTags")
    removed_by: ClassVar[tuple[str, ...]] = ("kms:ScheduleKeyDeletion",)
    before: ClassVar[tuple[str, ...]] = ("rds:db", "rds:snapshot-copy")

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        found = [one for one in self.all_named(calls, identifier) if one.id == identifier]
        return found[0] if found else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Have it deleted as soon as KMS does that."""
        found = self.look(calls, identifier)
        if found is not None:
            calls.one("kms:ScheduleKeyDeletion", KeyId=found.arn, PendingWindowInDays=DAYS)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose description begins so."""
        found = []
        for key in calls.every("kms:ListKeys", "Keys"):
            # A key of AWS, or one that its policy hides, is none of a drill's.
            told = calls.unless(
                "AccessDeniedException", "NotFoundException", operation="kms:DescribeKey", KeyId=key["KeyArn"]
            )
            metadata: Mapping[str, Any] = (told or {}).get("KeyMetadata", {})
            if metadata.get("Description", "").startswith(prefix) and metadata.get("KeyState") not in _GOING:
                found.append(_seen(calls, metadata))
        return found


def _seen(calls: Calls, one: Mapping[str, Any]) -> Seen:
    tags = {tag["TagKey"]: tag["TagValue"] for tag in calls.every("kms:ListResourceTags", "Tags", KeyId=one["Arn"])}
    return Seen(one["Description"], one["Arn"], one.get("CreationDate"), tags, one["KeyState"])
