"""Restoration of a configuration: a network, groups of parameters and parameters are made anew, and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from drills.kinds.drill import SingleDrill
from drills.measuring.clock import Mark
from drills.networks.building import build
from drills.networks.state import SECTIONS, differing, exported, network_of, parameter, parameter_group, settings_of
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from scanner.collect.port import CallFailed


class ConfigurationRestoration(SingleDrill):
    """A configuration comes back from what was captured of it: subnets, security groups, parameter groups, parameters.

    It is taken from the export that `settings.captured` of the subject names, or read from what is there before the loss.
    All of it is made anew in a network of the run's own, read back, and compared with what was captured. Nothing is
    changed where it comes from. A way out of the network, values of secrets and of encrypted parameters are not made anew,
    and the drill says so.
    """

    name: ClassVar[str] = "configuration-restoration"
    tests: ClassVar[tuple[str, ...]] = ("configuration",)
    on: ClassVar[tuple[str, ...]] = ("network",)
    reads: ClassVar[tuple[str, ...]] = (
        "ec2:DescribeVpcs",
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeRouteTables",
        "rds:DescribeDBParameterGroups",
        "rds:DescribeDBParameters",
        "ssm:DescribeParameters",
        "ssm:GetParameter",
        "secretsmanager:DescribeSecret",
    )
    makes: ClassVar[tuple[str, ...]] = (
        "ec2:CreateVpc",
        "ec2:CreateSubnet",
        "ec2:CreateSecurityGroup",
        "rds:CreateDBParameterGroup",
        "ssm:PutParameter",
    )

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:  # noqa: ARG002
        """Say what would be done."""
        subject = subjects[0]
        captured = subject.settings.get("captured")
        return (
            f"read the export {captured}, and compare it with {subject.resource}"
            if captured
            else f"read the configuration of {subject.resource}",
            "declare its loss (T0)",
            "make a network, its subnets and groups, parameter groups and parameters under names of the run (T1, T2)",
            "read all of it back, and compare it with what was captured (T4)",
            "delete all of it and look whether it is gone (T6)",
        )

    def run(self, scene: Scene) -> None:
        """Capture, make anew, read back, compare."""
        there = self._read(scene)
        wanted = there
        if path := scene.subject.settings.get("captured"):
            wanted = exported(path)
            for section, says in SECTIONS.items():
                other = differing(wanted[section], there[section])
                scene.check("configuration", f"the export tells {says} as they are" if _many(says) else
                            f"the export tells {says} as it is", held=not other, detail=_some(other))  # fmt: skip
        scene.show(captured={section: len(told) for section, told in wanted.items()})
        scene.mark(Mark.LOST)
        scene.mark(Mark.REQUESTED)
        try:
            made = build(scene, wanted)
        except CallFailed as failed:
            raise scene.nothing_came_back(f"it could not be made anew: {failed.code}: {failed.message}") from None
        scene.mark(Mark.AVAILABLE)
        self._compare(scene, wanted, made)
        scene.measured.came_back = True
        scene.mark(Mark.VALIDATED)

    def _read(self, scene: Scene) -> dict[str, Any]:
        """Read what is there."""
        told = scene.subject.settings
        return {
            **network_of(scene.stage.calls, scene.subject.resource),
            **settings_of(
                scene.stage.calls,
                told.get("parameter_groups", ()),
                told.get("parameters", ()),
                told.get("secrets", ()),
            ),
        }

    def _compare(self, scene: Scene, wanted: Mapping[str, Mapping[str, Any]], made: Mapping[str, Any]) -> None:
        calls = scene.stage.calls
        after = network_of(calls, made["vpc"])
        after["parameter_groups"] = {
            name: parameter_group(calls, new) for name, new in made["parameter_groups"].items()
        }
        after["parameters"] = {name: parameter(calls, new) for name, new in made["parameters"].items()}
        readable = {name: one for name, one in wanted["parameters"].items() if "value" in one}
        for section in ("network", "subnets", "security_groups", "parameter_groups", "parameters"):
            expected = readable if section == "parameters" else wanted[section]
            other = differing(expected, after[section])
            verb = "come" if _many(SECTIONS[section]) else "comes"
            detail = _some(other) or f"{len(expected)} compared"
            scene.check("configuration", f"{SECTIONS[section]} {verb} back as captured", held=not other, detail=detail)
        self._untold(scene, "the ways out of the network come back", wanted["routes"], "an isolated network has none")
        hidden = wanted["parameters"].keys() - readable.keys()
        self._untold(scene, "the encrypted parameters come back", hidden, "their values are in no export")
        self._untold(scene, "the secrets come back", wanted["secrets"], "their values are in no export")

    @staticmethod
    def _untold(scene: Scene, name: str, things: Any, why: str) -> None:
        if things:
            scene.check("configuration", name, held=None, detail=f"{len(things)} not made anew: {why}")


def _many(says: str) -> bool:
    return says.endswith("s")


def _some(names: list[str]) -> str:
    return "; ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
