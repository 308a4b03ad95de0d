"""A gate is run on every commit: it loads what it needs, and nothing that only a scan of an account, or a screen, does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

#: what is heavy, and is not needed to judge code quietly
_NOT_NEEDED = (
    "boto3", "botocore", "checkov", "concurrent.futures", "email", "hcl2", "importlib.metadata", "jinja2", "jmespath",
    "jsonschema", "junit_xml", "logging", "moto", "rich", "socket", "ssl", "urllib.request",
)  # fmt: skip
_HERE = Path(__file__).parents[2]
_RUN = """
import json, sys
from scanner.cli.main import main
code = main.main(sys.argv[1:], standalone_mode=False)
print(json.dumps([code, sorted(sys.modules)]))
"""
_TERRAFORM = """
resource "aws_db_instance" "orders" {
  identifier              = "orders"
  engine                  = "postgres"
  instance_class          = "db.t3.small"
  backup_retention_period = 1
}
"""
_TEMPLATE = """
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: orders}
"""


@pytest.fixture(scope="module", params=["main.tf", "orders.yaml"])
def modules(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The modules that judging one file loads."""
    directory = tmp_path_factory.mktemp("code")
    name: str = request.param
    (directory / name).write_text(_TERRAFORM if name.endswith(".tf") else _TEMPLATE)
    run = subprocess.run(
        [sys.executable, "-c", _RUN, "-q", "--iac", name],
        cwd=directory, check=True, capture_output=True, text=True, env={"PYTHONPATH": str(_HERE)},
    )  # fmt: skip
    code, loaded = json.loads(run.stdout)
    assert code == 1, run.stderr
    return frozenset(loaded)


@pytest.mark.parametrize("name", _NOT_NEEDED)
def test_judging_code_does_not_load(name: str, modules: frozenset[str]) -> None:
    assert name not in modules


def test_judging_code_loads_nothing_of_the_live_scan(modules: frozenset[str]) -> None:
    beyond = ("scanner.collect", "scanner.probe", "scanner.emulation", "scanner.documents.config", "drills")
    assert not [name for name in modules if name.startswith(beyond)]


def test_forms_are_loaded_for_the_types_that_occur(modules: frozenset[str]) -> None:
    """A directory is looked through for both languages, and only the forms of what is there are read."""
    assert not [name for name in modules if name.startswith(("scanner.iac.forms.redshift", "scanner.iac.forms.efs"))]
    assert [name for name in modules if name.startswith(("scanner.iac.forms.rds", "scanner.iac.forms.dynamodb"))]
