"""Calls of what says who may get in: IAM's lists and reports, organisations, analyzers."""

import json

from scanner.emulation import Emulator
from scanner.emulation.seeding import add_aws_policy, use_service
from tests.emulation.conftest import AT

ACCOUNT = "123456789012"
ANYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def gatekept(aws: Emulator) -> None:
    """Call each operation that the emulator answers itself."""
    iam, organizations, analyzer = (aws.client(each) for each in ("iam", "organizations", "accessanalyzer"))
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="keeper", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    with aws.on_stage() as world:
        add_aws_policy(world, ACCOUNT, "Unattached", ANYTHING)
        policy = add_aws_policy(world, ACCOUNT, "AdministratorAccess", ANYTHING)
        use_service(world, ACCOUNT, role, "backup", AT, DeleteRecoveryPoint=None, ListBackupJobs=AT)
    iam.attach_role_policy(RoleName="keeper", PolicyArn=policy)
    iam.get_account_authorization_details()
    iam.get_account_summary()
    job = iam.generate_service_last_accessed_details(Arn=role, Granularity="ACTION_LEVEL")["JobId"]
    iam.get_service_last_accessed_details(JobId=job)
    organizations.create_organization(FeatureSet="ALL")
    organizations.describe_account(AccountId=ACCOUNT)
    organizations.list_accounts()
    analyzer.create_analyzer(analyzerName="outside", type="ACCOUNT")
    analyzer.list_analyzers()
    analyzer.delete_analyzer(analyzerName="outside")
