"""Security scanning of a region in code: what enables Amazon Inspector and AWS Security Hub there.

An organisation's administrator may enable both for its members, which the members' code does not tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import Form, joined
from scanner.iac.lowering import many, stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.arn import somewhere
from scanner.model.look import any_of
from scanner.model.reading import Reason
from scanner.model.unresolved import Unresolved
from scanner.resources.scanning import Scanning, scanned

_ARN: Final = "arn:{partition}:security:{region}:{account}:scanning"
_HUBS: Final = ("aws_securityhub_account", "AWS::SecurityHub::Hub")
_NEWER_HUBS: Final = ("aws_securityhub_account_v2", "AWS::SecurityHub::HubV2")
_ENABLERS: Final = ("aws_inspector2_enabler",)
_API: Final = {"EC2": "ec2", "ECR": "ecr", "LAMBDA": "lambda", "LAMBDA_CODE": "lambdaCode"}


def _enabled(*types: str) -> Callable[[Block, Surroundings], bool]:
    def by(block: Block, around: Surroundings) -> bool:
        return bool(_beside(types, block, around))

    return by


def _beside(types: tuple[str, ...], block: Block, around: Surroundings) -> list[Block]:
    """Give the blocks of the region; raise where there are none and the code may not be all there is."""
    found = around.beside(types, block)
    sure = [one for one in found if one.doubt is None]
    if not sure:
        for one in found:
            stopped(one.doubt)
        if around.open is not None:
            around.open.stop()
    return sure


def _vulnerabilities(block: Block, around: Surroundings) -> tuple[str, ...]:
    """Give what Inspector scans: an enabler names the accounts that it is for."""
    found: dict[str, Any] = {}
    for one in _beside(_ENABLERS, block, around):
        accounts = one.find("account_ids").value
        if accounts is ABSENT or not any_of(
            many(stopped(accounts)), lambda each: somewhere(stopped(each)) == somewhere(block.account)
        ):
            continue
        for kind in many(stopped(one.find("resource_types").value)):
            found[_API[stopped(kind)]] = {"status": "ENABLED"}
    if not found and "::" in block.type:
        Unresolved("CloudFormation has no type that turns Amazon Inspector on", reason=Reason.RUNTIME).stop()
    if not found and around.open is not None:
        around.open.stop()
    return scanned({"resourceState": found})


def _form(type_: str) -> Form:
    return Form(
        Scanning,
        type_,
        arn=_ARN,
        once=True,
        facts={
            "vulnerabilities": joined(_vulnerabilities, "resource_types"),
            "hub": joined(_enabled(*_HUBS)),
            "hub_v2": joined(_enabled(*_NEWER_HUBS)),
        },
    )


FORMS: Final = tuple(_form(type_) for type_ in (*_HUBS, *_NEWER_HUBS, *_ENABLERS))
