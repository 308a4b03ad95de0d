"""What drills of database instances share: canaries before the loss, and the checks of the copy after it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from drills.databases.postgres import ENGINES, Address, PostgresWell, connected
from drills.kinds.drill import SingleDrill
from drills.measuring.canaries import SHARE_OF_RPO, Mint, weigh
from drills.measuring.clock import Mark
from drills.measuring.writer import Writer, written_until
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive
from drills.verification.configuration import check_configuration, instance_settings
from drills.verification.integrity import check_integrity, content
from drills.verification.queries import fits
from scanner.model.duration import parse_duration, speak

if TYPE_CHECKING:
    import psycopg

#: How long a restore may take before a drill gives it up, unless the plan or the RTO says otherwise.
LONGEST = timedelta(hours=6)
#: States of an instance from which it does not come up by itself (RDS user guide, "Viewing DB instance status").
DEAD = ("failed", "incompatible-restore", "incompatible-network", "incompatible-parameters", "incompatible-option-group",
        "inaccessible-encryption-credentials", "restore-error", "storage-full")  # fmt: skip
DURATION: dict[str, Any] = {"type": "string", "pattern": r"^(?=\d)(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"}


class RestoredInstance(SingleDrill):
    """A drill that restores a database instance of RDS."""

    on: ClassVar[tuple[str, ...]] = ("database",)
    reads: ClassVar[tuple[str, ...]] = ("rds:DescribeDBInstances", "secretsmanager:GetSecretValue")
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {"warm_up": DURATION, "longest": DURATION, "poll": DURATION},
    }

    @abstractmethod
    def restorable(self, scene: Scene) -> datetime | None:
        """Give the newest time that can be restored to by now, as the service says; None where there is none."""

    @abstractmethod
    def request(self, scene: Scene, source: Mapping[str, Any], target: str, restored_to: datetime) -> Made:
        """Ask for the restore of the source to a time, under the name of the target."""

    def before_loss(self, scene: Scene, writer: Writer | None) -> datetime | None:  # noqa: ARG002
        """Give the time that is to be restored to; None for the newest that is restorable when the loss is declared.

        Canaries are being written, and the first of them is restorable already.
        """
        return None

    def run(self, scene: Scene) -> None:
        """Write canaries, declare the loss, restore, log in, and check what came back."""
        source = described(scene, scene.subject.resource)
        if source is None:
            raise Inconclusive(f"there is no database instance {scene.subject.resource} in {scene.stage.region}")
        scene.require(
            source["Engine"] in ENGINES, f"{source['Engine']} is not an engine that a drill can look into yet"
        )
        login = scene.subject.login
        if login is None:
            raise Inconclusive("the plan names no login, so nothing of the copy can be looked at")
        password = scene.target.password(login)
        address = address_of(scene, source)
        with connected(address, password) as connection:
            before = content(connection)
        mint = Mint(scene.stage.run.id, source.get("DbiResourceId", scene.subject.resource))
        writer, restored_to = self._until_loss(scene, address, password, mint)
        scene.show(restored_to=restored_to.isoformat(), source_destroyed=scene.target.lose(scene.subject))
        copy = self._restored(scene, source, restored_to)
        copied = address_of(scene, copy)
        connection_at_last = logged_in(scene, copied, password)
        with connection_at_last as connection:
            scene.mark(Mark.REACHABLE, looked_every=poll(scene))
            if copy.get("DbiResourceId") == source.get("DbiResourceId"):
                raise Inconclusive("the copy has the identity of the source: it is the source")
            if writer is not None:
                self._weigh(scene, writer, mint, PostgresWell(copied, password), restored_to)
            check_integrity(scene, connection, set(before.rows), {})
            check_queries(scene, connection)
        check_configuration(
            scene, instance_settings(source), instance_settings(copy), given=planned(scene.subject.restore_with)
        )
        if scene.measured.came_back is None:
            scene.measured.came_back = True
        scene.mark(Mark.VALIDATED)

    def _until_loss(self, scene: Scene, address: Address, password: str, mint: Mint) -> tuple[Writer | None, datetime]:
        """Write canaries until the loss is declared; give their writer, stopped, and the time to restore to."""
        every = scene.subject.canaries
        writer = None
        if every is not None:
            writer = Writer(
                PostgresWell(address, password), mint, scene.clock, _often_enough(every, scene.demanded.rpo)
            )
        try:
            if writer is not None:
                scene.phase("writing canaries")
                writer.start()
                longest = lasting(scene, "warm_up", timedelta(minutes=15))
                if not written_until(writer, lambda: self.restorable(scene), scene.clock, longest):
                    raise Inconclusive(f"nothing that was written could be restored within {speak(longest)}")
            wanted = self.before_loss(scene, writer)
            # Asked just before the loss: what the service captures afterwards, a lost one would not have captured.
            newest = self.restorable(scene)
        finally:
            if writer is not None:
                writer.stop()
        scene.mark(Mark.LOST)
        if newest is None:
            raise scene.nothing_came_back("it has no backup that could be restored")
        return writer, min(wanted, newest) if wanted is not None else newest

    def _restored(self, scene: Scene, source: Mapping[str, Any], restored_to: datetime) -> Mapping[str, Any]:
        """Ask for the restore, and wait until the service says available."""
        name = scene.stage.run.name(scene.subject.name)
        made = self.request(scene, source, name, restored_to)
        scene.phase("the service restores")

        def up() -> Mapping[str, Any] | None:
            one = described(scene, made.id)
            if one is not None and one["DBInstanceStatus"] in DEAD:
                raise scene.nothing_came_back(f"the restored instance is {one['DBInstanceStatus']}")
            return one if one is not None and one["DBInstanceStatus"] == "available" else None

        longest = lasting(scene, "longest", max(LONGEST, 2 * (scene.demanded.rto or timedelta())))
        copy = scene.stage.wait(f"the restore of {scene.subject.resource}", up, every=poll(scene), longest=longest)
        scene.mark(Mark.AVAILABLE, looked_every=poll(scene), witness=copy.get("InstanceCreateTime"))
        scene.show(copy=made.id)
        return copy

    def _weigh(self, scene: Scene, writer: Writer, mint: Mint, well: PostgresWell, restored_to: datetime) -> None:
        lost_at = min(scene.timeline.stamps[Mark.LOST].at, self.counted_from(scene, restored_to))
        fresh = weigh(writer.written, well.read(), mint, lost_at, restored_to=restored_to)
        scene.measured.freshness = fresh
        if fresh.nothing_came_back:
            scene.measured.came_back = False
        told = f"{fresh.returned} of {fresh.written} canaries came back"
        detail = fresh.trouble or told
        scene.check("freshness", "the canaries came back without a gap", held=not fresh.trouble, detail=detail)

    def counted_from(self, scene: Scene, restored_to: datetime) -> datetime:  # noqa: ARG002
        """Give the instant from which a loss counts: T0, where the drill knows no earlier one."""
        return scene.timeline.stamps[Mark.LOST].at


def described(scene: Scene, identifier: str) -> Mapping[str, Any] | None:
    """Describe an instance; None where there is none."""
    answer = scene.stage.calls.unless(
        "DBInstanceNotFound",
        "DBInstanceNotFoundFault",
        operation="rds:DescribeDBInstances",
        DBInstanceIdentifier=identifier,
    )
    found = (answer or {}).get("DBInstances", ())
    return found[0] if found else None


def address_of(scene: Scene, instance: Mapping[str, Any]) -> Address:
    """Give where an instance is and who logs in; raise `Inconclusive` where it has no endpoint."""
    endpoint = instance.get("Endpoint")
    if not endpoint:
        raise Inconclusive(f"{instance['DBInstanceIdentifier']} has no endpoint")
    assert scene.subject.login is not None
    database = scene.subject.database or instance.get("DBName") or "postgres"
    tls = "require" if scene.target.real else "prefer"
    return Address(endpoint["Address"], endpoint["Port"], scene.subject.login.user, database, tls)


@contextmanager
def logged_in(scene: Scene, address: Address, password: str) -> Iterator[psycopg.Connection[Any]]:
    """Log in to a copy that says it is available, as soon as it lets anybody in."""
    import psycopg  # noqa: PLC0415

    def try_it() -> AbstractContextManager[psycopg.Connection[Any]] | None:
        opening = connected(address, password)
        try:
            stack.enter_context(_held(opening, found))
        except psycopg.OperationalError:
            return None
        return opening

    found: list[psycopg.Connection[Any]] = []
    with ExitStack() as stack:
        scene.stage.wait(f"a login to {address.host}", try_it, every=poll(scene), longest=timedelta(minutes=10))
        yield found[0]


@contextmanager
def _held(
    opening: AbstractContextManager[psycopg.Connection[Any]], found: list[psycopg.Connection[Any]]
) -> Iterator[None]:
    with opening as connection:
        found.append(connection)
        yield


def check_queries(scene: Scene, connection: psycopg.Connection[Any]) -> None:
    """Ask the copy the user's own queries."""
    import psycopg  # noqa: PLC0415

    for check in scene.subject.checks:
        if not check.sql:
            continue
        try:
            row = connection.execute(check.sql.encode()).fetchone()
        except psycopg.Error as error:
            scene.check("query", check.name, held=False, detail=type(error).__name__)
            continue
        held, told = fits(check, row[0] if row else None)
        scene.check("query", check.name, held=held, detail=told)


