"""Workers, limits, store: every path one row whatever dies, the same bytes however it was run.

The parent is killed at 6 random moments, with PERFXL_LONG=1 at 200.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Self

import pytest

from perfxl import batch, workers
from perfxl.batch import Candidate, Options, check_file, collect, not_since
from perfxl.cli import main
from perfxl.commands.progress import progress_text
from perfxl.commands.watching import whenever_changed
from perfxl.folder import Folder
from perfxl.grid import Workbook
from perfxl.limits import Limits
from perfxl.review import FileReview
from perfxl.review_data import ReviewData
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes
from perfxl.sources import read_workbook
from perfxl.store import Store, StoreUnusable, rules
from perfxl.workers import FORKS, Checked
from tests.extent import LONG

ROOT = Path(__file__).parent.parent
RETURNED = ROOT / "examples" / "returned"
GOOD = RETURNED / "古美路街道办事处-2020.xlsx"

needs_fork = pytest.mark.skipif(not FORKS, reason="the worker's work is replaced, which only a fork inherits")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def packed(scheme: Scheme | None, file: FileReview) -> str:
    return ReviewData(scheme).packed(file).decode("utf-8", "surrogatepass")


def reviews(
    candidates: Sequence[Candidate], options: Options, limits: Limits, store: Store | None = None
) -> Generator[FileReview]:
    """Through workers, as they would be in this process."""
    data = ReviewData(options.scheme)
    for (part,) in Folder(candidates, options, store).parts([partial(packed, options.scheme)], limits):
        yield data.unpacked(part.encode("utf-8", "surrogatepass"))


class Counting(Store):
    """Knows what was checked because it was not known."""

    def __enter__(self) -> Self:
        self.checked: list[str] = []
        return super().__enter__()

    def put(self, ended: Sequence[tuple[Candidate, Checked]]) -> None:
        self.checked += [candidate.path.name for candidate, _ in ended]
        super().put(ended)


def rows(files: Iterator[FileReview]) -> list[tuple[str, str, str]]:
    return [
        (Path(file.path).name, file.status, " ".join(finding.message() for finding in file.file_findings))
        for file in files
    ]


def copies(folder: Path, names: str) -> list[Candidate]:
    for name in names:
        shutil.copy(GOOD, folder / f"{name}.xlsx")
    return collect([folder])


@pytest.fixture
def badly(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Callable[[], object]]], None]:
    """Let a worker do something else first when it comes to a file of that name."""

    def replaced(doings: dict[str, Callable[[], object]]) -> None:
        def read(path: Path, unread: Collection[str]) -> Workbook:
            doings.get(path.stem, lambda: None)()
            return read_workbook(path, unread)

        monkeypatch.setattr(batch, "read_workbook", read)

    return replaced


def hang() -> None:
    while True:
        time.sleep(1)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def eat() -> None:
    bytearray(2**31)


@needs_fork
@pytest.mark.parametrize(("jobs", "in_hand"), [(1, 2), (3, 2), (1, 8)])
def test_g11_bad_files_cost_one_row_each(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    badly: Callable[[dict[str, Callable[[], object]]], None],
    jobs: int,
    in_hand: int,
) -> None:
    """Also with as many files in a worker's hands as in a large folder, where this process rests between answers."""
    monkeypatch.setattr(workers, "_FEWEST", in_hand)
    monkeypatch.setattr(workers, "_WAITING", in_hand)
    badly({"b": hang, "d": die, "e": eat, "g": lambda: os._exit(0)})
    start = time.monotonic()
    assert rows(reviews(copies(tmp_path, "abcdefgh"), Options(), Limits(jobs, seconds=1))) == [
        ("a.xlsx", "returned", ""),
        ("b.xlsx", "unreadable", "文件超出读取限度：检查用时不超过 1 秒"),
        ("c.xlsx", "returned", ""),
        ("d.xlsx", "unreadable", "perfxl 检查这个文件时出错：检查进程意外终止（-9）"),
        ("e.xlsx", "unreadable", "文件超出读取限度：检查时占用的内存不超过限度"),
        ("f.xlsx", "returned", ""),
        ("g.xlsx", "unreadable", "perfxl 检查这个文件时出错：检查进程意外终止（0）"),
        ("h.xlsx", "returned", ""),
    ]
    assert time.monotonic() - start < 5


