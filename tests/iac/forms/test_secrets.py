"""Secrets, user pools and repositories in code: stores that AWS takes no backups of."""

from __future__ import annotations

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.model.reading import Known, Reason, Unknown
from scanner.resources.codecommit import Repository
from scanner.resources.cognito import UserPool
from scanner.resources.secretsmanager import Secret
from tests.iac.forms.telling import (
    ACCOUNT,
    REGION,
    cloudformation,
    estate_of,
    leave_open,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    readings,
    terraform,
    values,
)

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
TAGS = {"System": "orders"}
TAG_LIST = [{"Key": "System", "Value": "orders"}]

# -- secrets -------------------------------------------------------------------------------------------------------

TF_SECRET = (
    terraform(
        "aws_secretsmanager_secret", name="db", kms_key_id=KEY, tags=TAGS,
        replica=[{"region": "us-east-1", "kms_key_id": ""}, {"region": "eu-central-1", "kms_key_id": "alias/far"}],
    ),
    terraform("aws_secretsmanager_secret_rotation", secret_id="db", rotation_rules=[{"automatically_after_days": 30}]),  # a name
)  # fmt: skip
CFN_SECRET = (
    cloudformation(
        "AWS::SecretsManager::Secret", Name="db", KmsKeyId=KEY, Tags=TAG_LIST,
        ReplicaRegions=[{"Region": "us-east-1"}, {"Region": "eu-central-1", "KmsKeyId": "alias/far"}],
    ),
    cloudformation("AWS::SecretsManager::RotationSchedule", "R", SecretId="db", RotationRules={"AutomaticallyAfterDays": "30"}),
)  # fmt: skip
LIVE_SECRET = live(
    Secret,
    {
        "ARN": "a", "KmsKeyId": KEY, "Tags": TAG_LIST, "RotationEnabled": True, "PrimaryRegion": REGION,
        "RotationRules": {"AutomaticallyAfterDays": 30},
    },
    DescribeSecret={"ReplicationStatus": [
        {"Region": "eu-central-1", "Status": "InSync", "KmsKeyId": "alias/far"},
        {"Region": "us-east-1", "Status": "InSync"},
    ]},
)  # fmt: skip


def test_secrets_read_the_same() -> None:
    told = {name: one for name, one in LIVE_SECRET.items() if name not in ("rotated_at", "rotates_at")}
    assert values(Secret, *TF_SECRET) == values(Secret, *CFN_SECRET) == told


def test_a_secret_of_which_nothing_is_written() -> None:
    told = live(Secret, {"ARN": "a"}, DescribeSecret={})
    del told["rotated_at"], told["rotates_at"]
    for block in (terraform("aws_secretsmanager_secret", name="db"), cloudformation("AWS::SecretsManager::Secret")):
        assert values(Secret, block) == told


def test_older_and_unwritten_rotation() -> None:
    older = terraform(
        "aws_secretsmanager_secret", rotation_lambda_arn="f", rotation_rules=[{"automatically_after_days": 7}]
    )
    assert (values(Secret, older)["rotates"], values(Secret, older)["rotation"]) == (True, "rate(7 days)")
    bare = cloudformation("AWS::SecretsManager::RotationSchedule", "R", SecretId="db")
    found = readings(Secret, CFN_SECRET[0], bare)
    assert found["rotates"] == Known(True, found["rotates"].evidence)
    assert isinstance(found["rotation"], Unknown)


@pytest.mark.parametrize("blocks", [TF_SECRET, CFN_SECRET], ids=["terraform", "template"])
def test_what_is_open_of_a_secret_stays_alone(blocks: tuple[Block, ...]) -> None:
    loses_only_it(Secret, *blocks, but=("name", "Name"))
    assert never_flips(blocks, ["BK412", "BK808"]) > 5


def test_secrets_judged() -> None:
    address = TF_SECRET[0].address
    never = outcomes(terraform("aws_secretsmanager_secret", name="db"), rule="BK412")[address]
    assert never.outcome.value == "failed"
    assert outcomes(*TF_SECRET, rule="BK412")[address].reason is Reason.RUNTIME  # when it rotated last


# -- stores --------------------------------------------------------------------------------------------------------

TF_POOL = terraform(
    "aws_cognito_user_pool", name="people", mfa_configuration="ON", deletion_protection="ACTIVE", tags=TAGS,
    admin_create_user_config=[{"allow_admin_create_user_only": True}],
)  # fmt: skip
CFN_POOL = cloudformation(
    "AWS::Cognito::UserPool", UserPoolName="people", MfaConfiguration="ON", DeletionProtection="ACTIVE",
    UserPoolTags=TAGS, AdminCreateUserConfig={"AllowAdminCreateUserOnly": "true"},
)  # fmt: skip


def test_user_pools_read_the_same() -> None:
    told = live(UserPool, {"Id": "x"}, DescribeUserPool={"UserPool": {
        "UserPoolTags": TAGS, "DeletionProtection": "ACTIVE", "MfaConfiguration": "ON",
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
    }})  # fmt: skip
    del told["users"], told["replicas"]
    assert values(UserPool, TF_POOL) == values(UserPool, CFN_POOL) == told
    for block in (TF_POOL, CFN_POOL):
        loses_only_it(UserPool, block, but=("name", "UserPoolName"))
        assert never_flips([block], ["BK117", "BK615"]) > 3
        (one,) = estate_of(block).resources[UserPool.kind]
        assert (one.name, one.id) == ("people", export(block, "arn" if block is TF_POOL else "Arn"))


def test_user_pools_judged() -> None:
    bare = (terraform("aws_cognito_user_pool", name="p"), cloudformation("AWS::Cognito::UserPool"))
    for block in bare:
        assert values(UserPool, block)["mfa"] == "OFF"
        assert outcomes(block, rule="BK615")[block.address].outcome.value == "failed"
        assert outcomes(block, rule="BK117")[block.address].outcome.value == "failed"
    assert outcomes(TF_POOL, rule="BK615")[TF_POOL.address].outcome.value == "passed"
    closed = leave_open(TF_POOL, ("mfa_configuration",))
    assert outcomes(closed, rule="BK615")[TF_POOL.address].outcome.value == "unknown"


def test_repositories_read_the_same() -> None:
    told = live(Repository, {"repositoryName": "r"}, GetRepository={"repositoryMetadata": {"kmsKeyId": KEY}})
    mine = terraform("aws_codecommit_repository", repository_name="r", kms_key_id=KEY, tags=TAGS)
    theirs = cloudformation("AWS::CodeCommit::Repository", RepositoryName="r", KmsKeyId=KEY, Tags=TAG_LIST)
    assert values(Repository, mine) == values(Repository, theirs) == {**told, "tags": TAGS}
    bare = terraform("aws_codecommit_repository", repository_name="r")
    assert values(Repository, bare)["key"] == "alias/aws/codecommit"
    assert outcomes(bare, rule="BK401")[bare.address].outcome.value == "failed"
    assert export(mine, "arn") == f"arn:aws:codecommit:{REGION}:{ACCOUNT}:r"
