"""The configuration to start from, as `backup-scan init` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_TEMPLATE = Path(__file__).with_name("backup-scan.template.yaml")
_ACCOUNT, _REGIONS = "YOUR-ACCOUNT-ID", "[eu-west-1, eu-central-1]"


def starting_config(account: str = "", regions: Sequence[str] = ()) -> str:
    """Give a commented configuration; without an account the placeholder stays, and reading points it out."""
    text = _TEMPLATE.read_text(encoding="utf-8")
    if account:
        text = text.replace(_ACCOUNT, account)
    return text.replace(_REGIONS, f"[{', '.join(regions)}]") if regions else text
