"""JSON configuration says what HCL says."""

from __future__ import annotations

import json

from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Repository


def test_everything_at_once(repository: Repository) -> None:
    main = {
        "variable": {
            "days": {"type": "number", "default": "30"},
            "u": {},
            "o": {"type": 'object({ a = optional(string, "x") })', "default": {}},
        },
        "locals": {"kept": "${var.days + 1}"},
        "provider": {
            "aws": [
                {"region": "eu-west-1", "default_tags": {"tags": {"team": "a"}}},
                {"alias": "dr", "region": "eu-central-1"},
            ]
        },
        "resource": {
            "aws_x": {
                "a": {
                    "kept": "${local.kept}",
                    "text": "kept ${local.kept} days",
                    "o": "${var.o.a}",
                    "tags": {"name": "${var.u}"},
                    "point_in_time_recovery": {"enabled": True},
                    "dynamic": {"rule": {"for_each": [1, 2], "content": {"days": "${rule.value}"}}},
                    "depends_on": ["aws_x.b"],
                    "lifecycle": {"prevent_destroy": True},
                },
                "b": {"provider": "aws.dr", "for_each": '${toset(["k"])}', "name": "${each.key}"},
            }
        },
        "module": {"m": {"source": "./m", "providers": {"aws": "aws.dr"}, "kept": "${local.kept}"}},
        "moved": {"from": "aws_x.old", "to": "aws_x.a"},
    }  # fmt: skip
    read = repository.read({
        "main.tf.json": json.dumps(main, indent=2),
        "m/main.tofu.json": json.dumps({"variable": {"kept": {}}, "resource": {"aws_x": {"c": {"v": "${var.kept}"}}}}),
    })  # fmt: skip
    assert read.problems == []
    assert read.addresses == ["aws_x.a", 'aws_x.b["k"]', "module.m.aws_x.c"]
    assert (read.value("kept"), read.value("text"), read.value("o")) == (31, "kept 31 days", "x")
    assert read.value("point_in_time_recovery.enabled") is True
    assert read.value("rule") == [{"days": 1}, {"days": 2}]
    assert read.value("lifecycle.prevent_destroy") is True
    assert "depends_on" not in read["aws_x.a"].values
    tags = read.value("tags_all")
    assert tags["team"] == "a"
    assert isinstance(tags["name"], Unresolved)
    assert [one.region for one in read.code.blocks] == ["eu-west-1", "eu-central-1", "eu-central-1"]
    assert read.value("v", "module.m.aws_x.c") == 31
    assert read.code.moved == {"aws_x.a": "aws_x.old"}
    spot = read["aws_x.a"].place(("kept",))
    assert spot
    assert spot.line == 1 + json.dumps(main, indent=2)[: json.dumps(main, indent=2).index('"kept": "${local')].count(
        "\n"
    )


def test_broken_json(repository: Repository) -> None:
    read = repository.read({"a.tf.json": '{"resource": {"aws_x": ', "b.tf": 'resource "aws_x" "a" {}'})
    assert read.addresses == ["aws_x.a"]
    (problem,) = read.code.problems
    assert problem.broken
    assert problem.spot.file == "a.tf.json"
