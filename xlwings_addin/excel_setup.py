"""perfxl.xlam put into a person's Excel, and what keeps it from working there."""

from __future__ import annotations

import csv
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Literal

from perfxl.os_errors import english_reason, reason
from perfxl.problem import Problem
from xlwings_addin.machine import Machine

ADDIN = "perfxl.xlam"
_EXCEL = "EXCEL.EXE"
_ZONE = ":Zone.Identifier"
_POLICY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
_OWN = r"Software\Microsoft\Office\16.0\Excel\Security"
_DISABLED_ITEMS = r"Software\Microsoft\Office\16.0\Excel\Resiliency\DisabledItems"
_CLICK_TO_RUN = r"Software\Microsoft\Office\ClickToRun\Configuration"
_APP_PATH = r"Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_NO_MACROS = 4
"""VBAWarnings: disable all without asking."""


class SetupRefused(Problem):
    """What stands in the way of installing."""


@dataclass(frozen=True)
class Diagnosis:
    """One thing looked at. `cure` is empty where nothing is wrong."""

    state: Literal["好", "注意", "有问题"]
    what: str
    cure: str = ""


def addin_path(machine: Machine) -> Path:
    return machine.roaming / "Microsoft" / "Excel" / "XLSTART" / ADDIN


def settings_path(machine: Machine) -> Path:
    """Where xlwings' module in the add-in looks."""
    return machine.home / ".perfxl" / "perfxl.conf"


def install(machine: Machine, addin: bytes) -> None:
    """Write the add-in and its settings, over older ones. Raises SetupRefused, nothing changed then."""
    _require_closed(machine)
    if not str(_interpreter(machine)).isascii():
        raise SetupRefused(
            "Python 装在含中文的路径，Excel 无法启动它；请把 Python 装到英文路径，如 C:\\perfxl，再安装加载项",
            "Excel cannot start a Python whose path is not plain ASCII; install Python in a path such as C:\\perfxl"
            " first",
        )
    _write(settings_path(machine), _settings(machine).encode("ascii"))
    path = addin_path(machine)
    _write(path, addin)
    _unblock(path)


def remove(machine: Machine) -> bool:
    """Take both away again; False where nothing was installed. Raises SetupRefused."""
    _require_closed(machine)
    there = [path for path in (addin_path(machine), settings_path(machine)) if path.exists()]
    for path in there:
        path.unlink()
    return bool(there)


def is_installed(machine: Machine) -> bool:
    return addin_path(machine).exists() and settings_path(machine).exists()


def doctor(machine: Machine, addin: bytes) -> list[Diagnosis]:
    """Everything that is known to keep the add-in from working, looked at one by one."""
    return [diagnosis for look in _LOOKS for diagnosis in look(machine, addin)]


def report(machine: Machine, diagnoses: list[Diagnosis]) -> str:
    """The diagnosis as text to paste into a mail. The person's folder stands as %USERPROFILE%."""
    from perfxl import __version__

    lines = [f"perfxl {__version__} 加载项诊断（{platform.platform()}，Python {platform.python_version()}）"]
    for found in diagnoses:
        lines.append(f"[{found.state}] {found.what}")
        if found.cure:
            lines.append(f"    → {found.cure}")
    return "\n".join(lines).replace(str(machine.home), "%USERPROFILE%")


def _require_closed(machine: Machine) -> None:
    if machine.running(_EXCEL):
        raise SetupRefused(
            "Excel 正在运行；请先关闭全部 Excel 窗口，再执行一次",
            "Excel is running; close all its windows and try again",
        )


def _interpreter(machine: Machine) -> Path:
    """Without a console window where there is one such."""
    windowless = machine.python.with_name("pythonw.exe")
    return windowless if windowless.exists() else machine.python


def _settings(machine: Machine) -> str:
    rows = {"INTERPRETER_WIN": str(_interpreter(machine)), "USE UDF SERVER": "True", "SHOW CONSOLE": "False"}
    text = StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows.items())
    return text.getvalue()


