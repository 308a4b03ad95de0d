"""Templates: from a template's file, with what it is given, to the blocks of its stack and of its nested stacks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from scanner.iac.block import Code, Problem
from scanner.iac.cloudformation.document import is_change_set, is_template
from scanner.iac.cloudformation.run import Run
from scanner.iac.cloudformation.stack import Stack
from scanner.model.reading import Source, Spot

_NOTHING: Mapping[str, str] = {}


def load(
    base: Path, file: Path, *, parameters: Mapping[str, str] = _NOTHING, region: str = "", account: str = "",
    run: Run | None = None,
) -> Code:  # fmt: skip
    """Read a template, or the JSON of a change set, with all that it nests on disk.

    `parameters` are values for the template's parameters, `region` and `account` where its stack is deployed to, both
    unless the manifest that CDK writes beside a template says it. Tags of the stack itself are in no template: they are
    known of a nested stack, and where such a manifest or a change set tells them (`StackTags` among the values).
    """
    run = run or Run(base)
    document = run.document(file)
    if is_change_set(document.value):
        from scanner.iac.cloudformation import change_set  # noqa: PLC0415  # few are given

        return change_set.load(document, region=region, account=account)
    if not is_template(document.value):
        code = Code(document.file, Source.CLOUDFORMATION, "template", files=[document.file])
        code.problems += document.problems
        if not code.problems:
            message = "is no CloudFormation template: it has no Resources with a Type"
            code.problems.append(Problem(message, Spot(document.file, 1), broken=True))
        return code
    run.parameters, run.region, run.account = parameters, region, account
    return open_stack(run, file).code


def open_stack(run: Run, file: Path) -> Stack:
    """Make the stack of a template that is no nested one, once."""
    from scanner.iac.cloudformation.resources import declare  # noqa: PLC0415  # the two make each other

    key = os.path.realpath(file)
    run.waiting.pop(key, None)
    if key in run.roots:
        return run.roots[key]
    document = run.document(file)
    code = Code(document.file, Source.CLOUDFORMATION, "template", files=[document.file])
    code.problems += document.problems
    settings = run.settings(Path(file))
    given = {**settings.parameters, **run.parameters}
    stack = Stack(
        run, document, code, given.get, region=settings.region or run.region,
        account=settings.account or run.account, name=settings.stack_name, files=(key,),
    )  # fmt: skip
    if settings.tags is not None:
        stack.tags = [{"Key": name, "Value": value} for name, value in settings.tags.items()]
    run.roots[key] = stack
    try:
        declare(stack)
    except RecursionError:
        stack.note(Problem("is nested too deep to be read", document.spot()))
    return stack
