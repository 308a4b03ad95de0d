"""The parser alone: read every file below a directory and throw away what it says: `python -m tools.bench.parse DIR`.

`--tree-sitter` has tree-sitter-hcl do it, where that is installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator


def files(directory: str) -> Iterator[str]:
    """Give the files of Terraform configuration."""
    for here, _, names in os.walk(directory):
        yield from (os.path.join(here, name) for name in sorted(names) if name.endswith((".tf", ".tofu")))  # noqa: PTH118


def own(directory: str) -> None:
    """Parse with the house's parser, expressions too."""
    from scanner.iac.terraform.documents import Documents  # noqa: PLC0415  # not where another parses

    documents = Documents(directory)
    for file in files(directory):
        document = documents.document(file)
        blocks = list(document.body.blocks)
        while blocks:
            body = blocks.pop().body
            blocks.extend(body.blocks)
            parsed = [attribute.expression for attribute in body.attributes.values()]
            assert None not in parsed


def tree_sitter(directory: str) -> None:
    """Parse with tree-sitter's grammar."""
    from importlib import import_module  # noqa: PLC0415  # as above

    library = import_module("tree_sitter")
    parser = library.Parser(library.Language(import_module("tree_sitter_hcl").language()))
    for file in files(directory):
        with open(file, "rb") as opened:  # noqa: PTH123  # as quickly as the other
            parser.parse(opened.read())


if __name__ == "__main__":
    (tree_sitter if "--tree-sitter" in sys.argv else own)(sys.argv[1])
