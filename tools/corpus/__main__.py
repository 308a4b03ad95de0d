"""Run the gate on the corpus and compare with what it found before: `python -m tools.corpus [--update] [NAME ...]`.

A repository is cloned from CORPUS_MIRROR, a directory of `owner+name/repo`, where that is set, and else from its
public home. What cannot be fetched is said, and is no failure; a crash is one, and so is a changed result unless it is
accepted with --update.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
AT = "2026-11-24T12:00:00Z"
#: What may end a run: kept, failed, nothing to judge, unknown.
SOUND = (0, 1, 3, 4)
Row = dict[str, Any]


def fetch(name: str, commit: str, into: Path) -> str:
    """Lay out a commit of a repository; give what went wrong, or nothing."""
    mirror = os.environ.get("CORPUS_MIRROR")
    into.mkdir(parents=True)
    if mirror:
        return _unpack(Path(mirror) / name.replace("/", "+") / "repo", commit, into)
    for command in (
        ["git", "init", "--quiet"],
        ["git", "fetch", "--quiet", "--depth", "1", f"https://github.com/{name}", commit],
        ["git", "-c", "core.longpaths=true", "checkout", "--quiet", "FETCH_HEAD"],
    ):
        done = subprocess.run(command, cwd=into, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "git failed"
    return ""


def _unpack(repository: Path, commit: str, into: Path) -> str:
    """Lay out what a mirror has of a commit: its largest files may be missing."""
    listed = subprocess.run(["git", "-C", repository, "ls-tree", "-r", "-z", commit], capture_output=True, check=False)
    if listed.returncode:
        return f"{repository} has no such commit"
    (into / ".git").mkdir()
    for entry in listed.stdout.split(b"\0"):
        head, _, path = entry.partition(b"\t")
        mode, _, blob = head.decode().partition(" blob ")
        if mode not in ("100644", "100755"):
            continue
        content = subprocess.run(
            ["git", "-C", repository, "cat-file", "blob", blob.strip()], capture_output=True, check=False
        )
        file = into / os.fsdecode(path)
        if content.returncode == 0:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.stdout)
    return ""


def run(directory: Path) -> tuple[Row, list[str]]:
    """Judge a repository; give the counts, and the lines that they are a digest of."""
    command = [
        sys.executable,
        "-c",
        "from scanner.cli.main import main; main()",
        "--iac",
        ".",
        "--format",
        "json",
        "-q",
        "--at",
        AT,
    ]
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=directory, capture_output=True, check=False, timeout=1800)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime
    print(
        f"  exit {done.returncode}, {time.monotonic() - began:.1f} s, {spent:.1f} CPU s, {after.ru_maxrss // 1024} MiB at most"
    )
    row: Row = {"exit": done.returncode}
    if done.returncode not in SOUND:
        sys.stderr.write(done.stderr.decode(errors="replace")[-4000:])
        return row, []
    if not done.stdout:
        return row, []
    document = json.loads(done.stdout)
    lines = sorted(
        f"{one['rule']} {(one.get('declaration') or {}).get('root', '')} {one['resource']['name']} {one['outcome']} {one['because']}"
        for one in document["findings"]
    )
    row |= {key: document["summary"][key] for key in ("failed", "unknown", "passed", "exempt")}
    row["problems"] = len(document.get("problems", []))
    row["crashes"] = len(document["crashes"])
    row["digest"] = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return row, lines


def main() -> int:
    """Run what is asked for; give the exit code."""
    update = "--update" in sys.argv
    keep = Path(os.environ["CORPUS_LINES"]) if "CORPUS_LINES" in os.environ else None
    wanted = [one for one in sys.argv[1:] if not one.startswith("-")]
    known: dict[str, Row] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    changed: list[str] = []
    broken: list[str] = []
    for one in yaml.safe_load((HERE / "repositories.yaml").read_text()):
        name = one["name"]
        if wanted and not any(part in name for part in wanted):
            continue
        print(f"{name} at {one['commit'][:12]}")
        with tempfile.TemporaryDirectory() as directory:
            code = Path(directory) / "code"
            if trouble := fetch(name, one["commit"], code):
                print(f"  not fetched: {trouble}")
                continue
            row, lines = run(code)
        if keep is not None:
            (keep / f"{name.replace('/', '+')}.txt").write_text("\n".join(lines))
        row = {"commit": one["commit"], **row}
        if row["exit"] not in SOUND or row.get("crashes"):
            broken.append(name)
        elif known.get(name) != row:
            changed.append(name)
            print(f"  was {known.get(name)}\n  now {row}")
            known[name] = row
    if update:
        RESULTS.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n")
    print(f"{len(broken)} broken, {len(changed)} changed{' and accepted' if update else ''}")
    return 1 if broken or (changed and not update) else 0


if __name__ == "__main__":
    sys.exit(main())
