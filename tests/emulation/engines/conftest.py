"""Real servers, shared by the tests of a file; every answer about them is held to botocore's shapes."""

from collections.abc import Iterator
from typing import Any

import pytest

from scanner.emulation import Emulator, application
from scanner.emulation.engines import Engines, installed, timeout
from tests.emulation.shapes import departures


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "emulation/engines" in item.path.as_posix():
            # The tests of a file share their servers, and go on where the one before left them.
            item.add_marker(pytest.mark.xdist_group(item.path.name))
            if installed() is None:
                item.add_marker(pytest.mark.skip(reason="no PostgreSQL is installed"))


@pytest.fixture(scope="module", autouse=True)
def shapes() -> Iterator[None]:
    wrong: list[str] = []
    write = vars(application)["write"]

    def witnessed(answer: dict[str, Any], intent: Any, request_id: str) -> Any:
        if intent.service == "rds":
            wrong.extend(f"{intent.operation}{each}" for each in departures(answer, intent.model.output_shape))
        return write(answer, intent, request_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(application, "write", witnessed)
        yield
    assert not wrong


@pytest.fixture(scope="module")
def engines() -> Engines:
    return Engines(timeout(1))


@pytest.fixture(scope="module")
def aws(engines: Engines) -> Iterator[Emulator]:
    with Emulator(engines=engines) as emulator:
        yield emulator
