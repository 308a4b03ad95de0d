"""Forms, one module per service: where Terraform and CloudFormation keep the facts of each kind.

Only the modules of the types that occur in the code are imported: `TYPES` tells which, and a house test holds it
against what the modules declare.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

from scanner.iac.forms.index import MODULES, SATELLITES, TYPES
from scanner.model.reading import Source

if TYPE_CHECKING:
    from scanner.iac.form import Form

__all__ = ["SATELLITES", "TYPES", "declares", "forms_of", "known"]


@cache
def forms_of(type: str) -> tuple[Form, ...]:  # noqa: A002  # the field's own word
    """Give the forms that a type of block fills; none for a type that holds nothing worth knowing."""
    module = TYPES.get(type)
    if module is None:
        return ()
    forms = importlib.import_module(f"{__name__}.{module}").FORMS
    return tuple(form for form in forms if form.type == type)


def known(type: str) -> bool:  # noqa: A002  # as above
    """Say whether anything is known of a type of block: whether it is a resource, or a satellite of one."""
    return type in TYPES or type in SATELLITES


def declares(kind: str, source: Source) -> bool:
    """Say whether code of a source can declare a kind: some have no type in CloudFormation at all."""
    entries = [entry for entry in MODULES.values() if kind in entry.kinds]
    template = source is Source.CLOUDFORMATION
    return any(("::" in type_) is template for entry in entries for type_ in entry.types)
