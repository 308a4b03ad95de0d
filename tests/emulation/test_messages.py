"""Messages go where rules, policies, filters and keys let them, and nowhere else."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from tests.emulation.conftest import AT

ACCOUNT, HERE = "123456789012", "eu-west-1"
TOPIC, QUEUE = f"arn:aws:sns:{HERE}:{ACCOUNT}:alerts", f"arn:aws:sqs:{HERE}:{ACCOUNT}:mailbox"
DOCUMENTS = f"arn:aws:dynamodb:{HERE}:{ACCOUNT}:table/documents"
Post = Callable[..., list[Any]]


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


@pytest.fixture
def post(aws: Emulator) -> Post:
    """A rule, a topic and a mailbox; what comes of one event."""
    sns, sqs, events = aws.client("sns"), aws.client("sqs"), aws.client("events")
    sns.create_topic(Name="alerts")
    let(aws, "events.amazonaws.com")
    url = sqs.create_queue(QueueName="mailbox")["QueueUrl"]
    take(aws, "sns.amazonaws.com", TOPIC)
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE)
    events.put_rule(Name="rule", EventPattern=json.dumps({"source": ["shop"]}))
    events.put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": TOPIC}])

    def sent(**told: Any) -> list[Any]:
        entry = {"Source": "shop", "DetailType": "Order", "Detail": json.dumps({"number": 7}), **told}
        assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0
        bodies = [one["Body"] for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])]
        return [json.loads(body) for body in bodies]

    return sent


def let(aws: Emulator, service: str, **condition: Any) -> None:
    said = policy(Principal={"Service": service}, Action="sns:Publish", Resource=TOPIC, **condition)
    aws.client("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=said)


def take(aws: Emulator, service: str, source: str) -> None:
    said = policy(
        Principal={"Service": service},
        Action="sqs:SendMessage",
        Resource=QUEUE,
        Condition={"ArnEquals": {"aws:SourceArn": source}},
    )
    url = aws.client("sqs").get_queue_url(QueueName="mailbox")["QueueUrl"]
    aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": said})


def test_an_event_goes_by_rule_and_topic_into_the_queue(post: Post) -> None:
    (body,) = post()
    assert body["Type"] == "Notification"
    assert body["TopicArn"] == TOPIC
    event = json.loads(body["Message"])
    assert (event["source"], event["detail-type"], event["detail"]) == ("shop", "Order", {"number": 7})
    assert (event["account"], event["region"], event["time"]) == (ACCOUNT, HERE, "2026-11-24T06:00:00Z")


def test_an_event_that_no_rule_wants_goes_nowhere(post: Post) -> None:
    assert post(Source="elsewhere") == []


def test_a_bus_that_is_not_there_goes_nowhere(post: Post) -> None:
    assert post(EventBusName="no-such-bus") == []


def test_a_rule_that_is_disabled_sends_nothing(aws: Emulator, post: Post) -> None:
    aws.client("events").disable_rule(Name="rule")
    assert post() == []


def test_a_topic_that_lets_nobody_in_sends_nothing(aws: Emulator, post: Post) -> None:
    let(aws, "events.amazonaws.com", Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}})
    assert post() == []


def test_a_queue_that_takes_from_another_topic_takes_nothing(aws: Emulator, post: Post) -> None:
    take(aws, "sns.amazonaws.com", TOPIC + "-other")
    assert post() == []


def test_a_queue_without_a_policy_takes_nothing(aws: Emulator, post: Post) -> None:
    aws.client("sqs").create_queue(QueueName="shut")
    sns = aws.client("sns")
    for one in sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=f"arn:aws:sqs:{HERE}:{ACCOUNT}:shut")
    assert post() == []
    url = aws.client("sqs").get_queue_url(QueueName="shut")["QueueUrl"]
    assert "Messages" not in aws.client("sqs").receive_message(QueueUrl=url)


def test_a_topic_under_a_key_needs_a_key_that_lets_the_service_in(aws: Emulator, post: Post) -> None:
    kms, sns = aws.client("kms"), aws.client("sns")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    sns.set_topic_attributes(TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue=key)
    assert post() == []
    said = policy(
        Principal={"Service": "events.amazonaws.com"}, Action=["kms:GenerateDataKey*", "kms:Decrypt"], Resource="*"
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=said)
    assert len(post()) == 1
    kms.disable_key(KeyId=key)
    assert post() == []


def test_raw_delivery_puts_nothing_around_it(aws: Emulator, post: Post) -> None:
    (one,) = aws.client("sns").list_subscriptions()["Subscriptions"]
    for said in ("true", "false"):
        aws.client("sns").set_subscription_attributes(
            SubscriptionArn=one["SubscriptionArn"], AttributeName="RawMessageDelivery", AttributeValue=said
        )
        (body,) = post()
        assert ("Message" in body) is (said == "false")


def test_a_filter_holds_back(aws: Emulator, post: Post) -> None:
    (one,) = aws.client("sns").list_subscriptions()["Subscriptions"]
    aws.client("sns").set_subscription_attributes(
        SubscriptionArn=one["SubscriptionArn"], AttributeName="FilterPolicy", AttributeValue='{"State": ["FAILED"]}'
    )
    assert post() == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"Input": '{"constant": 1}'}, {"constant": 1}),
        ({"InputPath": "$.detail"}, {"number": 7}),
        (
            {"InputTransformer": {"InputPathsMap": {"n": "$.detail.number"}, "InputTemplate": '{"order": <n>}'}},
            {"order": 7},
        ),
    ],
)
def test_a_rule_sends_what_its_target_wants(aws: Emulator, post: Post, target: Any, said: Any) -> None:
    take(aws, "events.amazonaws.com", f"arn:aws:events:{HERE}:{ACCOUNT}:rule/rule")
    aws.client("events").put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": QUEUE, **target}])
    assert post() == [said]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Source": "aws.backup", "DetailType": "x", "Detail": "{}"}, "NotAuthorizedForSourceException"),
        ({"DetailType": "x", "Detail": "{}"}, "InvalidArgument"),
        ({"Source": "shop", "DetailType": "x", "Detail": "{"}, "MalformedDetail"),
    ],
)
def test_what_is_no_event_is_refused(aws: Emulator, entry: Any, code: str) -> None:
    answer = aws.client("events").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == code


@pytest.mark.parametrize(
    ("events", "told"),
    [(["BACKUP_JOB_FAILED"], True), (["BACKUP_JOB_COMPLETED"], True), (["COPY_JOB_FAILED"], False)],
)
def test_a_vault_tells_of_what_it_is_asked_to(aws: Emulator, post: Post, events: list[str], told: bool) -> None:
    backup, iam = aws.client("backup"), aws.client("iam")
    let(aws, "backup.amazonaws.com")
    backup.create_backup_vault(BackupVaultName="vault")
    backup.put_backup_vault_notifications(BackupVaultName="vault", SNSTopicArn=TOPIC, BackupVaultEvents=events)
    trust = policy(Principal={"Service": "backup.amazonaws.com"}, Action="sts:AssumeRole")
    role = iam.create_role(RoleName="nobody", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    job = backup.start_backup_job(BackupVaultName="vault", ResourceArn=DOCUMENTS, IamRoleArn=role)["BackupJobId"]
    assert backup.describe_backup_job(BackupJobId=job)["State"] == "FAILED"
    bodies = post(Source="nobody-wants-it")
    assert [job in body["Message"] for body in bodies] == [True] * told
    assert all(body["MessageAttributes"]["State"]["Value"] == "FAILED" for body in bodies)


@pytest.mark.parametrize(
    ("trusted", "allowed", "state"),
    [
        ("backup.amazonaws.com", "dynamodb:StartAwsBackupJob", "COMPLETED"),
        ("backup.amazonaws.com", "dynamodb:DescribeTable", "FAILED"),
        ("ec2.amazonaws.com", "dynamodb:StartAwsBackupJob", "FAILED"),
    ],
)
def test_a_job_does_what_its_role_may(aws: Emulator, trusted: str, allowed: str, state: str) -> None:
    backup, iam = aws.client("backup"), aws.client("iam")
    backup.create_backup_vault(BackupVaultName="vault")
    trust = policy(Principal={"Service": trusted}, Action="sts:AssumeRole")
    role = iam.create_role(RoleName="keeper", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName="keeper", PolicyName="it", PolicyDocument=policy(Action=allowed, Resource="*"))
    aws.client("dynamodb").create_table(
        TableName="documents",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    job = backup.start_backup_job(BackupVaultName="vault", ResourceArn=DOCUMENTS, IamRoleArn=role)["BackupJobId"]
    assert backup.describe_backup_job(BackupJobId=job)["State"] == state


@pytest.mark.parametrize(
    ("mode", "change", "days", "bypass", "taken"),
    [
        ("COMPLIANCE", "COMPLIANCE", 40, False, True),
        ("COMPLIANCE", "COMPLIANCE", 20, False, False),
        ("COMPLIANCE", "COMPLIANCE", 20, True, False),
        ("COMPLIANCE", "GOVERNANCE", 40, True, False),
        ("GOVERNANCE", "GOVERNANCE", 20, False, False),
        ("GOVERNANCE", "GOVERNANCE", 20, True, True),
        ("GOVERNANCE", "COMPLIANCE", 40, False, True),
    ],
)
def test_a_lock_is_only_made_longer(
    aws: Emulator, mode: str, change: str, days: int, bypass: bool, taken: bool
) -> None:
    s3 = aws.client("s3")
    where: Any = {"LocationConstraint": HERE}
    s3.create_bucket(Bucket="locked", CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
    first: Any = {"Mode": mode, "RetainUntilDate": AT + timedelta(days=30)}
    version = s3.put_object(Bucket="locked", Key="it", Body=b"data")["VersionId"]
    s3.put_object_retention(Bucket="locked", Key="it", Retention=first)

    def alter() -> None:
        told: Any = {"Mode": change, "RetainUntilDate": AT + timedelta(days=days)}
        s3.put_object_retention(
            Bucket="locked", Key="it", VersionId=version, Retention=told, BypassGovernanceRetention=bypass
        )

    if taken:
        alter()
    else:
        with pytest.raises(ClientError, match="AccessDenied"):
            alter()


@pytest.mark.parametrize("state", ["disabled", "going"])
def test_a_key_that_may_not_be_used_opens_nothing(aws: Emulator, state: str) -> None:
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"data")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"data"
    if state == "disabled":
        kms.disable_key(KeyId=key)
    else:
        kms.schedule_key_deletion(KeyId=key)
    code = "DisabledException" if state == "disabled" else "KMSInvalidStateException"
    uses: list[Callable[[], Any]] = [
        lambda: kms.decrypt(CiphertextBlob=sealed),
        lambda: kms.decrypt(CiphertextBlob=sealed, KeyId=key),
        lambda: kms.encrypt(KeyId=key, Plaintext=b"more"),
        lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256"),
    ]
    for use in uses:
        with pytest.raises(ClientError, match=code):
            use()
