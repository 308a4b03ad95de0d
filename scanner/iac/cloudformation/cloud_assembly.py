"""Cloud assemblies: what the manifest of CDK's output (`cdk.out`) says of the stacks beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from scanner.iac.cloudformation.run import Settings

_STACK: Final = "aws:cloudformation:stack"
_ENVIRONMENT: Final = "aws://"
_LARGEST: Final = 64 * 1024 * 1024


def read_manifest(directory: Path) -> dict[str, Settings]:
    """Give what is said of each stack, by the name of its template's file; nothing where there is no manifest."""
    file = directory / "manifest.json"
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return {}
        manifest = json.loads(file.read_bytes())
        artifacts = manifest["artifacts"]
        found = {name: _settings(one) for one in artifacts.values() if (name := _template(one))}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}  # it is no manifest of CDK; its templates are read without it
    return found


def _template(artifact: Any) -> str:
    if not isinstance(artifact, dict) or artifact.get("type") != _STACK:
        return ""
    file = _mapping(artifact.get("properties")).get("templateFile")
    return file if isinstance(file, str) else ""


def _settings(artifact: dict[str, Any]) -> Settings:
    properties = _mapping(artifact.get("properties"))
    environment = artifact.get("environment")
    account, region = "", ""
    if isinstance(environment, str) and environment.startswith(_ENVIRONMENT):
        account, _, region = environment[len(_ENVIRONMENT) :].partition("/")
    name = properties.get("stackName")
    tags = _mapping(properties.get("tags"))
    return Settings(
        {key: value for key, value in _mapping(properties.get("parameters")).items() if isinstance(value, str)},
        "" if region.startswith("unknown") else region,
        "" if account.startswith("unknown") else account,
        name if isinstance(name, str) else "",
        {key: value for key, value in tags.items() if isinstance(value, str)} if "tags" in properties else None,
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
