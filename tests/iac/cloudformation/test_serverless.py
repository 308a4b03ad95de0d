"""AWS SAM's resources become what its transform makes of them; what it alone knows stays open or is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.iac.naming import export
from scanner.model.unresolved import Unresolved
from tests.iac.cloudformation.written import block, read, values, why

HEAD = "Transform: AWS::Serverless-2016-10-31\n"


def test_a_simple_table_with_its_defaults(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        HEAD
        + """\
Globals:
  SimpleTable: {SSESpecification: {SSEEnabled: true}}
Resources:
  Plain: {Type: AWS::Serverless::SimpleTable}
  Full:
    Type: AWS::Serverless::SimpleTable
    DeletionPolicy: Retain
    Properties:
      TableName: kept
      PrimaryKey: {Name: key, Type: Number}
      ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 5}
      Tags: {system: shop}
      SSESpecification: {SSEEnabled: false}
      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
""",
    )
    assert not code.problems
    assert [one.type for one in code.blocks] == ["AWS::DynamoDB::Table"] * 2
    assert values(code, "Plain") == {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "SSESpecification": {"SSEEnabled": True},
    }
    found = values(code, "Full")
    assert found["Tags"] == [{"Key": "system", "Value": "shop"}]
    assert found["SSESpecification"] == {"SSEEnabled": False}
    assert found["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert found["DeletionPolicy"] == "Retain"
    assert found["AttributeDefinitions"] == [{"AttributeName": "key", "AttributeType": "N"}]
    assert "BillingMode" not in found
    full, plain = block(code, "Full"), block(code, "Plain")
    spots = [full.spots(("SSESpecification", "SSEEnabled")), plain.spots(("SSESpecification", "SSEEnabled")), full.spots(("Tags", 0, "Value"))]  # fmt: skip
    assert [spot.line if spot else 0 for spot in spots] == [14, 3, 13]
    assert plain.place(("BillingMode",)) == plain.spot


def test_globals_are_merged_as_sam_does(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        HEAD
        + """
Globals:
  Function:
    Runtime: python3.12
    MemorySize: 128
    Environment: {Variables: {A: one, B: two}}
    Layers: [first]
    Tags: {a: b}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: x
      MemorySize: 256
      Environment: {Variables: {B: own, C: !Ref AWS::Region}}
      Layers: [second]
      KmsKeyArn: !GetAtt Key.Arn
  Key: {Type: AWS::KMS::Key}
""",
    )
    found = values(code, "F")
    assert found["Runtime"] == "python3.12"
    assert found["MemorySize"] == 256
    assert found["Environment"] == {"Variables": {"A": "one", "B": "own", "C": "?region"}}
    assert found["Layers"] == ["first", "second"]
    assert found["Tags"] == [{"Key": "a", "Value": "b"}]
    assert found["KmsKeyArn"] == export(block(code, "Key"), "Arn")
    assert block(code, "F").type == "AWS::Lambda::Function"


def test_the_role_that_sam_makes(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        HEAD
        + """
Conditions: {U: !Equals [!Ref AWS::Region, x]}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      VpcConfig: {SubnetIds: [a]}
      Policies:
        - AmazonS3FullAccess
        - arn:aws:iam::1:policy/own
        - !Ref Managed
        - {Version: 2012-10-17, Statement: [{Effect: Allow, Action: 'backup:*', Resource: !GetAtt V.BackupVaultArn}]}
        - S3ReadPolicy: {BucketName: b}
        - S3ReadPolicy: {}
        - NoSuchPolicy: {}
        - !If [U, {Statement: []}, AmazonS3FullAccess]
        - SomethingElseRole
  Own: {Type: AWS::Serverless::Function, Properties: {Role: arn:aws:iam::1:role/mine}}
  M: {Type: AWS::Serverless::StateMachine, Properties: {Name: m, Policies: AWSLambdaRole}}
  V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: v}}
  Managed: {Type: AWS::IAM::ManagedPolicy}
