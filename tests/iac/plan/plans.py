"""Plans and states for the tests, put together after HashiCorp's documented JSON output format."""

from __future__ import annotations

import json
from typing import Any

AWS = "registry.terraform.io/hashicorp/aws"


def constant(value: Any) -> Any:
    return {"constant_value": value}


def refers(*names: Any) -> Any:
    return {"references": list(names)}


def change(
    address: Any,
    after: Any = None,
    unknown: Any = None,
    *,
    sensitive: Any = None,
    actions: Any = ("create",),
    before: Any = None,
    module: Any = "",
    **more: Any,
) -> Any:
    bare = address[len(module) + 1 :] if module else address
    kind, _, name = bare.partition(".")
    index = {}
    if "[" in name:
        name, _, key = name.partition("[")
        index["index"] = json.loads(key[:-1])
    return {
        "address": address,
        **({"module_address": module} if module else {}),
        "mode": "managed",
        "type": kind,
        "name": name,
        **index,
        "provider_name": AWS,
        "change": {
            "actions": list(actions),
            "before": before,
            "after": after,
            "after_unknown": unknown if unknown is not None else {},
            "before_sensitive": False,
            "after_sensitive": sensitive if sensitive is not None else {},
        },
        **more,
    }


def configured(address: Any, expressions: Any, key: Any = "aws", **more: Any) -> Any:
    kind, _, name = address.partition(".")
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_config_key": key,
        "expressions": expressions,
        "schema_version": 0,
        **more,
    }


def provider(region: Any = None, name: Any = "aws", **more: Any) -> Any:
    expressions = {"region": constant(region) if isinstance(region, str) else region} if region is not None else {}
    expressions |= more.pop("expressions", {})
    return {"name": name, "full_name": AWS, "expressions": expressions, **more}


def plan(
    changes: Any = (),
    resources: Any = (),
    *,
    providers: Any = None,
    calls: Any = None,
    variables: Any = None,
    declared: Any = None,
    **more: Any,
) -> Any:
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {name: {"value": value} for name, value in (variables or {}).items()},
        "planned_values": {"root_module": {}},
        "resource_changes": list(changes),
        "configuration": {
            "provider_config": providers if providers is not None else {"aws": provider("eu-west-1")},
            "root_module": {
                "resources": list(resources),
                **({"module_calls": calls} if calls else {}),
                **({"variables": declared} if declared else {}),
            },
        },
        "timestamp": "2026-11-24T13:04:20Z",
        "applyable": True,
        "complete": True,
        "errored": False,
        **more,
    }


def kept(*resources: Any, **more: Any) -> Any:
    """Give a terraform.tfstate."""
    return {
        "version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "0e1d", "outputs": {},
        "resources": list(resources), "check_results": None, **more,
    }  # fmt: skip


def holds(address: Any, *instances: Any, provider: Any = "", module: Any = "", mode: Any = "managed") -> Any:
    kind, _, name = address.partition(".")
    return {
        **({"module": module} if module else {}),
        "mode": mode,
        "type": kind,
        "name": name,
        "provider": f'provider["{AWS}"]{provider}',
        "instances": list(instances),
    }


def instance(attributes: Any, *sensitive: Any, **more: Any) -> Any:
    marks = [[{"type": "get_attr", "value": name} for name in path.split(".")] for path in sensitive]
    return {"schema_version": 2, "attributes": attributes, "sensitive_attributes": marks, **more}
