"""Whatever is done to the examples, and whatever tree stands in their place: the law of the readers holds."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.fuzz import __main__ as fuzz
from tools.fuzz import seeds, trial
from tools.fuzz.law import hold
from tools.fuzz.mutations import VALUES, harm_tree
from tools.fuzz.targets import TARGETS, Target

SEEDS = st.integers(0, 2**32 - 1).map(Random)


def law(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=True,
    )


def holds(target: Target, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        hold(Path(directory), {**target.beside(), target.file: data}, "." if target.beside() else target.file)


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_begins_with_is_code(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]
    for data in target.begins():
        judged = hold(tmp_path, {**target.beside(), target.file: data}, "." if target.beside() else target.file)
        assert judged is not None
        assert judged.findings.findings


@pytest.mark.parametrize("name", TARGETS)
@given(random=SEEDS)
@law(35)
def test_what_is_harmed(name: str, random: Random) -> None:
    target = TARGETS[name]
    holds(target, target.harmed(random.choice(target.begins()), random))


@pytest.mark.parametrize("name", [name for name, one in TARGETS.items() if one.fresh is not None])
@given(random=SEEDS)
@law(20)
def test_anything(name: str, random: Random) -> None:
    target = TARGETS[name]
    assert target.fresh is not None
    holds(target, target.fresh(random))


@given(SEEDS)
@law(15)
def test_yaml_of_any_tree(random: Random) -> None:
    tree = harm_tree(seeds.template_tree(), random, 2)
    text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=random.choice((True, False, None)))
    holds(TARGETS["template-yaml"], text.encode("utf-8", "surrogatepass"))


JSON = st.recursive(
    st.sampled_from([one for one in VALUES if not isinstance(one, (dict, list))]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["Resources", "Type", "Properties", "resource_changes", "change", "after", "configuration", "x",
                         "format_version", "version", "resources", "instances", "attributes", "Changes", "ChangeSetName"]),
        inner, max_size=4,
    ),
    max_leaves=15,
)  # fmt: skip
HEADS: dict[str, dict[str, Any]] = {
    "plan": {"format_version": "1.2", "resource_changes": []},
    "state": {"version": 4, "lineage": "x", "serial": 1, "terraform_version": "1"},
    "template-json": {"AWSTemplateFormatVersion": "2010-09-09"},
    "change-set": {"ChangeSetName": "c", "Changes": []},
}
PARTS = (
    "resources", "resource_changes", "Resources", "Changes", "values", "configuration", "variables", "Parameters",
    "Conditions", "Mappings", "Outputs", "Transform",
)  # fmt: skip


@given(st.sampled_from(sorted(HEADS)), st.dictionaries(st.sampled_from(PARTS), JSON, max_size=4))
@law(40)
def test_any_tree(name: str, tree: dict[str, Any]) -> None:
    holds(TARGETS[name], json.dumps({**HEADS[name], **tree}).encode())


def test_what_breaks_the_law_is_kept_and_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Path, files: dict[str, bytes], __: str) -> None:
        if b"aws_" in files["main.tf"]:
            raise RuntimeError("no law holds here")

    monkeypatch.setattr(trial, "hold", broken)
    assert fuzz.main(["hcl", "--engine", "random", "--seconds", "0", "--keep", str(tmp_path)]) == 1
    (kept,) = tmp_path.iterdir()
    assert kept.name.startswith("hcl-")
    # All seeds break it in one way, of which the smallest is kept.
    assert kept.read_bytes() == min((one for one in TARGETS["hcl"].begins() if b"aws_" in one), key=len)
    assert "1 broke the law" in capsys.readouterr().out
    assert fuzz.main(["replay", str(kept)]) == 1
    assert "no law holds here" in capsys.readouterr().out
    monkeypatch.undo()
    assert fuzz.main(["replay", str(kept)]) == 0
    assert "keeps the law" in capsys.readouterr().out


def test_an_input_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(trial, "hold", endless)
    monkeypatch.setattr(trial, "PATIENCE", 1)
    assert "NeverEnds" in trial.break_of(TARGETS["plan"], b"")


@pytest.mark.parametrize("words", [["nothing"], ["--engine", "guided"]])
def test_what_cannot_be_fuzzed_is_said(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "find_spec", lambda _: None)
    with pytest.raises(SystemExit) as stop:
        fuzz.main(words)
    assert stop.value.code == 2


def test_only_what_fuzzing_kept_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "other.tf").touch()
    assert fuzz.main(["replay", str(tmp_path / "other.tf")]) == 2


@pytest.mark.parametrize(
    "resources",
    [
        {"aws_redshift_cluster_snapshot": {"s": {"snapshot_identifier": "x"}}},
        {"aws_redshift_cluster_snapshot": {"s": {"snapshot_identifier": "x", "cluster_identifier": 7}}},
        {"aws_lb_listener": {"l": {"default_action": 7}}, "aws_network_acl": {"n": {"ingress": 7, "egress": ["x"]}}},
    ],
)
def test_what_names_or_makes_up_a_resource_is_of_another_kind(resources: dict[str, Any]) -> None:
    holds(TARGETS["plan"], json.dumps(seeds.plan_of({"resource": resources})).encode())
