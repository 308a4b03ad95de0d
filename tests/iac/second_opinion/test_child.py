"""The checkov of the machine is run without a way out, and whatever becomes of it is told; silence is no pass."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from scanner.iac.second_opinion import child
from tests.iac.second_opinion.test_results import FILE, report, row

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")


class Stand:
    """A stand-in for checkov: a script that does what it is told."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.code = directory / "code"
        self.code.mkdir()
        (self.code / "main.tf").write_text("")

    def does(self, script: str) -> dict[str, str]:
        program = self.directory / "checkov"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return {
            "PATH": os.environ["PATH"],
            "BACKUP_SCAN_CHECKOV": str(program),
            "AWS_SECRET_ACCESS_KEY": "s3cr3t",
            "HOME": "/root",
        }


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path)


def ask(stand: Stand, script: str, *, timeout: float = 20.0, frameworks: tuple[str, ...] = ("terraform",)):  # type: ignore[no-untyped-def]
    return child.ask([stand.code], stand.does(script), frameworks=frameworks, timeout=timeout)


def test_its_answer_is_read_whatever_it_found(stand: Stand) -> None:
    for code in (0, 1):
        results = ask(stand, f"cat {FILE}; exit {code}")
        assert len(results.rows) == 66
        assert results.version == "3.3.30"
        assert not results.trouble
    assert results.source.endswith("/checkov")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'TypeError: unhashable' >&2; exit 2", "(terraform) ended with exit code 2"),
        ("exit 0", "is empty: checkov wrote nothing"),
        ("echo 'not json'; exit 1", "is no JSON"),
        ("echo '{\"a\": 1}'", "is not what checkov writes"),
        ("kill -9 $$", "ended with exit code -9"),
        ("head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 2", "exit code 2"),
    ],
)
def test_no_answer_is_told_and_nothing_passes(stand: Stand, script: str, said: str) -> None:
    results = ask(stand, script)
    assert results.rows == ()
    assert said in results.trouble
    assert len(results.trouble) < 1000


def test_a_crash_in_one_framework_leaves_the_other(stand: Stand) -> None:
    script = f'case "$*" in *cloudformation*) echo boom >&2; exit 2;; esac; cat {FILE}; exit 1'
    results = ask(stand, script, frameworks=child.FRAMEWORKS)
    assert len(results.rows) == 66
    assert "checkov (cloudformation) ended with exit code 2" in results.trouble
    assert "boom" in results.trouble


def test_it_is_stopped_with_all_it_started(stand: Stand) -> None:
    mark = stand.directory / "alive"
    results = ask(stand, f"(sleep 3; touch {mark}) & sleep 30", timeout=0.5)
    assert "had not answered" in results.trouble
    assert "0.5 seconds" in results.trouble
    time.sleep(3)
    assert not mark.exists()


def test_it_sees_no_credentials_no_way_out_and_no_home(stand: Stand) -> None:
    seen = stand.directory / "env"
    ask(stand, f"env > {seen}; pwd >> {seen}; cat {FILE}")
    text = seen.read_text()
    assert "s3cr3t" not in text
    assert "HOME=/root\n" not in text
    assert "HTTPS_PROXY=http://127.0.0.1:9" in text
    assert str(Path.cwd()) + "\n" not in text.splitlines()[-1:]


def test_the_codes_own_configuration_of_checkov_is_not_read(stand: Stand) -> None:
    # It can name Python code to run; checkov looks for it after a `-d` or `--directory` of its own only.
    seen = stand.directory / "args"
    ask(stand, f'printf "%s\\n" "$@" > {seen}; cat {FILE}')
    words = seen.read_text().split("\n")
    assert f"--directory={stand.code}" in words
    assert not {"-d", "--directory"} & set(words)
    assert "--skip-download" in words
    assert "--quiet" not in words


def test_a_plan_is_read_as_a_plan(stand: Stand) -> None:
    plan = stand.directory / "plan.json"
    plan.write_text('{"format_version": "1.2", "terraform_version": "1.11.4"}')
    seen = stand.directory / "args"
    child.ask([plan], stand.does(f'printf "%s\\n" "$@" >> {seen}; cat {FILE}'))
    words = seen.read_text().split("\n")
    assert f"--file={plan}" in words
    assert words.count("terraform_plan") == 1
    assert "cloudformation" not in words


def test_checks_that_crash_are_named(stand: Stand) -> None:
    script = f"""for n in 1 2 3 4 5 6 7; do echo "x [ERROR]  Failed to run check CKV_AWS_360 on /main.tf:aws_docdb_cluster.c$n" >&2; done
cat {FILE}"""
    (note,) = ask(stand, script).notes
    assert note.startswith(
        "7 checks crashed in checkov and are in no result: CKV_AWS_360 on /main.tf:aws_docdb_cluster.c1"
    )
    assert note.endswith("and 2 more")


def test_without_checkov_it_says_how_to_get_it(tmp_path: Path) -> None:
    results = child.ask([tmp_path], {"PATH": str(tmp_path)})
    assert "no `checkov` is on the path" in results.trouble
    named = child.ask([tmp_path], {"PATH": str(tmp_path), "BACKUP_SCAN_CHECKOV": "/no/such"})
    assert "BACKUP_SCAN_CHECKOV names /no/such, which cannot be run" in named.trouble


def test_several_paths_are_asked_one_by_one(stand: Stand) -> None:
    answer = stand.directory / "answer.json"
    answer.write_text(json.dumps(report(passed_checks=[row()])))
    results = child.ask([stand.code, stand.code / "main.tf"], stand.does(f"cat {answer}"), frameworks=("terraform",))
    assert len(results.rows) == 2


def test_the_real_one_where_it_is_named() -> None:
    if "BACKUP_SCAN_CHECKOV" not in os.environ:
        pytest.skip("BACKUP_SCAN_CHECKOV names no checkov")
    results = child.ask([Path(__file__).parent / "infra"], {**os.environ, "PATH": os.environ["PATH"]}, timeout=100)
    assert not results.trouble
    assert {(one.check, one.result, one.resource) for one in results.rows} >= {
        ("CKV_AWS_133", "passed", "aws_db_instance.off"), ("CKV_AWS_28", "failed", "AWS::DynamoDB::Table.Orders"),
    }  # fmt: skip
    assert any("CKV_AWS_360" in note for note in results.notes)
