"""A screen without a monitor, a LibreOffice profile with our menu, and the keyboard of the person in front of it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image

from tests.spreadsheets import missing
from xlwings_addin.hosts.install import start
from xlwings_addin.hosts.libreoffice import office_program, office_python
from xlwings_addin.texts import texts

T = TypeVar("T")
DOCS = Path(__file__).parent.parent / "docs"
IMAGES, HANDBOOK = DOCS / "images", DOCS / "填报人手册.md"
TITLE = "绩效自评"
"""Of all our dialogs."""
WIDTH, HEIGHT = 1280, 900
_PATIENCE, _QUITTING = 60, 20
_ROUNDS = 40
"""Of a fifth of a second, before the same keys are pressed again."""
_NOBODY = 65534
# Without its language pack LibreOffice speaks English.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Linguistic/General">
<prop oor:name="UILocale" oor:op="fuse"><value>zh-CN</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product">
<prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.0</value></prop></item>
</oor:items>
"""


class Screen:
    """A display without a monitor, and what is on it."""

    def __init__(self, folder: Path) -> None:
        reading, writing = os.pipe()
        command = ["Xvfb", "-noreset", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24"]
        self._file = folder / "Xvfb_screen0"
        self._server = subprocess.Popen(
            [*command, "-fbdir", str(folder)], pass_fds=[writing], stderr=subprocess.DEVNULL
        )
        os.close(writing)
        with os.fdopen(reading) as numbers:
            self.name = f":{numbers.readline().strip()}"

    def picture(self) -> Image.Image:
        """The screen as it is; the file is in X's own dump format."""
        data = self._file.read_bytes()
        header = struct.unpack(">25I", data[:100])
        start, colours, stride = header[0] + 12 * header[19], header[19], header[12]
        assert (header[4], header[5], colours >= 0) == (WIDTH, HEIGHT, True)
        pixels = data[start : start + stride * HEIGHT]
        return Image.frombytes("RGB", (WIDTH, HEIGHT), pixels, "raw", "BGRX", stride)

    def settled(self) -> Image.Image:
        """The picture once nothing moves any more."""
        before = self.picture()
        for _ in range(50):
            time.sleep(0.3)
            after = self.picture()
            if after.tobytes() == before.tobytes():
                return after
            before = after
        return before

    def close(self) -> None:
        self._server.terminate()
        self._server.wait()


@contextmanager
def screen() -> Iterator[Screen]:
    """A screen that everything started meanwhile shows itself on."""
    for program in ("Xvfb", "xdotool"):
        if not shutil.which(program):
            missing(program)
    with tempfile.TemporaryDirectory(prefix="perfxl-screen-") as folder, pytest.MonkeyPatch.context() as patch:
        made = Screen(Path(folder))
        patch.setenv("DISPLAY", made.name)
        try:
            yield made
        finally:
            made.close()


@contextmanager
def new_profile() -> Iterator[Path]:
    """A LibreOffice profile of our own. unopkg refuses to run as root, so then nobody runs it."""
    folder = Path(tempfile.mkdtemp(prefix="perfxl-profile-"))
    settings = folder / "user" / "registrymodifications.xcu"
    settings.parent.mkdir()
    settings.write_text(_SETTINGS, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        if os.geteuid() == 0:
            patch.setattr(subprocess, "run", _as_nobody(folder, subprocess.run))
        yield folder
    shutil.rmtree(folder)


def _as_nobody(home: Path, run: Callable[..., object]) -> Callable[..., object]:
    def changed(command: list[str], **settings: Any) -> object:
        if Path(command[0]).name == "unopkg":
            # LibreOffice, which root may run, has made files there meanwhile.
            for path in (home, *home.rglob("*")):
                os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
            for argument in command:
                if argument.endswith(".oxt"):
                    Path(argument).parent.chmod(0o755)
            command = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", *command]
            settings |= {"env": {**os.environ, "HOME": str(home)}, "cwd": "/"}
        return run(command, **settings)

    return changed


def handbook_picture(name: str, picture: Image.Image) -> None:
    """A picture of docs/填报人手册.md: something is on it, and it is the size of the one there.

    PERFXL_WRITE_IMAGES=1 puts it there.
    """
    assert len(picture.getcolors(1 << 20) or [0] * 99) > 50, name
    path = IMAGES / f"window-{name}.png"
    if os.environ.get("PERFXL_WRITE_IMAGES") == "1":
        picture.quantize(256, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)
    assert f"images/window-{name}.png" in HANDBOOK.read_text("utf-8")
    with Image.open(path) as kept:
        assert kept.size == picture.size


def save(path: Path) -> None:
    """By Ctrl+S in its window, in the format that the file has."""
    before, others = path.stat().st_mtime_ns, windows(".").split()

    def asked() -> None:
        focus(path.stem)
        keys("key", "ctrl+s")

    insist(asked, lambda: besides(others))
    keys("windowfocus", "--sync", besides(others)[-1])
    confirm(lambda: path.stat().st_mtime_ns != before)
    until(lambda: not besides(others))


def keys(*words: str) -> None:
    subprocess.run(["xdotool", *words], check=True, timeout=_PATIENCE)


def focus(title: str) -> None:
    found = until(lambda: windows(title))
    keys("windowfocus", "--sync", found.split()[-1])


def windows(title: str) -> str:
    """The numbers of the windows in sight whose title matches."""
    search = ["xdotool", "search", "--onlyvisible", "--name", title]
    return subprocess.run(search, capture_output=True, text=True, check=False).stdout


def besides(others: Collection[str]) -> list[str]:
    """The windows in sight that are none of those, of which one may still be closing."""
    return [number for number in windows(".").split() if number not in others]


def until(found: Callable[[], T]) -> T:
    """What `found` gives once it gives something."""
    deadline = time.monotonic() + _PATIENCE
    while not (answer := found()):
        assert time.monotonic() < deadline, "nothing came up"
        time.sleep(0.2)
    return answer


def confirm(done: Callable[[], object]) -> None:
    """Return, until it is done."""
    insist(lambda: keys("key", "Return"), done)


def insist(act: Callable[[], object], done: Callable[[], object]) -> None:
    """What a person does who sees that nothing came of it: again.

    On a busy machine a window that has just come up does not take its first keys.
    """
    deadline = time.monotonic() + 2 * _PATIENCE
    while True:
        act()
        for _ in range(_ROUNDS):
            if done():
                return
            time.sleep(0.2)
        assert time.monotonic() < deadline, "it stays as it is"


def type_cell(title: str, text: str, select: Callable[[], object], shown: Callable[[], object]) -> None:
    """Typed into the cell that `select` goes to, of the window of that title, until `shown` gives it."""

    def typed() -> None:
        select()
        focus(title)
        keys("type", "--delay", "20", text)
        keys("key", "Return")

    insist(typed, lambda: shown() == text)


def provoke_refusal(title: str) -> None:
    """Typing at a locked cell brings a message that protected cells cannot be modified; it is closed again."""
    before = windows(".").split()

    def typed() -> None:
        focus(title)
        keys("key", "9")

    insist(typed, lambda: besides(before))
    keys("windowfocus", "--sync", besides(before)[-1])
    confirm(lambda: not besides(before))


class Window:
    """A LibreOffice that `perfxl office start` opened, told of as to a reader of the screen: see uno_window.py."""

    def __init__(self, path: Path, profile: Path) -> None:
        self._profile = profile
        self.office = start(path, profile)
        until(lambda: windows(path.stem))
        pipe = f"perfxl{os.getpid()}{secrets.token_hex(4)}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        # A second start hands its arguments on to the first.
        office = [office_program(), f"-env:UserInstallation={profile.as_uri()}", f"--accept=pipe,name={pipe};urp"]
        subprocess.run(office, check=True, timeout=60, capture_output=True)
        self._eyes = subprocess.Popen(
            [office_python(), str(Path(__file__).with_name("uno_window.py")), pipe],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            encoding="utf-8",
            start_new_session=True,
        )

    def __enter__(self) -> Window:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        """Without saving. A dialog may be in the way."""
        if self.office.poll() is None and not failed:
            self._send("quit")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.office.wait(_QUITTING)
        for process in (self._eyes, self.office):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        (self._profile / ".lock").unlink(missing_ok=True)

    def call(self, name: str, *arguments: str) -> Any:
        self._send(name, *arguments)
        assert self._eyes.stdout
        assert select.select([self._eyes.stdout], [], [], _PATIENCE)[0], f"LibreOffice does not answer {name}"
        return json.loads(self._eyes.stdout.readline())

    def _send(self, name: str, *arguments: str) -> None:
        assert self._eyes.stdin
        self._eyes.stdin.write(json.dumps([name, *arguments]) + "\n")
        self._eyes.stdin.flush()

    def toolbar(self) -> dict[str, Any]:
        """Its `title`, and by their labels whether buttons are `enabled`."""
        found: dict[str, Any] = until(lambda: self.call("toolbar"))
        return found

    def _type(self, title: str, text: str) -> None:
        """Into the dialog of that title, in place of what its field has; of a password only the length is seen."""

        def typed() -> None:
            keys("key", "ctrl+a")
            keys("type", "--delay", "20", text)

        insist(typed, lambda: self.call("field", title) in (text, len(text)))

    def press(self, name: str) -> None:
        """The toolbar's button, by its name in ribbon.xml."""
        self.call("press", self._label(name))

    def enabled(self, name: str) -> bool:
        return bool(self.toolbar()["enabled"][self._label(name)])

    def _label(self, name: str) -> str:
        language = texts()["perfxl.label"].index(self.toolbar()["title"])
        return texts()[f"{name}.label"][language]

    def pick(self, title: str, path: str) -> None:
        """A file or folder, typed into the dialog that asks for one."""
        focus(title)
        self._type(title, path)
        confirm(lambda: not windows(title))

    def said(self) -> list[str] | None:
        """By our dialog in front, if there is one."""
        said: list[str] | None = self.call("dialog", TITLE)
        return said

    def answer(self, typed: str = "", seen: Callable[[], object] | None = None) -> str:
        """What the next dialog says, answered by keyboard with what is typed and Return; `seen` looks before that."""
        said = until(self.said)
        focus(f"^{TITLE}$")
        if typed:
            self._type(TITLE, typed)
        if seen:
            seen()
        confirm(lambda: self.said() != said)
        return "\n".join(filter(None, said or ()))
