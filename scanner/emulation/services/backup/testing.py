"""Restore testing plans and what they test."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.backup.state import Backup, arn, identity
from scanner.emulation.wire import Document, Refusal


@answers("backup:CreateRestoreTestingPlan")
def create_plan(call: Call) -> Document:
    backup, told = call.shelf(Backup), call.params["RestoreTestingPlan"]
    name = told["RestoreTestingPlanName"]
    if name in backup.testing_plans:
        raise Refusal("AlreadyExistsException", f"Restore testing plan {name} already exists")
    backup.testing_plans[name] = {
        "ScheduleExpressionTimezone": "Etc/UTC",
        "StartWindowHours": 24,
        **told,
        "CreationTime": call.now,
        "RestoreTestingPlanArn": arn(call, "restore-testing-plan", f"{name}-{identity(name, call.region)}"),
    }
    backup.tags[backup.testing_plans[name]["RestoreTestingPlanArn"]] = dict(call.params.get("Tags", {}))
    return call.fit(backup.testing_plans[name])


@answers("backup:GetRestoreTestingPlan")
def get_plan(call: Call) -> Document:
    return {"RestoreTestingPlan": _plan(call)}


@answers("backup:ListRestoreTestingPlans")
def list_plans(call: Call) -> Document:
    plans, more = call.page(call.shelf(Backup).testing_plans.values())
    return {"RestoreTestingPlans": [call.fit(plan, "RestoreTestingPlans") for plan in plans], **more}


@answers("backup:CreateRestoreTestingSelection")
def create_selection(call: Call) -> Document:
    plan, told = _plan(call), call.params["RestoreTestingSelection"]
    selections = call.shelf(Backup).testing_selections.setdefault(plan["RestoreTestingPlanName"], {})
    selections[told["RestoreTestingSelectionName"]] = {
        **told,
        "CreationTime": call.now,
        "RestoreTestingPlanName": plan["RestoreTestingPlanName"],
    }
    return call.fit(
        {**selections[told["RestoreTestingSelectionName"]], "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"]}
    )


@answers("backup:GetRestoreTestingSelection")
def get_selection(call: Call) -> Document:
    selections = call.shelf(Backup).testing_selections.get(_plan(call)["RestoreTestingPlanName"], {})
    name = call.params["RestoreTestingSelectionName"]
    if name not in selections:
        raise Refusal("ResourceNotFoundException", f"Restore testing selection {name} not found")
    return {"RestoreTestingSelection": selections[name]}


@answers("backup:ListRestoreTestingSelections")
def list_selections(call: Call) -> Document:
    selections, more = call.page(
        call.shelf(Backup).testing_selections.get(_plan(call)["RestoreTestingPlanName"], {}).values()
    )
    return {"RestoreTestingSelections": [call.fit(chosen, "RestoreTestingSelections") for chosen in selections], **more}


def _plan(call: Call) -> Document:
    plans, name = call.shelf(Backup).testing_plans, call.params["RestoreTestingPlanName"]
    if name not in plans:
        raise Refusal("ResourceNotFoundException", f"Restore testing plan {name} not found")
    return plans[name]
