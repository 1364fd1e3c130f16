"""The add-in and the forms with macros, built from text: what can be held without Excel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from inspect import Parameter, signature
from io import BytesIO
from pathlib import Path
from random import Random
from xml.etree import ElementTree
from zipfile import ZipFile

import olefile  # type: ignore[import-untyped]
import pytest
import xlwings
from oletools.olevba import VBA_Parser, decompress_stream  # type: ignore[import-untyped]
from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]

from perfxl.layouts import templates
from perfxl.live_formula import is_live, native_formula
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes
from perfxl.sources import read_workbook
from tests.extent import cases
from xlwings_addin import build, ribbon
from xlwings_addin.functions import FUNCTIONS
from xlwings_addin.texts import buttons, ribbon_xml, texts
from xlwings_addin.vba_project import Module, compressed, encrypted, exported_source, vba_project
from xlwings_addin.vba_sources import modules

SELF_EVALUATIONS = [scheme for scheme in builtin_schemes().values() if scheme.kind == "self_evaluation"]
CUSTOM_UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
CALLBACKS = {
    "onLoad": "ribbon As IRibbonUI",
    "onAction": "control As IRibbonControl",
    "getLabel": "control As IRibbonControl, ByRef returnedVal",
    "getScreentip": "control As IRibbonControl, ByRef returnedVal",
    "getSupertip": "control As IRibbonControl, ByRef returnedVal",
    "getEnabled": "control As IRibbonControl, ByRef returnedVal",
    "getVisible": "control As IRibbonControl, ByRef returnedVal",
    "getPressed": "control As IRibbonControl, ByRef returnedVal",
}
TOGGLED = "control As IRibbonControl, pressed As Boolean"
OWN_ATTRIBUTES = {"id", "size", "imageMso"}


@pytest.fixture(scope="module")
def addin() -> bytes:
    return build.addin()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The add-in and every form with macros."""
    return build.build(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return {module.name: module.source for module in modules(1)}


@pytest.mark.parametrize("length", [0, 1, 3, 73, 4095, 4096, 4097, 9000])
def test_compressed_text_is_what_it_was(length: int, sources: dict[str, str]) -> None:
    repeated, mixed = b"ab" * length, Random(length).randbytes(length)
    for data in (repeated[:length], mixed, sources["xlwings"].encode()[:length]):
        # A chunk that does not shrink is stored whole, filled up with zeros.
        assert bytes(decompress_stream(bytearray(compressed(data)))).rstrip(b"\0") == data.rstrip(b"\0")


def test_protection_fields_as_excel_writes_them() -> None:
    """CMG of an Excel file: its two ignored bytes are ours to choose, so decode both."""
    project = "{318BEE36-5BE1-492A-826D-473DB19B0F30}"
    assert decoded("5D5F8AADDAA8DEA8DEA8DEA8DE", project) == bytes(4)
    for data in (bytes(4), bytes(1), b"\xff"):
        assert decoded(encrypted(data, project, 0x5D), project) == data


def decoded(text: str, project: str) -> bytes:
    hidden = bytes.fromhex(text)
    seed = hidden[0]
    assert seed ^ hidden[1] == 2
    plain = seed ^ hidden[2]
    assert plain == sum(project.encode()) & 0xFF
    before, last, out = hidden[1], hidden[2], []
    for byte in hidden[3:]:
        plain, before, last = byte ^ ((before + plain) & 0xFF), last, byte
        out.append(plain)
    content = bytes(out[(seed & 6) // 2 :])
    assert int.from_bytes(content[:4], "little") == len(content) - 4
    return content[4:]


def test_a_source_that_vba_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        vba_project("p", [Module("M", "module", "' 中文")])
    with pytest.raises(ValueError, match="longer"):
        vba_project("p", [Module("M", "module", "' " + "x" * 1100)])


def test_a_project_of_many_long_streams(tmp_path: Path) -> None:
    """Beyond the mini stream and one sector of the directory, with every name found again."""
    chance = Random(1)
    many = [
        Module(f"M{number}", "module", "\n".join(f"' {chance.random()}" for _ in range(number * cases(15, 40))))
        for number in range(40)
    ]
    path = tmp_path / "vbaProject.bin"
    path.write_bytes(vba_project("p", many))
    opened = olefile.OleFileIO(path)
    assert opened.parsing_issues == []
    assert len(opened.listdir()) == 40 + 4
    for module in many:
        raw = opened.openstream(["VBA", module.name]).read()
        text = bytes(decompress_stream(bytearray(raw))).decode().rstrip("\0")
        assert exported_source(text.replace("\r\n", "\n")).rstrip("\n") == module.source


def test_the_same_bytes_on_every_build(addin: bytes, built: list[Path], tmp_path: Path) -> None:
    script = "import sys; from xlwings_addin import build; from pathlib import Path; build.build(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "other")], check=True)
    assert [path.name for path in built] == ["perfxl.xlam"] + [
        Path(templates.template_name(scheme)).with_suffix(".xlsm").name for scheme in SELF_EVALUATIONS
    ]
    for path in built:
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()
    assert built[0].read_bytes() == addin


def test_an_independent_reader_gives_the_sources_back(addin: bytes, sources: dict[str, str]) -> None:
    found = {
        stream.rpartition("/")[2]: exported_source(code.replace("\r\n", "\n")).rstrip("\n")
        for _, stream, _, code in VBA_Parser("perfxl.xlam", data=addin).extract_all_macros()
    }
    assert found == {name: source.rstrip("\n") for name, source in sources.items()}
    for name, source in sources.items():
        assert source.isascii(), name


def test_xlwings_own_module_is_the_installed_one(sources: dict[str, str]) -> None:
    assert f'XLWINGS_VERSION As String = "{xlwings.__version__}"' in sources["xlwings"]
    assert f"xlwings64-{xlwings.__version__}.dll" in sources["xlwings"]
    assert 'PROJECT_NAME As String = "perfxl"' in sources["xlwings"]
    assert "BSD 3-clause" in sources["xlwings"]


def test_a_returned_workbook_cannot_name_the_program_to_start(sources: dict[str, str]) -> None:
    """xlwings would take settings from a sheet of the workbook in front and from its folder, and modules as well."""
    source = sources["xlwings"]
    assert "SheetExists(ActiveWorkbook, PROJECT_NAME" not in source
    assert 'source = "directory"' not in source
    assert "ADD_WORKBOOK_TO_PYTHONPATH" not in source
    assert '".py"' not in source
    assert source.count(" -B -P -c ") == source.count(' -c ""') == 2


def test_every_callback_is_a_public_sub_with_its_signature(sources: dict[str, str]) -> None:
    subs = dict(re.findall(r"^Public Sub (\w+)\((.*)\)$", sources["PxRibbon"], re.MULTILINE))
    root = ElementTree.fromstring(ribbon_xml())
    named = set()
    for element in root.iter():
        for attribute, value in element.attrib.items():
            if attribute in CALLBACKS:
                wanted = TOGGLED if element.tag == f"{CUSTOM_UI}toggleButton" and attribute == "onAction" else None
                assert subs[value] == (wanted or CALLBACKS[attribute]), (attribute, value)
                named.add(value)
            else:
                assert attribute in OWN_ATTRIBUTES, attribute
    assert named == {name for name, given in subs.items() if "IRibbon" in given}


def test_buttons_have_one_id_their_words_and_an_action(sources: dict[str, str]) -> None:
    ids = [element.attrib["id"] for element in ElementTree.fromstring(ribbon_xml()).iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert buttons() == [name for name in ids if name in ribbon.ACTIONS]
    assert set(buttons()) == set(ribbon.ACTIONS)
    for name in ids:
        assert f"{name}.label" in texts()
        assert (f"{name}.tip" in texts()) == (name in buttons())
    needs = {texts()[f"{name}.needs"].chinese for name in buttons() if f"{name}.needs" in texts()}
    assert set(re.findall(r'Case "(\w+)"', sources["PxRibbon"])) == needs == {"results", "open", "locked", "switch"}


def test_words_come_out_of_vba_as_they_are_in_the_texts(sources: dict[str, str]) -> None:
    for function, language in (("PxChinese", 0), ("PxEnglish", 1)):
        body = re.search(rf"Private Function {function}.*?End Function", sources["PxTexts"], re.DOTALL)
        assert body
        said: dict[str, str] = {}
        for case in body[0].split("Case ")[2:]:
            key = case.split('"')[1]
            said[key] = "".join(
                "".join(chr(int(point, 16)) for point in points.split()) if points else plain.replace('""', '"')
                for points, plain in re.findall(rf'{function} & (?:PxDecoded\("([0-9A-F ]+)"\)|"((?:[^"]|"")*)")', case)
            )
        assert {key: words[language] for key, words in texts().items()} == {
            key: words for key, words in said.items() if not key.startswith("PX_")
        }
        assert {key.removesuffix(".tip") for key in said if key.startswith("PX_")} == set(FUNCTIONS)
    assert all(words.english.isascii() for key, words in texts().items() if key != "message.results")


def test_wrappers_are_the_functions(sources: dict[str, str]) -> None:
    pattern = r"^Public Function (PX_\w+)\((.*)\) As Variant\nAttribute \1.VB_Description = \"([ -~]+)\"\n"
    wrappers = {name: given for name, given, _ in re.findall(pattern, sources["PxFunctions"], re.MULTILINE)}
    assert wrappers.keys() == FUNCTIONS.keys()
    for name, function in FUNCTIONS.items():
        declared = re.findall(r"(Optional )?ByRef (\w+) As Variant", wrappers[name])
        assert [(bool(optional), parameter) for optional, parameter in declared] == [
            (parameter.default is not Parameter.empty, parameter.name)
            for parameter in signature(function).parameters.values()
        ]
        passed = re.search(rf'{name} = PxCall\("{name}", Array\((.*)\)\)', sources["PxFunctions"])
        assert passed and passed[1].split(", ") == [parameter for _, parameter in declared]


def test_a_static_analyser_finds_nothing(tmp_path: Path, sources: dict[str, str]) -> None:
    """It knows Excel's objects; xlwings' module is a stub with the two functions that we call."""
    folder = tmp_path / "sources"
    folder.mkdir()
    stub = "Option Explicit\nFunction RunPython(PythonCommand As String)\nEnd Function\nFunction XLPy()\nEnd Function\n"
    own = {name: source for name, source in sources.items() if name not in ("xlwings", "Dictionary")}
    for name, source in {**own, "xlwings": stub}.items():
        suffix = "cls" if name in ("PxEvents", "ThisWorkbook", "Sheet1") else "bas"
        (folder / f"{name}.{suffix}").write_text(f'Attribute VB_Name = "{name}"\n{source}\n', "ascii")
    report = tmp_path / "report.json"
    program = Path(sys.executable).with_name("vbalidator")
    done = subprocess.run(
        [program, folder, "--host", "excel", "--output", report], capture_output=True, text=True, check=False
    )
    found = json.loads(report.read_text())
    assert done.returncode == 0, done.stdout
    assert "Errors        : 0" in done.stdout and "Warnings      : 0" in done.stdout, found
    (folder / "PxRibbon.bas").write_text(
        'Attribute VB_Name = "PxRibbon"\nOption Explicit\nSub A()\n    PxNowhere 1\nEnd Sub\n', "ascii"
    )
    done = subprocess.run(
        [program, folder, "--host", "excel", "--output", report], capture_output=True, text=True, check=False
    )
    assert "Errors        : 0" not in done.stdout, "the analyser sees nothing at all"


def problems(path: Path) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = OpenXmlValidator(file_format=FileFormat.OFFICE_2019).validate(str(path))
    return [str(error) for error in result.errors]


def test_the_open_xml_sdk_finds_nothing_in_the_packages(built: list[Path]) -> None:
    for path in built[: cases(2, len(built))]:
        assert problems(path) == [], path.name


def test_code_names_are_those_of_the_document_modules(built: list[Path]) -> None:
    for path in built:
        package = ZipFile(path)
        streams = olefile.OleFileIO(BytesIO(package.read("xl/vbaProject.bin"))).listdir()
        book = package.read("xl/workbook.xml").decode()
        assert 'codeName="ThisWorkbook"' in book and ["VBA", "ThisWorkbook"] in streams
        sheets = [name for name in package.namelist() if re.fullmatch(r"xl/worksheets/sheet\d\.xml", name)]
        names = [re.search(r'<sheetPr[^>]*codeName="(\w+)"', package.read(name).decode()) for name in sheets]
        assert [found and found[1] for found in names] == [f"Sheet{number}" for number in range(1, len(sheets) + 1)]
        assert [stream[1] for stream in streams if stream[1:] and stream[1].startswith("Sheet")] == [
            f"Sheet{number}" for number in range(1, len(sheets) + 1)
        ]
        assert "customUI/customUI14.xml" in package.namelist()


@pytest.mark.parametrize("scheme", SELF_EVALUATIONS, ids=lambda scheme: scheme.id)
def test_live_forms_compute_natively_what_the_plain_template_does(scheme: Scheme, built: list[Path]) -> None:
    """Both branches come from one expression: the native one is the plain template's formula, letter for letter."""
    plain = read_workbook(Path("templates") / templates.template_name(scheme))
    live = read_workbook(built[1 + SELF_EVALUATIONS.index(scheme)])
    called = set()
    assert live.names["PX_ON"] == "FALSE"
    for before, after in zip(plain.grids, live.grids, strict=True):
        assert before.cells.keys() == after.cells.keys()
        for place, cell in after.cells.items():
            formula = cell.formula or ""
            if is_live(formula):
                name, arguments = re.findall(r"IFERROR\((PX_\w+)\(([^)]*)\)", formula)[0]
                called.add(name)
                required = [p for p in signature(FUNCTIONS[name]).parameters.values() if p.default is Parameter.empty]
                assert len(required) <= len(arguments.split(",")) <= len(signature(FUNCTIONS[name]).parameters) - 1
                formula = native_formula(formula)
            assert formula.removeprefix("=") == (before.cells[place].formula or "").removeprefix("="), place
            assert cell.value == before.cells[place].value
    assert {"PX_EXEC_RATE", "PX_EXEC_SCORE", "PX_TOTAL"} <= called
    assert ("PX_GRADE" in called) == bool(scheme.grades) or scheme.id == "hubei/2021"
    assert ("PX_SCORE" in called) == bool(scheme.indicators and scheme.indicators.proportional)
