"""A table comes back from its newest backup, or from one that the drill takes."""

from datetime import timedelta

from tests.drills.emulated import Desk, broken, held

DRILL = "table-backup-restore"


def test_the_newest_backup_comes_back_and_tells_its_age(at: Desk) -> None:
    client = at.client("dynamodb")
    client.create_backup(TableName="customers", BackupName="first")
    client.put_item(TableName="customers", Item={"id": {"S": "more"}, "since": {"N": "1"}})
    client.create_backup(TableName="customers", BackupName="second")
    measured = at.run(DRILL, at.subject("table", "customers", canaries=timedelta(milliseconds=100)))
    assert (measured.why, measured.came_back, broken(measured)) == ("", True, {})
    assert measured.shown["items"] == 21
    assert measured.shown["estimated_data_loss_seconds"] >= 0
    assert held(measured, "what was written last is in the copy") is None
    # No canary can be in a backup that was taken before: nothing is measured of the loss.
    assert measured.freshness is None
    assert measured.left_behind == ()


def test_canaries_come_back_from_a_backup_of_the_drill(at: Desk) -> None:
    subject = at.subject("table", "customers", canaries=timedelta(milliseconds=100))
    measured = at.run(DRILL, subject, {"takes_backup": True})
    assert (measured.why, broken(measured)) == ("", {})
    assert measured.freshness is not None
    assert measured.freshness.returned >= 1
    assert measured.left_behind == ()
    assert at.client("dynamodb").list_backups()["BackupSummaries"] == []
    assert at.left() == []


def test_a_table_without_a_backup_brings_nothing_back(at: Desk) -> None:
    measured = at.run(DRILL, at.subject("table", "customers"))
    assert measured.came_back is False
    assert broken(measured) == {"the restore brings something back": "it has no backup that could be restored"}


def test_fewer_items_than_there_must_be_are_told(at: Desk) -> None:
    at.client("dynamodb").create_backup(TableName="customers", BackupName="first")
    measured = at.run(DRILL, at.subject("table", "customers"), {"at_least": 21})
    assert held(measured, "at least 21 items came back") is False
