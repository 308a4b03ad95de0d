"""Peers: other judges of code, each installed in an environment of its own, for the bench only.

Their pins exclude each other and ours. The environments are kept in the user's cache directory; `BENCH_CHECKOV` and
`BENCH_C7N_LEFT` name programs that are there already, and `BENCH_PEERS=no` leaves them out.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

#: By program: the package, and the versions that the figures in the documentation are of.
_PACKAGES = {"checkov": "checkov==3.3.30", "c7n-left": "c7n-left==0.3.39"}
_PATIENCE = 600


def program(name: str) -> Path | None:
    """Give the path of a peer, installed where it is not there yet; say why where it cannot be had."""
    named = os.environ.get(f"BENCH_{name.upper().replace('-', '_')}")
    if named:
        return Path(named)
    if os.environ.get("BENCH_PEERS") == "no":
        return None
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "backup-scan-bench" / name
    found = cache / "bin" / name
    if found.exists():
        return found
    print(f"installing {name} for the bench in {cache}", flush=True)
    try:
        for command in (
            [sys.executable, "-m", "venv", str(cache)],
            [
                str(cache / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                _PACKAGES[name],
            ],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=_PATIENCE)
    except subprocess.CalledProcessError as error:
        print(f"{name} is left out: it cannot be installed ({(error.stderr.strip().splitlines() or [error])[-1]})")
        return None
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{name} is left out: it cannot be installed ({error})")
        return None
    return found
