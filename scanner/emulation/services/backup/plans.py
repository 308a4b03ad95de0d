"""Backup plans, their versions, and the selections that say what they cover."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.backup.state import Backup, arn, identity
from scanner.emulation.wire import Document, Refusal

# What AWS assumes when a rule does not say.
RULE_DEFAULTS: Document = {
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "ScheduleExpressionTimezone": "Etc/UTC",
    "StartWindowMinutes": 480,
    "CompletionWindowMinutes": 10080,
    "EnableContinuousBackup": False,
}


@answers("backup:CreateBackupPlan")
def create_backup_plan(call: Call) -> Document:
    backup, told = call.shelf(Backup), call.params["BackupPlan"]
    if any(versions[-1]["BackupPlanName"] == told["BackupPlanName"] for versions in backup.plans.values()):
        raise Refusal(
            "AlreadyExistsException",
            f"Backup plan with the same plan document already exists. {told['BackupPlanName']}",
        )
    plan_id = identity("plan", call.account, call.region, told["BackupPlanName"])
    backup.plans[plan_id] = [_version(call, plan_id, 1)]
    backup.tags[arn(call, "backup-plan", plan_id)] = dict(call.params.get("BackupPlanTags", {}))
    return call.fit(backup.plan(plan_id))


@answers("backup:UpdateBackupPlan")
def update_backup_plan(call: Call) -> Document:
    backup, plan_id = call.shelf(Backup), call.params["BackupPlanId"]
    first = backup.plan(plan_id)
    backup.plans[plan_id].append(
        {**_version(call, plan_id, len(backup.plans[plan_id]) + 1), "CreationDate": first["CreationDate"]}
    )
    return call.fit(backup.plan(plan_id))


@answers("backup:GetBackupPlan")
def get_backup_plan(call: Call) -> Document:
    backup, plan_id, version = call.shelf(Backup), call.params["BackupPlanId"], call.params.get("VersionId")
    newest = backup.plan(plan_id)
    return call.fit(next((old for old in backup.plans[plan_id] if old["VersionId"] == version), newest))


@answers("backup:ListBackupPlans")
def list_backup_plans(call: Call) -> Document:
    plans, more = call.page(versions[-1] for versions in call.shelf(Backup).plans.values())
    return {"BackupPlansList": [call.fit(plan, "BackupPlansList") for plan in plans], **more}


@answers("backup:ListBackupPlanVersions")
def list_backup_plan_versions(call: Call) -> Document:
    backup, plan_id = call.shelf(Backup), call.params["BackupPlanId"]
    backup.plan(plan_id)
    versions, more = call.page(backup.plans[plan_id])
    return {"BackupPlanVersionsList": [call.fit(plan, "BackupPlanVersionsList") for plan in versions], **more}


@answers("backup:DeleteBackupPlan")
def delete_backup_plan(call: Call) -> Document:
    backup, plan_id = call.shelf(Backup), call.params["BackupPlanId"]
    if backup.selections.get(plan_id):
        raise Refusal(
            "InvalidRequestException", "Related backup plan selections must be deleted prior to backup plan deletion"
        )
    plan = {**backup.plan(plan_id), "DeletionDate": call.now}
    del backup.plans[plan_id]
    return call.fit(plan)


@answers("backup:CreateBackupSelection")
def create_backup_selection(call: Call) -> Document:
    backup, plan_id, told = call.shelf(Backup), call.params["BackupPlanId"], call.params["BackupSelection"]
    backup.plan(plan_id)
    selection_id = identity("selection", plan_id, told["SelectionName"])
    if selection_id in backup.selections.setdefault(plan_id, {}):
        raise Refusal(
            "AlreadyExistsException", f"Backup selection with the same name already exists: {told['SelectionName']}"
        )
    # AWS answers every list of a selection, empty where nothing was said.
    backup.selections[plan_id][selection_id] = {
        "BackupSelection": {"Resources": [], "ListOfTags": [], "NotResources": [], "Conditions": {}, **told},
        "SelectionId": selection_id,
        "BackupPlanId": plan_id,
        "CreationDate": call.now,
        "SelectionName": told["SelectionName"],
        "IamRoleArn": told["IamRoleArn"],
    }
    return call.fit(backup.selections[plan_id][selection_id])


@answers("backup:GetBackupSelection")
def get_backup_selection(call: Call) -> Document:
    return call.fit(_selection(call))


@answers("backup:ListBackupSelections")
def list_backup_selections(call: Call) -> Document:
    backup, plan_id = call.shelf(Backup), call.params["BackupPlanId"]
    backup.plan(plan_id)
    selections, more = call.page(backup.selections.get(plan_id, {}).values())
    return {"BackupSelectionsList": [call.fit(chosen, "BackupSelectionsList") for chosen in selections], **more}


@answers("backup:DeleteBackupSelection")
def delete_backup_selection(call: Call) -> Document:
    chosen = _selection(call)
    del call.shelf(Backup).selections[chosen["BackupPlanId"]][chosen["SelectionId"]]
    return {}


def _selection(call: Call) -> Document:
    held = call.shelf(Backup).selections.get(call.params["BackupPlanId"], {})
    if call.params["SelectionId"] not in held:
        raise Refusal("ResourceNotFoundException", f"Cannot find Backup selection {call.params['SelectionId']}")
    return held[call.params["SelectionId"]]


def _version(call: Call, plan_id: str, number: int) -> Document:
    told = call.params["BackupPlan"]
    rules = [{**RULE_DEFAULTS, **rule, "RuleId": identity("rule", plan_id, rule["RuleName"])} for rule in told["Rules"]]
    return {
        "BackupPlan": {**told, "Rules": rules},
        "BackupPlanId": plan_id,
        "BackupPlanName": told["BackupPlanName"],
        "BackupPlanArn": arn(call, "backup-plan", plan_id),
        "VersionId": identity("version", plan_id, number),
        "CreationDate": call.now,
    }
