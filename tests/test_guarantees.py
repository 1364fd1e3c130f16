"""The guarantees of a folder's check, by number; docs/可靠性.md has the figures.

G7, G8 (killed at random moments) and G11 stand in test_folder.py. With PERFXL_LONG=1 G12 is run with 10,000 files.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import unicodedata
import zipfile
from pathlib import Path

import pytest

from perfxl import limits
from perfxl.batch import Options, check_file, collect
from perfxl.cli import main
from perfxl.folder import Folder
from perfxl.limits import Limits
from perfxl.review import FileReview
from perfxl.review_data import ReviewData
from perfxl.store import Kept, Store, rules
from perfxl.workers import Checked, content_hash
from tests.extent import LONG

ROOT = Path(__file__).parent.parent
RETURNED = ROOT / "examples" / "returned"
GOOD = RETURNED / "古美路街道办事处-2020.xlsx"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="odd files and /proc of Linux")


def hostile(folder: Path) -> list[Path]:
    """One file of each kind that a reader may fall over; none is a form."""
    folder.mkdir(parents=True, exist_ok=True)
    good = GOOD.read_bytes()
    contents = {
        "空.xlsx": b"",
        "零.xlsx": bytes(4096),
        "半.xlsx": good[: len(good) // 2],
        "无目录.xlsx": good[:-200],
        "图.xlsx": b"\xff\xd8\xff\xe0" + bytes(200),
        "文.xlsx": b"%PDF-1.7\n%%EOF",
        "旧.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(508),
        "页.xls": "<html><table><tr><td>项目</td></tr></table></html>".encode(),
        "字.csv": b"\xff\xfe=\x00",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    for name, part in (
        ("炸.xlsx", b"<worksheet>" + b" " * 2**26),
        ("亿.xlsx", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'),
        ("深.xlsx", b"<worksheet>" + b"<a>" * 100_000),
    ):
        with zipfile.ZipFile(GOOD) as before, zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as after:
            for entry in before.namelist():
                is_sheet = entry.startswith("xl/worksheets/sheet")
                after.writestr(entry, part if is_sheet else before.read(entry))
    return sorted(folder.iterdir())


def odd_paths(folder: Path) -> list[str]:
    """Places that are no forms or have odd names: what each row is to be called."""
    folder.mkdir()
    (folder / "b").mkdir()
    (folder / "夹.xlsx").mkdir()
    (folder / ".git").mkdir()
    os.mkfifo(folder / "管.xlsx")
    (folder / "链.xlsx").symlink_to(GOOD)
    (folder / "圈").symlink_to(folder)
    names = ["b/~$a.xlsx", ".隐藏.xlsx", "说明.txt", "换\n行.xlsx", "长" * 80 + ".xlsx", "夹.xlsx/里.xlsx"]
    names += [unicodedata.normalize(form, "é表.xlsx") for form in ("NFC", "NFD")]
    for name in names:
        (folder / name).write_bytes(b"")
    (folder / os.fsdecode(b"\xff\xfe.xlsx")).write_bytes(b"")
    return [*names, "夹.xlsx", ".git", "管.xlsx", "链.xlsx", "圈", "\\xff\\xfe.xlsx"]


def said(out: Path) -> list[dict[str, object]]:
    files: list[dict[str, object]] = json.loads(out.read_text("utf-8"))["files"]
    return files


def test_g01_every_path_has_exactly_one_row(tmp_path: Path) -> None:
    expected = [f"{tmp_path}/odd/{name}" for name in odd_paths(tmp_path / "odd")]
    expected += map(str, hostile(tmp_path / "odd" / "坏"))
    main(["check", str(tmp_path / "odd"), "--format", "json", "--output", str(tmp_path / "o.json")])
    rows = [str(file["path"]) for file in said(tmp_path / "o.json")]
    assert sorted(rows) == sorted(expected)
    assert {file["status"] for file in said(tmp_path / "o.json")} == {"unreadable", "skipped"}


def perfxl(*arguments: str | Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "perfxl", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)


@pytest.mark.acceptance
def test_g02_the_parent_never_dies_and_never_shows_a_traceback(tmp_path: Path) -> None:
    odd_paths(tmp_path / "forms")
    for number in range(5):
        hostile(tmp_path / "forms" / f"坏{number}")
        shutil.copy(GOOD, tmp_path / "forms" / f"{number}.xlsx")
    process = perfxl("check", tmp_path / "forms", "--jobs", "2", "--format", "json")
    killed = 0

    def kill_workers() -> None:
        nonlocal killed
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while process.poll() is None and killed < 6:
            time.sleep(0.15)
            for child in children.read_text().split()[:1] if children.exists() else ():
                os.kill(int(child), 9)
                killed += 1

    killer = threading.Thread(target=kill_workers)
    killer.start()
    out, err = process.communicate(timeout=120)
    killer.join()
    assert killed and process.returncode in (1, 3)  # 3: a worker was killed twice at one file
    assert b"Traceback" not in out + err and b"Error" not in err
    assert len(json.loads(out)["files"]) == len(collect([tmp_path / "forms"]))


def limit_of_memory(file: FileReview) -> int:
    return resource.getrlimit(resource.RLIMIT_AS)[0]


@pytest.mark.parametrize(("addresses", "limit"), [(200 * 2**20, 2**30), (900 * 2**20, 1412 * 2**20)])
def test_g04_a_worker_has_no_more_than_a_gigabyte(
    addresses: int, limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or half of one more than the program it is a fork of. The parent's 200 MB at 10,000 files are measured in G12."""
    monkeypatch.setattr(limits, "_addresses", lambda: addresses)
    for name in "ab":
        shutil.copy(GOOD, tmp_path / f"{name}.xlsx")
    parts = Folder(collect([tmp_path]), Options()).parts([limit_of_memory], Limits(2))
    assert list(parts) == [[limit], [limit]]