def _write(path: Path, content: bytes) -> None:
    """The whole new file or the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".perfxl-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise SetupRefused(
            f"无法写入 {path.parent}（{reason(error)}）；请核对权限，关闭占用它的程序再试",
            f"cannot write {path.parent} ({english_reason(error)}); check the rights, close what uses it and try again",
        ) from error


def _unblock(path: Path) -> None:
    """Take off the mark that the file came from the internet."""
    Path(f"{path}{_ZONE}").unlink(missing_ok=True)


def _excel(machine: Machine, _: bytes) -> Iterator[Diagnosis]:
    path = machine.value("HKLM", _APP_PATH) or machine.value("HKCU", _APP_PATH)
    if path is None:
        yield Diagnosis(
            "有问题", "没有找到 Microsoft Excel", "加载项需要 Excel 2016 以上；没有 Excel 时用 .xlsx 表和批量检查"
        )
        return
    bits = {"x64": "64 位", "x86": "32 位"}.get(str(machine.value("HKLM", _CLICK_TO_RUN, "Platform")), "位数不明")
    yield Diagnosis("好", f"Excel：{path}（{bits}）")


def _not_wps(machine: Machine, _: bytes) -> Iterator[Diagnosis]:
    identifier = machine.value("HKCR", r"Excel.Application\CLSID")
    server = machine.value("HKCR", rf"CLSID\{identifier}\LocalServer32") if identifier else None
    if server is not None and any(word in str(server).lower() for word in ("wps", "kingsoft", "\\et.exe")):
        yield Diagnosis(
            "有问题",
            f"WPS 占用了 Excel 的接口：{server}",
            "在“WPS 配置工具 → 高级 → 兼容设置”取消“与 Microsoft Office 兼容”，或修复安装 Office",
        )
    else:
        yield Diagnosis("好", "Excel 的接口没有被 WPS 占用")


def _closed(machine: Machine, _: bytes) -> Iterator[Diagnosis]:
    if machine.running(_EXCEL):
        yield Diagnosis("注意", "Excel 正在运行", "安装后要关闭全部 Excel 窗口重新打开，按钮才出现")


def _file(machine: Machine, addin: bytes) -> Iterator[Diagnosis]:
    path = addin_path(machine)
    if not path.exists():
        if settings_path(machine).exists():
            cure = "可能被杀毒软件隔离：请在其隔离区恢复并加入信任，再执行 perfxl addin install"
            yield Diagnosis("有问题", f"加载项不见了：{path}", cure)
        else:
            yield Diagnosis("有问题", "加载项没有安装", "请执行 perfxl addin install")
        return
    if path.read_bytes() != addin:
        yield Diagnosis("有问题", "加载项不是本版本的", "请关闭 Excel，再执行 perfxl addin install")
    else:
        yield Diagnosis("好", f"加载项：{path}")
    if Path(f"{path}{_ZONE}").exists():
        yield Diagnosis(
            "有问题", "加载项带有“来自互联网”的标记，宏会被禁用", "请执行 perfxl addin install，它会去掉标记"
        )


def _python(machine: Machine, _: bytes) -> Iterator[Diagnosis]:
    import xlwings

    path = settings_path(machine)
    if not path.exists():
        yield Diagnosis("有问题", f"没有设置文件：{path}", "请执行 perfxl addin install")
    elif path.read_bytes() != _settings(machine).encode(errors="replace"):
        yield Diagnosis("有问题", "设置文件指向别的 Python", "请用现在这个 Python 执行 perfxl addin install")
    else:
        yield Diagnosis("好", f"Python：{_interpreter(machine)}")
    if not str(_interpreter(machine)).isascii():
        yield Diagnosis("有问题", "Python 的路径含中文", "请装到英文路径，如 C:\\perfxl")
    if not machine.has_module("win32com"):
        yield Diagnosis("有问题", "缺少 pywin32", "请执行 pip install pywin32")
    folder = machine.python.parent
    for bits in (64, 32):
        library = f"xlwings{bits}-{xlwings.__version__}.dll"
        if not any((place / library).exists() for place in (folder, folder.parent)):
            cure = "请重新安装：pip install --force-reinstall xlwings；仍没有时看杀毒软件的隔离区"
            yield Diagnosis("有问题", f"{folder} 及其上级没有 {library}", cure)


def _policy(machine: Machine, _: bytes) -> Iterator[Diagnosis]:
    ask = "请信息部门放行：信任位置加入 XLSTART，或为加载项签名"
    for hive in ("HKCU", "HKLM"):
        if machine.value(hive, _POLICY, "VBAWarnings") == _NO_MACROS:
            yield Diagnosis("有问题", f"组策略禁用了宏（{hive}）", ask)
        if machine.value(hive, rf"{_POLICY}\Trusted Locations", "AllLocationsDisabled") == 1:
            yield Diagnosis("有问题", f"组策略停用了全部信任位置（{hive}）", ask)
        for name in ("DisableAllAddins", "RequireAddinSig"):
            if machine.value(hive, _POLICY, name) == 1:
                yield Diagnosis("有问题", f"组策略限制加载项：{name}（{hive}）", ask)
    if machine.value("HKCU", _OWN, "VBAWarnings") == _NO_MACROS:
        cure = "“文件 → 选项 → 信任中心 → 宏设置”选“禁用所有宏，并发出通知”"
        yield Diagnosis("注意", "Excel 设为禁用所有宏；XLSTART 里的加载项仍可用，带宏的表（.xlsm）不行", cure)


def _disabled(machine: Machine, _: bytes) -> Iterator[Diagnosis]:
    if machine.values("HKCU", _DISABLED_ITEMS):
        cure = "“文件 → 选项 → 加载项 → 管理：禁用项目”，启用 perfxl 后重新打开 Excel"
        yield Diagnosis("注意", "Excel 的“禁用项目”里有加载项", cure)


_LOOKS: tuple[Callable[[Machine, bytes], Iterator[Diagnosis]], ...] = (
    *(_excel, _not_wps, _closed, _file, _python, _policy, _disabled),
)
