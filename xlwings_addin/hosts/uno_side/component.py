"""What LibreOffice's menu 绩效自评 calls: the macro runs in its own Python and asks this one for the workbook."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import unohelper
from com.sun.star.frame import FeatureStateEvent, XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization
from perfxl_uno.buttons import allowed
from perfxl_uno.dialogs import alert
from perfxl_uno.serving import serve
from perfxl_uno.session import Session

_NAME = "perfxl.Macro"
_listening: list[tuple[Any, Any, Macro]] = []
"""The entries of menus and toolbars in sight: who is told, of which address, by whom."""
_session: list[Session] = []
"""The one of all macros: what one of them says in the status bar, the next one takes away."""


class Macro(unohelper.Base, XInitialization, XDispatchProvider, XDispatch):  # type: ignore[misc]
    """What is behind `vnd.perfxl:score`, an entry of one window."""

    def __init__(self, context: object, *_: object) -> None:
        self._context = context
        self._frame: Any = None

    def initialize(self, arguments: tuple[Any, ...]) -> None:
        """LibreOffice gives the window."""
        self._frame = arguments[0] if arguments else None

    def queryDispatch(self, url: Any, target: str, flags: int) -> Macro:  # noqa: N802
        return self

    def queryDispatches(self, asked: Sequence[Any]) -> list[Macro]:  # noqa: N802
        return [self for _ in asked]

    def addStatusListener(self, listener: Any, url: Any) -> None:  # noqa: N802
        _listening.append((listener, url, self))
        self.tell(listener, url)

    def removeStatusListener(self, listener: Any, url: Any) -> None:  # noqa: N802
        _listening[:] = [one for one in _listening if one[0] != listener or one[1].Complete != url.Complete]

    def tell(self, listener: Any, url: Any) -> None:
        """Whether the button makes sense as the workbook is now."""
        event = FeatureStateEvent()
        event.Source, event.FeatureURL = self, url
        event.IsEnabled = allowed(self._frame, _arguments(url)[1])
        listener.statusChanged(event)

    def dispatch(self, url: Any, _: object) -> None:
        """Run one macro and answer it until it ends. The person sees what went wrong."""
        if not _session:
            _session.append(Session(self._context))
        session = _session[0]
        try:
            said = _run(session, _arguments(url)[0])
        except OSError as error:
            said = str(error)
        if said:
            prompt = f"绩效自评未能启动。请重新运行 perfxl addin install --libreoffice\n\n{said[-600:]}"
            alert(session, prompt, "绩效自评", "ok", critical=True)
        for entry in list(_listening):
            listener, address, teller = entry
            try:
                teller.tell(listener, address)
            except Exception:
                # Its window has been closed.
                _listening.remove(entry)


def _arguments(url: Any) -> tuple[str, str]:
    """`vnd.perfxl:next?results`: the macro, and what its button needs."""
    name, _, needs = url.Complete.partition(":")[2].partition("?")
    return name, needs


def _run(session: Session, name: str) -> str:
    """What the macro's Python complained of, where it failed."""
    command = json.loads(Path(__file__).with_name("command.json").read_text("utf-8"))
    # LibreOffice's own Python settings are for its own Python.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    with subprocess.Popen(
        [*command, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        encoding="utf-8",
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        serve(session, process.stdout, process.stdin)
        process.stdin.close()
        complaint = process.stderr.read()
    return complaint if process.returncode else ""


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816
g_ImplementationHelper.addImplementation(Macro, _NAME, ("com.sun.star.frame.ProtocolHandler",))
