"""Nothing outlives the emulator: a small process waits for its end, however it comes, and clears up.

It reads from a pipe that only this process holds. The pipe closes when this process is done, and also when it is
killed by a signal that nobody can catch; then the servers in the folder are told to stop and the folder goes.
"""

import subprocess
from pathlib import Path

# A number of a process may have been given away again: only one that works in the very folder is meant.
_SCRIPT = r"""
read -r _
for data in "$1"/*/data; do
  [ -f "$data/postmaster.pid" ] || continue
  read -r process < "$data/postmaster.pid"
  here=$(readlink "/proc/$process/cwd" 2>/dev/null || echo "$data")
  [ "$here" = "$data" ] && kill -QUIT "$process" 2>/dev/null
done
rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }
"""


class Watchdog:
    """Watches over a folder of servers."""

    def __init__(self, root: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", _SCRIPT, "emulated-rds-watchdog", str(root)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            start_new_session=True,
        )  # fmt: skip

    def release(self) -> None:
        """Let it clear up now, and wait until it has."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
