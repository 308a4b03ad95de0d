"""Nested stacks: the templates on disk that a template deploys as stacks of their own."""

from __future__ import annotations

import os
from pathlib import Path as FilePath
from typing import Any, Final

from scanner.iac.block import Path, Problem
from scanner.iac.cloudformation.document import is_template
from scanner.iac.cloudformation.evaluation import Env, evaluate
from scanner.iac.cloudformation.stack import Stack
from scanner.iac.cloudformation.values import NO_VALUE
from scanner.model.unresolved import Unresolved

_DEEPEST: Final = 30
_PLACES: Final = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
_ASSET: Final = "aws:asset:path"
_REMOTE: Final = ("http:", "https:", "s3:", "arn:")


def local_of(resource: dict[str, Any], evaluated: Any = None) -> str:
    """Give the path on disk that a nested stack's template has, as it is written; empty where it has none."""
    kind = resource.get("Type")
    where = _PLACES.get(kind) if isinstance(kind, str) else None
    if where is None:
        return ""
    metadata, properties = resource.get("Metadata"), resource.get("Properties")
    asset = metadata.get(_ASSET) if isinstance(metadata, dict) else None
    if isinstance(asset, str) and asset:
        return asset  # CDK: the address in TemplateURL is that of the copy that it uploads
    written = evaluated if evaluated is not None else properties.get(where) if isinstance(properties, dict) else None
    if not isinstance(written, str) or not written or written.lower().startswith(_REMOTE) or "?" in written:
        return ""
    return written.removeprefix("file://")


def follow(
    stack: Stack, name: str, raw: dict[str, Any], at: Path, env: Env, doubt: Unresolved | None
) -> Stack | Unresolved:  # fmt: skip
    """Read the nested stack of a resource, or say why it is not read."""
    properties = raw.get("Properties")
    properties = properties if isinstance(properties, dict) else {}
    where = _PLACES[raw["Type"]]
    place = (*at, "Properties", where)
    written = evaluate(stack, properties.get(where), place, env)
    local = local_of(raw, written if isinstance(written, str) else "")
    if not local:
        said = written.why if isinstance(written, Unresolved) else written if isinstance(written, str) else "no path"
        return _not_read(stack, name, f"nested template is not on disk: {said}", place)
    path = FilePath(stack.run.path_of(stack.document).parent, local)
    shown = stack.run.name_of(path)
    if not path.is_file():
        return _not_read(stack, name, f"nested template {shown} is not on disk", place)
    key = os.path.realpath(path)
    if key in stack.files:
        return _not_read(stack, name, f"nested template {shown} nests itself", place, broken=True)
    stack.run.nested += 1
    if len(stack.files) > _DEEPEST or stack.run.nested > stack.run.MOST_NESTED:
        return _not_read(stack, name, "nested stacks are too many, or too deep", place)
    document = stack.run.document(path)
    for problem in document.problems:
        stack.note(problem)
    if document.file not in stack.code.files:
        stack.code.files.append(document.file)
    if not is_template(document.value):
        return _not_read(stack, name, f"nested template {shown} is no template", place)
    given = properties.get("Parameters")
    parameters = given if isinstance(given, dict) else {}
    places = (*at, "Properties", "Parameters")

    def give(parameter: str) -> Any:
        if parameter not in parameters:
            # a mapping that is not known, or that is made by a function, may give it
            if given is not None and (not isinstance(given, dict) or _is_made(given)):
                return stack.unresolved(f"parameter {parameter} is given by what cannot be worked out", places)
            return None
        value = evaluate(stack, parameters[parameter], (*places, parameter), env)
        return None if value is NO_VALUE else value

    spot = stack.document.spot(at)
    inner = Stack(
        stack.run, document, stack.code, give, region=stack.region,
        account=stack.account, prefix=f"{stack.prefix}{name}/", trail=(*stack.trail, spot),
        files=(*stack.files, key),
    )  # fmt: skip
    inner.doubt = doubt
    inner.tags = _tags(stack, raw["Type"], properties.get("Tags"), (*at, "Properties", "Tags"), env)
    from scanner.iac.cloudformation.resources import declare  # noqa: PLC0415  # the two make each other

    declare(inner)
    return inner


def _is_made(given: dict[str, Any]) -> bool:
    return any(key.startswith(("Fn::", "!")) or key == "Ref" for key in given)


def _tags(stack: Stack, kind: str, raw: Any, at: Path, env: Env) -> Any:
    """Give the tags that all resources of a nested stack get: its own, and those of the stack around it."""
    own = evaluate(stack, raw, at, env) if raw is not None else NO_VALUE
    if kind == "AWS::Serverless::Application" and isinstance(own, dict):
        own = [{"Key": key, "Value": value} for key, value in own.items()]
    if own is NO_VALUE:
        return stack.tags
    if isinstance(own, list) and isinstance(stack.tags, list):
        return [*stack.tags, *own]
    return own


def _not_read(stack: Stack, name: str, why: str, at: Path, *, broken: bool = False) -> Unresolved:
    hint = "" if broken else "put the template on disk, or judge it on its own"
    stack.note(Problem(f"{name}: {why}", stack.document.spot(at), hint, stack.prefix + name, broken))
    return Unresolved(why, (name,), stack.document.spot(at))
