"""Every kind has its place in code, fact by fact and source by source, or a documented reason why it has none."""

from __future__ import annotations

import importlib

import pytest

from scanner.iac.form import NOTHING, Always, At, Form
from scanner.iac.forms.index import KINDS, MODULES, NOWHERE, SATELLITES, TYPES
from scanner.model.resource import Resource
from scanner.plan import plan_facts
from scanner.resources import kinds

ALL = kinds()
FORMS: list[tuple[str, Form]] = [
    (module, form) for module in MODULES for form in importlib.import_module(f"scanner.iac.forms.{module}").FORMS
]
IDS = [f"{form.kind.kind} from {form.type}" for _, form in FORMS]


def kept(kind: type[Resource]) -> set[str]:
    """Give the facts of a kind that live AWS keeps."""
    return {name for name, fact in kind.facts.items() if fact.live is not None}


def origins(form: Form, name: str) -> tuple[object, ...]:
    found = form.facts[name]
    return tuple(found) if isinstance(found, (tuple, list)) else (found,)


def test_every_kind_is_declared_by_some_form_or_nowhere_for_a_reason() -> None:
    declared = {form.kind.kind for _, form in FORMS if form.kind.kind}  # one without a kind only names what it declares
    assert declared == KINDS
    assert not declared & NOWHERE.keys()
    judged = {
        name
        for name, kind in ALL.items()
        if kind.listed_by is not None
        and not kind.listed_by.declared
        and not kind.listed_by.measured
        and (kept(kind) or kind.listed_by.call is not None)
    }
    assert judged - declared == set(NOWHERE), {
        "no form and no reason": judged - declared - NOWHERE.keys(),
        "a reason for nothing": NOWHERE.keys() - (judged - declared),
    }


@pytest.mark.parametrize(("module", "form"), FORMS, ids=IDS)
def test_every_fact_has_an_origin_or_a_reason(module: str, form: Form) -> None:
    names = kept(form.kind)
    assert form.facts.keys() | form.beyond.keys() >= names, names - form.facts.keys() - form.beyond.keys()
    assert form.facts.keys() <= form.kind.facts.keys(), form.facts.keys() - form.kind.facts.keys()
    assert not form.facts.keys() & form.beyond.keys(), form.facts.keys() & form.beyond.keys()
    assert all(reason and not reason.endswith(".") for reason in form.beyond.values())
    assert TYPES[form.type] == module


@pytest.mark.parametrize(("module", "form"), FORMS, ids=IDS)
def test_every_default_names_its_source(module: str, form: Form) -> None:
    silent = [
        f"{name} at {one.path}"
        for name in form.facts
        for one in origins(form, name)
        if isinstance(one, At) and one.absent not in (NOTHING, None, (), False) and not one.docs and one.absent != {}
    ]
    assert not silent
    assert all(
        one.docs or one.value in (None, (), True, False)
        for name in form.facts
        for one in origins(form, name)
        if isinstance(one, Always)
    )


@pytest.mark.parametrize(("module", "form"), FORMS, ids=IDS)
def test_satellites_are_in_the_index(module: str, form: Form) -> None:
    named = {
        one.via.type
        for name in form.facts
        for one in origins(form, name)
        if isinstance(one, At) and one.via is not None
    }
    assert named <= SATELLITES | TYPES.keys(), named - SATELLITES - TYPES.keys()


def test_every_kind_of_the_plan_can_be_told_from_one_that_no_code_holds() -> None:
    wanted = plan_facts(fact for kind in ALL.values() for fact in kind.facts.values()).needs
    assert set(NOWHERE) <= set(wanted)