""",
    )
    assert not code.problems
    assert [(one.address, one.type) for one in code.blocks][:3] == [
        ("F", "AWS::Lambda::Function"),
        ("FRole", "AWS::IAM::Role"),
        ("Own", "AWS::Lambda::Function"),
    ]
    role = values(code, "FRole")
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": ["lambda.amazonaws.com"]}
    known = [one for one in role["ManagedPolicyArns"] if isinstance(one, str)]
    assert known[:4] == [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
        "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        "arn:aws:iam::1:policy/own",
    ]
    documents = [one["PolicyDocument"] for one in role["Policies"]]
    assert documents[0]["Statement"][0]["Action"] == "backup:*"
    assert documents[1]["Statement"][0]["Resource"] == ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]
    assert why(documents[2]) == "policy template S3ReadPolicy is written out by AWS SAM"
    assert why(documents[3]) == "policy template NoSuchPolicy is written out by AWS SAM"
    assert isinstance(documents[4], Unresolved)
    assert values(code, "M")["StateMachineName"] == "m"
    assert values(code, "MRole")["ManagedPolicyArns"] == ["arn:aws:iam::aws:policy/service-role/AWSLambdaRole"]
    assert values(code, "Own") == {"Role": "arn:aws:iam::1:role/mine"}


def test_events_become_rules_and_subscriptions(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        HEAD
        + """\
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      Events:
        Failed: {Type: EventBridgeRule, Properties: {Pattern: {source: [aws.backup]}, State: ENABLED}}
        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false, Name: daily}}
        Topic: {Type: SNS, Properties: {Topic: !Ref T}}
        Queue: {Type: SQS, Properties: {Queue: arn:aws:sqs:x}}
        Get: {Type: Api, Properties: {Path: /, Method: get}}
        Own: {Type: HttpApi, Properties: {ApiId: x}}
        Odd: {Type: Odd}
        None: {}
  T: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}
""",
    )
    types = {one.address: one.type for one in code.blocks}
    assert types["FFailed"] == types["FDaily"] == "AWS::Events::Rule"
    assert types["FQueue"] == "AWS::Lambda::EventSourceMapping"
    assert types["ServerlessRestApi"] == "AWS::ApiGateway::RestApi"
    assert "ServerlessHttpApi" not in types
    assert types["FAlias"] == "AWS::Lambda::Alias"
    failed = values(code, "FFailed")
    assert failed["EventPattern"] == {"source": ["aws.backup"]}
    assert len(failed["Targets"]) == 1
    assert values(code, "FDaily")["State"] == "DISABLED"
    assert values(code, "FDaily")["Name"] == "daily"
    subscription = values(code, "FTopic")
    assert subscription["Protocol"] == "lambda"
    assert subscription["TopicArn"] == export(block(code, "T"), "Ref")
    assert isinstance(block(code, "FQueue").find("EventSourceArn").value, Unresolved)
    assert [(one.spot.line, one.message) for one in code.problems] == [
        (14, "F: what AWS SAM makes of its event Odd of type Odd is not read"),
        (15, "F: what AWS SAM makes of its event None, which has no type is not read"),
    ]


def test_apis_with_their_domains(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        HEAD
        + """
Resources:
  A:
    Type: AWS::Serverless::Api
    Properties: {StageName: prod, Domain: {DomainName: a.example.com, CertificateArn: c, SecurityPolicy: TLS_1_2}}
  H:
    Type: AWS::Serverless::HttpApi
    Properties: {Domain: {DomainName: h.example.com, CertificateArn: c}}
