"""BK707."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.alerting.alarms import AnyAlarm


@rule(
    "BK707",
    severity=Severity.MEDIUM,
    reads=[AnyAlarm.about_data, AnyAlarm.made_by_scaling, AnyAlarm.state, AnyAlarm.since, AnyAlarm.reaches],
    enforces=["3.1-operations"],
    aliases=["cloudwatch-alarm-action-check", "cloudwatch-alarm-action-enabled-check"],
)
def alarms_reach_someone(alarm: AnyAlarm, _: Objective) -> Verdict:
    """Alarms are enabled and reach someone.

    An alarm that rings where nobody is looks like safety. Every alarm on stores, backups and keys must have its actions
    turned on, and one of them must be a topic that lets CloudWatch publish and has a confirmed subscription; restarting,
    scaling and tickets nobody is told of do not count. An alarm may also reach people by a composite alarm that rings
    whenever it does. Where that hangs on other alarms, or on a function, it is unknown.

    Fix: turn the alarm's actions on, and name a topic with a confirmed subscription as its action.
    """
    if not alarm.about_data:
        return Verdict.exempt("it watches no store, backup or key")
    if alarm.made_by_scaling:
        return Verdict.exempt("Auto Scaling made it for itself")
    reaches = alarm.reaches
    if not reaches.lead():
        return Verdict.failed(reaches.said, "an alarm that reaches somebody")
    return Verdict.passed(f"{reaches.said}{_silent(alarm)}", "an alarm that reaches somebody")


def _silent(alarm: AnyAlarm) -> str:
    if alarm.declaration is not None or alarm.state != "INSUFFICIENT_DATA":  # no code holds a state
        return ""
    since = alarm.since
    return f", but it has had no data{f' since {since:%Y-%m-%d}' if since is not None else ''}"
