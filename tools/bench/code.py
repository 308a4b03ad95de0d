"""Judging code: whole processes, ours and the peers' in turn on the same input, and what each block costs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import yaml

from tools.bench import code_inputs, peers
from tools.bench.whole_process import Command, pairs, tell, use

HERE = Path(__file__).parents[2]
RUNS = 5
RDS = "terraform-aws-modules/terraform-aws-rds"
#: what ends a run that judged: kept, failed, left open
_SOUND = {"checkov": (0, 1), "c7n-left": (0, 1), "parser alone": (0,), "tree-sitter-hcl": (0,)}
#: as many policies as it has rules that ours have too; one of them fails, as ours do
_POLICIES = """policies:
  - {name: encrypted, resource: [terraform.aws_db_instance], filters: [{storage_encrypted: empty}]}
  - {name: retention, resource: [terraform.aws_db_instance], filters: [{type: value, key: backup_retention_period, value: 30, op: lt}]}
  - {name: protected, resource: [terraform.aws_db_instance], filters: [{deletion_protection: empty}]}
  - {name: points, resource: [terraform.aws_dynamodb_table], filters: [{point_in_time_recovery: empty}]}
  - {name: rotation, resource: [terraform.aws_kms_key], filters: [{enable_key_rotation: empty}]}
"""


def ours(what: str) -> Command:
    """Judge quietly, as a gate does."""
    return (str(Path(sys.executable).parent / "backup-scan"), "--quiet", "--iac", what)


def measure() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        checkov, left = peers.program("checkov"), peers.program("c7n-left")
        (there / "policies").mkdir()
        (there / "policies" / "policies.yaml").write_text(_POLICIES, encoding="utf-8")

        def against(what: str, path: Path, framework: str, runs: int, *, evaluated: bool = False) -> None:
            """`evaluated`: it is one Terraform root, which is all that c7n-left reads."""
            others: dict[str, Command] = {}
            if checkov is not None:
                named = "-d" if path.is_dir() else "-f"
                others["checkov"] = (str(checkov), "--quiet", "--compact", "--framework", framework, named, str(path))
            if left is not None and evaluated:
                others["c7n-left"] = (str(left), "run", "-p", str(there / "policies"), "-d", str(path))
            tell(what, pairs(ours(str(path)), others, there, runs), _SOUND)

        one = there / "one"
        one.mkdir()
        (one / "main.tf").write_text(code_inputs.small(), encoding="utf-8")
        against("one small file", one, "terraform", RUNS, evaluated=True)
        examples = HERE / "examples" / "infra"
        against("examples/infra, Terraform", examples / "terraform", "terraform", 3)
        against("examples/infra, CloudFormation", examples / "cloudformation", "cloudformation", 3)
        many = there / "many"
        many.mkdir()
        (many / "main.tf").write_text(code_inputs.configuration(100), encoding="utf-8")
        against("1,000 blocks of Terraform", many, "terraform", 1, evaluated=True)
        made = there / "plan.json"
        made.write_text(code_inputs.plan(200), encoding="utf-8")
        against("a plan of 2,000 resources", made, "terraform_plan", 1)
        for repository in _corpus(there):
            against(f"{RDS}", repository, "terraform", 1)
            _parsers(repository)
        _parsers(many)
        _blocks(there)


def _corpus(there: Path) -> Iterator[Path]:
    """Lay out a public repository, where there is a mirror of them."""
    mirror = os.environ.get("CORPUS_MIRROR")
    if not mirror:
        print(f"{RDS}: left out; CORPUS_MIRROR names a directory that has it")
        return
    commit = next(
        one["commit"]
        for one in yaml.safe_load((HERE / "tools" / "corpus" / "repositories.yaml").read_text(encoding="utf-8"))
        if one["name"] == RDS
    )
    into = there / "rds"
    for command in (
        ["git", "clone", "--quiet", "--no-checkout", str(Path(mirror) / RDS.replace("/", "+") / "repo"), str(into)],
        ["git", "-C", str(into), "checkout", "--quiet", commit],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{RDS}: left out; {done.stderr.strip()}")
            return
    yield into


def _parsers(path: Path) -> None:
    """Hold the whole of a judgement against parsing alone."""
    python = sys.executable
    others: dict[str, Command] = {"parser alone": (python, "-m", "tools.bench.parse", str(path))}
    if find_spec("tree_sitter") is not None and find_spec("tree_sitter_hcl") is not None:
        others["tree-sitter-hcl"] = (python, "-m", "tools.bench.parse", str(path), "--tree-sitter")
    tell(f"{path.name}, against parsers", pairs(ours(str(path)), others, HERE, 3), _SOUND)


def _blocks(there: Path) -> None:
    """Print what a block costs beyond the start, for 20, 200 and 2,000 of them."""
    first = 0.0
    empty = there / "empty"
    empty.mkdir()
    (empty / "main.tf").write_text('resource "aws_db_instance" "one" {}\n', encoding="utf-8")
    for sets in (2, 20, 200):
        path = there / f"sets{sets}"
        path.mkdir()
        (path / "main.tf").write_text(code_inputs.configuration(sets), encoding="utf-8")
        used = [(use(ours(str(path)), there), use(ours(str(empty)), there)) for _ in range(3 if sets > 20 else RUNS)]
        per = statistics.median(one.cpu - start.cpu for one, start in used) / (sets * code_inputs.SET)
        first = first or per
        whole = statistics.median(one.cpu for one, _ in used)
        print(
            f"{sets * code_inputs.SET:>5} blocks: {whole:.2f} CPU s, {max(one.peak for one, _ in used):.0f} MiB, "
            f"{1000 * per:.2f} ms and {per / first:.2f}x per block beyond the start"
        )
