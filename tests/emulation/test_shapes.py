"""Our answers have botocore's shape, all of them."""

from typing import Any

import pytest

from scanner.emulation import Emulator
from tests.emulation.everything import call_everything
from tests.emulation.shapes import departures


def test_every_answer_of_ours_is_called_and_has_botocores_shape(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.emulation import application

    wrong: list[str] = []
    called: set[tuple[str, str]] = set()
    write = vars(application)["write"]

    def witnessed(answer: dict[str, Any], intent: Any, request_id: str) -> Any:
        called.add((intent.service, intent.operation))
        wrong.extend(
            f"{intent.service}:{intent.operation}{each}" for each in departures(answer, intent.model.output_shape)
        )
        return write(answer, intent, request_id)

    monkeypatch.setattr(application, "write", witnessed)
    call_everything(aws)
    assert not wrong
    assert set(application.ANSWERS) - called == set()


def test_every_answer_names_an_operation_that_exists() -> None:
    from scanner.emulation.application import ANSWERS
    from scanner.emulation.wire import get_service_model

    assert [
        f"{service}:{name}" for service, name in ANSWERS if name not in get_service_model(service).operation_names
    ] == []


def test_a_departure_is_noticed() -> None:
    from scanner.emulation.wire import get_service_model

    shape = get_service_model("backup").operation_model("ListBackupVaults").output_shape
    assert list(departures({"BackupVaultList": [{"BackupVaultName": 5, "Colour": "red"}]}, shape)) == [
        ".BackupVaultList[0].Colour: not in the shape BackupVaultListMember",
        ".BackupVaultList[0].BackupVaultName: string is expected, 5 given",
    ]
