"""What AWS Backup tells of a job that has ended: an event, and a message to the topic of the vault."""

from scanner.emulation.ground import World
from scanner.emulation.services.backup.state import Backup
from scanner.emulation.services.events import emit
from scanner.emulation.services.messages import BACKUP, Sender, publish
from scanner.emulation.wire import Document

# Both ends of a backup job are told under the one name; the other is older and tells of failures alone.
_TOLD_OF = {"COMPLETED": ("BACKUP_JOB_COMPLETED",), "FAILED": ("BACKUP_JOB_COMPLETED", "BACKUP_JOB_FAILED")}
_SAYS = {"COMPLETED": "was completed successfully", "FAILED": "failed"}


def tell_of_backup_job(world: World, account: str, region: str, job: Document) -> None:
    """Emit the event of a backup job's state, and notify the vault's topic of an end that it wants to hear of.

    Shapes: AWS Backup developer guide, "Monitoring AWS Backup events using EventBridge" and "Notification options".
    """
    state = job["State"]
    detail = {
        "backupJobId": job["BackupJobId"],
        "backupVaultArn": job["BackupVaultArn"],
        "backupVaultName": job["BackupVaultName"],
        "bytesTransferred": str(job["BytesTransferred"] or 0),
        "creationDate": f"{job['CreationDate']:%Y-%m-%dT%H:%M:%S.000Z}",
        "iamRoleArn": job["IamRoleArn"],
        "percentDone": float(job["PercentDone"]),
        "resourceArn": job["ResourceArn"],
        "resourceType": job["ResourceType"],
        "state": state,
        **({"statusMessage": job["StatusMessage"]} if job["StatusMessage"] else {}),
        **({"completionDate": f"{job['CompletionDate']:%Y-%m-%dT%H:%M:%S.000Z}"} if job["CompletionDate"] else {}),
    }
    emit(world, account, region, "aws.backup", "Backup Job State Change", detail, [job["ResourceArn"]])
    wanted = world.shelf(Backup, account, region).notifications.get(job["BackupVaultName"])
    if wanted is None or not set(_TOLD_OF.get(state, ())) & set(wanted["BackupVaultEvents"]):
        return
    publish(
        world,
        wanted["SNSTopicArn"],
        f"An AWS Backup job {_SAYS[state]}. Resource ARN : {job['ResourceArn']}. BackupJob ID : {job['BackupJobId']}",
        Sender(BACKUP, job["BackupVaultArn"], account),
        subject="Notification from AWS Backup",
        attributes={
            "EventType": "BACKUP_JOB",
            "State": state,
            "AccountId": account,
            "Id": job["BackupJobId"],
            "StartTime": f"{job['CreationDate']:%Y-%m-%dT%H:%M:%S.000Z}",
        },
    )
