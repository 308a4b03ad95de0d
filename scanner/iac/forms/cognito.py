"""Amazon Cognito in code: `aws_cognito_user_pool` and `AWS::Cognito::UserPool`."""

from __future__ import annotations

from typing import Final

from scanner.iac.block import Block
from scanner.iac.convert import TERRAFORM_TAGS, tags
from scanner.iac.form import ARN, Form, always, at
from scanner.model.convert import flag, is_, text
from scanner.resources.cognito import UserPool

_RUNTIME: Final = {
    "created_at": "a pool is created when the code is applied",
    "users": "how many users it holds shows at run time",
    "replicas": "replicas are made of a pool that exists",
}
_ENCRYPTED: Final = always(True, "Cognito encrypts every pool (developer guide, Encryption at rest)")
_ANYONE: Final = "AdminCreateUserConfigType, API reference: users can sign up by themselves unless it is turned off"


def _id(block: Block) -> str:
    """Give the id of a pool, which Cognito makes; it is not its name."""
    return block.known_name or block.address


def _protection(*, on: bool) -> str:
    return "ACTIVE" if on else "INACTIVE"


def _arn(block: Block) -> str:
    return f"arn:{block.partition}:cognito-idp:{block.region}:{block.account}:userpool/{_id(block)}"


FORMS: Final = (
    Form(
        UserPool,
        "aws_cognito_user_pool",
        arn=_arn,
        name="name",
        gives={"arn": ARN, "id": _id},
        facts={
            "tags": TERRAFORM_TAGS,
            "encrypted": _ENCRYPTED,
            "key": at("key_configuration.kms_key_arn", text, absent=None),
            "deletion_protected": at(
                "deletion_protection", is_("ACTIVE"), absent=False, write=lambda value: _protection(on=value),
                docs="r/cognito_user_pool: the default is INACTIVE",
            ),
            "mfa": at("mfa_configuration", text, absent="OFF", docs="r/cognito_user_pool: the default is OFF"),
            "closed": at("admin_create_user_config.allow_admin_create_user_only", flag, absent=False, docs=_ANYONE),
        },
        beyond=_RUNTIME,
    ),
    Form(
        UserPool,
        "AWS::Cognito::UserPool",
        arn=_arn,
        name="UserPoolName",
        gives={"Ref": _id, "UserPoolId": _id, "Arn": ARN},
        facts={
            "tags": at("UserPoolTags", tags, absent={}),
            "encrypted": _ENCRYPTED,
            "key": at("KeyConfiguration.KmsKeyArn", text, absent=None),
            "deletion_protected": at(
                "DeletionProtection", is_("ACTIVE"), absent=False, write=lambda value: _protection(on=value),
                docs="UserPoolType, API reference: inactive unless it is turned on",
            ),
            "mfa": at("MfaConfiguration", text, absent="OFF", docs="CreateUserPool, API reference: OFF unless it is set"),
            "closed": at("AdminCreateUserConfig.AllowAdminCreateUserOnly", flag, absent=False, docs=_ANYONE),
        },
        beyond=_RUNTIME,
    ),
)  # fmt: skip
