"""Two people who sign in with a second factor, an uploader, and the roles that people and services take."""

from datetime import timedelta

from scanner.emulation.company.access import MFA, policy, trust
from scanner.emulation.company.people import access_key, second_factor
from scanner.emulation.company.site import HOME, RECOVERY, Site
from scanner.emulation.seeding import use_access_key, use_password, use_role, use_service

# Who operates backups, and who administers keys: never the same person.
OPERATOR, KEEPER = "alice", "bob"
# What services do by their roles: the service, and the actions on the stores.
SERVICES = {
    "replication": ("s3", ["s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ReplicateObject"]),
    "flow-logs": ("vpc-flow-logs", ["logs:CreateLogStream", "logs:PutLogEvents"]),
    "trail": ("cloudtrail", ["logs:CreateLogStream", "logs:PutLogEvents"]),
    "restore-tester": ("backup", ["backup:StartRestoreJob", "rds:RestoreDBInstanceFromDBSnapshot", "ec2:CreateVolume"]),
}
BACKING_UP = [
    "backup:CopyIntoBackupVault",
    "dynamodb:StartAwsBackupJob",
    "ec2:CreateImage",
    "ec2:CreateSnapshot",
    "elasticfilesystem:Backup",
    "rds:CreateDBClusterSnapshot",
    "rds:CreateDBSnapshot",
    "s3:GetObjectVersion",
]


def settle(site: Site) -> None:
    """Make the people, then the roles; all of them were used lately."""
    for name in (OPERATOR, KEEPER):
        _person(site, name)
    _uploader(site)
    _taken_by_people(site)
    _taken_by_services(site)
    for region in (HOME, RECOVERY):
        site.client("accessanalyzer", region).create_analyzer(analyzerName="outside", type="ACCOUNT")


def _person(site: Site, name: str) -> None:
    """Somebody who signs in, and may do no more than take a role."""
    iam = site.client("iam")
    iam.create_user(UserName=name)
    iam.create_login_profile(UserName=name, Password="Not-a-secret-1")
    second_factor(site, name)
    role = "backup-operator" if name == OPERATOR else "key-administrator"
    _grouped(site, name, f"{role}s", policy({"Action": "sts:AssumeRole", "Resource": site.role(role)}))
    with site.emulator.on_stage() as world:
        use_password(world, site.account, name, site.at - timedelta(days=1))


def _uploader(site: Site) -> None:
    """The build server of the repositories' host, which has no other way in than a key."""
    site.client("iam").create_user(UserName="uploader")
    access_key(site, "uploader", 20)
    upload = policy({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::exemplar-mirrors/*"})
    _grouped(site, "uploader", "uploaders", upload)
    with site.emulator.on_stage() as world:
        use_access_key(world, site.account, "uploader", site.at - timedelta(hours=5))


def _grouped(site: Site, name: str, group: str, allowed: str) -> None:
    iam = site.client("iam")
    iam.create_group(GroupName=group)
    iam.put_group_policy(GroupName=group, PolicyName=group, PolicyDocument=allowed)
    iam.add_user_to_group(GroupName=group, UserName=name)


def _taken_by_people(site: Site) -> None:
    """Each for one person, with a second factor, for an hour."""
    iam, user = site.client("iam"), f"arn:aws:iam::{site.account}:user/"
    iam.create_role(
        RoleName="backup-operator",
        AssumeRolePolicyDocument=trust({"AWS": user + OPERATOR}, Condition=MFA),
        MaxSessionDuration=3600,
    )
    # What lies in a locked vault nobody can delete; snapshots of volumes somebody must be able to.
    deleting = {"Action": "ec2:DeleteSnapshot", "Resource": "arn:aws:ec2:*::snapshot/*"}
    starting = {"Action": ["backup:StartBackupJob", "backup:StartRestoreJob", "backup:List*", "backup:Describe*"]}
    iam.put_role_policy(RoleName="backup-operator", PolicyName="operate", PolicyDocument=policy(deleting, starting))
    iam.create_role(
        RoleName="key-administrator",
        AssumeRolePolicyDocument=trust({"AWS": user + KEEPER}, Condition=MFA),
        MaxSessionDuration=3600,
    )
    keys = f"arn:aws:kms:*:{site.account}:key/*"
    administering = {"Action": ["kms:DisableKey", "kms:EnableKey", "kms:PutKeyPolicy"], "Resource": keys}
    iam.put_role_policy(RoleName="key-administrator", PolicyName="administer", PolicyDocument=policy(administering))
    with site.emulator.on_stage() as world:
        for name in ("backup-operator", "key-administrator"):
            use_role(world, site.account, name, site.at - timedelta(days=6))
        used = site.at - timedelta(days=6)
        use_service(world, site.account, site.role("backup-operator"), "ec2", used, DeleteSnapshot=used)


def _taken_by_services(site: Site) -> None:
    _service_role(site, "AWSBackupDefaultServiceRole", "backup", BACKING_UP, "/service-role/")
    snapshots = ["ec2:CreateSnapshot", "ec2:CreateTags", "ec2:DeleteSnapshot", "ec2:DescribeSnapshots"]
    _service_role(site, "AWSDataLifecycleManagerDefaultRole", "dlm", snapshots, "/service-role/")
    for name, (service, actions) in SERVICES.items():
        _service_role(site, name, service, actions)
    for service in ("backup", "config"):
        site.client("iam").create_service_linked_role(AWSServiceName=f"{service}.amazonaws.com")
    night = site.at - timedelta(hours=9)
    with site.emulator.on_stage() as world:
        scheduler = site.role("service-role/AWSDataLifecycleManagerDefaultRole")
        use_service(world, site.account, scheduler, "ec2", night, DeleteSnapshot=night)


def _service_role(site: Site, name: str, service: str, actions: list[str], path: str = "/") -> None:
    iam = site.client("iam")
    iam.create_role(Path=path, RoleName=name, AssumeRolePolicyDocument=trust({"Service": f"{service}.amazonaws.com"}))
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=policy({"Action": actions}))
    with site.emulator.on_stage() as world:
        use_role(world, site.account, name, site.at - timedelta(hours=9))
