"""Resources that no kind is about are told apart by a stand-in for their ARN, of their own service."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.iac.block import ABSENT
from scanner.iac.naming import export
from tests.iac.forms.telling import cloudformation, terraform
from tests.iac.test_deciding import outcome

ROLE = """\
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: lambda.amazonaws.com}}]
      Policies:
        - PolicyName: own
          PolicyDocument: {Statement: [{Effect: Allow, Action: "*", Resource: !GetAtt %s}]}
"""


@pytest.mark.parametrize(
    ("block", "attribute", "said"),
    [
        (terraform("aws_lambda_function", "f"), "arn", "arn:aws:lambda:eu-west-1:111122223333:aws_lambda_function.f"),
        (cloudformation("AWS::SQS::Queue", "Q"), "Arn", "arn:aws:sqs:eu-west-1:111122223333:Q"),
        (cloudformation("AWS::StepFunctions::StateMachine", "M"), "Ref", "arn:aws:states:eu-west-1:111122223333:M"),
        (cloudformation("AWS::SQS::Queue", "Q"), "Ref", ABSENT),
        (terraform("aws_lambda_function", "f"), "invoke_arn", ABSENT),
        (terraform("aws_ebs_fast_snapshot_restore", "f"), "arn", ABSENT),
        (
            terraform("aws_dynamodb_table", "t", name="orders"), "stream_arn",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/aws_dynamodb_table.t",
        ),
    ],
)  # fmt: skip
def test_a_reference_to_an_arn(block: object, attribute: str, said: object) -> None:
    assert export(block, attribute) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(("attribute", "said"), [("Queue.Arn", "passed"), ("Queue.QueueUrl", "unknown")])
def test_a_policy_on_a_queue_gives_no_backup_away(tmp_path: Path, attribute: str, said: str) -> None:
    (tmp_path / "t.yaml").write_text(ROLE % attribute)
    assert outcome(tmp_path, "BK606", "Role") == said


def test_what_aws_gave_is_its_arn() -> None:
    block = terraform("aws_sqs_queue", "q")
    block.known_arn = "arn:aws:sqs:eu-west-1:111122223333:orders"
    assert export(block, "arn") == "arn:aws:sqs:eu-west-1:111122223333:orders"