_AUDITED = """
import os, sys
allowed = tuple(sys.argv[1:3])
say = os.fdopen(int(sys.argv[3]), "w", buffering=1)
watched = ("socket.connect", "socket.bind", "socket.sendto", "subprocess.Popen", "os.system", "os.exec", "os.spawn",
    "os.posix_spawn", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.utime",
    "os.truncate", "os.symlink", "os.link", "ctypes.dlopen", "webbrowser.open")
def hook(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)):
        writes = isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if not writes or os.fsdecode(args[0]) == os.devnull:
            return
    elif event not in watched:
        return
    paths = [os.path.abspath(os.fsdecode(a)) for a in args[:2 if event in ("os.rename", "os.link") else 1]
        if isinstance(a, (str, bytes, os.PathLike))]
    if not paths or not all(path.startswith(allowed) for path in paths):
        say.write(f"{event} {args!r}\\n")
from perfxl.cli import main
sys.addaudithook(hook)
sys.exit(main(["check", *sys.argv[4:]]))
"""


@pytest.mark.acceptance
def test_g06_no_side_effects(tmp_path: Path) -> None:
    forms, report, temporary = (tmp_path / name for name in ("forms", "report", "temporary"))
    shutil.copytree(RETURNED, forms)
    hostile(forms / "坏")
    temporary.mkdir()

    def state() -> dict[str, tuple[bytes, int]]:
        files = (path for path in sorted(forms.rglob("*")) if path.is_file())
        return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    before, folders = state(), {str(path) for path in tmp_path.rglob("*") if path.is_dir()}
    read, write = os.pipe()
    code = [sys.executable, "-B", "-c", _AUDITED, str(report), str(temporary), str(write)]
    environment = os.environ | {"TMPDIR": str(temporary), "SQLITE_TMPDIR": str(temporary)}
    subprocess.run(
        [*code, str(forms), "--report", str(report), "--format", "json", "--jobs", "2"],
        pass_fds=[write], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=120, check=False,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as violations:
        assert violations.read() == ""
    assert state() == before
    assert {str(path) for path in tmp_path.rglob("*") if path.is_dir()} - folders == {str(report)}
    assert sorted(path.name for path in report.iterdir()) == ["index.html", "perfxl.db", "汇总表.xlsx"]
    assert list(temporary.iterdir()) == []


@pytest.mark.acceptance
def test_g08_a_torn_log_loses_nothing_that_was_whole(tmp_path: Path) -> None:
    """Cut near every frame's end and at every 4,999th byte, with PERFXL_LONG=1 at every 97th."""
    names = "abcdef"
    for name in names:
        shutil.copy(GOOD, tmp_path / f"{name}.xlsx")
    candidates, options = collect([tmp_path]), Options()
    data, files = ReviewData(), [check_file(candidate, options) for candidate in candidates]
    db = tmp_path / "r.db"
    logged: list[int] = []
    with Store(db, rules(options)) as store:
        for candidate, file in zip(candidates, files, strict=True):
            store.put([(candidate, Checked(content_hash(candidate), data.packed(file)))])
            logged.append(Path(f"{db}-wal").stat().st_size)
        whole, log = db.read_bytes(), Path(f"{db}-wal").read_bytes()  # as a kill would leave them
    ends = {end + by for end in logged for by in (-1, 0, 1)}
    cuts = sorted(ends | set(range(0, len(log) + 1, 97 if LONG else 4999)))
    for cut in (cut for cut in cuts if cut <= len(log)):
        torn = tmp_path / f"{cut}.db"  # SQLite shares what it knows of a file between connections
        torn.write_bytes(whole)
        Path(f"{torn}-wal").write_bytes(log[:cut])
        with Store(torn, rules(options)):
            kept = [Kept(torn, rules(options), empty=False).kept(one) for one in candidates]
        complete = sum(end <= cut for end in logged)
        assert [one.content != b"" for one in kept] == [number < complete for number in range(len(names))], cut
        torn.unlink()
        assert [data.unpacked(one.data) for one in kept[:complete]] == files[:complete]


@pytest.mark.acceptance
def test_g12_all_of_this_with_one_hostile_file_in_a_hundred(tmp_path: Path) -> None:
    """G1, G2, G4 (parent), G7, G8 and G11 together."""
    files = 10_000 if LONG else 600
    forms = tmp_path / "forms"
    bad = hostile(tmp_path / "kinds")
    good = [path for path in sorted(RETURNED.iterdir()) if path.is_file() and path.suffix == ".xlsx"]
    for number in range(files):
        folder = forms / f"{number // 500:02}"
        folder.mkdir(parents=True, exist_ok=True)
        original = bad[number // 100 % len(bad)] if number % 100 == 50 else good[number % len(good)]
        shutil.copy(original, folder / f"{number:05}{original.suffix}")
    outputs: list[tuple[bytes, ...]] = []
    for name, jobs, killed in (("one", "1", False), ("two", "2", True)):
        out = tmp_path / name
        arguments = ("check", forms, "--report", out, "--format", "jsonl", "--output", out / "all.jsonl")
        out.mkdir()
        process = perfxl(*arguments, "--jobs", jobs)
        if killed:
            time.sleep(5)
            process.kill()
            process.communicate()
            process = perfxl(*arguments, "--jobs", jobs)
        highest = 0
        while process.poll() is None:
            highest = max(highest, _peak(process.pid))
            time.sleep(0.05)
        shown, told = process.communicate()
        assert process.returncode == 1 and b"Traceback" not in shown + told
        assert 0 < highest < 200 * 2**10
        print(f"{files} files, {jobs} workers: parent at most {highest / 1024:.0f} MB")
        lines = (out / "all.jsonl").read_bytes().splitlines()
        assert len(lines) == files
        with sqlite3.connect(out / "perfxl.db") as database:
            assert database.execute("SELECT count(*), count(DISTINCT path) FROM files").fetchone() == (files, files)
        outputs.append((b"\n".join(lines), (out / "index.html").read_bytes(), (out / "汇总表.xlsx").read_bytes()))
    assert outputs[0] == outputs[1]
    by_path = [json.loads(line) for line in outputs[0][0].splitlines()]
    unreadable = {Path(one["path"]).stem for one in by_path if one["status"] == "unreadable"}
    assert {f"{number:05}" for number in range(50, files, 100)} <= unreadable


def _peak(process: int) -> int:
    """Largest resident set so far in KB; 0 once it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return int(status.partition("VmHWM:")[2].split()[0]) if "VmHWM:" in status else 0
