"""What merely looks like a drill's own is never touched, and whatever is left alone is told with its reason."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.stage.journal import Journal, Made, note_gone, traces
from drills.stage.lock import locked
from drills.stage.makeable import makeable
from drills.stage.port import Calls
from drills.stage.refusals import Stopped
from drills.stage.run import TAG_RUN, Run
from drills.stage.sweeping import Fate, Sweep, sweep
from scanner.model.reading import Reason
from tests.drills.stand_ins import AT, DrivenClock, ToldPort, refused

ACCOUNT, REGION = "210987123456", "eu-west-1"
RUN = Run("261124-abc234", AT, AT + timedelta(days=1), "operations")
NAME = RUN.name("orders")
MADE = Made("rds:db", NAME, ACCOUNT, REGION, "orders")


def journal(folder: Path, *made: Made, run: Run = RUN, endpoint: str = "") -> None:
    with Journal(folder, run.id, run.began_at, run.expires_at, endpoint) as journal:
        for one in made:
            journal.intend(one, AT)
            journal.made(one, AT)


class Instances:
    """Instances by their names; what is asked to go goes."""

    def __init__(self, **instances: Mapping[str, Any]) -> None:
        self.there = {name.replace("_", "-"): dict(one) for name, one in instances.items()}
        self.port = ToldPort(DescribeDBInstances=self.describe, DeleteDBInstance=self.delete)

    def describe(self, DBInstanceIdentifier: str = "") -> Any:
        if DBInstanceIdentifier and DBInstanceIdentifier not in self.there:
            refused("DBInstanceNotFound")()
        return {"DBInstances": [one for name, one in self.there.items() if DBInstanceIdentifier in ("", name)]}

    def delete(self, DBInstanceIdentifier: str, **_: Any) -> Any:
        del self.there[DBInstanceIdentifier]
        return {}

    def add(self, name: str, tags: Mapping[str, str] = RUN.tags, at: datetime | None = AT) -> Instances:
        tag_list = [{"Key": key, "Value": value} for key, value in tags.items()]
        one = {"DBInstanceIdentifier": name, "DBInstanceArn": f"arn:{name}", "DBInstanceStatus": "available"}
        self.there[name] = {**one, "TagList": tag_list, **({"InstanceCreateTime": at} if at else {})}
        return self


def run_sweep(folder: Path, port: ToldPort, **options: Any) -> Sweep:
    clock = DrivenClock()
    clock.sleep(timedelta(hours=1))
    return sweep(folder, lambda region: Calls(port, ACCOUNT, region), clock, **{"execute": True, **options})


def only(told: Sweep) -> tuple[Fate, str]:
    (one,) = told.swept
    return one.fate, one.why


def test_what_is_the_runs_own_is_removed_and_noted(tmp_path: Path) -> None:
    journal(tmp_path, MADE)
    account = Instances().add(NAME)
    assert only(run_sweep(tmp_path, account.port, execute=False)) == (Fate.WOULD_REMOVE, "")
    assert NAME in account.there
    assert only(run_sweep(tmp_path, account.port)) == (Fate.REMOVED, "")
    assert account.there == {}
    assert not any(trace.open for trace in traces(tmp_path))


OTHER = {TAG_RUN: "261101-zzz999"}
LOOKS_LIKE_IT: list[tuple[Made, Mapping[str, str], datetime | None, str]] = [
    (MADE, {}, AT, "does not carry the tag"),
    (MADE, OTHER, AT, "carries the tag of run 261101-zzz999"),
    (MADE, RUN.tags, AT - timedelta(minutes=6), "before the run began"),
    (Made("rds:db", "orders", ACCOUNT, REGION), RUN.tags, AT, "does not begin with"),
    (Made("rds:db", "bkpdrill-261101-zzz999-orders", ACCOUNT, REGION), RUN.tags, AT, "does not begin with"),
    (Made("rds:db", NAME, ACCOUNT, REGION, source=NAME), RUN.tags, AT, "is what the run restored from"),
    (Made("rds:db", NAME, ACCOUNT, REGION, source=f"arn:{NAME}"), RUN.tags, AT, "is what the run restored from"),
]


@pytest.mark.parametrize(("made", "tags", "at", "why"), LOOKS_LIKE_IT, ids=[one[3] for one in LOOKS_LIKE_IT])
def test_what_merely_looks_like_it_is_kept(
    made: Made, tags: Mapping[str, str], at: datetime | None, why: str, tmp_path: Path
) -> None:
    journal(tmp_path, made)
    account = Instances().add(made.id, tags, at)
    told = run_sweep(tmp_path, account.port)
    fate, said = only(told)
    assert fate is Fate.KEPT
    assert why in said
    assert told.strangers == ()  # its journal knows it
    assert "rds:DeleteDBInstance" not in account.port.names()


def test_what_is_still_being_made_has_the_tag_for_a_birthday(tmp_path: Path) -> None:
    journal(tmp_path, MADE)
    assert only(run_sweep(tmp_path, Instances().add(NAME, at=None).port)) == (Fate.REMOVED, "")


def test_where_nothing_is_tagged_the_journal_and_the_time_decide(tmp_path: Path) -> None:
    table = Made("dynamodb:table", NAME, ACCOUNT, REGION, "orders")
    journal(tmp_path, table)
    assert not makeable()["dynamodb:table"].tagged

    def described(at: datetime | None) -> ToldPort:
        one = {"TableName": NAME, "TableArn": "arn", "TableStatus": "ACTIVE"} | ({"CreationDateTime": at} if at else {})
        return ToldPort(DescribeTable=lambda **_: {"Table": one}, ListTagsOfResource=lambda **_: {"Tags": []})

    for at, why in ((None, "not known when"), (AT - timedelta(days=1), "before the run began")):
        fate, said = only(run_sweep(tmp_path, described(at)))
        assert (fate, why in said) == (Fate.KEPT, True)
    assert only(run_sweep(tmp_path, described(AT), execute=False)) == (Fate.WOULD_REMOVE, "")


@pytest.mark.parametrize(
    ("code", "reason"), [("AccessDenied", Reason.DENIED), ("InvalidDBInstanceState", Reason.FAILED)]
)
def test_what_cannot_be_removed_stops_nothing_else(code: str, reason: Reason, tmp_path: Path) -> None:
    second = Made("rds:db", RUN.name("users"), ACCOUNT, REGION, "users")
    journal(tmp_path, MADE, second)
    account = Instances().add(NAME).add(second.id)
    plain = account.delete

    def delete(DBInstanceIdentifier: str, **_: Any) -> Any:
        return refused(code, reason)() if DBInstanceIdentifier == second.id else plain(DBInstanceIdentifier)

    account.port.answers["DeleteDBInstance"] = delete
    told = run_sweep(tmp_path, account.port)
    assert {one.made.id: one.fate for one in told.swept} == {NAME: Fate.REMOVED, second.id: Fate.FAILED}
    assert code in told.left[0].why
    assert [made for trace in traces(tmp_path) for made in trace.left] == [second]


def test_what_is_busy_is_asked_again(tmp_path: Path) -> None:
    journal(tmp_path, MADE)
    account = Instances().add(NAME)
    plain, tries = account.delete, iter([True, True, False])

    def delete(**asked: Any) -> Any:
        return refused("InvalidDBInstanceState")() if next(tries) else plain(**asked)

    account.port.answers["DeleteDBInstance"] = delete
    assert only(run_sweep(tmp_path, account.port)) == (Fate.REMOVED, "")


def test_what_becomes_somebody_elses_while_it_is_swept_is_kept(tmp_path: Path) -> None:
    journal(tmp_path, MADE)
    account = Instances().add(NAME)

    def delete(**_: Any) -> Any:
        account.add(NAME, OTHER)
        return refused("InvalidDBInstanceState")()

    account.port.answers["DeleteDBInstance"] = delete
    assert only(run_sweep(tmp_path, account.port))[0] is Fate.KEPT
    assert account.port.names().count("rds:DeleteDBInstance") == 1


def test_another_endpoint_or_account_is_not_looked_at(tmp_path: Path) -> None:
    elsewhere = Made("rds:db", NAME, "999988887777", REGION, "orders")
    journal(tmp_path, elsewhere)
    account = Instances().add(NAME)
    assert only(run_sweep(tmp_path, account.port)) == (Fate.ELSEWHERE, "it is in account 999988887777")
    with socket.create_server(("127.0.0.1", 0)) as server:
        there = f"http://127.0.0.1:{server.getsockname()[1]}"
        (tmp_path / "b").mkdir()
        journal(tmp_path / "b", MADE, endpoint=there)
        assert only(run_sweep(tmp_path / "b", account.port)) == (Fate.ELSEWHERE, f"it was made at {there}")
    # Now nothing listens there any more.
    assert only(run_sweep(tmp_path / "b", account.port))[0] is Fate.GONE
    assert NAME in account.there
    assert not any(trace.open for trace in traces(tmp_path / "b"))


def test_a_run_that_is_at_work_is_left_alone(tmp_path: Path) -> None:
    journal(tmp_path, MADE)
    account = Instances().add(NAME)
    with locked(tmp_path, ACCOUNT, [REGION], RUN):
        assert only(run_sweep(tmp_path, account.port)) == (Fate.ELSEWHERE, "its run is at work")
    assert NAME in account.there


def test_a_harmed_journal_stops_nothing_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.journal").write_text("}{\n}{\n")
    journal(tmp_path, MADE)
    told = run_sweep(tmp_path, Instances().add(NAME).port)
    assert only(told) == (Fate.REMOVED, "")
    assert "a.journal:1: found a line that is no entry" in told.unseen[0]


def test_a_machine_that_is_no_more_does_not_hold_its_leftovers_for_ever(tmp_path: Path) -> None:
    journal(tmp_path, MADE)
    with locked(tmp_path, ACCOUNT, [REGION], RUN):
        (file,) = tmp_path.glob("*.lock")
        text = file.read_text().replace(socket.gethostname(), "a-runner-that-was")
    file.write_text(text)
    account = Instances().add(NAME)
    plain, account.port.answers["DeleteDBInstance"] = account.delete, refused("AccessDenied", Reason.DENIED)
    assert only(run_sweep(tmp_path, account.port))[0] is Fate.ELSEWHERE
    clock = DrivenClock()
    clock.sleep(timedelta(days=1))
    told = sweep(tmp_path, lambda region: Calls(account.port, ACCOUNT, region), clock, execute=True)
    assert only(told)[0] is Fate.FAILED
    assert list(tmp_path.glob("*.lock"))  # until nothing is left
    account.port.answers["DeleteDBInstance"] = plain
    told = sweep(tmp_path, lambda region: Calls(account.port, ACCOUNT, region), clock, execute=True)
    assert only(told) == (Fate.REMOVED, "")
    assert not list(tmp_path.glob("*.lock"))


def test_a_guard_that_does_not_hold_ends_the_sweep(tmp_path: Path) -> None:
    journal(tmp_path, MADE)
    account = Instances().add(NAME)

    def wrong_account() -> None:
        raise Stopped("another account")

    with pytest.raises(Stopped):
        run_sweep(tmp_path, account.port, guard=wrong_account)
    assert NAME in account.there


def test_strangers_are_shown_and_never_touched(tmp_path: Path) -> None:
    account = Instances().add(NAME)
    journal(tmp_path, MADE)
    (trace,) = traces(tmp_path)
    note_gone(trace.file, MADE, AT)  # its journal says that it is gone, so it is somebody else's question
    account.add("orders", {})
    told = run_sweep(tmp_path, account.port, regions=[REGION])
    assert [(one.kind, one.seen.id) for one in told.strangers] == [("rds:db", NAME)]
    assert told.swept == ()
    assert account.there.keys() == {NAME, "orders"}
    # What could not be looked for is told: silence would say that there is none.
    assert any(one.startswith("ssm:lock in eu-west-1") for one in told.unseen)


def test_whatever_has_the_tag_is_shown_unless_a_journal_ever_told_of_it(tmp_path: Path) -> None:
    journal(tmp_path, MADE)
    account = Instances().add(NAME)
    # AWS lists the tags of what is gone for a while.
    arns = [f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{NAME}", f"arn:aws:rds:{REGION}:{ACCOUNT}:snapshot:of-the-copy",
            f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/of-the-copy"]  # fmt: skip
    tags = [{"Key": TAG_RUN, "Value": RUN.id}]
    told = {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": tags} for arn in arns]}
    account.port.answers["GetResources"] = lambda **_: told
    for _ in range(2):  # the second time nothing is left
        found = run_sweep(tmp_path, account.port, regions=[REGION]).strangers
        assert [(one.kind, one.seen.id, one.seen.arn) for one in found] == [
            ("tagged", "of-the-copy", arns[1]), ("tagged", "of-the-copy", arns[2])
        ]  # fmt: skip


def test_what_two_kinds_know_is_one_thing(tmp_path: Path) -> None:
    decoy = Made("dynamodb:decoy", RUN.name("decoy"), ACCOUNT, REGION)
    table = {"TableName": decoy.id, "TableArn": "arn", "TableStatus": "ACTIVE", "CreationDateTime": AT}
    tags = [{"Key": key, "Value": value} for key, value in RUN.tags.items()]
    port = ToldPort(
        ListTables=lambda **_: {"TableNames": [decoy.id]},
        DescribeTable=lambda **_: {"Table": table},
        ListTagsOfResource=lambda **_: {"Tags": tags},
    )
    assert len(run_sweep(tmp_path, port, regions=[REGION]).strangers) == 1
    journal(tmp_path, decoy)
    assert run_sweep(tmp_path, port, execute=False).strangers == ()


def test_an_answer_that_is_none_stops_nothing_else(tmp_path: Path) -> None:
    table = Made("dynamodb:table", RUN.name("table"), ACCOUNT, REGION, "orders")
    journal(tmp_path, MADE, table)
    account = Instances().add(NAME)
    account.port.answers["DescribeTable"] = lambda **_: {"Unheard": "of"}
    told = run_sweep(tmp_path, account.port)
    fates = {one.made.kind: (one.fate, one.why) for one in told.swept}
    assert fates["rds:db"] == (Fate.REMOVED, "")
    assert fates["dynamodb:table"] == (Fate.FAILED, "it could not be looked at: KeyError")


def test_a_kind_that_this_version_does_not_know_is_kept(tmp_path: Path) -> None:
    journal(tmp_path, Made("mainframe:tape", NAME, ACCOUNT, REGION))
    assert only(run_sweep(tmp_path, Instances().port)) == (Fate.KEPT, "this version knows no mainframe:tape")


def test_what_cannot_be_looked_at_stays_in_the_journal(tmp_path: Path) -> None:
    journal(tmp_path, MADE)
    port = ToldPort(DescribeDBInstances=refused("AccessDenied", Reason.DENIED))
    assert only(run_sweep(tmp_path, port)) == (Fate.FAILED, "it could not be looked at: AccessDenied")
    assert [trace.left for trace in traces(tmp_path)] == [(MADE,)]


TAGGING = {"Tags", "tags", "TagList", "TagSpecifications", "TagSpecification", "Tagging", "BackupVaultTags"}


@pytest.mark.parametrize("kind", [*makeable()])
def test_every_kind_says_truly_whether_it_is_tagged(kind: str, shape_of: Callable[[str], set[str]]) -> None:
    known = makeable()[kind]
    for operation in known.made_by:
        if known.tagged:
            assert shape_of(operation) & TAGGING, f"{operation} takes no tags, so {kind} cannot be told by them"


@pytest.fixture(scope="session")
def shape_of() -> Callable[[str], set[str]]:
    import botocore.session

    session = botocore.session.get_session()

    def members(operation: str) -> set[str]:
        service, _, name = operation.partition(":")
        return set(session.get_service_model(service).operation_model(name).input_shape.members)

    return members
