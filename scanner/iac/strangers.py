"""Strangers: the ARNs of resources that no kind is about, but that policies, alarms and rules name.

Their real ARNs are known after they are made. What matters of them here is whose service they are of, and that each is
itself and nothing else: a stand-in tells both.
"""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.block import ABSENT, Block

#: The service in the ARNs of types that are no store, backup or key, by the beginning of the type.
_SERVICES: Final = {
    "aws_lambda_function": "lambda", "aws_lambda_alias": "lambda", "aws_sfn_state_machine": "states",
    "aws_sqs_queue": "sqs", "aws_kinesis_stream": "kinesis", "aws_kinesis_firehose_delivery_stream": "firehose",
    "aws_ecs_cluster": "ecs", "aws_ecs_service": "ecs", "aws_ecs_task_definition": "ecs",
    "aws_ecr_repository": "ecr", "aws_codebuild_project": "codebuild", "aws_codepipeline": "codepipeline",
    "aws_ssm_parameter": "ssm", "aws_glue_job": "glue", "aws_glue_crawler": "glue",
    "AWS::Lambda::Function": "lambda", "AWS::Lambda::Alias": "lambda", "AWS::StepFunctions::StateMachine": "states",
    "AWS::SQS::Queue": "sqs", "AWS::Kinesis::Stream": "kinesis", "AWS::KinesisFirehose::DeliveryStream": "firehose",
    "AWS::ECS::Cluster": "ecs", "AWS::ECS::Service": "ecs", "AWS::ECR::Repository": "ecr",
    "AWS::CodeBuild::Project": "codebuild", "AWS::Scheduler::ScheduleGroup": "scheduler", "AWS::Pipes::Pipe": "pipes",
    "AWS::Glue::Job": "glue", "AWS::Bedrock::KnowledgeBase": "bedrock",
}  # fmt: skip
#: Of templates, `Ref` of these types is their ARN.
_REFERRED: Final = frozenset({"AWS::StepFunctions::StateMachine", "AWS::ECS::Service"})


def stranger(block: Block, attribute: str) -> Any:
    """Give what a reference to the ARN of a resource that no kind is about evaluates to; else `ABSENT`."""
    service = _SERVICES.get(block.type)
    if service is None or not (attribute in ("arn", "Arn") or (attribute == "Ref" and block.type in _REFERRED)):
        return ABSENT
    return block.known_arn or f"arn:{block.partition}:{service}:{block.region}:{block.account}:{block.address}"
