"""`python -m scanner.emulation [--port N] [--at TIME] [--empty]` starts the emulator and prints its endpoint."""

import argparse
import signal
import time
from datetime import UTC, datetime
from threading import Event

from scanner.emulation import Emulator
from scanner.emulation.company import CONFIGURATION, settle


def main() -> None:
    """Start it, say how to use it, and stay until interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m scanner.emulation", description="An AWS on the loopback interface, with a company in it."
    )
    parser.add_argument("--port", type=int, default=0, help="the port; left out: a free one")
    parser.add_argument(
        "--at",
        type=datetime.fromisoformat,
        default=None,
        help="the time that it is there, as 2026-11-24T06:00:00+00:00",
    )
    parser.add_argument("--empty", action="store_true", help="an AWS without the company")
    told = parser.parse_args()
    at = told.at or datetime.now(UTC)
    started = time.monotonic()
    with Emulator(port=told.port) as emulator:
        if not told.empty:
            settle(emulator, at if at.tzinfo else at.replace(tzinfo=UTC))
        print(f"export AWS_ENDPOINT_URL={emulator.endpoint}")
        print("export AWS_ACCESS_KEY_ID=AKIAEMULATED AWS_SECRET_ACCESS_KEY=emulated AWS_DEFAULT_REGION=eu-west-1")
        print(f"# ready in {time.monotonic() - started:.1f} s; configuration: {CONFIGURATION}", flush=True)
        over = Event()
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, lambda *_: over.set())
        over.wait()


if __name__ == "__main__":
    main()
