"""Good workbooks changed at random: refused, or read alike by the scanner and the parser."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.grid import Merge
from perfxl.sources import UnreadableFile, xlsx_sheet, xlsx_strings, xml_scan
from perfxl.sources.xlsx import read_xlsx
from perfxl.sources.xlsx_sheet import SheetReader
from tests.extent import cases
from tests.hostile_files import GOOD
from tests.xlsx_packages import MAIN, parts_of, zipped


@settings(max_examples=cases(100, 300), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_of_the_file_never_raise_anything_else(changes: list[tuple[int, int]]) -> None:
    assert_only_unreadable(mutated(zipped(GOOD), changes))


@settings(max_examples=cases(100, 300), deadline=None)
@given(
    st.sampled_from([name for name in GOOD if name != "[Content_Types].xml"]),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_changed_bytes_of_a_part_never_raise_anything_else(part: str, changes: list[tuple[int, int]]) -> None:
    assert_only_unreadable(zipped(GOOD | {part: mutated(str(GOOD[part]).encode(), changes)}))


@settings(max_examples=cases(70, 200), deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
)
def test_any_bytes_never_raise_anything_else(tail: bytes, head: bytes) -> None:
    assert_only_unreadable(head + tail)


def mutated(content: bytes, changes: list[tuple[int, int]]) -> bytes:
    changed = bytearray(content)
    for place, value in changes:
        changed[place % len(changed)] = value
    return bytes(changed)


def assert_only_unreadable(content: bytes) -> None:
    try:
        read_xlsx(content, "a.xlsx")
    except UnreadableFile as error:
        assert error.code in ("R101", "R102", "R103", "R105")


USUAL = parts_of(
    '<row r="1" spans="1:3" ht="20"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1"/><c r="C1"><v>43921</v></c></row>'
    '<row r="2"/><row r="3" x14ac:dyDescent="0.2"><c r="A3" t="inlineStr"><is><t>a&amp;b]</t></is></c>'
    '<c r="B3"><f>IF(A1&lt;2,"]",1)</f><v>5</v></c><c r="C3" t="str"><f t="shared" si="0"/><v>x</v></c></row>',
    '<mergeCells count="1"><mergeCell ref="A5:B6"/></mergeCells>',
    sharedStrings=f'<sst xmlns="{MAIN}"><si><t>甲</t></si><si><r><rPr><b/></rPr><t>乙&#10;</t></r></si></sst>',
)
USUAL["xl/worksheets/sheet1.xml"] = str(USUAL["xl/worksheets/sheet1.xml"]).replace(
    "xmlns=", 'xmlns:x14ac="urn:a" xmlns='
)


def read_or_refused(content: bytes) -> object:
    try:
        return read_xlsx(content, "a.xlsx")
    except UnreadableFile as error:
        return error.code, dict(error.numbers)


def never_scanned(*_: object) -> None:
    raise xml_scan.Unusual


def assert_scanned_as_parsed(content: bytes) -> None:
    scanned = read_or_refused(content)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(xlsx_sheet, "scanned_sheet", never_scanned)
        patched.setattr(xlsx_strings, "scanned_strings", never_scanned)
        assert scanned == read_or_refused(content)


def test_the_usual_spelling_is_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_scanned_as_parsed(zipped(USUAL))
    monkeypatch.setattr(SheetReader, "_start_cell", never_scanned)  # else expat would have to see the cells
    monkeypatch.setattr(xlsx_strings, "without", never_scanned)
    (grid,) = read_xlsx(zipped(USUAL), "a.xlsx").grids
    assert [cell.value for cell in grid.cells.values()] == ["甲", 43921, "a&b]", 5, "x"]
    assert [cell.formula for cell in grid.cells.values()] == [None, None, None, '=IF(A1<2,"]",1)', "="]


def test_what_is_remembered_of_a_form_is_not_told_of_another() -> None:
    """The same rows with other texts, or inside another row, or with other surroundings."""
    (first,) = read_xlsx(zipped(USUAL), "a.xlsx").grids
    texts = USUAL | {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>丙</t></si><si><t>丁</t></si></sst>'}
    (other,) = read_xlsx(zipped(texts), "b.xlsx").grids
    assert [cell.value for cell in other.cells.values()] == ["丙", *[cell.value for cell in first.cells.values()][1:]]
    assert [grid.file for grid in (first, other)] == ["a.xlsx", "b.xlsx"]
    sheet = str(USUAL["xl/worksheets/sheet1.xml"])
    protected = sheet.replace("<mergeCells", '<sheetProtection sheet="1"/><mergeCells').replace("A5:B6", "A5:B7")
    (locked,) = read_xlsx(zipped(USUAL | {"xl/worksheets/sheet1.xml": protected}), "c.xlsx").grids
    assert (locked.cells, locked.protected, locked.merges) == (first.cells, True, (Merge(5, 1, 7, 2),))
    assert (first.protected, first.merges) == (False, (Merge(5, 1, 6, 2),))
    misplaced = sheet.replace('<row r="3" x14ac:dyDescent="0.2"><c r="A3"', '<row r="4"><c r="A4"')
    assert read_or_refused(zipped(USUAL | {"xl/worksheets/sheet1.xml": misplaced})) == (
        "R101",
        {"reason": "工作表 自评表 的单元格 B3 不在所写的行"},
    )


@settings(max_examples=cases(100, 300), deadline=None)
@given(
    st.sampled_from(["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"]),
    st.lists(
        st.tuples(
            st.integers(0, 10**6),
            st.integers(0, 6),
            st.sampled_from(
                [
                    "<",
                    ">",
                    "/",
                    '"',
                    "&",
                    "]]>",
                    "&#0;",
                    "&#13;",
                    "&#x1F;",
                    "&#xD800;",
                    "\r",
                    "\x0b",
                    "\ufffe",
                    "<!-- -->",
                ]
                + [
                    "<![CDATA[1]]>",
                    "<?a b?>",
                    ' r="9"',
                    ' r="A1"',
                    ' t="s"',
                    ' xmlns="urn:y"',
                    "<x:v>1</x:v>",
                    "<v>7</v>",
                ]
                + [
                    "</row>",
                    "<row>",
                    '<row r="1">',
                    '<c r="A1"><v>1</v></c>',
                    "<c><v>2</v></c>",
                    "<is/>",
                    "<t/>",
                    "<rPh/>",
                ]
                + ["</sheetData>", "<sheetData>", "</sst>", " ", "\n", "1", "A", "ａ", "_x0041_", "'", "=", ":", "."]
            ),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_whatever_is_scanned_reads_as_it_parses(part: str, changes: list[tuple[int, int, str]]) -> None:
    """With pieces put in, or over some of it, the scan gives what expat gives, or leaves it to expat."""
    text = str(USUAL[part])
    for place, over, piece in changes:
        at = place % len(text)
        text = text[:at] + piece + text[at + over :]
    assert_scanned_as_parsed(zipped(USUAL | {part: text.encode("utf-8", "surrogatepass")}))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="str"><v>a>b</v></c><c r="B1" t="str"><v>/c></v></c></row>',
        '<row r="1"><c r="A1"><v>1>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="B2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row></c><row r="2"><c r="A2"><v>1</v></c></row>',
        '</c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        '/c><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c>/c><c r="B1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1<v>2</v></c></v></c></row>',
        '<row r="1"><c r="A1"><v>1</v>\n</c><c r="B1"><v>2</v></c></row>',
        '<row r="1" x14ac:dyDescent="0.2"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="B1"><f>1</f></c><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
    ],
)
def test_where_a_value_ends_is_read_as_it_parses(rows: str) -> None:
    """A raw `>` in a text is part of it; what follows a value is in its row."""
    assert_scanned_as_parsed(zipped(parts_of(rows)))
