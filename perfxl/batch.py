"""A folder → one FileReview per path, in a stable order. Whatever a file does, the run goes on."""

from __future__ import annotations

import os
import re
import stat
import time
import traceback
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING

from perfxl.finding import Finding, in_both
from perfxl.form import Located
from perfxl.grid import CellRef
from perfxl.problem import Clause
from perfxl.remote import fetched, is_url, listed, url_of
from perfxl.review import FileReview, review_workbook, unread_sheets
from perfxl.scheme import Scheme
from perfxl.sources import read_workbook
from perfxl.sources.errors import UnreadableFile

if TYPE_CHECKING:
    from perfxl.signing import Register

_OTHER_KINDS = re.compile(
    r".+(\.(?:md|log|json|toml|ya?ml|ini|cfg|conf|pyc?|bas|vba|js|css|sh|bat|cmd|ps1|exe|dll|msi|db|sqlite|lnk|url"
    r"|tmp|bak|part|crdownload|sha256|md5|sig|asc|mp3|mp4|avi|mov))",
    re.IGNORECASE | re.DOTALL,
)
"""Names with an extension that no submission has. Everything else is read: its content decides, not its name."""
_LIKE_A_WORKBOOK = re.compile(r"\.(xl[st][xmb]?|et|ods|csv)", re.IGNORECASE)

INTERNAL_ERROR = "R199"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A path and, where it is not to be read, why. `name` is the whole path; a Path takes three times the memory."""

    name: str
    skipped: Clause | None = None
    maybe_note: bool = False
    """True for a .txt met in a folder: a form as text, or a note to the reader."""

    @property
    def path(self) -> Path:
        return Path(self.name)

    def on_this_machine(self) -> AbstractContextManager[Path]:
        """The path; for an URL that of a copy. Raises UnreadableFile where there is none."""
        return fetched(self.name) if is_url(self.name) else nullcontext(self.path)

    @property
    def shown(self) -> str:
        return shown_path(self.name)

    @property
    def key(self) -> bytes:
        """The path from the root, as the system spells it: the same from whatever folder the command is run."""
        return os.fsencode(self.name if is_url(self.name) else _absolute(self.name))


@dataclass(frozen=True, slots=True)
class Options:
    """How to check. Everything in it can be sent to a worker process."""

    scheme: Scheme | None = None
    suspended: frozenset[str] = frozenset()
    keys: Register | None = None
    """Public keys that signatures of seals are checked with."""
    beside: tuple[Located[str], ...] = ()
    """Paragraphs of the report that goes with the one form to check."""


def shown_path(path: str | os.PathLike[str]) -> str:
    """A path with forward slashes; bytes that are not UTF-8 as `\\xff`, so that it can be printed."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def collect(paths: Iterable[Path], *, leave_out: Sequence[Path] = ()) -> list[Candidate]:
    """Every path below `paths` once, ordered by normalised path; links are not followed.

    `leave_out` are folders that hold our own reports. A path given by name is read whatever its extension;
    FileNotFoundError where there is none. So is what fsspec finds at an URL; RemoteUnusable where it finds nothing."""
    own = {_absolute(folder) for folder in leave_out}
    walks = [_below(path, own) for path in paths]
    if len(walks) == 1:  # a walk comes to no place twice
        return sorted(walks[0], key=_order)
    found: dict[bytes, Candidate] = {}
    for candidate in chain.from_iterable(walks):
        found.setdefault(candidate.key, candidate)
    return sorted(found.values(), key=_order)


def _below(path: Path, own: set[str]) -> Iterator[Candidate]:
    """A path given by name, and all that is in it."""
    if url := url_of(path):
        return (Candidate(name, _name_reason(name), name != url and _maybe_note(name)) for name in listed(url))
    mode = path.stat().st_mode
    return _walk(path, own) if stat.S_ISDIR(mode) else iter([Candidate(str(path), _not_a_file(mode))])


def not_since(candidates: Iterable[Candidate], since: datetime) -> list[Candidate]:
    """The candidates, with those skipped that were last modified before `since`, in local time."""
    day = f"{since:%Y-%m-%d %H:%M}"
    return [
        replace(candidate, skipped=(f"{day} 以后没有修改", f"not changed since {day}"))
        if not candidate.skipped and _modified(candidate.path) < since.timestamp()
        else candidate
        for candidate in candidates
    ]


def check_paths(candidates: Iterable[Candidate], options: Options) -> Iterator[FileReview]:
    """One FileReview per candidate, in the given order."""
    for candidate in candidates:
        yield check_file(candidate, options)


def check_file(candidate: Candidate, options: Options) -> FileReview:
    """Read and review one file. Raises nothing: what goes wrong is a finding about the file."""
    return _without_notes(candidate, _checked(candidate, options))


def _checked(candidate: Candidate, options: Options) -> FileReview:
    shown = candidate.shown
    if candidate.skipped:
        return FileReview(shown, "skipped", (), (about_file("R107", shown, reason=candidate.skipped),))
    try:
        with candidate.on_this_machine() as path:
            workbook = read_workbook(path, unread=unread_sheets())
        file = review_workbook(
            workbook,
            shown,
            scheme=options.scheme,
            suspended=options.suspended,
            keys=options.keys,
            beside=options.beside,
        )
        for finding in file.findings:
            finding.message()  # a message that lacks a number must cost this file a row, not the run
        return file
    except UnreadableFile as error:
        return FileReview(shown, "unreadable", (), (error.finding(_whole(shown)),))
    except MemoryError:
        return _over_limit(shown, "检查时占用的内存不超过限度", "checking it takes more memory than is allowed")
    except Exception as error:
        return failed(candidate, error)


