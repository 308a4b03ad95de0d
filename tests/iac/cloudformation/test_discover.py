"""Templates are found below a directory, told from other files, and read once, where they belong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.iac.cloudformation import discover, template
from scanner.iac.cloudformation.run import Run
from tests.iac.cloudformation.written import write

GOOD = "Resources: {A: {Type: X}}\n"


def _found(directory: Path) -> Any:
    return [path.relative_to(directory).as_posix() for path in discover.roots(directory)]


def test_what_is_a_template_and_what_is_not(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.yaml": GOOD,
            "b.yml": GOOD,
            "sub/c.template": GOOD,
            "sub/d.json": '{"Resources": {"A": {"Type": "X"}}}',
            "e.txt": GOOD,
            ".hidden/f.yaml": GOOD,
            ".g.yaml": GOOD,
            "node_modules/h.yaml": GOOD,
            ".terraform/i.yaml": GOOD,
            "k8s.yaml": "apiVersion: v1\nkind: Pod\nspec: {Resources: {}}\n",
            "helm.yaml": "Resources:\n{{- range .Values }}\n  a: {{ . }}\n",
            "workflow.yml": "on: [push]\njobs: {}\n",
            "compose.yml": "services: {a: {image: x}}\n",
            "package.json": '{"name": "Resources"}',
            "plan.json": '{"planned_values": {"root_module": {"resources": []}}}',
            "empty.yaml": "",
            "c.json": '{"ChangeSetName": "c", "Changes": []}',
            "half.yaml": "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties: [\n",
            "jinja.yaml": "AWSTemplateFormatVersion: 2010-09-09\nResources:\n  {% if x %}\n  A: {Type: X}\n",
        },
    )
    assert _found(tmp_path) == ["a.yaml", "b.yml", "c.json", "half.yaml", "jinja.yaml", "sub/c.template", "sub/d.json"]
    code = template.load(tmp_path, tmp_path / "half.yaml")
    assert [(one.spot.line, one.broken) for one in code.problems] == [(5, True)]


def test_a_template_that_is_nested_is_no_root(tmp_path: Path) -> None:
    nesting = "Resources: {{N: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {}}}}}}}\n"
    write(
        tmp_path,
        {
            "main.yaml": nesting.format("parts/a.yaml"),
            "parts/a.yaml": nesting.format("../parts/b.yaml"),
            "parts/b.yaml": GOOD,
            "circle/x.yaml": nesting.format("y.yaml"),
            "circle/y.yaml": nesting.format("x.yaml"),
            "self.yaml": nesting.format("self.yaml"),
        },
    )
    assert _found(tmp_path) == ["circle/x.yaml", "main.yaml", "self.yaml"]


def test_links_do_not_lead_out_or_round(tmp_path: Path) -> None:
    write(tmp_path, {"in/a.yaml": GOOD, "out/b.yaml": GOOD})
    try:
        (tmp_path / "in" / "link.yaml").symlink_to(tmp_path / "out" / "b.yaml")
        (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
        (tmp_path / "in" / "same.yaml").symlink_to(tmp_path / "in" / "a.yaml")
        (tmp_path / "in" / "dead.yaml").symlink_to(tmp_path / "nowhere")
    except OSError:
        pytest.skip("this file system has no links")
    assert _found(tmp_path / "in") == ["a.yaml"]


def test_each_file_is_parsed_once_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.yaml": GOOD, "b.yaml": GOOD})
    from scanner.iac.cloudformation import document

    parsed: list[str] = []
    compose = document.Document.compose

    def watched(self: document.Document) -> None:
        parsed.append(self.file)
        compose(self)

    monkeypatch.setattr(document.Document, "compose", watched)
    run = Run(tmp_path)
    codes = [template.load(tmp_path, path, run=run) for path in discover.roots(tmp_path, run)]
    assert [code.root for code in codes] == ["a.yaml", "b.yaml"]
    assert parsed == ["a.yaml", "b.yaml"]


def test_paths_are_relative_to_the_base(tmp_path: Path) -> None:
    write(tmp_path, {"infra/a.yaml": GOOD, "other.yaml": GOOD})
    code = template.load(tmp_path, tmp_path / "infra" / "a.yaml")
    assert (code.root, code.files) == ("infra/a.yaml", ["infra/a.yaml"])
    spot = code.blocks[0].spot
    assert spot is not None
    assert spot.file == "infra/a.yaml"
    assert template.load(tmp_path / "infra", tmp_path / "other.yaml").root == "../other.yaml"