@needs_fork
def test_a_worker_killed_from_outside_costs_nothing(
    tmp_path: Path, badly: Callable[[dict[str, Callable[[], object]]], None]
) -> None:
    once = tmp_path.parent / f"{tmp_path.name}-once"

    def die_once() -> None:
        if not once.exists():
            once.touch()
            die()

    badly({"b": die_once})
    files = reviews(copies(tmp_path, "abc"), Options(), Limits(2))
    assert [status for _, status, _ in rows(files)] == ["returned"] * 3
    assert once.exists()


def test_few_files_wait_in_a_worker_when_few_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(120):
        (tmp_path / f"{number:03}.txt").touch()
    asked: list[tuple[int, int]] = []
    ask = workers._Worker.ask

    def counted(worker: workers._Worker, places: Sequence[int]) -> None:
        ask(worker, places)
        asked.append((places[-1], len(worker.places)))

    monkeypatch.setattr(workers._Worker, "ask", counted)
    assert len(list(reviews(collect([tmp_path]), Options(), Limits(2)))) == 120
    assert max(waiting for _, waiting in asked) == 120 // 8
    assert {waiting for last, waiting in asked if last >= 120 - 8} <= {1, 2}


@linux
def test_no_worker_outlives_the_run(tmp_path: Path) -> None:
    before = _children()
    files = reviews(copies(tmp_path, "abcdef"), Options(), Limits(2))
    next(files)
    started = _children() - before
    files.close()
    assert len(started) == 2
    assert not _children() & started


def _children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


def test_workers_that_are_no_forks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FORKS", False)
    candidates = copies(tmp_path, "abc")
    options = Options(scheme=builtin_schemes()["shanghai/2020"])
    assert list(reviews(candidates, options, Limits(2))) == [check_file(c, options) for c in candidates]


@pytest.mark.acceptance
def test_the_same_for_any_number_of_workers() -> None:
    candidates = collect([RETURNED])
    expected = [check_file(candidate, Options()) for candidate in candidates]
    for jobs in (1, 8):
        assert list(reviews(candidates, Options(), Limits(jobs))) == expected
    mixed = random.Random(7).sample(candidates, len(candidates))
    by_path = {file.path: file for file in expected}
    assert list(reviews(mixed, Options(), Limits(3))) == [by_path[c.shown] for c in mixed]


def test_g07_reports_are_the_same_bytes(tmp_path: Path) -> None:
    """For 1 and 8 workers, paths in any order, and a second run from the store."""
    paths = [str(path) for path in sorted(RETURNED.iterdir())]
    mixed = random.Random(11).sample(paths, len(paths))
    expected: dict[str, bytes] = {}
    for out, jobs, given in [("a", "1", paths), ("b", "8", paths), ("c", "3", mixed), ("c", "1", paths)]:
        folder = tmp_path / out
        report = ("--report", str(folder / "report"), "--output", str(folder / "all.json"), "--format", "json")
        assert main(["check", *given, *report, "--jobs", jobs]) == 1
        expected = expected or written(folder)
        assert written(folder) == expected


