"""The add-in's VBA run by another program: LibreOffice, with a stub in place of xlwings' own module."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from perfxl.scheme_files import builtin_schemes
from tests.spreadsheets import missing
from xlwings_addin import build, vba_sources
from xlwings_addin.hosts.libreoffice import OfficeMissing, office_program, office_python
from xlwings_addin.vba_project import Module

pytestmark = pytest.mark.acceptance

STUB = Module(
    "xlwings",
    "module",
    """Option Explicit
Private asked As String

Public Function RunPython(PythonCommand As String)
    asked = PythonCommand
End Function

Public Function PxAsked() As String
    PxAsked = asked
End Function

Public Function XLPy()
    Set XLPy = New Dictionary
End Function
""",
)
SERVER = Module(
    "Dictionary",
    "class",
    """Option Explicit

Public Function CallUDF(ByVal source As String, ByVal title As String, ByVal given, ByVal book, ByVal caller)
    CallUDF = source & " " & title & " " & UBound(given) & " " & given(UBound(given))
    If given(0) = "wrong" Then CallUDF = "#VALUE!"
End Function
""",
)
CALLS = """
import json, os, subprocess, sys, tempfile, time
import uno
from com.sun.star.beans import PropertyValue

def setting(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made

program, path, calls = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
pipe = "perfxl-%d" % os.getpid()
with tempfile.TemporaryDirectory() as profile:
    started = subprocess.Popen([program, "-env:UserInstallation=file://" + profile, "--headless", "--norestore",
                                "--accept=pipe,name=%s;urp;" % pipe], stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
        for _ in range(300):
            try:
                context = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
                break
            except Exception:
                time.sleep(0.2)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        book = desktop.loadComponentFromURL("file://" + path, "_blank", 0,
                                            (setting("Hidden", True), setting("MacroExecutionMode", 4)))
        scripts = book.getScriptProvider()
        for name, *arguments in calls:
            found = scripts.getScript("vnd.sun.star.script:perfxl.%s?language=Basic&location=document" % name)
            print(json.dumps(found.invoke(tuple(arguments), (), ())[0]))
    finally:
        os.killpg(started.pid, 9)  # Closing a workbook with macros, it may crash.
        started.wait()
"""


def answers(path: Path, *calls: Sequence[object]) -> list[object]:
    try:
        command = [office_python(), "-c", CALLS, office_program(), str(path), json.dumps(calls)]
    except OfficeMissing:
        missing("libreoffice")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_libreoffice_compiles_and_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vba_sources, "_of_xlwings", lambda: iter([STUB, SERVER]))
    monkeypatch.setattr(build, "_macros_of_a_form", build._macros_of_a_form.__wrapped__)  # not those kept for all tests
    path = tmp_path / "form.xlsm"
    path.write_bytes(build.form(builtin_schemes()["mof/2020"]))
    assert answers(
        path,
        ["PxTexts.PxText", "score.label"],
        ["PxTexts.PxText", "message.no_book"],
        ["PxTexts.PxText", "PX_GRADE.tip"],
        ["PxRibbon.PxName", "PX_SCHEME"],
        ["PxRibbon.PxName", "PX_ON"],
        *(["PxRibbon.PxAllowed", name] for name in ("score", "lock", "unlock", "next", "live", "help")),
        ["PxRibbon.PxRun", "verify"],
        ["xlwings.PxAsked"],
        ["PxFunctions.PX_GRADE", 90.0],
        ["PxFunctions.PX_SCORE", "正向定量", 1.0, 1.0, 10.0],
        ["PxFunctions.PX_AMOUNT", "150万", "元"],
    ) == [
        "校验并评分",
        "没有打开的工作簿；请先打开自评表。",
        "等级：按总分所在区间；方案不分等级时为空。",
        "mof/2020",
        "FALSE()",  # as LibreOffice writes it
        *(True, True, False, False, True, True),
        None,
        "import xlwings_addin.ribbon; xlwings_addin.ribbon.run('verify')",
        "xlwings_addin.functions PX_GRADE 1 mof/2020",
        "xlwings_addin.functions PX_SCORE 4 mof/2020",
        "xlwings_addin.functions PX_AMOUNT 1 元",
    ]
