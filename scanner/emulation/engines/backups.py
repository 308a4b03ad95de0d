"""Base backups: taken from a living server into S3, and brought back out of it onto a new volume."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from scanner.emulation.engines.administration import ADMINISTRATOR
from scanner.emulation.engines.history import SEGMENT_SIZE, Base
from scanner.emulation.engines.programs import EngineFailed, Programs
from scanner.emulation.engines.server import Server
from scanner.emulation.engines.storage import Storage

_ARCHIVE, _MANIFEST = "base.tar.gz", "backup_manifest"


def take(server: Server, storage: Storage, prefix: str, clock: Callable[[], datetime] | None = None) -> Base:
    """Take a base backup that stands alone: it holds what of the log it needs. A clock dates it, else its real end does."""
    folder = server.programs.folder(server.home / f"backup-{prefix.rpartition('/')[2]}")
    try:
        server.programs.run(
            ["pg_basebackup", "-h", "127.0.0.1", "-p", str(server.port), "-U", ADMINISTRATOR, "-D", folder,
             "-Ft", "-X", "fetch", "-c", "fast", "--compress=client-gzip:1", "--no-sync"],
            secret=server.password,
        )  # fmt: skip
        ended = (clock or _wall_clock)()
        manifest = (folder / _MANIFEST).read_bytes()
        storage.put(f"{prefix}/{_ARCHIVE}", (folder / _ARCHIVE).read_bytes())
        storage.put(f"{prefix}/{_MANIFEST}", manifest)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Base(prefix, ended, _covered(json.loads(manifest)))


def _wall_clock() -> datetime:
    return datetime.now(UTC)


def _covered(manifest: dict[str, list[dict[str, object]]]) -> str:
    """The last segment that is within a backup."""
    last = manifest["WAL-Ranges"][-1]
    high, _, low = str(last["End-LSN"]).partition("/")
    number = ((int(high, 16) << 32) + int(low, 16) - 1) // SEGMENT_SIZE
    per_file = 0x100000000 // SEGMENT_SIZE
    return f"{int(str(last['Timeline'])):08X}{number // per_file:08X}{number % per_file:08X}"


def unpack(programs: Programs, storage: Storage, base: Base, server: Server) -> None:
    """Bring a base backup onto a server's volume, and check every file of it against the manifest."""
    packed = storage.get(f"{base.prefix}/{_ARCHIVE}")
    manifest = storage.get(f"{base.prefix}/{_MANIFEST}")
    if packed is None or manifest is None:
        raise EngineFailed("the base backup is not where it was put")
    programs.folder(server.data)
    file = programs.write(server.home / _ARCHIVE, packed)
    try:
        programs.run(["tar", "-xzf", file, "-C", server.data])
    finally:
        file.unlink()
    server.data.chmod(0o700)
    programs.write(server.data / _MANIFEST, manifest)
    programs.run(["pg_verifybackup", "--no-parse-wal", "--quiet", server.data])


def place(programs: Programs, folder: Path, name: str, content: bytes) -> None:
    """Lay a segment of the log where the restore command finds it."""
    programs.folder(folder)
    programs.write(folder / name, content)


__all__ = ["place", "take", "unpack"]
