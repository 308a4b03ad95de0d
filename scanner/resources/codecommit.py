"""AWS CodeCommit: repositories, which AWS takes no backups of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from scanner.model.convert import instant, text
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, item, of
from scanner.resources.store import DataStore
from scanner.resources.tags import tags_of_type

_GET = call("codecommit:GetRepository", repositoryName=of("repositoryName"))


class Repository(DataStore):
    """A CodeCommit repository."""

    kind = "aws.codecommit.repository"
    title = "CodeCommit repository"
    listed_by = Listing(
        call("codecommit:ListRepositories"), "repositories[]",
        id="arn:{partition}:codecommit:{region}:{account}:{repositoryName}", name="{repositoryName}",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact(
        "The tags it carries.",
        live=tags_of_type("codecommit"),
    )
    created_at: Fact[datetime] = fact("When it was created.", live=_GET.at("repositoryMetadata.creationDate", instant))
    changed_at: Fact[datetime] = fact(
        "When it was last changed.", live=_GET.at("repositoryMetadata.lastModifiedDate", instant)
    )
    encrypted: Fact[bool] = fact(
        # CodeCommit encrypts every repository; only the key differs (user guide, "AWS KMS and encryption").
        "Its data is encrypted at rest.", live=item("repositoryName", bool)
    )  # fmt: skip
    key: Fact[str | None] = fact(
        # Without a key of the customer's, AWS's is used (CreateRepository, API reference).
        "The KMS key its data is encrypted with.",
        live=_GET.at("repositoryMetadata.kmsKeyId", text, absent="alias/aws/codecommit"),
    )