def test_what_is_known_is_not_checked_again(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    candidates = copies(folder, "abc")
    options = Options()
    with Store(tmp_path / "r.db", rules(options)) as store:
        first = list(reviews(candidates, options, Limits(2), store))
    shutil.copy(RETURNED / "临沧市人民政府办公室-2021.xlsx", folder / "b.xlsx")
    os.utime(folder / "c.xlsx", (0, 0))
    candidates = copies(folder, "d")
    with Counting(tmp_path / "r.db", rules(options)) as store:
        second = list(reviews(candidates, options, Limits(2), store))
    assert sorted(store.checked) == ["b.xlsx", "d.xlsx"]
    assert second == [check_file(candidate, options) for candidate in candidates]
    assert (second[0], second[2]) == (first[0], first[2])


def test_other_rules_check_again(tmp_path: Path) -> None:
    candidates = copies(tmp_path, "ab")
    db = tmp_path / "r.db"
    for options, to_check in [
        (Options(), 2),
        (Options(), 0),
        (Options(suspended=frozenset({"T101"})), 2),
        (Options(suspended=frozenset({"T101"})), 0),
    ]:
        with Counting(db, rules(options)) as store:
            assert list(reviews(candidates, options, Limits(1), store)) == [check_file(c, options) for c in candidates]
        assert len(store.checked) == to_check


def test_a_row_that_cannot_be_used_is_checked_again(tmp_path: Path) -> None:
    candidates = copies(tmp_path, "abc")
    expected = [check_file(candidate, Options()) for candidate in candidates]
    with Store(tmp_path / "r.db", rules(Options())) as store:
        list(reviews(candidates, Options(), Limits(1), store))
    with sqlite3.connect(tmp_path / "r.db") as database:
        database.execute("UPDATE files SET review = substr(review, 1, 100) WHERE path LIKE '%b.xlsx'")
        database.execute("UPDATE files SET review = 'text' WHERE path LIKE '%c.xlsx'")
    database.close()
    with Store(tmp_path / "r.db", rules(Options())) as store:
        assert list(reviews(candidates, Options(), Limits(1), store)) == expected


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be one" * 9, b"PK\x03\x04"])
def test_another_file_is_no_store(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "r.db").write_bytes(content)
    with pytest.raises(StoreUnusable):
        Store(tmp_path / "r.db", b"")
    assert (tmp_path / "r.db").read_bytes() == content


def test_a_foreign_trigger_is_no_store(tmp_path: Path) -> None:
    Store(tmp_path / "r.db", b"").__exit__(None, None, None)
    with sqlite3.connect(tmp_path / "r.db") as database:
        database.execute("CREATE TRIGGER t AFTER INSERT ON files BEGIN DELETE FROM files; END")
    database.close()
    with pytest.raises(StoreUnusable, match="不是 perfxl 的结果库"):
        Store(tmp_path / "r.db", b"")


def test_a_foreign_database_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(tmp_path / "r.db") as database:
        database.execute("CREATE TABLE accounts (name TEXT)")
    database.close()
    before = (tmp_path / "r.db").read_bytes()
    assert main(["check", str(GOOD), "--db", str(tmp_path / "r.db")]) == 2
    assert "不是 perfxl 的结果库" in capsys.readouterr().err
    assert (tmp_path / "r.db").read_bytes() == before


def test_the_store_inside_the_folder_has_no_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copies(tmp_path, "a")
    (tmp_path / "r.db-wal").touch()
    for _ in range(2):
        main(["check", str(tmp_path), "--db", str(tmp_path / "r.db"), "--format", "jsonl"])
        lines = capsys.readouterr().out.splitlines()
        assert [Path(json.loads(line)["path"]).name for line in lines] == ["a.xlsx"]


def test_since(tmp_path: Path) -> None:
    candidates = copies(tmp_path, "ab")
    os.utime(tmp_path / "a.xlsx", (0, 0))
    skipped = [(c.path.name, c.skipped) for c in not_since(candidates, datetime(2021, 3, 1))]  # noqa: DTZ001 -- local
    said = "2021-03-01 00:00 以后没有修改", "not changed since 2021-03-01 00:00"
    assert skipped == [("a.xlsx", said), ("b.xlsx", None)]


class Ended(Exception):
    pass


def test_watching_waits_until_a_file_is_complete(tmp_path: Path) -> None:
    looks = iter([{"a": b"1"}, {"a": b"1"}, {"a": b"1", "b": b"1"}, {"a": b"1", "b": b"12"}, {"a": b"1", "b": b"12"}])
    acted: list[list[str]] = []

    def candidates() -> list[Candidate]:
        try:
            look = next(looks)
        except StopIteration:
            raise Ended from None
        for name, content in look.items():
            path = tmp_path / name
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)
        return [Candidate(str(tmp_path / name)) for name in look]

    with pytest.raises(Ended):
        whenever_changed(
            candidates, lambda: acted.append([path.read_text() for path in sorted(tmp_path.iterdir())]), every=0
        )
    assert acted == [["1"], ["1", "12"]]