""",
    )
    types = {one.address: one.type for one in code.blocks}
    assert types == {
        "A": "AWS::ApiGateway::RestApi",
        "AprodStage": "AWS::ApiGateway::Stage",
        "ADomainName": "AWS::ApiGateway::DomainName",
        "H": "AWS::ApiGatewayV2::Api",
        "HApiGatewayDefaultStage": "AWS::ApiGatewayV2::Stage",
        "HDomainName": "AWS::ApiGatewayV2::DomainName",
    }
    assert values(code, "ADomainName")["SecurityPolicy"] == "TLS_1_2"
    assert values(code, "HDomainName")["DomainNameConfigurations"][0]["CertificateArn"] == "c"


@pytest.mark.parametrize("kind", ["GraphQLApi", "Connector", "CapacityProvider", "Invented"])
def test_what_is_not_expanded_is_told(tmp_path: Path, kind: Any) -> None:
    code = read(tmp_path, HEAD + f"Resources:\n  A: {{Type: AWS::Serverless::{kind}, Properties: {{X: 1}}}}\n")
    assert [one.spot.line for one in code.problems] == [3]
    assert values(code, "A") == {"X": 1}


def test_connectors_of_a_resource_are_told(tmp_path: Path) -> None:
    code = read(tmp_path, HEAD + "Resources:\n  A: {Type: AWS::Serverless::SimpleTable, Connectors: {C: {}}}\n")
    assert "connectors" in code.problems[0].message


@pytest.mark.parametrize("globals_", ["[]", "{Function: x}", "{Function: {Tags: x, Events: y}}", "text", "{Function: {Policies: {a: b}}}"])  # fmt: skip
@pytest.mark.parametrize("properties", ["{}", "[]", "{Events: [a], Policies: 7, Tags: !Ref X}", "{Policies: [[a]]}"])
def test_nonsense_ends_in_no_error(tmp_path: Path, globals_: Any, properties: Any) -> None:
    text = (
        f"{HEAD}Globals: {globals_}\nResources:\n  F: {{Type: AWS::Serverless::Function, Properties: {properties}}}\n"
    )
    code = read(tmp_path, text)
    assert {"F", "FRole"} <= {one.address for one in code.blocks}
    for one in code.blocks:
        values(code, one.address)


def test_an_api_has_the_endpoint_and_the_definition_that_sam_passes_on(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        HEAD
        + """\
Globals:
  Api: {SecurityPolicy: TLS_1_2}
Resources:
  Hidden:
    Type: AWS::Serverless::Api
    Properties: {StageName: p, EndpointConfiguration: {Type: PRIVATE, VPCEndpointIds: [vpce-1]}}
  Near: {Type: AWS::Serverless::Api, Properties: {StageName: p, EndpointConfiguration: REGIONAL, DefinitionUri: api.yaml}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Role: arn:aws:iam::1:role/r
      Events:
        One: {Type: Api, Properties: {Path: /, Method: get}}
        Two: {Type: Api, Properties: {Path: /b, Method: get}}
        Three: {Type: HttpApi}
""",
    )
    assert values(code, "Hidden")["EndpointConfiguration"] == {"Types": ["PRIVATE"], "VpcEndpointIds": ["vpce-1"]}
    assert values(code, "Near")["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert values(code, "Near")["BodyS3Location"] == "api.yaml"
    assert values(code, "ServerlessRestApi") == {"SecurityPolicy": "TLS_1_2"}
    assert values(code, "ServerlessHttpApi") == {}


@pytest.mark.parametrize(
    ("written", "actions", "resources"),
    [
        (
            "DynamoDBWritePolicy: {TableName: !Ref T}",
            ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"],
            ["arn:aws:dynamodb:?region:?account:table/t", "arn:aws:dynamodb:?region:?account:table/t/index/*"],
        ),
        ("CloudWatchPutMetricPolicy: {}", ["cloudwatch:PutMetricData"], ["*"]),
        ("AWSSecretsManagerGetSecretValuePolicy: {SecretArn: !Ref S}", ["secretsmanager:GetSecretValue"], ["s"]),
    ],
)
def test_policy_templates(tmp_path: Path, written: str, actions: list[str], resources: list[str]) -> None:
    code = read(
        tmp_path,
        HEAD
        + f"""\
Parameters: {{S: {{Type: String, Default: s}}}}
Resources:
  T: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: t}}}}
  F: {{Type: AWS::Serverless::Function, Properties: {{Policies: [{written}]}}}}
""",
    )
    (policy,) = values(code, "FRole")["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement == {"Effect": "Allow", "Action": actions, "Resource": resources}
