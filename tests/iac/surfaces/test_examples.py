"""The examples keep what they say: good code has no failure, and what was planted in the bad fails."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scanner.cli.main import main
from scanner.iac.forms.index import TYPES

INFRA = Path(__file__).parents[3] / "examples" / "infra"
COMMENT = re.compile(r"#.*?\bBK\d{3}\b.*")


def judged(path: str, *options: str) -> dict[str, Any]:
    said = CliRunner().invoke(
        main,
        [
            "--iac", str(INFRA / path), "--config", str(INFRA / "backup-scan.yaml"), "--deploy-region", "eu-west-1",
            "--deploy-account", "123456789012", "--quiet", "--format", "json", "--at", "2026-11-24T12:00:00Z", *options,
        ],
    )  # fmt: skip
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def failed(report: dict[str, Any]) -> set[str]:
    return {one["rule"] for one in report["findings"] if one["outcome"] == "failed"}


def unsettled(report: dict[str, Any]) -> set[str]:
    """Give what is unknown for another reason than that there may be more code."""
    return {
        f"{one['rule']}: {one['because']}"
        for one in report["findings"]
        if one["outcome"] == "unknown" and "--whole-estate" not in one["because"]
    }


@pytest.mark.parametrize("path", ["terraform/good", "cloudformation/good.yaml"])
@pytest.mark.parametrize("options", [(), ("--whole-estate",)], ids=["", "whole"])
def test_good_code_has_no_failure_and_leaves_nothing_open(path: str, options: tuple[str, ...]) -> None:
    report = judged(path, *options)
    assert failed(report) == set()
    assert unsettled(report) == set()
    if options:
        assert report["summary"]["unknown"] == 0
    assert report["summary"]["passed"] > 50


#: What failures are planted on.
STORES = {"aws_ebs_volume", "aws_efs_file_system", "aws_iam_role", "aws_s3_bucket", "aws_security_group", "aws_vpc"}


@pytest.mark.skipif(not set(TYPES) >= STORES, reason=f"not read from code yet: {STORES - set(TYPES)}")
@pytest.mark.parametrize("path", ["terraform/bad", "cloudformation/bad.yaml", "plan/bad.json"])
def test_what_was_planted_fails(path: str) -> None:
    source = INFRA / ("terraform/bad/main.tf" if path.startswith(("plan", "terraform")) else path)
    planted = {rule for line in COMMENT.findall(source.read_text()) for rule in re.findall(r"BK\d{3}", line)}
    assert len(planted) > 15
    assert planted - failed(judged(path, "--whole-estate")) == set()
