"""AWS CodeCommit in code: `aws_codecommit_repository` and `AWS::CodeCommit::Repository`."""

from __future__ import annotations

from typing import Final

from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, Form, always, at
from scanner.model.convert import text
from scanner.resources.codecommit import Repository

_ARN: Final = "arn:{partition}:codecommit:{region}:{account}:{name}"
_AWS_KEY: Final = "alias/aws/codecommit"
_RUNTIME: Final = {
    "created_at": "a repository is created when the code is applied",
    "changed_at": "when it was changed shows at run time",
}
_ENCRYPTED: Final = always(True, "CodeCommit encrypts every repository (user guide, AWS KMS and encryption)")

FORMS: Final = (
    Form(
        Repository,
        "aws_codecommit_repository",
        arn=_ARN,
        name="repository_name",
        gives={"arn": ARN, "id": NAME, "repository_name": NAME},
        facts={
            "tags": TERRAFORM_TAGS,
            "encrypted": _ENCRYPTED,
            "key": at(
                "kms_key_id", lambda raw: text(raw) or _AWS_KEY, absent=_AWS_KEY,
                docs="r/codecommit_repository: if no key is specified, the default aws/codecommit is used",
            ),
        },
        beyond=_RUNTIME,
    ),
    Form(
        Repository,
        "AWS::CodeCommit::Repository",
        arn=_ARN,
        name="RepositoryName",
        gives={"Arn": ARN, "Name": NAME},
        facts={
            "tags": CLOUDFORMATION_TAGS,
            "encrypted": _ENCRYPTED,
            "key": at(
                "KmsKeyId", text, absent=_AWS_KEY,
                docs="CreateRepository, API reference: if no key is specified, the default aws/codecommit is used",
            ),
        },
        beyond=_RUNTIME,
    ),
)  # fmt: skip
