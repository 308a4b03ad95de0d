"""Sources: blocks written down as each source has them, and read from there as the command line does it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from scanner.iac.block import Block, Code
from scanner.iac.sources import Inputs, load
from scanner.model.reading import Source
from tests.iac.plan.plans import change, configured, constant, holds, instance, kept, plan

Blocks = Sequence[Block]


def _named(block: Block) -> tuple[str, str]:
    kind, _, name = block.address.partition(".")
    return kind, name


def _text(value: Any) -> str:
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def _body(values: Mapping[str, Any], depth: int = 1) -> str:
    """Write the inside of a block: lists of mappings are nested blocks, all else is attributes."""
    indent = "  " * depth
    lines: list[str] = []
    for name, value in values.items():
        if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            lines.extend(f"{indent}{name} {{\n{_body(one, depth + 1)}{indent}}}\n" for one in value)
        elif value != []:  # an empty list of blocks is written by writing none
            lines.append(f"{indent}{name} = {_text(value)}\n")
    return "".join(lines)


def hcl(blocks: Blocks) -> str:
    return "".join('resource "{}" "{}" {{\n'.format(*_named(one)) + _body(one.values) + "}\n" for one in blocks)


def terraform_json(blocks: Blocks) -> str:
    resources: dict[str, dict[str, Any]] = {}
    for one in blocks:
        kind, name = _named(one)
        resources.setdefault(kind, {})[name] = json.loads(_text(one.values))
    return json.dumps({"resource": resources})


def planned(blocks: Blocks) -> str:
    written = [configured(one.address, {name: constant(value) for name, value in one.values.items()}) for one in blocks]
    return json.dumps(plan([change(one.address, one.values) for one in blocks], written))


def stated(blocks: Blocks) -> str:
    return json.dumps(kept(*(holds(one.address, instance(one.values)) for one in blocks)))


def _template(blocks: Blocks) -> dict[str, Any]:
    return {"Resources": {one.address: {"Type": one.type, "Properties": one.values} for one in blocks}}


def template_json(blocks: Blocks) -> str:
    return json.dumps(_template(blocks))


def template_yaml(blocks: Blocks) -> str:
    text: str = yaml.safe_dump(_template(blocks), sort_keys=False)
    return text


def change_set(blocks: Blocks) -> str:
    changes = [
        {
            "Type": "Resource",
            "ResourceChange": {
                "Action": "Add",
                "LogicalResourceId": one.address,
                "ResourceType": one.type,
                "AfterContext": json.dumps({"Properties": one.values}),
            },
        }
        for one in blocks
    ]
    return json.dumps({"ChangeSetName": "c", "StackName": "s", "Status": "CREATE_COMPLETE", "Changes": changes})


Written = Callable[[Blocks], str]
#: by the name of a source: the language of its blocks, its file, and how they are written there
SOURCES: dict[str, tuple[Source, str, Written]] = {
    "hcl": (Source.TERRAFORM, "main.tf", hcl),
    "terraform json": (Source.TERRAFORM, "main.tf.json", terraform_json),
    "plan": (Source.TERRAFORM, "plan.json", planned),
    "state": (Source.TERRAFORM, "terraform.tfstate", stated),
    "template yaml": (Source.CLOUDFORMATION, "t.yaml", template_yaml),
    "template json": (Source.CLOUDFORMATION, "t.json", template_json),
    "change set": (Source.CLOUDFORMATION, "c.json", change_set),
}


def code_of(source: str, blocks: Blocks, directory: Path) -> Code:
    """Write blocks down as a source has them, and read the file."""
    _, name, written = SOURCES[source]
    (directory / name).write_text(written(blocks), "utf-8")
    given = Inputs(region=blocks[0].region, account=blocks[0].account)
    (found,) = load([directory / name], directory, given)
    assert not found.problems, found.problems
    return found
