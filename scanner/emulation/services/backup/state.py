"""What AWS Backup knows in one account and region."""

import re
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from scanner.emulation.answers import Call
from scanner.emulation.wire import Document, Refusal


@dataclass
class Backup:
    """Documents as AWS describes them, by the identifier it lists them under."""

    vaults: dict[str, Document] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    notifications: dict[str, Document] = field(default_factory=dict)
    plans: dict[str, list[Document]] = field(default_factory=dict)
    selections: dict[str, dict[str, Document]] = field(default_factory=dict)
    points: dict[str, dict[str, Document]] = field(default_factory=dict)
    backup_jobs: dict[str, Document] = field(default_factory=dict)
    copy_jobs: dict[str, Document] = field(default_factory=dict)
    restore_jobs: dict[str, Document] = field(default_factory=dict)
    testing_plans: dict[str, Document] = field(default_factory=dict)
    testing_selections: dict[str, dict[str, Document]] = field(default_factory=dict)
    report_plans: dict[str, Document] = field(default_factory=dict)
    frameworks: dict[str, Document] = field(default_factory=dict)
    legal_holds: dict[str, Document] = field(default_factory=dict)
    opted_in: dict[str, bool] = field(default_factory=dict)
    managed: dict[str, bool] = field(default_factory=dict)
    global_settings: dict[str, str] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    def vault(self, name: str) -> Document:
        """A vault; refused as AWS refuses most operations on a vault that does not exist."""
        if name not in self.vaults:
            raise Refusal("ResourceNotFoundException", f"Backup vault {name} does not exist", 400)
        return self.vaults[name]

    def plan(self, plan_id: str) -> Document:
        """The newest version of a plan."""
        if plan_id not in self.plans:
            raise Refusal("ResourceNotFoundException", f"Failed reading Backup plan with provided version {plan_id}")
        return self.plans[plan_id][-1]

    def every_point(self) -> list[Document]:
        """The recovery points of every vault."""
        return [point for vault in self.points.values() for point in vault.values()]


def arn(call: Call, kind: str, name: str) -> str:
    """The name of something that AWS Backup itself owns."""
    return f"arn:aws:backup:{call.region}:{call.account}:{kind}:{name}"


def identity(*parts: object) -> str:
    """A UUID that depends on nothing but its parts, so that the same seed gives the same company."""
    return str(uuid5(NAMESPACE_URL, "/".join(str(part) for part in parts)))


KINDS = (
    (r":rds:[^:]*:\d+:cluster:", "Aurora"),
    (r":rds:[^:]*:\d+:db:", "RDS"),
    (r":dynamodb:.*:table/", "DynamoDB"),
    (r":ec2:.*:volume/", "EBS"),
    (r":ec2:.*:instance/", "EC2"),
    (r":elasticfilesystem:", "EFS"),
    (r":fsx:", "FSx"),
    (r":s3:::", "S3"),
    (r":redshift:", "Redshift"),
    (r":cloudformation:", "CloudFormation"),
)


def resource_type(resource_arn: str) -> str:
    """What AWS Backup calls the kind of a resource; clusters are Aurora unless the caller knows better."""
    return next((kind for pattern, kind in KINDS if re.search(pattern, resource_arn)), "Unknown")


def point_arn(kind: str, resource_arn: str, region: str, account: str, job: str, *, continuous: bool = False) -> str:
    """The name of a recovery point: the service's own snapshot where the service keeps it, else a uuid."""
    digits = job.replace("-", "")[:17]
    name = re.split(r"[:/]", resource_arn)[-1]
    if continuous:
        named = {"RDS": f"db-{digits}", "Aurora": f"cluster-{digits}"}.get(kind, f"{name}-{digits[:8]}")
        return f"arn:aws:backup:{region}:{account}:recovery-point:continuous:{named}"
    own = {
        "RDS": f"arn:aws:rds:{region}:{account}:snapshot:awsbackup:job-{job}",
        "Aurora": f"arn:aws:rds:{region}:{account}:cluster-snapshot:awsbackup:job-{job}",
        "EBS": f"arn:aws:ec2:{region}::snapshot/snap-{digits}",
        "EC2": f"arn:aws:ec2:{region}::image/ami-{digits}",
        "FSx": f"arn:aws:fsx:{region}:{account}:backup/backup-{digits}",
        "Redshift": f"arn:aws:redshift:{region}:{account}:snapshot:{name}/awsbackup:job-{job}",
    }
    own["DocumentDB"] = own["Neptune"] = own["Aurora"]
    return own.get(kind, f"arn:aws:backup:{region}:{account}:recovery-point:{job}")