def test_progress() -> None:
    assert progress_text(120, 1000, 120, 2) == "已检查 120/1000，每秒 60 个，约剩 15 秒"
    assert progress_text(5120, 15000, 120, 2) == "已检查 5120/15000，每秒 60 个，约剩 2 分 45 秒"
    assert progress_text(1, 1000, 1, 0.2) == "已检查 1/1000"
    assert progress_text(5120, 15000, 120, 2, "en") == "checked 5120/15000, 60 a second, 2 min 45 s left"


def command(folder: Path, out: Path) -> list[str]:
    out.mkdir(exist_ok=True)
    report = [*("--report", str(out / "report")), *("--output", str(out / "all.json")), *("--format", "json")]
    return [sys.executable, "-m", "perfxl", "check", str(folder), *report, *("--jobs", "2"), "--exit-zero"]


def run(folder: Path, out: Path) -> float:
    """Seconds that a run to the end takes."""
    start = time.monotonic()
    subprocess.run(command(folder, out), check=True, capture_output=True, cwd=ROOT)
    return time.monotonic() - start


def written(out: Path) -> dict[str, bytes]:
    paths = [out / "all.json", out / "report" / "汇总表.xlsx", out / "report" / "index.html"]
    return {path.name: path.read_bytes() for path in paths}


def stored(out: Path) -> dict[bytes, int]:
    """Row numbers by path: a row that is written again gets another number."""
    if not (out / "report" / "perfxl.db").exists():
        return {}
    database = sqlite3.connect(out / "report" / "perfxl.db")
    try:
        return dict(database.execute("SELECT path, rowid FROM files"))
    except sqlite3.OperationalError:  # killed before the table was made
        return {}
    finally:
        database.close()


def killed_and_resumed(tmp_path: Path, files: int, kills: int) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    examples = [path for path in sorted(RETURNED.iterdir()) if path.is_file()]
    for number in range(files):
        example = examples[number % len(examples)]
        shutil.copy(example, folder / f"{number:03}{example.suffix}")
    whole = run(folder, tmp_path / "undisturbed")
    expected = written(tmp_path / "undisturbed")
    chance = random.Random(20210331)
    out, done, partly = tmp_path / "out", 0, 0
    known: dict[bytes, int] = {}
    while done < kills:
        process = subprocess.Popen(command(folder, out), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.1, whole))
        process.kill()
        finished = process.wait() == 0
        now = stored(out)
        assert known.items() <= now.items()  # nothing lost, nothing checked twice
        known = now
        partly += 0 < len(now) < files
        done += not finished
        if not finished and done < kills and chance.random() < 0.5:
            continue  # and is killed again while it resumes
        if not finished:
            run(folder, out)
        assert known.items() <= stored(out).items()
        assert stored(out).keys() == stored(tmp_path / "undisturbed").keys()
        assert written(out) == expected
        shutil.rmtree(out)
        known = {}
    assert partly >= kills // 10  # the moments did fall into the work
    deadline = time.monotonic() + 10
    while left := _running(str(folder)):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def _running(word: str) -> list[str]:
    """Processes with the word in their command line: workers keep their parent's."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if word.encode() in line.split(b"\0"):
            found.append(process.name)
    return found


@linux
@pytest.mark.acceptance
def test_g08_killed_and_resumed(tmp_path: Path) -> None:
    killed_and_resumed(tmp_path, files=60 if LONG else 12, kills=200 if LONG else 6)


def test_one_file_alone_has_its_limits(
    tmp_path: Path, badly: Callable[[dict[str, Callable[[], object]]], None]
) -> None:
    badly({"b": hang, "e": eat})
    for name, reason in [("b", "检查用时不超过 0.2 秒"), ("e", "检查时占用的内存不超过限度")]:
        (tmp_path / name).mkdir()
        candidates = copies(tmp_path / name, name)
        assert rows(reviews(candidates, Options(), Limits(1, seconds=0.2))) == [
            (f"{name}.xlsx", "unreadable", f"文件超出读取限度：{reason}")
        ]
