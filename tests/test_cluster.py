"""A folder checked on a Dask cluster: the same reports, whoever dies. And files that are URLs."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from perfxl.batch import Candidate, collect
from perfxl.cli import main
from perfxl.remote import is_url, url_of
from tests.extent import ACCEPTANCE
from tests.test_folder import written

ROOT = Path(__file__).parent.parent
RETURNED = ROOT / "examples" / "returned"
GOOD = RETURNED / "古美路街道办事处-2020.xlsx"


def needs(module: str) -> pytest.MarkDecorator:
    """Skips visibly without the module; an error where it has to be there."""
    there = importlib.util.find_spec(module) is not None or ACCEPTANCE
    return pytest.mark.skipif(not there, reason=f"{module} is not installed")


def check(folder: Path | str, out: Path, *options: str) -> int:
    report = ("--report", str(out / "report"), "--format", "json", "--output", str(out / "all.json"))
    return main(["check", str(folder), *report, *options])


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address, and its two workers."""
    known = tmp_path / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": tmp_path}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    processes = [subprocess.Popen([*dask, *local, "--port", "0", "--scheduler-file", str(known)], **quiet)]  # type: ignore[call-overload]
    try:
        deadline = time.monotonic() + 60
        while not known.exists():
            assert time.monotonic() < deadline and processes[0].poll() is None
            time.sleep(0.1)
        address = json.loads(known.read_text())["address"]
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, *local, "--no-nanny", "--nthreads", "1"]
        processes += [subprocess.Popen(worker, **quiet) for _ in range(2)]  # type: ignore[call-overload]
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def rows_of(store: Path) -> int:
    with suppress(sqlite3.Error):
        database = sqlite3.connect(store)
        try:
            return int(database.execute("SELECT count(*) FROM files").fetchone()[0])
        finally:
            database.close()
    return 0


@pytest.mark.acceptance
@needs("distributed")
def test_the_same_on_a_cluster_one_of_whose_workers_is_killed(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from perfxl import cluster as on_cluster

    monkeypatch.setattr(on_cluster, "CHUNK", 4)
    address, workers = cluster
    folder = tmp_path / "forms"
    folder.mkdir()
    examples = [path for path in sorted(RETURNED.iterdir()) if path.is_file()]
    for number in range(64):
        example = examples[number % len(examples)]
        shutil.copy(example, folder / f"{number:03}{example.suffix}")
    assert check(folder, tmp_path / "local") == 1
    expected = rows_of(tmp_path / "local" / "report" / "perfxl.db")
    killed_at: list[int] = []

    def kill_one() -> None:
        store = tmp_path / "there" / "report" / "perfxl.db"
        while not (count := rows_of(store) if store.exists() else 0) > expected // 4:
            time.sleep(0.02)
        workers[0].kill()
        killed_at.append(count)

    threading.Thread(target=kill_one, daemon=True).start()
    assert check(folder, tmp_path / "there", "--cluster", address) == 1
    assert killed_at and killed_at[0] < expected
    assert workers[0].wait(5) and workers[1].poll() is None
    assert written(tmp_path / "there") == written(tmp_path / "local")
    assert rows_of(tmp_path / "there" / "report" / "perfxl.db") == expected
    # Known by now: nothing is checked again, and the same is said.
    assert check(folder, tmp_path / "there", "--cluster", address) == 1
    assert written(tmp_path / "there") == written(tmp_path / "local")


@needs("distributed")
def test_no_cluster_is_one_sentence(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from perfxl import cluster as on_cluster

    monkeypatch.setattr(on_cluster, "_PATIENCE", "1s")
    assert main(["check", str(RETURNED), "--cluster", "tcp://127.0.0.1:9"]) == 2
    assert "连不上集群 tcp://127.0.0.1:9" in capsys.readouterr().err


def test_another_perfxl_is_refused(tmp_path: Path) -> None:
    from perfxl.batch import Options
    from perfxl.cluster import Chunk, ClusterUnusable, check_chunk
    from perfxl.limits import Limits
    from perfxl.making import parts_of
    from perfxl.store import rules
    from perfxl.workers import Job

    chunk = Chunk((Candidate(str(GOOD)),), Job(Options(), Limits(), (), None), rules(Options()), str(tmp_path))
    ((checked, result),) = check_chunk(chunk)
    assert (checked.content, parts_of(result)) == (b"", [])
    with pytest.raises(ClusterUnusable, match="版本不同"):
        check_chunk(Chunk(chunk.candidates, chunk.job, b"another", chunk.folder))


def test_what_is_an_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert url_of(Path("s3://bucket/表/a.xlsx")) == "s3://bucket/表/a.xlsx"
    assert url_of(Path("file:///in/a.xlsx")) == "file:///in/a.xlsx"
    assert [url_of(Path(name)) for name in ("in/a.xlsx", "/in/a.xlsx", "C:/in/a.xlsx", "s3:a")] == [""] * 4
    (tmp_path / "s3:").mkdir()
    assert url_of(Path("s3:/")) == ""
    assert is_url("s3://bucket/a.xlsx") and not is_url("in/a.xlsx")


@needs("fsspec")
def test_files_of_an_url(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    root = f"/{tmp_path.name}"
    try:
        for name, data in (
            ("a/表.xlsx", GOOD.read_bytes()),
            ("b.xlsx", b""),
            ("~$b.xlsx", b"x"),
            ("c.txt", b"x"),
            ("d.xlsx", bytes(64 * 2**20 + 1)),
        ):
            memory.pipe(f"{root}/{name}", data)
        for out in ("first", "again"):
            assert check(f"memory:/{root}", tmp_path / "out", "--jobs", "2") == 1, out
            files = json.loads((tmp_path / "out" / "all.json").read_text("utf-8"))["files"]
            assert [(file["path"], file["status"], [f["code"] for f in file["findings"]][:1]) for file in files] == [
                (f"memory://{root}/a/表.xlsx", "returned", ["L106"]),
                (f"memory://{root}/b.xlsx", "unreadable", ["R101"]),
                (f"memory://{root}/c.txt", "skipped", ["R107"]),
                (f"memory://{root}/d.xlsx", "unreadable", ["R105"]),
                (f"memory://{root}/~$b.xlsx", "skipped", ["R107"]),
            ]
    finally:
        memory.rm(root, recursive=True)
    capsys.readouterr()
    for address in ("memory://nothing-here", "nosuch://a/b"):
        assert main(["check", address]) == 2
        assert "读不出来" in capsys.readouterr().err


@needs("fsspec")
def test_a_file_url_says_what_the_path_says(tmp_path: Path) -> None:
    shutil.copy(GOOD, tmp_path / "a.xlsx")
    (one,) = collect([Path(f"file://{tmp_path}")])
    assert one.name == f"file://{tmp_path}/a.xlsx"
    said = []
    for name in (tmp_path / "a.xlsx", Path(one.name)):
        main(["check", str(name) if name.exists() else one.name, "--format", "json", "--output", str(tmp_path / "o")])
        said.append(json.loads((tmp_path / "o").read_text("utf-8"))["files"][0])
    assert said[0] | {"path": ""} == said[1] | {"path": ""}
