"""What people write: the policy and the configuration, read with file and line."""

from __future__ import annotations

from scanner.documents.config import read_config
from scanner.documents.errors import DocumentError, Problem
from scanner.documents.policy import FIVEX_POLICY, read_policy
from scanner.documents.template import starting_config
from scanner.documents.yaml_file import Document, JsonPath, Lines, load_yaml

__all__ = [
    "FIVEX_POLICY",
    "Document",
    "DocumentError",
    "JsonPath",
    "Lines",
    "Problem",
    "load_yaml",
    "read_config",
    "read_policy",
    "starting_config",
]
