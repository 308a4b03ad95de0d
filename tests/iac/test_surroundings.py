"""Surroundings: which block another one means by a name, and when the code does not tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.iac.block import Block, Code, Problem
from scanner.iac.surroundings import Surroundings
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Source, Spot
from tests.iac.forms.databases import ACCOUNT, OPEN, PLACE, REGION, terraform

_GROUP = terraform("aws_db_subnet_group", "g", {"name": "private"})
_TYPES = ("aws_db_subnet_group",)
_BY = {"aws_rds_cluster_instance": "cluster_identifier"}


def _around(*blocks: Block, whole: bool = True) -> Surroundings:
    roots = dict.fromkeys(block.root for block in blocks)
    codes = [Code(root, Source.TERRAFORM, "hcl", [one for one in blocks if one.root == root]) for root in roots]
    return Surroundings(codes, whole=whole)


def _instance(region: str = REGION) -> Block:
    return terraform("aws_db_instance", "i", region=region)


def test_a_name_means_a_block_of_the_same_region() -> None:
    assert _around(_GROUP).named(_TYPES, "private", _instance()) is _GROUP
    assert _around(_GROUP).named(_TYPES, "public", _instance()) is None
    assert _around(_GROUP).named(_TYPES, "private", _instance(region="us-east-1")) is None
    with pytest.raises(CouldNotCheck, match="does not settle the place"):
        _around(_GROUP).named(_TYPES, "private", _instance(region="?region"))
    source = terraform("aws_db_instance", "a", {"identifier": "orders"})
    arn = f"arn:aws:rds:{PLACE}:db:orders"
    assert _around(source).named(("aws_db_instance",), arn, _instance(region="us-east-1")) is source


def test_of_several_that_of_the_same_root_is_meant() -> None:
    far, farther = (replace(_GROUP, root=root) for root in ("net", "other"))
    assert _around(far, farther, _GROUP).named(_TYPES, "private", _instance()) is _GROUP
    assert _around(far).named(_TYPES, "private", _instance()) is far
    with pytest.raises(CouldNotCheck, match="several blocks are called private"):
        _around(far, farther).named(_TYPES, "private", _instance())
    # An address means something in its own root only.
    unnamed = replace(terraform("aws_db_subnet_group", "g"), root="net")
    assert _around(unnamed).named(_TYPES, unnamed.address, _instance()) is None


def test_a_block_that_may_not_exist_is_no_answer() -> None:
    maybe = replace(_GROUP, doubt=OPEN)
    with pytest.raises(CouldNotCheck, match=r"var\.open"):
        _around(maybe).named(_TYPES, "private", _instance())
    cluster = terraform("aws_rds_cluster", "c", {"cluster_identifier": "c"})
    member = replace(terraform("aws_rds_cluster_instance", "m", {"cluster_identifier": "c"}), doubt=OPEN)
    found, doubt = _around(cluster, member).naming(_BY, cluster)
    assert found == []
    assert doubt is OPEN


def test_what_names_a_block_is_found_or_may_be_there() -> None:
    cluster = terraform("aws_rds_cluster", "c", {"cluster_identifier": "c"})
    member = terraform("aws_rds_cluster_instance", "m", {"cluster_identifier": "c"})
    other = terraform("aws_rds_cluster_instance", "n", {"cluster_identifier": "d"})
    lost = terraform("aws_rds_cluster_instance", "o", {"cluster_identifier": OPEN})
    assert _around(cluster, member, other).naming(_BY, cluster) == ([member], None)
    found, doubt = _around(cluster, member, lost).naming(_BY, cluster)
    assert (found, doubt) == ([member], OPEN)
    far = replace(member, region="us-east-1")
    assert _around(cluster, far).naming(_BY, cluster) == ([], None)
    found, doubt = _around(cluster, replace(member, region="?region")).naming(_BY, cluster)
    assert found == []
    assert doubt is not None


def test_an_open_name_may_be_any_that_nobody_else_has() -> None:
    unnamed = terraform("aws_rds_cluster", "c", {"cluster_identifier": OPEN})
    member = terraform("aws_rds_cluster_instance", "m", {"cluster_identifier": "c"})
    _, doubt = _around(unnamed, member).naming(_BY, unnamed)
    assert doubt is OPEN
    owner = terraform("aws_rds_cluster", "d", {"cluster_identifier": "c"})
    assert _around(unnamed, member, owner).naming(_BY, unnamed) == ([], None)
    # What names an instance by its ARN names no cluster, whatever that one is called.
    instance = terraform("aws_db_instance", "i", {"identifier": "orders"})
    replica = terraform("aws_db_instance", "r", {"replicate_source_db": f"arn:aws:rds:{PLACE}:db:orders"})
    around = _around(unnamed, instance, replica)
    assert around.naming({"aws_db_instance": "replicate_source_db"}, unnamed) == ([], None)
    known = replace(unnamed, known_name="other")
    assert _around(known, member).naming(_BY, known) == ([], None)


def test_that_there_is_no_more_only_the_whole_code_says() -> None:
    assert _around(_GROUP).open is None
    assert _around(_GROUP, whole=False).open is not None
    code = Code(".", Source.TERRAFORM, "hcl", [_GROUP], [Problem("module.x is not on disk", Spot("main.tf", 1))])
    reason = Surroundings([code], whole=True).open
    assert reason is not None
    assert reason.why == "module.x is not on disk (main.tf:1), so there may be more"


def test_equal_values_are_found_in_any_root_but_addresses() -> None:
    first = terraform("aws_rds_cluster", "a", {"global_cluster_identifier": "world"})
    second = replace(terraform("aws_rds_cluster", "b", {"global_cluster_identifier": "world"}), root="far")
    around = _around(first, second)
    assert around.having(("aws_rds_cluster",), "global_cluster_identifier", "world", first) == ([first, second], None)
    one, two = (
        replace(block, values={"global_cluster_identifier": "aws_rds_global_cluster.w"}) for block in (first, second)
    )
    found, _ = _around(one, two).having(
        ("aws_rds_cluster",), "global_cluster_identifier", "aws_rds_global_cluster.w", one
    )
    assert found == [one]
    assert ACCOUNT in _around(first).arn(first)
