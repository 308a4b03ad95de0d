"""Report plans, frameworks and legal holds."""

from datetime import timedelta

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.backup.state import Backup, arn, identity
from scanner.emulation.services.descriptions import altered
from scanner.emulation.wire import Document, Refusal


@answers("backup:CreateReportPlan")
def create_report_plan(call: Call) -> Document:
    backup, name = call.shelf(Backup), call.params["ReportPlanName"]
    if name in backup.report_plans:
        raise Refusal("AlreadyExistsException", f"Report plan {name} already exists")
    backup.report_plans[name] = {
        "ReportPlanArn": arn(call, "report-plan", f"{name}-{identity(name, call.region)}"),
        "ReportPlanName": name,
        "ReportPlanDescription": call.params.get("ReportPlanDescription"),
        "ReportSetting": call.params["ReportSetting"],
        "ReportDeliveryChannel": call.params["ReportDeliveryChannel"],
        "DeploymentStatus": "COMPLETED",
        "CreationTime": call.now,
    }
    backup.tags[backup.report_plans[name]["ReportPlanArn"]] = dict(call.params.get("ReportPlanTags", {}))
    return call.fit(backup.report_plans[name])


@answers("backup:DescribeReportPlan")
def describe_report_plan(call: Call) -> Document:
    plans, name = call.shelf(Backup).report_plans, call.params["ReportPlanName"]
    if name not in plans:
        raise Refusal("ResourceNotFoundException", f"Report plan {name} does not exist")
    return {"ReportPlan": call.fit(_run(call, plans[name]), "ReportPlan")}


@answers("backup:ListReportPlans")
def list_report_plans(call: Call) -> Document:
    plans, more = call.page(call.shelf(Backup).report_plans.values())
    return {"ReportPlans": [call.fit(_run(call, plan), "ReportPlans") for plan in plans], **more}


def _run(call: Call, plan: Document) -> Document:
    """A plan with its last run, at three o'clock every night; alter (`backup`, its name) to let it fail."""
    ran = call.now.replace(hour=3, minute=0, second=0, microsecond=0)
    ran -= timedelta(days=1) if ran > call.now else timedelta()
    if ran < plan["CreationTime"]:
        return plan
    told = {**plan, "LastAttemptedExecutionTime": ran, "LastSuccessfulExecutionTime": ran + timedelta(minutes=6)}
    return altered(call, told, plan["ReportPlanName"])


@answers("backup:DeleteReportPlan")
def delete_report_plan(call: Call) -> Document:
    call.shelf(Backup).report_plans.pop(call.params["ReportPlanName"], None)
    return {}


@answers("backup:CreateFramework")
def create_framework(call: Call) -> Document:
    backup, name = call.shelf(Backup), call.params["FrameworkName"]
    backup.frameworks[name] = {
        "FrameworkName": name,
        "FrameworkArn": arn(call, "framework", f"{name}-{identity(name, call.region)}"),
        "FrameworkDescription": call.params.get("FrameworkDescription"),
        "FrameworkControls": call.params["FrameworkControls"],
        "NumberOfControls": len(call.params["FrameworkControls"]),
        "CreationTime": call.now,
        "DeploymentStatus": "COMPLETED",
        "FrameworkStatus": "ACTIVE",
    }
    return call.fit(backup.frameworks[name])


@answers("backup:DescribeFramework")
def describe_framework(call: Call) -> Document:
    frameworks, name = call.shelf(Backup).frameworks, call.params["FrameworkName"]
    if name not in frameworks:
        raise Refusal("ResourceNotFoundException", f"Framework {name} does not exist")
    return call.fit(frameworks[name])


@answers("backup:ListFrameworks")
def list_frameworks(call: Call) -> Document:
    frameworks, more = call.page(call.shelf(Backup).frameworks.values())
    return {"Frameworks": [call.fit(framework, "Frameworks") for framework in frameworks], **more}


@answers("backup:CreateLegalHold")
def create_legal_hold(call: Call) -> Document:
    hold_id = identity("hold", call.region, call.params["Title"])
    hold = {
        "Title": call.params["Title"],
        "Status": "ACTIVE",
        "Description": call.params["Description"],
        "LegalHoldId": hold_id,
        "LegalHoldArn": arn(call, "legal-hold", hold_id),
        "CreationDate": call.now,
        "RecoveryPointSelection": call.params.get("RecoveryPointSelection"),
    }
    call.shelf(Backup).legal_holds[hold_id] = hold
    return call.fit(hold)


@answers("backup:GetLegalHold")
def get_legal_hold(call: Call) -> Document:
    holds, hold_id = call.shelf(Backup).legal_holds, call.params["LegalHoldId"]
    if hold_id not in holds:
        raise Refusal("ResourceNotFoundException", f"Legal hold {hold_id} does not exist")
    return call.fit(holds[hold_id])


@answers("backup:ListRecoveryPointsByLegalHold")
def list_points_by_hold(call: Call) -> Document:
    """The points of the held vaults and resources, made within the hold's dates; of everything when none is named."""
    backup = call.shelf(Backup)
    if call.params["LegalHoldId"] not in backup.legal_holds:
        raise Refusal("ResourceNotFoundException", f"Legal hold {call.params['LegalHoldId']} does not exist")
    wanted = backup.legal_holds[call.params["LegalHoldId"]].get("RecoveryPointSelection") or {}
    vaults, resources, dates = wanted.get("VaultNames"), wanted.get("ResourceIdentifiers"), wanted.get("DateRange")
    held = [
        point
        for point in backup.every_point()
        if (not vaults or point["BackupVaultName"] in vaults)
        and (not resources or point["ResourceArn"] in resources)
        and (not dates or dates["FromDate"] <= point["CreationDate"] <= dates["ToDate"])
    ]
    points, more = call.page(held)
    return {"RecoveryPoints": [call.fit(point, "RecoveryPoints") for point in points], **more}


@answers("backup:ListLegalHolds")
def list_legal_holds(call: Call) -> Document:
    holds, more = call.page(call.shelf(Backup).legal_holds.values())
    return {"LegalHolds": [call.fit(hold, "LegalHolds") for hold in holds], **more}
