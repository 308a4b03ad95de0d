"""The actions that destroy backups are real, and IAM checks them on the things they are listed with."""

from __future__ import annotations

import re

import pytest
from policy_sentry.querying.actions import get_action_data
from policy_sentry.querying.arns import get_arn_types_for_service

from scanner.permissions.actions import BACKUPS, GUARDED, KEYS, SERVICES, Sort
from scanner.resources import kinds

SORTS = (*BACKUPS, KEYS)


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: f"{sort.kind} {sort.type}")
def test_actions_are_real_and_checked_on_their_type(sort: Sort) -> None:
    types = get_arn_types_for_service(sort.service)
    assert sort.type in types
    for action in sort.actions:
        service, name = action.split(":")
        data = get_action_data(service, name)
        assert data, f"{action} does not exist"
        (row, *_) = data[service]
        assert row["action"] == action, "spelt as AWS spells it"
        assert row["access_level"] in ("Write", "Permissions management", "Tagging"), f"{action} only reads"
        assert types[sort.type] in {one["resource_arn_format"] for one in data[service]}, action


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: f"{sort.kind} {sort.type}")
def test_sorts_name_kinds_and_facts_that_exist(sort: Sort) -> None:
    kind = kinds()[sort.kind]
    if sort.through:
        assert sort.through in kind.facts
    if sort.policy:
        assert sort.policy in kinds()[sort.holder or sort.kind].facts
    assert len({action.partition(":")[0] for action in sort.actions}) == 1


def test_ids_of_kinds_have_the_form_that_iam_checks() -> None:
    """Kinds whose id is made of a template; the others take the ARN that AWS gives."""
    for sort in SORTS:
        listed = kinds()[sort.kind].listed_by
        if listed is None or sort.objects or not listed.id.startswith("arn:"):
            continue
        form = get_arn_types_for_service(sort.service)[sort.type]
        wanted = re.sub(r"\$\{[^}]*\}", "x", form).replace("arn:x:", "arn:aws:")
        made = re.sub(r"\{(\w+)\}", lambda found: "aws" if found[1] == "partition" else "x", listed.id)
        assert made == wanted, sort.kind


def test_what_a_vault_guards_is_among_them() -> None:
    assert set(GUARDED) <= {action for sort in SERVICES["backup"] for action in sort.actions}
