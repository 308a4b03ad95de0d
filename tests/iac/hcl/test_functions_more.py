"""What the values of Terraform do not show: OpenTofu's functions, documents with holes, what only a run settles."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from scanner.iac.hcl.functions import find
from scanner.iac.hcl.values import EvaluationError, JsonText, ListValue, MapValue, Namespace, Object, SetValue, Tuple
from scanner.model.unresolved import Unresolved

HIDDEN = Unresolved("var.u has no value", ("var.u",))


def call(name: str, *arguments: Any) -> Any:
    function = find(name)
    assert function is not None
    return function(list(arguments))


@pytest.mark.parametrize(
    ("outer", "inner", "answer"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "10.0.0.0/16", True),
        ("10.0.0.0/16", "10.0.0.0/8", False),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("fd00::/8", "fd12::1", True),
    ],
)
def test_cidrcontains(outer: str, inner: str, answer: bool) -> None:
    assert call("cidrcontains", outer, inner) is answer


def test_cidrcontains_compares_one_kind_of_address() -> None:
    with pytest.raises(EvaluationError):
        call("cidrcontains", "10.0.0.0/8", "::1")


def test_urldecode() -> None:
    assert call("urldecode", "a+b%20%C3%A9") == "a b é"
    for wrong in ("%", "%4", "%zz", "%ff", "%+1"):
        with pytest.raises(EvaluationError):
            call("urldecode", wrong)


def test_a_document_with_a_hole_can_be_read_around_it() -> None:
    written = call("jsonencode", Object(Effect="Allow", Resource=HIDDEN))
    assert isinstance(written, JsonText)
    assert (written.why, written.refs) == (HIDDEN.why, HIDDEN.refs)
    read = call("jsondecode", written)
    assert read["Effect"] == "Allow"
    assert read["Resource"] is HIDDEN
    assert call("yamldecode", written)["Effect"] == "Allow"
    assert call("coalesce", None, "", written, "x") is written
    assert call("tostring", written) is written
    assert isinstance(call("base64encode", written), Unresolved)


@pytest.mark.parametrize("name", ["timestamp", "plantimestamp", "uuid", "bcrypt", "rsadecrypt", "base64gzip"])
def test_what_only_a_run_settles_says_so(name: str) -> None:
    answer = call(name, "x")
    assert isinstance(answer, Unresolved)
    assert answer.why.startswith(f"{name}()")


def test_what_is_sensitive_stays_hidden() -> None:
    hidden = call("sensitive", "secret")
    assert isinstance(hidden, Unresolved)
    assert hidden.why == "the value is marked sensitive"
    assert call("nonsensitive", hidden) is hidden
    assert isinstance(call("upper", hidden), Unresolved)
    assert "secret" not in repr(hidden)
    assert isinstance(call("issensitive", hidden), Unresolved)
    assert call("issensitive", "x") is False


def test_what_is_known_beside_something_unsettled_is_kept() -> None:
    assert call("length", Tuple([HIDDEN, HIDDEN])) == 2
    assert isinstance(call("length", SetValue([HIDDEN, "a"])), Unresolved)
    assert call("length", SetValue([HIDDEN])) == 1
    assert call("contains", Tuple(["a", HIDDEN]), "a") is True
    assert isinstance(call("contains", Tuple(["a", HIDDEN]), "b"), Unresolved)
    assert call("alltrue", Tuple([HIDDEN, False])) is False
    assert call("anytrue", Tuple([HIDDEN, True])) is True
    assert call("coalesce", "a", HIDDEN) == "a"
    assert call("element", Tuple(["a", HIDDEN]), 2) == "a"
    assert call("lookup", Object(a="x", b=HIDDEN), "a") == "x"
    assert call("merge", Object(a=HIDDEN), Object(b=1))["b"] == 1
    assert call("merge", Object(a=HIDDEN), Object(a=1)) == {"a": 1}
    assert call("keys", Object(b=HIDDEN, a=1)) == ["a", "b"]
    assert call("formatlist", "%s!", Tuple(["a", HIDDEN]))[0] == "a!"
    assert call("concat", Tuple([HIDDEN]), Tuple(["a"]))[1] == "a"


def test_one_of_several_values_has_them_as_choices() -> None:
    assert call("lookup", Object(a="x", b="y"), HIDDEN, "z").choices == ("x", "y", "z")
    assert call("element", Tuple(["x", "y"]), HIDDEN).choices == ("x", "y")
    assert call("element", Tuple([HIDDEN, "y"]), HIDDEN).choices == ()
    either = Unresolved("var.big has no value", ("var.big",), None, (None, 30))
    assert call("coalesce", either, 7).choices == (7, 30)


def test_a_list_and_a_tuple_stay_what_they_are() -> None:
    assert type(call("tolist", Tuple(["a", 1]))) is ListValue
    assert type(call("tomap", Object(a=1, b="x"))) is MapValue
    assert type(call("keys", MapValue(a=1))) is ListValue
    assert type(call("concat", Tuple(["a"]), ListValue(["b"]))) is Tuple
    assert type(call("split", ",", "a,b")) is ListValue
    assert type(call("merge", MapValue(a=1), Object(b=2))) is Object
    assert type(call("jsondecode", '{"a":[1]}')["a"]) is Tuple


def test_a_set_is_walked_in_the_order_of_terraform() -> None:
    assert call("toset", Tuple(["b", None, "a"])) == ["a", "b", None]
    assert call("toset", Tuple([Tuple([9]), Tuple([10])])) == [[10], [9]]


class _Resource(Namespace):
    def __init__(self, *keys: Any) -> None:
        self.instances = [(key, _Resource()) for key in keys] if keys else None

    def pairs(self, spot: Any) -> Any:
        return self.instances


def test_resources_are_moved_about_as_what_they_are() -> None:
    single, counted, named = _Resource(), _Resource(0, 1), _Resource("a", "b")
    assert counted.instances is not None
    assert call("flatten", Tuple([single, Tuple([named])])) == [single, named]
    assert call("flatten", Tuple([counted])) == [one for _, one in counted.instances]
    assert call("element", Tuple([single]), 3) is single
    assert call("values", Object(a=single)) == [single]
    assert isinstance(call("distinct", Tuple([single, single])), Unresolved)
    assert isinstance(call("contains", Tuple([single]), "x"), Unresolved)
    assert call("length", Tuple([single, named])) == 2


def test_an_unknown_name_is_none() -> None:
    assert find("nonsense") is None
    assert find("core::upper") is find("upper")
    assert find("file") is None  # it depends on the place


def test_importing_the_package_imports_no_group() -> None:
    code = (
        "import sys; import scanner.iac.hcl.functions as f; "
        "assert not any(m.startswith('scanner.iac.hcl.functions.') for m in sys.modules); f.find('length'); "
        "assert 'yaml' not in sys.modules and 'json' not in sys.modules and 'hashlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
