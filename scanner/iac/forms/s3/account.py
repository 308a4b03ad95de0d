"""The block on public access of a whole account: `aws_s3_account_public_access_block`. CloudFormation has none."""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import Form, at
from scanner.iac.forms.s3.openness import terraform_block
from scanner.model.unresolved import Unresolved
from scanner.resources.s3.account import Account


def _arn(block: Block) -> Any:
    """Give the id of the account's settings; a block may name another account than its provider's."""
    named = block.find("account_id").value
    if isinstance(named, Unresolved):
        return named
    if named is ABSENT or named == block.account:
        return f"arn:{block.partition}:s3::{block.account}:account"
    return Unresolved(f"{block.address} is about account {named}, which its provider may not work in", spot=block.spot)


FORMS: Final = (
    Form(
        Account,
        "aws_s3_account_public_access_block",
        arn=_arn,
        gives={"id": lambda block: block.account},
        facts={"public_block": at("", terraform_block, shows="block_public_acls")},
    ),
)
