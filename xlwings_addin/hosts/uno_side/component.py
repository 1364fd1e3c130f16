"""What LibreOffice's menu 绩效自评 calls: the macro runs in its own Python and asks this one for the workbook."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import unohelper
from com.sun.star.task import XJobExecutor
from perfxl_uno.dialogs import alert
from perfxl_uno.serving import serve
from perfxl_uno.session import Session

_SERVICE = "perfxl.Macro"


class Macro(unohelper.Base, XJobExecutor):  # type: ignore[misc]
    """The service behind `service:perfxl.Macro?score`."""

    def __init__(self, context: object) -> None:
        self._context = context

    def trigger(self, name: str) -> None:
        """Run one macro and answer it until it ends. The person sees what went wrong."""
        session = Session(self._context)
        try:
            said = _run(session, name)
        except OSError as error:
            said = str(error)
        if said:
            prompt = f"绩效自评未能启动。请重新运行 perfxl addin install --libreoffice\n\n{said[-600:]}"
            alert(session, prompt, "绩效自评", "ok", critical=True)


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
g_ImplementationHelper.addImplementation(Macro, "perfxl.MacroImplementation", (_SERVICE,))
