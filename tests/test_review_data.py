"""What comes back from bytes is what went in; foreign bytes give an error and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from perfxl.batch import Candidate, Options, check_file
from perfxl.finding import Finding
from perfxl.grid import Cell, CellRef, Workbook
from perfxl.reading import read_forms
from perfxl.reports.overview import rows
from perfxl.review import FileReview, review_workbook
from perfxl.review_data import DamagedReview, ReviewData
from perfxl.scheme_files import builtin_schemes
from perfxl.seal import Verdict, seal_form
from perfxl.sources import read_workbook
from tests.grids import form_grid

RETURNED = Path(__file__).parent.parent / "examples" / "returned"
GOOD = RETURNED / "古美路街道办事处-2020.xlsx"
ROW, SHEET = 2**15, 2**36
B2 = 2 * ROW + 2
"""The place of the project's name in GOOD."""


@pytest.mark.parametrize("path", sorted(RETURNED.glob("*")), ids=lambda path: path.name)
def test_every_example_comes_back_as_it_went(path: Path) -> None:
    file = check_file(Candidate(str(path)), Options())
    assert ReviewData().unpacked(ReviewData().packed(file)) == file


def test_figures_of_what_came_back() -> None:
    """The points lost in 预算执行率, which stands among the indicators here, are counted once."""
    file = review_workbook(Workbook("a.xlsx", (form_grid("shanghai-2020", {}),)), "a.xlsx")
    (row,) = rows(file)
    assert row.lost[0] == 1
    assert rows(ReviewData().unpacked(ReviewData().packed(file))) == (row,)


def test_a_seal_with_changes_comes_back() -> None:
    workbook = read_workbook(GOOD)
    seal = seal_form(
        workbook,
        read_forms(workbook),
        scheme=builtin_schemes()["shanghai/2020"],
        time=datetime(2021, 3, 1, tzinfo=UTC),
        signer="张三",
    )
    sheet = workbook.grids[0]
    place = next(place for place, cell in sheet.cells.items() if cell.value == "古美路街道办事处" or place[0] > 3)
    changed = replace(sheet, cells={**sheet.cells, place: Cell("改过")})
    workbook = replace(workbook, grids=(changed, *workbook.grids[1:]), properties=seal.properties())
    file = review_workbook(workbook, "a.xlsx")
    assert file.seal is not None and file.seal.changes
    assert ReviewData().unpacked(ReviewData().packed(file)) == file


def test_places_in_documents_come_back() -> None:
    grid = replace(form_grid("mof-2020", {"H6": "12"}), row_places={6: "表1 第6行 第{column}列"})
    file = review_workbook(Workbook("a.docx", (grid,)), "a.docx")
    assert {finding.at.in_file for finding in file.findings if finding.at.row == 6} == {"表1 第6行 第8列"}
    assert ReviewData().unpacked(ReviewData().packed(file)) == file


@pytest.mark.parametrize(("row", "column"), [(2**20, 2**14), (2**20 + 1, 1), (1, 2**14 + 1), (2**21, 1), (1, 2**15)])
def test_only_places_of_a_workbook_come_back(row: int, column: int) -> None:
    at = CellRef("a.csv", "a", row, column)
    file = FileReview("a.csv", "returned", (), (Finding("R106", at),))
    data = ReviewData().packed(file)
    if (row, column) == (2**20, 2**14):
        assert ReviewData().unpacked(data) == file
    else:
        with pytest.raises(DamagedReview, match="no cell"):
            ReviewData().unpacked(data)


def test_a_review_of_an_older_perfxl() -> None:
    """A verdict had no reason in English, a finding neither: the Chinese stands in for it."""
    verdict = Verdict("damaged", reason="封签无法解压", reason_en="it cannot be unpacked")
    finding = Finding("K102", CellRef("封.xlsx"), numbers={"reason": "封签无法解压", "reason_en": verdict.reason_en})
    data = ReviewData().packed(FileReview("封.xlsx", "returned", (), (finding,), verdict))
    assert ReviewData().unpacked(data).seal == verdict
    older = replaced(replaced(data, ',"reason_en":"it cannot be unpacked"', ""), ',"it cannot be unpacked"', "")
    file = ReviewData().unpacked(older)
    assert file.seal and file.seal == replace(verdict, reason_en="")
    assert file.seal.why("en") == "封签无法解压"
    assert file.findings[0].message("en") == "Seal is damaged: 封签无法解压"


def test_a_given_scheme_is_the_readers_own() -> None:
    scheme = replace(builtin_schemes()["shanghai/2020"], name="试点")
    file = check_file(Candidate(str(GOOD)), Options(scheme=scheme))
    data = ReviewData(scheme).packed(file)
    assert [review.scheme for review in ReviewData(scheme).unpacked(data).reviews] == [scheme] * len(file.reviews)
    with pytest.raises(DamagedReview, match="no scheme"):
        ReviewData().unpacked(data)


def replaced(data: bytes, old: str, new: str) -> bytes:
    assert old.encode() in data
    return data.replace(old.encode(), new.encode(), 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"shanghai/2020"', '"mars/2020"', id="a scheme that nobody has"),
        pytest.param('"SelfEvaluation"', '"FileReview"', id="another class"),
        pytest.param('"returned"', '"passed"', id="another status"),
        pytest.param('"returned"', "null", id="no status"),
        pytest.param('"242400",', '"NaN",', id="no number"),
        pytest.param('"242400",', '"1E+999999",', id="a number that would fill the memory"),
        pytest.param('"242400",', "242400,", id="a binary number"),
        pytest.param('"T104"', '"T999"', id="a code that is not in the catalogue"),
        pytest.param('{"words":"', '{"grades":"', id="a message without its number"),
        pytest.param(f",{B2}]", f",{B2}.5]", id="half a row"),
        pytest.param(f",{B2}]", f",-{B2}]", id="a row above the sheet"),
        pytest.param(f",{B2}]", f",{(2**20 + 1) * ROW + 2}]", id="a row below the sheet"),
        pytest.param(f",{B2}]", f",{2 * ROW + 2**14 + 1}]", id="a column beside the sheet"),
        pytest.param(f",{B2}]", f",{9 * SHEET + B2}]", id="a sheet that is not there"),
        pytest.param(f",{B2}]", f',{B2},"",""]', id="too many values"),
    ],
)
def test_a_foreign_value_is_refused(old: str, new: str) -> None:
    data = ReviewData().packed(check_file(Candidate(str(GOOD)), Options()))
    with pytest.raises(DamagedReview):
        ReviewData().unpacked(replaced(data, old, new))


def test_bytes_that_are_no_review() -> None:
    for data in (b"", b"\x80\x05.", b"null", b"[]", b"[[],[]]", b"[" * 100_000):
        with pytest.raises(DamagedReview):
            ReviewData().unpacked(data)


def test_torn_at_every_byte() -> None:
    packing = ReviewData()
    data = packing.packed(check_file(Candidate(str(RETURNED / "missing")), Options()))
    for size in range(len(data)):
        with pytest.raises(DamagedReview):
            packing.unpacked(data[:size])


def test_characters_that_utf8_does_not_have() -> None:
    file = FileReview("\udcff\ud83d.xlsx", "accepted")
    assert ReviewData().unpacked(ReviewData().packed(file)) == file
