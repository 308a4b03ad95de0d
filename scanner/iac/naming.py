"""Naming: the ARN, the name and the other identities that a block's resource has, or will have.

What code does not settle gets a stable stand-in made of the block's address, the same wherever the block is referred
to, so that joins between blocks hold as they will hold in AWS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.block import Block
from scanner.iac.form import ARN, NAME, Form
from scanner.iac.forms import forms_of
from scanner.iac.strangers import stranger
from scanner.model.errors import CouldNotCheck
from scanner.model.unresolved import Unresolved

#: what a function of a form raises where the code holds no value of the kind that belongs there
MISWRITTEN: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


def export(block: Block, attribute: str) -> Any:
    """Give what a reference to an attribute of a block evaluates to, where that is an identity of it; else `ABSENT`.

    `attribute` is Terraform's (`arn`, `id`, `name`), or CloudFormation's (`Ref`, and what `Fn::GetAtt` names).
    """
    for form in forms_of(block.type):
        given = form.gives.get(attribute)
        if given is None:
            continue
        if given == ARN:
            return arn_of(form, block)
        if given == NAME:
            return name_of(form, block)
        assert callable(given)
        return _settled(given, block)
    return stranger(block, attribute)


def name_of(form: Form, block: Block) -> str:
    """Give the name of a block's resource in AWS, or its address where the code leaves the name open."""
    if block.known_name:
        return block.known_name
    for path in (form.name,) if isinstance(form.name, str) else form.name:
        if path:
            value = block.find(path).value
            if isinstance(value, str) and value:
                return value
            if isinstance(value, Unresolved):
                break
    return block.address


def arn_of(form: Form, block: Block) -> Any:
    """Give what live AWS gives as the id of a block's resource; `Unresolved` where it hangs on what is not settled."""
    if block.known_arn:
        return block.known_arn
    if callable(form.arn):
        return _settled(form.arn, block)
    return form.arn.format(
        partition=block.partition, region=block.region, account=block.account,
        name=name_of(form, block), address=block.address,
    )  # fmt: skip


def _settled(by: Callable[[Block], Any], block: Block) -> Any:
    """Give what a function makes of a block; `Unresolved` where it cannot, since anything may stand in code."""
    try:
        return by(block)
    except CouldNotCheck as stop:
        return Unresolved(stop.unknown.detail)
    except MISWRITTEN as error:
        said = str(error) if isinstance(error, ValueError) else type(error).__name__
        return Unresolved(f"{block.address} does not say what it is called ({said})")


def identities(block: Block) -> frozenset[str]:
    """Give every text by which another block may name this one's resource."""
    found: set[str] = set()
    for form in forms_of(block.type):
        if form.lends:
            continue
        for attribute in form.gives:
            value = export(block, attribute)
            if isinstance(value, str):
                found.add(value)
        value = arn_of(form, block)
        if isinstance(value, str):
            found.add(value)
        found.add(name_of(form, block))
    return frozenset(found)
