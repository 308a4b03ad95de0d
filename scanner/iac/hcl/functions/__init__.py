"""Terraform's built-in functions: each is found by its name, and its group's file is imported when it is first asked for.

A function takes the list of its evaluated arguments. What it cannot decide because an argument is `Unresolved`, it
gives as `Unresolved`; functions with `takes_unknown` look closer: `length([var.u])` is 1 whatever `var.u` is.
Functions that read files, and templates, depend on the place: `scanner.iac.hcl.functions.files.bound` gives those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.iac.hcl.functions.definition import Function

_GROUPS = {
    "numeric": "abs ceil floor log max min parseint pow signum",
    "strings": (
        "chomp endswith indent join lower regex regexall replace split startswith strcontains strrev substr title trim "
        "trimprefix trimspace trimsuffix upper"
    ),
    "formats": "format formatlist",
    "collections": (
        "alltrue anytrue chunklist coalesce coalescelist compact concat contains distinct element flatten index length "
        "list one range reverse slice sort sum"
    ),
    "maps": "keys lookup map matchkeys merge transpose values zipmap",
    "sets": "setintersection setproduct setsubtract setunion",
    "encoding": (
        "base64decode base64encode base64gunzip base64gzip csvdecode jsondecode jsonencode textdecodebase64 "
        "textencodebase64 urldecode urlencode"
    ),
    "yaml": "yamldecode yamlencode",
    "dates": "formatdate plantimestamp timeadd timecmp timestamp",
    "hashes": "base64sha256 base64sha512 bcrypt md5 rsadecrypt sha1 sha256 sha512 uuid uuidv5",
    "networks": "cidrcontains cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "types": "ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber toset tostring",
    "paths": "abspath basename dirname pathexpand",
}
_GROUP_OF = {name: group for group, names in _GROUPS.items() for name in names.split()}

#: functions that only `files.bound` can give
OF_A_PLACE = frozenset(
    [
        "file",
        "filebase64",
        "filebase64sha256",
        "filebase64sha512",
        "fileexists",
        "filemd5",
        "fileset",
        "filesha1",
        "filesha256",
        "filesha512",
        "templatefile",
        "templatestring",
    ]
)
NAMES = frozenset(_GROUP_OF) | OF_A_PLACE


def find(name: str) -> Function | None:
    """Give the function of that name; None if Terraform has none, or none that is the same at every place."""
    name = name.removeprefix("core::")
    group = _GROUP_OF.get(name)
    if group is None:
        return None
    from importlib import import_module  # noqa: PLC0415  # most code calls functions of two or three groups

    functions: dict[str, Function] = import_module(f"{__name__}.{group}").FUNCTIONS
    return functions[name]
