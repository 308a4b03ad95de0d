"""Region and global settings, and the tags of everything AWS Backup owns."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.backup.state import Backup
from scanner.emulation.wire import Document

# What a region that nobody changed says (kinds added to the service later start opted out).
OPTED_IN = {
    "Aurora": True,
    "CloudFormation": True,
    "DocumentDB": True,
    "DynamoDB": True,
    "EBS": True,
    "EC2": True,
    "EFS": True,
    "FSx": True,
    "Neptune": True,
    "RDS": True,
    "Redshift": True,
    "S3": True,
    "SAP HANA on Amazon EC2": True,
    "Storage Gateway": True,
    "Timestream": True,
    "VirtualMachine": True,
}
MANAGED = {"CloudFormation": True, "DynamoDB": True, "EFS": True}


@answers("backup:DescribeRegionSettings")
def describe_region_settings(call: Call) -> Document:
    backup = call.shelf(Backup)
    return {
        "ResourceTypeOptInPreference": {**OPTED_IN, **backup.opted_in},
        "ResourceTypeManagementPreference": {**MANAGED, **backup.managed},
    }


@answers("backup:UpdateRegionSettings")
def update_region_settings(call: Call) -> Document:
    backup = call.shelf(Backup)
    backup.opted_in.update(call.params.get("ResourceTypeOptInPreference", {}))
    backup.managed.update(call.params.get("ResourceTypeManagementPreference", {}))
    return {}


@answers("backup:DescribeGlobalSettings")
def describe_global_settings(call: Call) -> Document:
    return {
        "GlobalSettings": {"isCrossAccountBackupEnabled": "false", **call.shelf(Backup).global_settings},
        "LastUpdateTime": call.now,
    }


@answers("backup:UpdateGlobalSettings")
def update_global_settings(call: Call) -> Document:
    call.shelf(Backup).global_settings.update(call.params.get("GlobalSettings", {}))
    return {}


@answers("backup:GetSupportedResourceTypes")
def supported_resource_types(call: Call) -> Document:
    return {"ResourceTypes": sorted(OPTED_IN)}


@answers("backup:ListTags")
def list_tags(call: Call) -> Document:
    return {"Tags": call.shelf(Backup).tags.get(call.params["ResourceArn"], {})}


@answers("backup:TagResource")
def tag_resource(call: Call) -> Document:
    call.shelf(Backup).tags.setdefault(call.params["ResourceArn"], {}).update(call.params["Tags"])
    return {}


@answers("backup:UntagResource")
def untag_resource(call: Call) -> Document:
    for key in call.params["TagKeyList"]:
        call.shelf(Backup).tags.get(call.params["ResourceArn"], {}).pop(key, None)
    return {}
