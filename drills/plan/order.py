"""The order in which systems come back: what another needs comes before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from scanner.model.errors import BackupScanError

Depends = Mapping[str, Collection[str]]


class CyclicDependency(BackupScanError):
    """Systems need each other in a ring, so none of them can come back first."""

    def __init__(self, ring: tuple[str, ...]) -> None:
        self.ring = ring
        super().__init__(
            f"found a ring of dependencies: {' needs '.join(ring)}",
            hint="take one depends_on of the ring out of the configuration: one of them must be able to start alone",
        )


def needs(systems: Iterable[str], depends_on: Depends) -> dict[str, tuple[str, ...]]:
    """Give for each system those of the others that it waits for; raise `CyclicDependency`.

    What is not recovered itself passes its own needs on: of a web shop that needs a cache that needs a database, the shop
    waits for the database where the cache is not drilled.
    """
    chosen = dict.fromkeys(systems)
    for system in chosen:
        _refuse_ring(system, depends_on)
    return {system: tuple(dict.fromkeys(_nearest(system, depends_on, chosen))) for system in chosen}


def waves(systems: Iterable[str], depends_on: Depends) -> tuple[tuple[str, ...], ...]:
    """Give the systems in the order in which they come back, those side by side that need nothing of each other."""
    waiting = needs(systems, depends_on)
    found: list[tuple[str, ...]] = []
    back: set[str] = set()
    while waiting:
        wave = tuple(system for system, needed in waiting.items() if back.issuperset(needed))
        found.append(wave)
        back.update(wave)
        waiting = {system: needed for system, needed in waiting.items() if system not in back}
    return tuple(found)


def _nearest(system: str, depends_on: Depends, chosen: Collection[str]) -> Iterator[str]:
    for needed in depends_on.get(system, ()):
        if needed in chosen:
            yield needed
        else:
            yield from _nearest(needed, depends_on, chosen)


def _refuse_ring(system: str, depends_on: Depends) -> None:
    done: set[str] = set()
    path: list[str] = []

    def visit(one: str) -> None:
        if one in path:
            raise CyclicDependency((*path[path.index(one) :], one))
        if one in done:
            return
        path.append(one)
        for needed in depends_on.get(one, ()):
            visit(needed)
        done.add(path.pop())

    visit(system)
