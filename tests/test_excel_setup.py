"""Installing into Excel and finding out why it does not work, on a pretended PC: folders are real, the rest is told."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import xlwings

from perfxl.cli import main
from xlwings_addin import excel_setup
from xlwings_addin.excel_setup import SetupRefused, addin_path, doctor, install, is_installed, remove, report

ADDIN = b"the add-in"
APP = r"Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
POLICY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
CLSID = "{00024500-0000-0000-C000-000000000046}"


@dataclass
class PretendedPC:
    python: Path
    home: Path
    roaming: Path
    registry: dict[tuple[str, str, str], str | int] = field(default_factory=dict)
    processes: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=lambda: {"win32com"})

    def value(self, hive: str, key: str, name: str = "") -> str | int | None:
        return self.registry.get((hive, key, name))

    def values(self, hive: str, key: str) -> dict[str, str | int]:
        return {place[2]: content for place, content in self.registry.items() if place[:2] == (hive, key)}

    def running(self, program: str) -> bool:
        return program in self.processes

    def has_module(self, name: str) -> bool:
        return name in self.modules


@pytest.fixture
def pc(tmp_path: Path) -> PretendedPC:
    """A healthy one, the add-in not yet installed."""
    python = tmp_path / "py" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    python.touch()
    python.with_name("pythonw.exe").touch()
    for bits in (32, 64):
        (tmp_path / "py" / f"xlwings{bits}-{xlwings.__version__}.dll").touch()
    made = PretendedPC(python, tmp_path / "home", tmp_path / "home" / "AppData" / "Roaming")
    made.registry["HKLM", APP, ""] = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
    made.registry["HKLM", r"Software\Microsoft\Office\ClickToRun\Configuration", "Platform"] = "x64"
    made.registry["HKCR", r"Excel.Application\CLSID", ""] = CLSID
    made.registry["HKCR", rf"CLSID\{CLSID}\LocalServer32", ""] = r"C:\...\EXCEL.EXE /automation"
    return made


def test_installed_found_and_removed(pc: PretendedPC) -> None:
    assert not is_installed(pc)
    install(pc, b"an older one")
    install(pc, ADDIN)
    assert is_installed(pc)
    assert addin_path(pc) == pc.roaming / "Microsoft" / "Excel" / "XLSTART" / "perfxl.xlam"
    assert addin_path(pc).read_bytes() == ADDIN
    assert (pc.home / ".perfxl" / "perfxl.conf").read_bytes().decode().split("\r\n") == [
        f'"INTERPRETER_WIN","{pc.python.with_name("pythonw.exe")}"',
        '"USE UDF SERVER","True"',
        '"SHOW CONSOLE","False"',
        "",
    ]
    assert [path.name for path in addin_path(pc).parent.iterdir()] == ["perfxl.xlam"]
    assert remove(pc)
    assert not is_installed(pc)
    assert not remove(pc)


def test_the_mark_of_the_web_is_taken_off(pc: PretendedPC) -> None:
    install(pc, ADDIN)
    zone = Path(f"{addin_path(pc)}:Zone.Identifier")
    zone.write_text("[ZoneTransfer]\nZoneId=3\n")
    assert troubles(pc) == ["加载项带有“来自互联网”的标记，宏会被禁用"]
    install(pc, ADDIN)
    assert troubles(pc) == []


def test_nothing_is_done_while_excel_runs(pc: PretendedPC) -> None:
    pc.processes.add("EXCEL.EXE")
    with pytest.raises(SetupRefused, match="请先关闭全部 Excel 窗口"):
        install(pc, ADDIN)
    assert not pc.home.exists()
    pc.processes.clear()
    install(pc, ADDIN)
    pc.processes.add("EXCEL.EXE")
    with pytest.raises(SetupRefused):
        remove(pc)
    assert is_installed(pc)
    assert troubles(pc) == ["Excel 正在运行"]


def test_an_interpreter_that_excel_cannot_start_is_refused(pc: PretendedPC, tmp_path: Path) -> None:
    pc.python = tmp_path / "财政局" / "python.exe"
    with pytest.raises(SetupRefused, match="英文路径"):
        install(pc, ADDIN)
    assert not pc.home.exists()


def test_a_folder_that_takes_no_file(pc: PretendedPC) -> None:
    pc.roaming.mkdir(parents=True)
    (pc.roaming / "Microsoft").touch()
    with pytest.raises((SetupRefused, NotADirectoryError)):
        install(pc, ADDIN)


def test_a_healthy_pc(pc: PretendedPC) -> None:
    install(pc, ADDIN)
    assert [found.state for found in doctor(pc, ADDIN)] == ["好"] * 4
    text = report(pc, doctor(pc, ADDIN))
    assert "perfxl.xlam" in text and str(pc.home) not in text
    assert "EXCEL.EXE（64 位）" in text


def troubles(pc: PretendedPC) -> list[str]:
    found = [one for one in doctor(pc, ADDIN) if one.state != "好"]
    assert all(one.cure for one in found)
    return [one.what for one in found]


@pytest.mark.parametrize(
    ("hive", "key", "name", "value", "found"),
    [
        ("HKLM", APP, "", None, "没有找到 Microsoft Excel"),
        (
            *("HKCR", rf"CLSID\{CLSID}\LocalServer32", ""),
            *(
                r"C:\Users\x\Kingsoft\WPS Office\et.exe",
                r"WPS 占用了 Excel 的接口：C:\Users\x\Kingsoft\WPS Office\et.exe",
            ),
        ),
        ("HKCU", POLICY, "VBAWarnings", 4, "组策略禁用了宏（HKCU）"),
        ("HKCU", POLICY, "VBAWarnings", 2, None),
        ("HKLM", POLICY, "RequireAddinSig", 1, "组策略限制加载项：RequireAddinSig（HKLM）"),
        ("HKCU", POLICY, "DisableAllAddins", 1, "组策略限制加载项：DisableAllAddins（HKCU）"),
        ("HKCU", rf"{POLICY}\Trusted Locations", "AllLocationsDisabled", 1, "组策略停用了全部信任位置（HKCU）"),
        (
            *("HKCU", r"Software\Microsoft\Office\16.0\Excel\Security", "VBAWarnings", 4),
            "Excel 设为禁用所有宏；XLSTART 里的加载项仍可用，带宏的表（.xlsm）不行",
        ),
        (
            *("HKCU", r"Software\Microsoft\Office\16.0\Excel\Resiliency\DisabledItems", "1", "perfxl"),
            "Excel 的“禁用项目”里有加载项",
        ),
    ],
)
def test_each_trouble_of_the_registry_is_told(
    pc: PretendedPC, hive: str, key: str, name: str, value: str | int | None, found: str | None
) -> None:
    install(pc, ADDIN)
    if value is None:
        del pc.registry[hive, key, name]
    else:
        pc.registry[hive, key, name] = value
    assert troubles(pc) == ([found] if found else [])


def test_each_trouble_of_the_files_is_told(pc: PretendedPC) -> None:
    assert troubles(pc) == ["加载项没有安装", f"没有设置文件：{excel_setup.settings_path(pc)}"]
    install(pc, b"older")
    assert troubles(pc) == ["加载项不是本版本的"]
    addin_path(pc).unlink()
    assert troubles(pc) == [f"加载项不见了：{addin_path(pc)}"]
    install(pc, ADDIN)
    excel_setup.settings_path(pc).write_text('"INTERPRETER_WIN","C:\\other"\r\n')
    assert troubles(pc) == ["设置文件指向别的 Python"]
    install(pc, ADDIN)
    pc.modules.clear()
    assert troubles(pc) == ["缺少 pywin32"]
    pc.modules.add("win32com")
    missing = f"xlwings32-{xlwings.__version__}.dll"
    (pc.python.parent.parent / missing).unlink()
    assert troubles(pc) == [f"{pc.python.parent} 及其上级没有 {missing}"]


@pytest.mark.skipif(sys.platform == "win32", reason="there Excel can be")
@pytest.mark.parametrize("command", ["install", "remove", "status", "doctor"])
def test_elsewhere_the_command_says_what_to_do(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["addin", command]) == 2
    assert "LibreOffice 请加 --libreoffice" in capsys.readouterr().err
