"""The modules of the add-in's VBA project: our own sources, what is generated from Python, and xlwings' own two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from inspect import Parameter, signature
from pathlib import Path

from perfxl.problem import Problem
from xlwings_addin.texts import Words, texts
from xlwings_addin.vba_project import Module, exported_source

_SOURCES = ("PxRibbon.bas", "PxServer.bas", "PxEvents.cls")
_CHANGES = (
    ('PROJECT_NAME As String = "myaddin"', 'PROJECT_NAME As String = "perfxl"', 1),
    ('GetConfig("ADD_WORKBOOK_TO_PYTHONPATH", "true")', '"false"', 2),
    ('If Right$(sht.Name, 3) = ".py" Then', "If False Then", 2),
    ('If SheetExists(ActiveWorkbook, PROJECT_NAME & ".conf") = True Then', "If False Then", 1),
    ('If source = "" Or source = "directory" Then', "If False Then", 1),
    (' -B -c ""', ' -B -P -c ""', 2),
)
"""What is changed in xlwings' module, and how often it stands there.

Settings come from `%USERPROFILE%\\.perfxl\\perfxl.conf` alone: a sheet of the workbook in front, or a file in its
folder, could else name the program to start or the Python modules to load, and returned forms come from anybody.
"""
_WIDEST = 150
"""Characters of a text in one statement: five columns each, and a line takes 1,023."""


class UnknownModule(Problem):
    """xlwings' own VBA is not the one that we know how to change."""


def modules(sheets: int) -> list[Module]:
    """All modules for a workbook with so many sheets. Raises UnknownModule where xlwings' own VBA has another shape."""
    own = files("xlwings_addin").joinpath("vba")
    found = [Module("ThisWorkbook", "workbook", own.joinpath("ThisWorkbook.cls").read_text("ascii"))]
    found += [Module(f"Sheet{number}", "sheet", "Option Explicit") for number in range(1, sheets + 1)]
    for name in _SOURCES:
        stem, _, suffix = name.partition(".")
        found.append(Module(stem, "module" if suffix == "bas" else "class", own.joinpath(name).read_text("ascii")))
    found.append(Module("PxTexts", "module", "\n".join(_texts())))
    found.append(Module("PxFunctions", "module", "\n".join(_functions())))
    return [*found, *_of_xlwings()]


def _of_xlwings() -> Iterator[Module]:
    import xlwings

    folder = Path(xlwings.__file__).parent
    source = (folder / "xlwings_custom_addin.bas").read_text("ascii")
    for old, new, times in (*_CHANGES, (f'XLWINGS_VERSION As String = "{xlwings.__version__}"', None, 1)):
        if source.count(old) != times:
            raise UnknownModule(
                f"xlwings {xlwings.__version__} 的 VBA 模块与预期不同，不能生成加载项；请安装 constraints.txt 里的版本",
                f"xlwings {xlwings.__version__} has another VBA module than is known; install the version of"
                " constraints.txt",
            )
        source = source.replace(old, old if new is None else new)
    yield Module("xlwings", "module", exported_source(source))
    yield Module("Dictionary", "class", exported_source((folder / "addin" / "Dictionary.cls").read_text("ascii")))


def _texts() -> Iterator[str]:
    """Chinese as code points, because VBA sources are ASCII."""
    yield from (
        "Option Explicit",
        "' Generated from texts.toml and from the functions' docstrings.",
        "",
        "' 2 is the language of the user interface; 4 is Chinese, wherever it is spoken.",
        "Public Function PxText(ByVal id As String) As String",
        "    Dim language As Long",
        "    language = 4",
        "    On Error Resume Next",
        "    language = Application.LanguageSettings.LanguageID(2) And &H3FF",
        "    On Error GoTo 0",
        "    If language = 4 Then",
        "        PxText = PxChinese(id)",
        "    Else",
        "        PxText = PxEnglish(id)",
        "    End If",
        "End Function",
        "",
    )
    words = {**texts(), **{f"{name}.tip": Words(*_described(name)) for name in _all_functions()}}
    for function, language in (("PxChinese", 0), ("PxEnglish", 1)):
        yield f"Private Function {function}(ByVal id As String) As String"
        yield "    Select Case id"
        for key, pair in words.items():
            yield f'        Case "{key}"'
            yield from (f"            {function} = {function} & {piece}" for piece in _pieces(pair[language]))
        yield from ("    End Select", "End Function", "")
    yield from (
        "Private Function PxDecoded(ByVal points As String) As String",
        "    Dim place As Long",
        "    For place = 1 To Len(points) Step 5",
        '        PxDecoded = PxDecoded & ChrW$(CLng("&H" & Mid$(points, place, 4)))',
        "    Next place",
        "End Function",
    )


def _pieces(text: str) -> Iterator[str]:
    """The text as expressions of VBA, none too long for a line."""
    for start in range(0, len(text), _WIDEST):
        part = text[start : start + _WIDEST]
        if part.isascii():
            yield '"{}"'.format(part.replace('"', '""'))
        else:
            yield 'PxDecoded("{}")'.format(" ".join(f"{ord(character):04X}" for character in part))


def _functions() -> Iterator[str]:
    """A wrapper for each function, and what the function wizard shows."""
    yield from ("Option Explicit", "' Generated from xlwings_addin/functions.py.", "")
    for name, function in _all_functions().items():
        declared, given = [], []
        parameters = signature(function).parameters.values()
        for parameter in parameters:
            optional = "" if parameter.default is Parameter.empty else "Optional "
            declared.append(f"{optional}ByRef {parameter.name} As Variant")
            given.append(parameter.name)
        yield f"Public Function {name}({', '.join(declared)}) As Variant"
        yield f'Attribute {name}.VB_Description = "{_described(name)[1]}"'
        if "scheme" in given:
            yield "    If IsMissing(scheme) Then scheme = PxScheme()"
        yield f'    {name} = PxCall("{name}", Array({", ".join(given)}))'
        yield from ("End Function", "")
    yield from (
        "' Excel refuses a description while no workbook is open; the cells compute all the same.",
        "Public Sub PxDescribe()",
        "    On Error Resume Next",
    )
    for name in _all_functions():
        words = f'Description:=PxText("{name}.tip"), Category:=PxText("perfxl.label")'
        yield f'    Application.MacroOptions Macro:="{name}", {words}'
    yield "End Sub"


def _all_functions() -> dict[str, Callable[..., object]]:
    from xlwings_addin.functions import FUNCTIONS

    return dict(FUNCTIONS)


def _described(name: str) -> tuple[str, str]:
    """The Chinese and the English half of the docstring."""
    chinese, mark, english = (_all_functions()[name].__doc__ or "").rpartition("。")
    assert mark and english.isascii(), f"{name}: a Chinese sentence and an English one"
    return chinese + mark, english.strip()
