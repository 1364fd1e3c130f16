"""The results of a folder in SQLite, so that a run that was cut off goes on where it stopped."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import TracebackType
from typing import Self

from perfxl import __version__
from perfxl.batch import Candidate, Options
from perfxl.os_errors import english_reason, reason
from perfxl.problem import Problem
from perfxl.workers import Checked

MAGIC = b"SQLite format 3\0"
"""How a database starts."""
_APPLICATION = 0x70667831
"""`pfx1`: tells our files from other databases."""
_TABLE = "CREATE TABLE files (path BLOB PRIMARY KEY, content BLOB NOT NULL, rules BLOB NOT NULL, review BLOB NOT NULL)"
_BESIDE = (b"", b"-wal", b"-shm", b"-journal")


class StoreUnusable(Problem):
    """A database that is not ours, is damaged or cannot be written."""


class Store:
    """One row per path, written as each file ends. Every row stands on its own: a kill at any moment costs none."""

    def __init__(self, path: Path, rules: bytes) -> None:
        """Opens or makes it. `rules` is what results depend on besides the file. Raises StoreUnusable."""
        self._path, self._rules = path, rules
        with _told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
            try:
                self._open(path)
            except BaseException:
                self._database.close()
                raise

    def _open(self, path: Path) -> None:
        run = self._database.execute
        run("PRAGMA trusted_schema = OFF")
        with self._database:
            run("BEGIN IMMEDIATE")
            schema = run("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
            (application,) = run("PRAGMA application_id").fetchone()
            if not schema and not application:
                run(_TABLE)
                run(f"PRAGMA application_id = {_APPLICATION}")
            elif application != _APPLICATION or schema != [(_TABLE,)]:
                # A foreign trigger or view would act on what we write.
                raise StoreUnusable(
                    f"{path} 不是 perfxl 的结果库；请换一个文件名",
                    f"{path} is no store of perfxl; choose another file name",
                )
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._database.close()

    @property
    def known(self) -> Kept:
        with _told(self._path):
            first = self._database.execute("SELECT 1 FROM files LIMIT 1").fetchone()
        return Kept(self._path, self._rules, empty=first is None)

    def put(self, ended: Sequence[tuple[Candidate, Checked]]) -> None:
        rows = [(candidate.key, checked.content, self._rules, checked.data) for candidate, checked in ended]
        with _told(self._path), self._database as run:
            run.execute("BEGIN")
            run.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", rows)


@dataclass(frozen=True)
class Kept:
    """Reads what the store has, from a worker process as well."""

    path: Path
    rules: bytes
    empty: bool
    """Whether nothing was kept when this was made."""

    def kept(self, candidate: Candidate) -> Checked:
        """What was checked by the same rules; an empty one where nothing was or it cannot be read."""
        if self.empty:
            return Checked()
        try:
            row = self._database.execute(
                "SELECT content, review FROM files WHERE path = ? AND rules = ?", (candidate.key, self.rules)
            ).fetchone()
        except sqlite3.Error:
            return Checked()
        return Checked(*row) if row and all(isinstance(value, bytes) for value in row) else Checked()

    @cached_property
    def _database(self) -> sqlite3.Connection:
        """A connection of this process; only the parent writes."""
        return _to_read(self.path)


def _to_read(path: Path) -> sqlite3.Connection:
    # Without a log beside it all is in the file itself; SQLite would make a log even to read, and leave it there.
    log = Path(f"{path}-wal").exists()
    how = "mode=ro" if log else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", timeout=30, isolation_level=None, uri=True)


def stored_reviews(path: Path) -> Iterator[bytes]:
    """The packed reviews of a store, by path. Raises StoreUnusable; changes nothing."""
    with _told(path), closing(_to_read(path)) as database:
        (application,) = database.execute("PRAGMA application_id").fetchone()
        if application != _APPLICATION:
            raise StoreUnusable(
                f"{path} 不是 perfxl 的结果库；请换一个文件", f"{path} is no store of perfxl; choose another file"
            )
        for (review,) in database.execute("SELECT review FROM files ORDER BY path"):
            yield bytes(review) if isinstance(review, bytes) else b""


def own_files(store: Path) -> set[bytes]:
    """The keys, as candidates have them, of the store itself and of the files that SQLite keeps beside it."""
    whole = Candidate(str(store)).key
    return {whole + ending for ending in _BESIDE}


def rules(options: Options) -> bytes:
    """A hash of all that a result depends on besides the file: perfxl with its data, and how it is told to check."""
    digest = sha256(f"{__version__} {sorted(options.suspended)!r} {options.keys!r}\n".encode())
    digest.update(repr(options.scheme).encode())
    for name, content in _program(files("perfxl"), ""):
        digest.update(f"\n{name}\n".encode() + content)
    return digest.digest()


def _program(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    """The code, the schemes, the catalogue and the words of the reader."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _program(entry, f"{name}{entry.name}/")
        elif entry.name.endswith((".py", ".toml")):
            yield name + entry.name, entry.read_bytes()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnusable(
            f"无法写入 {path}（{reason(error)}）；请换一个位置",
            f"cannot write {path} ({english_reason(error)}); choose another place",
        ) from error
    except sqlite3.Error as error:
        raise StoreUnusable(
            f"{path} 不能用作结果库，可能已损坏，或别的程序正在使用；请换一个文件名，或等那个程序结束再试",
            f"{path} cannot be used as a store, it may be damaged or in use; choose another file name, or wait for the"
            " other program",
        ) from error
