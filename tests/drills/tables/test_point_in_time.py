"""A table comes back to a point in time; whatever is wrong with what came back is told as what it is."""

from datetime import timedelta
from typing import Any

import pytest

from drills.measuring.clock import Mark
from drills.scene import Measured
from drills.sources.tables import RUN
from scanner.emulation.services.dynamodb.recovery import TableFault
from tests.drills.emulated import Desk, broken, held
from tests.drills.tables.conftest import recovery

DRILL = "table-point-in-time"
DAMAGE = {"until": "before-damage"}
FRESH = "the canaries came back without a gap"
ITEMS = "every item came back as it was"


def run(at: Desk, **settings: Any) -> Measured:
    return at.run(DRILL, at.subject("table", "customers", canaries=timedelta(milliseconds=100)), settings)


def items(at: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = at.client("dynamodb").scan(TableName="customers")["Items"]
    return found


def test_it_comes_back_and_its_loss_is_measured(at: Desk) -> None:
    measured = run(at)
    assert (measured.why, measured.came_back, broken(measured)) == ("", True, {})
    assert list(measured.timeline.stamps) == [
        Mark.LOST, Mark.REQUESTED, Mark.AVAILABLE, Mark.REACHABLE, Mark.VALIDATED, Mark.CLEANED,
    ]  # fmt: skip
    job = measured.timeline.job_time
    assert job is not None
    assert job >= timedelta(seconds=19)  # the service took twenty, and the clock of the drill saw it
    fresh = measured.freshness
    assert fresh is not None
    assert fresh.loss is not None
    assert fresh.loss >= timedelta(seconds=4)  # the service lags five seconds behind, in whole seconds
    assert 0 < fresh.returned <= fresh.due <= fresh.written
    assert measured.shown["items"] == 20


def test_it_leaves_nothing_behind(at: Desk) -> None:
    before = len(items(at))
    measured = run(at)
    assert measured.left_behind == ()
    assert at.left() == []
    assert at.client("dynamodb").list_tables()["TableNames"] == ["customers"]
    assert len(items(at)) == before
    assert not [item for item in items(at) if RUN in item]


def test_what_the_restore_forgets_is_set_up_anew_and_told(at: Desk) -> None:
    measured = run(at)
    told = {check.name: check.detail for check in measured.checks if check.about == "configuration"}
    for name in ("time to live", "stream", "point-in-time recovery", "tags"):
        assert told[f"{name} is as it was"] == "set up anew: the restore had forgotten it"
    assert told["billing mode is as it was"] == ""
    assert measured.shown["forgotten_by_the_restore"] == (
        "time to live, stream, point-in-time recovery, tags, deletion protection"
    )


def test_what_the_restore_forgets_does_not_hold_where_nobody_sets_it_up(at: Desk) -> None:
    measured = run(at, sets_up_anew=False)
    assert broken(measured) == {
        "point-in-time recovery is as it was": "is off, expected on",
        "stream is as it was": "is not set, expected NEW_IMAGE",
        "tags is as it was": "is none, expected System=metadata",
        "time to live is as it was": "is not set, expected ends",
    }


def test_it_stops_before_the_damage(at: Desk) -> None:
    measured = run(at, **DAMAGE)
    assert (measured.why, measured.came_back, broken(measured)) == ("", True, {})
    fresh = measured.freshness
    assert fresh is not None
    assert fresh.written > fresh.due == fresh.returned
    assert fresh.beyond == ()


def test_a_restore_that_ignores_its_time_is_caught(at: Desk) -> None:
    recovery(at).faults.add(TableFault.IGNORES_TIME)
    measured = run(at, **DAMAGE)
    assert held(measured, FRESH) is False
    assert "written after the time that was restored to" in broken(measured)[FRESH]


def test_missing_items_are_caught(at: Desk) -> None:
    recovery(at).faults.add(TableFault.LOSES_ITEMS)
    measured = run(at)
    assert "items, expected 20" in broken(measured)[ITEMS]


def test_a_copy_without_items_is_caught(at: Desk) -> None:
    recovery(at).faults.add(TableFault.EMPTY)
    measured = run(at)
    assert measured.came_back is False
    assert held(measured, "the table did not come back empty") is False
    assert held(measured, FRESH) is False
    assert measured.freshness is not None
    assert measured.freshness.loss is None


def test_altered_items_and_forged_canaries_are_caught(at: Desk) -> None:
    recovery(at).faults.add(TableFault.ALTERS_ITEMS)
    measured = run(at)
    assert broken(measured)[ITEMS] == "other content"
    assert measured.freshness is not None
    assert measured.freshness.returned == 0
    assert measured.came_back is False


def test_a_missing_index_is_caught(at: Desk) -> None:
    recovery(at).faults.add(TableFault.LOSES_INDEXES)
    measured = run(at)
    assert broken(measured)["every index came back"] == "missing: by-country"


def test_a_restore_that_never_ends_is_inconclusive(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drills.stage.stage.GOING", timedelta(seconds=20))
    recovery(at).faults.add(TableFault.HANGS)
    measured = run(at, longest="20s")
    assert measured.why == "the restore of customers: not within 20 seconds"
    assert measured.came_back is None
    (left,) = measured.left_behind or ()
    assert left.startswith("dynamodb:table bkpdrill-")
    assert len(at.left()) == 1


def test_a_table_that_is_still_being_made_is_removed_as_soon_as_it_can_be(at: Desk) -> None:
    recovery(at).creating = timedelta(seconds=40)
    measured = run(at, longest="5s")
    assert measured.why == "the restore of customers: not within 5 seconds"
    assert measured.left_behind == ()
    assert at.left() == []
    assert at.client("dynamodb").list_tables()["TableNames"] == ["customers"]


def test_a_table_without_recovery_brings_nothing_back(at: Desk) -> None:
    off = {"PointInTimeRecoveryEnabled": False}
    at.client("dynamodb").update_continuous_backups(TableName="customers", PointInTimeRecoverySpecification=off)
    measured = run(at)
    assert measured.came_back is False
    assert broken(measured) == {"the restore brings something back": "it has no backup that could be restored"}
    assert measured.timeline.recovery_time is None
    assert not [item for item in items(at) if RUN in item]


def test_without_canaries_nothing_is_said_of_the_loss(at: Desk) -> None:
    measured = at.run(DRILL, at.subject("table", "customers"))
    assert measured.freshness is None
    assert not [check for check in measured.checks if check.about == "freshness"]
    assert held(measured, ITEMS) is True


def test_a_source_that_somebody_writes_to_is_only_counted(at: Desk) -> None:
    desk_client = at.client("dynamodb")
    tell: list[str] = []

    class Meddling:
        """A port through which somebody else writes after the restore was asked for."""

        def pages(self, service: str, operation: str, region: str, parameters: Any) -> Any:
            found = list(inner.pages(service, operation, region, parameters))
            if operation == "RestoreTableToPointInTime" and not tell:
                tell.append(operation)
                desk_client.put_item(TableName="customers", Item={"id": {"S": "late"}, "since": {"N": "1"}})
            yield from found

    inner = at.target.port
    vars(at.target)["_port"] = Meddling()
    measured = run(at)
    (found,) = [check for check in measured.checks if check.name == "as many items came back as there were"]
    assert (found.held, found.detail) == (True, "20 items, of a source that is written to and had 20 to 21")


def test_a_table_that_is_not_there_is_inconclusive(at: Desk) -> None:
    measured = at.run(DRILL, at.subject("table", "nowhere"))
    assert measured.why == "there is no table nowhere in eu-west-1"
    assert measured.checks == []


def test_no_canary_takes_the_place_of_somebodys_item(at: Desk) -> None:
    from drills.measuring.canaries import Mint
    from drills.sources.tables import TableWell
    from drills.stage.port import Calls
    from scanner.collect.port import CallFailed
    from tests.drills.emulated import ACCOUNT, HERE

    client = at.client("dynamodb")
    table = client.describe_table(TableName="customers")["Table"]
    well = TableWell(Calls(at.target.port, ACCOUNT, HERE), table, "r")
    key = {"id": {"S": "bkpdrill-r-1"}, "since": {"N": str(-(10**30) + 1)}}
    client.put_item(TableName="customers", Item={**key, "name": {"S": "somebody"}})
    with pytest.raises(CallFailed, match="ConditionalCheckFailedException"):
        well.write(Mint("r", "s").make(1, at.clock.now()))
    well.forget()
    assert client.get_item(TableName="customers", Key=key)["Item"]["name"] == {"S": "somebody"}