def failed(candidate: Candidate, error: Exception) -> FileReview:
    """For a file at which an error of our own happened."""
    shown, where = candidate.shown, _where(error)
    return FileReview(shown, "unreadable", (), (about_file(INTERNAL_ERROR, shown, reason=(where, where)),))


def _without_notes(candidate: Candidate, file: FileReview) -> FileReview:
    """The review; a skip row for a text in a folder that holds no form, for nobody has submitted it as one.

    An error of our own is never passed over."""
    failure = any(finding.code == INTERNAL_ERROR for finding in file.file_findings)
    if not candidate.maybe_note or file.reviews or failure:
        return file
    reason = "文字里没有自评表或绩效目标表", "the text has no self-evaluation or objective form in it"
    return FileReview(file.path, "skipped", (), (about_file("R107", file.path, reason=reason),))


def over_time(candidate: Candidate, seconds: float) -> FileReview:
    """For a file whose check was stopped."""
    return _over_limit(candidate.shown, f"检查用时不超过 {seconds:g} 秒", f"at most {seconds:g} seconds for a check")


def died(candidate: Candidate, exit_code: int | None) -> FileReview:
    """For a file that ended the process checking it, twice."""
    reason = f"检查进程意外终止（{exit_code}）", f"the checking process ended unexpectedly ({exit_code})"
    return FileReview(candidate.shown, "unreadable", (), (about_file(INTERNAL_ERROR, candidate.shown, reason=reason),))


def _over_limit(shown: str, zh: str, en: str) -> FileReview:
    return FileReview(shown, "unreadable", (), (about_file("R105", shown, limit=(zh, en)),))


def about_file(code: str, shown: str, **clauses: Clause) -> Finding:
    """A finding about a file as a whole."""
    return Finding(code, _whole(shown), numbers=in_both(**clauses))


def _whole(shown: str) -> CellRef:
    return CellRef(PurePath(shown).name)


def _where(error: Exception) -> str:
    """`KeyError 'x' (points.py:44)`: enough for a bug report, without a traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} {error} ({place})"[:300]


def _modified(path: Path) -> float:
    """Seconds since the epoch; for a file that cannot be asked, now: reading it will say why."""
    try:
        return path.lstat().st_mtime
    except OSError:
        return time.time()


def _walk(folder: Path, own: set[str]) -> Iterator[Candidate]:
    """Everything below a folder. A folder has a row where it is not looked into or is named like a file."""
    folders: list[Path] = []
    inside = str(folder / "_").removesuffix("_")  # a Path for each entry takes as long as all the rest
    try:
        with os.scandir(folder) as entries:
            for entry in entries:  # one at a time: a list of ten thousand takes megabytes
                path = inside + entry.name
                if reason := _skip_reason(entry, path, own):
                    yield Candidate(path, reason)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(folder / entry.name)
                else:
                    yield Candidate(path, maybe_note=_maybe_note(entry.name))
    except OSError:
        yield Candidate(str(folder), ("文件夹没有读取权限", "no permission to read the folder"))
    for below in folders:
        if _LIKE_A_WORKBOOK.fullmatch(below.suffix):
            yield Candidate(
                str(below), ("是文件夹，其中的文件另列", "it is a folder, its files are listed on their own")
            )
        yield from _walk(below, own)


def _skip_reason(entry: os.DirEntry[str], path: str, own: set[str]) -> Clause | None:
    """Why an entry is not read; None for a file to read and for a folder to look into."""
    if reason := _hidden(entry.name):
        return reason
    if entry.is_symlink():
        return "链接，不是文件", "it is a link, not a file"
    if entry.is_dir(follow_symlinks=False):
        return ("perfxl 自己的报告", "reports of perfxl itself") if _absolute(path) in own else None
    if not entry.is_file(follow_symlinks=False):
        try:
            return _not_a_file(entry.stat(follow_symlinks=False).st_mode)
        except OSError:
            return None  # gone or refused since: reading it will say so
    return _other_kind(entry.name)


def _hidden(name: str) -> Clause | None:
    if name.startswith(("~$", ".~")):
        return "Excel 或 WPS 打开文件时的临时文件", "a temporary file of Excel or WPS while a workbook is open"
    if name.startswith(".") or name == "__MACOSX":
        return "隐藏文件或文件夹", "a hidden file or folder"
    return None


def _other_kind(name: str) -> Clause | None:
    if named := _OTHER_KINDS.fullmatch(name):
        return f"{named[1]} 文件不是自评表", f"a {named[1]} file is no self-evaluation form"
    return None


def _name_reason(url: str) -> Clause | None:
    """Why a remote file is not read."""
    name = PurePosixPath(url).name
    return _hidden(name) or _other_kind(name)


def _maybe_note(name: str) -> bool:
    return name.lower().endswith(".txt")


def _absolute(path: str | os.PathLike[str]) -> str:
    """One spelling per place; links are left as they are."""
    return os.path.abspath(path)  # noqa: PTH100 -- resolve() follows links


def _not_a_file(mode: int) -> Clause | None:
    return None if stat.S_ISREG(mode) else ("管道或设备，不是文件", "it is a pipe or device, not a file")


def _order(candidate: Candidate) -> str:
    """By normalised path; of two spellings the normalised one first. As a rule the name itself, not another text."""
    shown = candidate.shown
    normal = unicodedata.normalize("NFC", shown)
    if normal != shown:
        return f"{normal}\0{shown}"
    return candidate.name if candidate.name == shown else shown