def planned(restore_with: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings that the plan sets for a copy, as `instance_settings` names them."""
    given: dict[str, Any] = {}
    for name, (key, many) in _PLANNED.items():
        if key in restore_with:
            value = restore_with[key]
            given[name] = sorted([value] if isinstance(value, str) else value) if many else value
    return given


#: A setting, what the plan calls it, and whether it is a list.
_PLANNED = {
    "parameter group": ("parameter_group", True),
    "security groups": ("security_groups", True),
    "subnet group": ("subnet_group", False),
    "KmsKeyId": ("kms_key", False),
}


def lasting(scene: Scene, setting: str, default: timedelta) -> timedelta:
    """Give a duration of the drill's settings."""
    return parse_duration(scene.settings[setting]) if setting in scene.settings else default


def poll(scene: Scene) -> timedelta:
    """Give how often to look: a hundredth of the RTO at most, so that the figure is finer than the limit."""
    rto = scene.demanded.rto
    default = min(timedelta(seconds=15), rto / 100) if rto else timedelta(seconds=15)
    return lasting(scene, "poll", default)


def _often_enough(every: timedelta, rpo: timedelta | None) -> timedelta:
    """Give how often canaries are written: as the plan says, and often enough for the RPO."""
    return every if rpo is None else min(every, rpo / SHARE_OF_RPO)
