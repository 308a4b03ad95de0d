"""Terraform's functions give Terraform's values, or say that they are not settled; they never give another one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from scanner.iac.hcl.functions import NAMES
from tests.iac.hcl import oracle

EXPRESSIONS = oracle.kept()["expressions"]
#: values that are not worked out although Terraform gives one: each is a hole, and no more may be added unseen
HOLES = 19


def _of() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for expression in EXPRESSIONS:
        found = re.match(r"(?:core::)?(\w+)\(", expression)
        groups[found[1] if found and found[1] in NAMES else "several"].append(expression)
    return groups


GROUPS = _of()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> oracle.Place:
    return oracle.Place(oracle.lay_out(tmp_path_factory.mktemp("place")))


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_values_are_those_of_terraform(name: str, place: oracle.Place) -> None:
    wrong = {}
    for expression in GROUPS[name]:
        found = oracle.ours(expression, place)
        if found not in (EXPRESSIONS[expression], oracle.UNKNOWN):
            wrong[expression] = (found, EXPRESSIONS[expression])
    assert not wrong


def test_few_values_are_not_worked_out(place: oracle.Place) -> None:
    holes = [
        one for one, value in EXPRESSIONS.items() if value != oracle.ERROR and oracle.ours(one, place) == oracle.UNKNOWN
    ]
    assert len(holes) <= HOLES, holes


def test_every_function_has_values() -> None:
    of_opentofu = {"base64gunzip", "cidrcontains", "urldecode"}
    of_a_run = {
        "base64gzip",
        "bcrypt",
        "plantimestamp",
        "rsadecrypt",
        "sensitive",
        "timestamp",
        "uuid",
        "templatestring",
    }
    assert NAMES - of_opentofu - of_a_run <= set(GROUPS)


def test_terraform_still_gives_these_values(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("there is no terraform here")
    kept = oracle.kept()
    version = json.loads(subprocess.run([terraform, "version", "-json"], capture_output=True, check=True).stdout)
    if not version["terraform_version"].startswith(kept["terraform"] + "."):
        pytest.skip(f"the values are those of terraform {kept['terraform']}")
    values = oracle.taken(terraform, oracle.lay_out(tmp_path))
    if request.config.getoption("--update-golden"):
        kept["expressions"] = values
        oracle.KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    assert values == kept["expressions"]
