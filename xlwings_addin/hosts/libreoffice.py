"""A running LibreOffice as a `Desk`, through a helper process under the Python that its `uno` was built for."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from perfxl.edit import Edit, EditError
from perfxl.problem import Problem
from perfxl.refusals import no_sheet, only_sheet, protected, sheet_exists, wrong_password
from xlwings_addin.hosts.desk import Buttons, Calculation, Kind, View
from xlwings_addin.hosts.password import require_password
from xlwings_addin.hosts.wire import plain_edits

_HELPER = Path(__file__).with_name("uno_side")
_QUITTING = 20
"""Seconds."""


class OfficeMissing(Problem):
    """LibreOffice, or a Python with its `uno`, is not installed."""


class OfficeError(Problem):
    """LibreOffice is gone, or answered what it should not have."""


_CLOSED = ("LibreOffice 已经关闭；请重新打开工作簿再试", "LibreOffice has been closed; open the workbook again")


def _closed(_: str) -> EditError:
    return EditError(
        "工作簿已经关闭，未作修改；请重新打开再试",
        "the workbook has been closed, so nothing was changed; open it again and try again",
    )


def _not_opened(name: str) -> EditError:
    return EditError(
        f"LibreOffice 打不开 {name}，未作修改；请确认它是工作簿，在 Excel 或 WPS 中另存为 .xlsx 再试",
        f"LibreOffice cannot open {name}, so nothing was changed; see that it is a workbook, and save it as .xlsx in"
        " Excel or WPS",
    )


def _no_format(name: str) -> EditError:
    return EditError(
        f"不能保存为 {name}，未作修改；请用扩展名 .xlsx、.xlsm、.xls 或 .ods",
        f"{name} cannot be written, so nothing was changed; end its name in .xlsx, .xlsm, .xls or .ods",
    )


REFUSALS = {
    "closed": _closed,
    "no_format": _no_format,
    "no_sheet": no_sheet,
    "not_opened": _not_opened,
    "only_sheet": only_sheet,
    "protected": protected,
    "sheet_exists": sheet_exists,
    "wrong_password": wrong_password,
}
"""What the helper refuses, by the names that it sends."""


class Channel:
    """Requests to a helper and its replies, a line of JSON each. `calls` counts what went across."""

    def __init__(self, requests: IO[str], replies: IO[str]) -> None:
        self.calls = 0
        self._requests = requests
        self._replies = replies

    def call(self, name: str, **arguments: Any) -> Any:
        """The result. Raises EditError for what the person may read, OfficeError for everything else."""
        self.calls += 1
        try:
            self._requests.write(json.dumps({"call": name, **arguments}) + "\n")
            self._requests.flush()
            line = self._replies.readline()
        except OSError as error:
            raise OfficeError(*_CLOSED) from error
        if not line:
            raise OfficeError(*_CLOSED)
        reply = json.loads(line)
        if reply.get("error") == "refused":
            raise REFUSALS[reply["why"]](reply["about"])
        if "error" in reply:
            raise OfficeError(
                f"LibreOffice 没有完成（{reply['message']}）；请再试一次，仍不行时请把这一行发给维护人员",
                f"LibreOffice did not finish ({reply['message']}); try again, and send this line to the maintainers"
                " where that does not help",
            )
        return reply["result"]


class LibreOfficeDesk:
    """A `Desk` over a channel. With `quiet` nobody is in front of it, and nobody is asked."""

    name = "libreoffice"

    def __init__(self, channel: Channel, pid: int, *, quiet: bool) -> None:
        self.channel = channel
        self.pid = pid
        self._quiet = quiet
        self._status: str | None = None

    @property
    def version(self) -> str:
        return str(self.channel.call("version"))

    @property
    def visible(self) -> bool:
        return bool(self.channel.call("visible"))

    @visible.setter
    def visible(self, on: bool) -> None:
        self.channel.call("set_visible", on=on)

    @property
    def status(self) -> str | None:
        return self._status

    @status.setter
    def status(self, text: str | None) -> None:
        self._status = text
        self.channel.call("status", text=text)

    def books(self) -> list[str]:
        return list(self.channel.call("books"))

    def path(self, book: str) -> str:
        return str(self.channel.call("path", book=book))

    def open(self, path: str, password: str | None = None) -> str:
        return str(self.channel.call("open", path=str(Path(path).resolve()), password=password))

    def create(self) -> str:
        return str(self.channel.call("create"))

    def close(self, book: str) -> None:
        self.channel.call("close", book=book)

    def activate(self, book: str) -> None:
        self.channel.call("activate", book=book)

    def save(self, book: str, path: str | None, password: str | None) -> None:
        self.channel.call("save", book=book, path=path, password=password)

    def save_copy(self, book: str, path: str) -> None:
        self.channel.call("save_copy", book=book, path=path)

    def snapshot(self, book: str) -> bytes:
        return base64.b64decode(self.channel.call("snapshot", book=book))

    def apply(self, book: str, edits: Sequence[Edit], password: str | None, *, lift: bool) -> None:
        require_password(edits, password)
        self.channel.call("apply", book=book, edits=plain_edits(edits), password=password, lift=lift)

    def view(self, book: str) -> View:
        sheet, selection, first_row, first_column = self.channel.call("view", book=book)
        return View(sheet, tuple(selection), first_row, first_column)

    def show(self, book: str, view: View) -> None:
        self.channel.call("show", book=book, view=[view.sheet, view.selection, view.first_row, view.first_column])

    def reveal(self, book: str, sheet: str, row: int, column: int) -> None:
        self.channel.call("reveal", book=book, sheet=sheet, row=row, column=column)

    def calculation(self, book: str) -> Calculation:
        return "automatic" if self.channel.call("calculation", book=book) else "manual"

    def set_calculation(self, book: str, mode: Calculation) -> None:
        self.channel.call("set_calculation", book=book, on=mode != "manual")

    def calculate(self, book: str) -> None:
        self.channel.call("calculate", book=book)

    def ask(self, kind: Kind, prompt: str, default: str = "") -> str | None:
        if self._quiet:
            return None
        answer = self.channel.call("ask", kind=kind, prompt=prompt, default=default)
        return None if answer is None else str(answer)

    def alert(self, prompt: str, title: str, buttons: Buttons, critical: bool) -> str:
        if self._quiet:
            print(f"{title}: {prompt}", file=sys.stderr)
            return "ok" if buttons == "ok" else "no" if buttons == "yes_no" else "cancel"
        return str(self.channel.call("alert", prompt=prompt, title=title, buttons=buttons, critical=critical))

    def quit(self) -> None:
        self.channel.call("quit")


class Office:
    """A LibreOffice of our own with its helper, closed at the end of `with`."""

    def __init__(self, *, visible: bool = False, profile: Path | None = None) -> None:
        """`profile` None takes one that is thrown away. Raises OfficeMissing."""
        program, python = office_program(), office_python()
        self._thrown_away = tempfile.TemporaryDirectory(prefix="perfxl-office-") if profile is None else None
        folder = Path(self._thrown_away.name) if self._thrown_away else profile
        assert folder is not None
        pipe = f"perfxl{os.getpid()}{secrets.token_hex(6)}"
        command = [
            *(program, f"-env:UserInstallation={folder.resolve().as_uri()}", "--norestore", "--nologo"),
            *("--nodefault", "--nofirststartwizard", f"--accept=pipe,name={pipe};urp"),
        ]
        self._office = subprocess.Popen(
            command if visible else [*command, "--headless"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        # PYTHONPATH would put this environment's packages before those of the other Python.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self._helper = subprocess.Popen(
            [python, "-m", "perfxl_uno", "--pipe", pipe],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment, "PYTHONPATH": str(_HELPER)},
            encoding="utf-8",
        )
        assert self._helper.stdin is not None and self._helper.stdout is not None
        channel = Channel(self._helper.stdin, self._helper.stdout)
        self.desk = LibreOfficeDesk(channel, self._office.pid, quiet=not visible)

    def __enter__(self) -> LibreOfficeDesk:
        return self.desk

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Without saving."""
        try:
            self.desk.quit()
        except (OfficeError, EditError):
            self._office.terminate()
        for process in (self._helper, self._office):
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(_QUITTING)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._helper.stdout:
            self._helper.stdout.close()
        if self._thrown_away:
            self._thrown_away.cleanup()


def office_program() -> str:
    """Raises OfficeMissing."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise OfficeMissing(
            "没有找到 LibreOffice；请先安装（Debian：apt install libreoffice-calc python3-uno）",
            "LibreOffice is not installed; install it first (Debian: apt install libreoffice-calc python3-uno)",
        )
    return program


def office_python() -> str:
    """A Python that can import LibreOffice's `uno`: its own where it brings one, else the system's."""
    beside = Path(office_program()).resolve().parent
    candidates = [str(beside / "python"), "/usr/bin/python3", sys.executable]
    for candidate in candidates:
        if Path(candidate).exists() and _has_uno(candidate):
            return candidate
    raise OfficeMissing(
        "没有找到带 uno 的 Python；请先安装（Debian：apt install python3-uno）",
        "no Python has LibreOffice's uno; install it first (Debian: apt install python3-uno)",
    )


def _has_uno(python: str) -> bool:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run([python, "-c", "import uno"], capture_output=True, env=environment, check=False)
    return done.returncode == 0
