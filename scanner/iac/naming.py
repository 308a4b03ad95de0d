"""Naming: the ARN, the name and the other identities that a block's resource has, or will have.

What code does not settle gets a stable stand-in made of the block's address, the same wherever the block is referred
to, so that joins between blocks hold as they will hold in AWS.
"""

from __future__ import annotations

from typing import Any

from scanner.iac.block import ABSENT, Block


def export(block: Block, attribute: str) -> Any:
    """Give what a reference to an attribute of a block evaluates to, where that is an identity of it; else `ABSENT`.

    `attribute` is Terraform's (`arn`, `id`, `name`), or CloudFormation's (`Ref`, and what `Fn::GetAtt` names).
    """
    return ABSENT
