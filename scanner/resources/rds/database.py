"""What instances and clusters of RDS have in common: AWS keeps it in the same places of both lists."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.model.convert import flag, tag_list, text
from scanner.model.fact import Fact, fact
from scanner.model.origin import item
from scanner.resources.protection import Recoverable
from scanner.resources.rds.arns import key_of
from scanner.resources.rds.window import Window, window


class Database(Recoverable):
    """A database of RDS, or a cluster of them. Abstract."""

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("TagList", tag_list))
    engine: Fact[str] = fact("Its database engine.", live=item("Engine", text))
    version: Fact[str] = fact("The version of its engine.", live=item("EngineVersion", text))
    encrypted: Fact[bool] = fact("Its data is encrypted at rest.", live=item("StorageEncrypted", flag))
    key: Fact[str | None] = fact(
        "The KMS key its data is encrypted with; none where it is not encrypted.",
        live=item("@", key_of),
    )
    window: Fact[Window] = fact("When its automated backup starts.", live=item("PreferredBackupWindow", window))
    deletion_protected: Fact[bool] = fact("It refuses deletion.", live=item("DeletionProtection", flag))
    copy_tags: Fact[bool] = fact("Its snapshots carry its tags.", live=item("CopyTagsToSnapshot", flag))
