"""Policy templates of AWS SAM: what a function's policy says that is named by a template with its parameters.

Those that people use for stores, queues, messages and keys are here, as the developer guide of SAM prints them
("Policy template list"); what a template says that is not here stays open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: Of each template: actions, the service of the resources and the resources, `*` for all; `{X}` is a parameter.
_STATEMENTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "AMIDescribePolicy": (("ec2:DescribeImages", "*"),),
    "AWSSecretsManagerGetSecretValuePolicy": (("secretsmanager:GetSecretValue", "{SecretArn}"),),
    "CloudFormationDescribeStacksPolicy": (("cloudformation:DescribeStacks", "cloudformation stack/*"),),
    "CloudWatchDescribeAlarmHistoryPolicy": (("cloudwatch:DescribeAlarmHistory", "*"),),
    "CloudWatchPutMetricPolicy": (("cloudwatch:PutMetricData", "*"),),
    "CodePipelineLambdaExecutionPolicy": (("codepipeline:PutJobSuccessResult codepipeline:PutJobFailureResult", "*"),),
    "ComprehendBasicAccessPolicy": (
        (
            "comprehend:BatchDetectKeyPhrases comprehend:DetectDominantLanguage comprehend:DetectEntities "
            "comprehend:BatchDetectEntities comprehend:DetectKeyPhrases comprehend:DetectSentiment "
            "comprehend:BatchDetectDominantLanguage comprehend:BatchDetectSentiment",
            "*",
        ),
    ),
    "DynamoDBBackupFullAccessPolicy": (
        ("dynamodb:CreateBackup dynamodb:DescribeContinuousBackups", "dynamodb table/{TableName}"),
        ("dynamodb:DeleteBackup dynamodb:DescribeBackup dynamodb:ListBackups", "dynamodb table/{TableName}/backup/*"),
    ),
    "DynamoDBCrudPolicy": (
        (
            "dynamodb:GetItem dynamodb:DeleteItem dynamodb:PutItem dynamodb:Scan dynamodb:Query dynamodb:UpdateItem "
            "dynamodb:BatchWriteItem dynamodb:BatchGetItem dynamodb:DescribeTable dynamodb:ConditionCheckItem",
            "dynamodb table/{TableName} table/{TableName}/index/*",
        ),
    ),
    "DynamoDBReadPolicy": (
        (
            "dynamodb:GetItem dynamodb:Scan dynamodb:Query dynamodb:BatchGetItem dynamodb:DescribeTable",
            "dynamodb table/{TableName} table/{TableName}/index/*",
        ),
    ),
    "DynamoDBReconfigurePolicy": (("dynamodb:UpdateTable", "dynamodb table/{TableName}"),),
    "DynamoDBRestoreFromBackupPolicy": (
        ("dynamodb:RestoreTableFromBackup", "dynamodb table/{TableName}/backup/*"),
        (
            "dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:Query dynamodb:Scan "
            "dynamodb:BatchWriteItem",
            "dynamodb table/{TableName}",
        ),
    ),
    "DynamoDBStreamReadPolicy": (
        (
            "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator",
            "dynamodb table/{TableName}/stream/{StreamName}",
        ),
        ("dynamodb:ListStreams", "dynamodb table/{TableName}/stream/*"),
    ),
    "DynamoDBWritePolicy": (
        (
            "dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem",
            "dynamodb table/{TableName} table/{TableName}/index/*",
        ),
    ),
    "EC2DescribePolicy": (("ec2:DescribeRegions ec2:DescribeInstances", "*"),),
    "EcsRunTaskPolicy": (("ecs:RunTask", "ecs task-definition/{TaskDefinition}"),),
    "EventBridgePutEventsPolicy": (("events:PutEvents", "events event-bus/{EventBusName}"),),
    "FirehoseWritePolicy": (
        ("firehose:PutRecord firehose:PutRecordBatch", "firehose deliverystream/{DeliveryStreamName}"),
    ),
    "KMSDecryptPolicy": (("kms:Decrypt", "kms key/{KeyId}"),),
    "KMSEncryptPolicy": (("kms:Encrypt", "kms key/{KeyId}"),),
    "KinesisCrudPolicy": (
        (
            "kinesis:AddTagsToStream kinesis:CreateStream kinesis:DecreaseStreamRetentionPeriod kinesis:DeleteStream "
            "kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetShardIterator "
            "kinesis:IncreaseStreamRetentionPeriod kinesis:ListTagsForStream kinesis:MergeShards kinesis:PutRecord "
            "kinesis:PutRecords kinesis:SplitShard kinesis:RemoveTagsFromStream",
            "kinesis stream/{StreamName}",
        ),
    ),
    "KinesisStreamReadPolicy": (
        ("kinesis:ListStreams kinesis:DescribeLimits", "kinesis stream/*"),
        (
            "kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator",
            "kinesis stream/{StreamName}",
        ),
    ),
    "LambdaInvokePolicy": (("lambda:InvokeFunction", "lambda function:{FunctionName}*"),),
    "RekognitionDetectOnlyPolicy": (
        (
            "rekognition:DetectFaces rekognition:DetectLabels rekognition:DetectModerationLabels rekognition:DetectText",
            "*",
        ),
    ),
    "S3CrudPolicy": (
        (
            "s3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion s3:PutObject s3:PutObjectAcl "
            "s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration s3:DeleteObject",
            "s3 {BucketName} {BucketName}/*",
        ),
    ),
    "S3FullAccessPolicy": (
        (
            "s3:GetObject s3:GetObjectAcl s3:GetObjectVersion s3:PutObject s3:PutObjectAcl s3:DeleteObject "
            "s3:DeleteObjectTagging s3:DeleteObjectVersionTagging s3:GetObjectTagging s3:GetObjectVersionTagging "
            "s3:PutObjectTagging s3:PutObjectVersionTagging",
            "s3 {BucketName}/*",
        ),
        (
            "s3:ListBucket s3:GetBucketLocation s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration",
            "s3 {BucketName}",
        ),
    ),
    "S3ReadPolicy": (
        (
            "s3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion s3:GetLifecycleConfiguration",
            "s3 {BucketName} {BucketName}/*",
        ),
    ),
    "S3WritePolicy": (("s3:PutObject s3:PutObjectAcl s3:PutLifecycleConfiguration", "s3 {BucketName} {BucketName}/*"),),
    "SESCrudPolicy": (
        (
            "ses:GetIdentityVerificationAttributes ses:SendEmail ses:SendRawEmail ses:VerifyEmailIdentity",
            "ses identity/{IdentityName}",
        ),
    ),
    "SNSCrudPolicy": (
        (
            "sns:ListSubscriptionsByTopic sns:CreateTopic sns:SetTopicAttributes sns:Subscribe sns:Publish",
            "sns {TopicName}*",
        ),
    ),
    "SNSPublishMessagePolicy": (("sns:Publish", "sns {TopicName}"),),
    "SQSPollerPolicy": (
        (
            "sqs:ChangeMessageVisibility sqs:ChangeMessageVisibilityBatch sqs:DeleteMessage sqs:DeleteMessageBatch "
            "sqs:GetQueueAttributes sqs:ReceiveMessage",
            "sqs {QueueName}",
        ),
    ),
    "SQSSendMessagePolicy": (("sqs:SendMessage*", "sqs {QueueName}"),),
    "SSMParameterReadPolicy": (
        ("ssm:DescribeParameters", "*"),
        ("ssm:GetParameters ssm:GetParameter ssm:GetParametersByPath", "ssm parameter/{ParameterName}"),
    ),
    "StepFunctionsExecutionPolicy": (("states:StartExecution", "states stateMachine:{StateMachineName}"),),
    "VPCAccessPolicy": (
        (
            "ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces "
            "ec2:DetachNetworkInterface",
            "*",
        ),
    ),
}
_HERE: Final = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:"
_EVERYWHERE: Final = "arn:${AWS::Partition}:%s:::"


def policy(name: str, given: Any) -> dict[str, Any] | None:
    """Write out the policy of a template; None where it is not known, or has not the parameters that it needs."""
    statements = _STATEMENTS.get(name)
    if statements is None or not isinstance(given, Mapping):
        return None
    made = [_statement(actions, resources, given) for actions, resources in statements]
    return None if None in made else {"Statement": made}


def _statement(actions: str, resources: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
    service, *names = resources.split()
    before = (_EVERYWHERE if service == "s3" else _HERE) % service
    found = [_resource(before + one, given) for one in names] if names else [_resource(service, given)]
    if None in found:
        return None
    return {"Effect": "Allow", "Action": actions.split(), "Resource": found}


def _resource(text: str, given: Mapping[str, Any]) -> Any:
    """Give a resource as CloudFormation works it out, with the parameters that were given for it."""
    used = {name: value for name, value in given.items() if f"{{{name}}}" in text}
    for name in used:
        text = text.replace(f"{{{name}}}", f"${{{name}}}")
    if "{" in text.replace("${", ""):
        return None
    return {"Fn::Sub": [text, used]} if "$" in text else text
