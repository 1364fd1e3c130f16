"""Marking a workbook: notes, fills, computed cells and 校验结果, again and again, and all of it taken away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from openpyxl.comments import Comment

from perfxl.completion import COMPUTED
from perfxl.edit import EditError, SetFill, SetNote, SetValue
from perfxl.editing import apply_edits, notes_by
from perfxl.figures import percent, points
from perfxl.form import Located, SelfEvaluation
from perfxl.grid import CellRef
from perfxl.layouts import write_form
from perfxl.locking import lock
from perfxl.markup import AUTHOR, Markup, cleared, marked
from perfxl.reading import read_forms
from perfxl.reading.explanations import SHEET
from perfxl.review import review_workbook
from perfxl.scheme_files import builtin_schemes
from perfxl.sources.xlsx import read_xlsx
from tests.extent import fast_first
from tests.golden_files import assert_golden
from tests.random_forms import random_form
from tests.test_seeds import RETURNED, SEEDS, listed

SCHEMES = tuple(builtin_schemes())
SCORED = tuple(name for name, scheme in builtin_schemes().items() if scheme.kind == "self_evaluation")
DRAFT = "临江市公路事务中心-2025-初稿"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NAME = "表.xlsx"


@cache
def filled(scheme: str, seed: int = 7) -> bytes:
    """The file of a form in which nothing is wrong."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        write_form(builtin_schemes()[scheme], path, random_form(builtin_schemes()[scheme], seed).content)
        return path.read_bytes()


@cache
def seed(name: str) -> bytes:
    return (RETURNED / f"{name}.xlsx").read_bytes()


def result_rows(data: bytes) -> list[list[str]]:
    """The sheet 校验结果, row by row."""
    grid = next(grid for grid in read_xlsx(data, NAME).grids if grid.sheet == SHEET)
    last = max(row for row, _ in grid.cells)
    return [[grid.text(row, column) for column in range(1, 7)] for row in range(1, last + 1)]


def findings(data: bytes) -> list[list[str]]:
    """级别, 代码, 位置 and 说明 of every row of 校验结果."""
    return [[row[0], row[1], row[2], row[5]] for row in result_rows(data)[4:]]


def explained(data: bytes, texts: Mapping[str, str]) -> bytes:
    """A 说明 typed beside the findings, by `代码 位置`."""
    rows = result_rows(data)
    found = {f"{row[1]} {row[2]}": number for number, row in enumerate(rows, start=1)}
    return apply_edits(data, [SetValue(SHEET, found[name], 6, text) for name, text in texts.items()])


def places(markup: Markup, kind: type[SetNote] | type[SetFill]) -> list[str]:
    return [CellRef("", e.sheet, e.row, e.column).in_file for e in markup.edits if isinstance(e, kind)]


def saved(book: openpyxl.Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("name", SEEDS)
def test_marks_of_a_seed(name: str) -> None:
    data, markup = marked(seed(name), NAME)
    expected = [finding for form in SEEDS[name] for finding in listed(form)]
    assert sorted(f"{row[2].split('!')[1]} {row[1]}" for row in result_rows(data)[4:]) == sorted(expected)
    cells = {finding.partition(" ")[0] for finding in expected}
    assert {place.split("!")[1] for place in places(markup, SetNote)} == cells
    assert places(markup, SetFill) == places(markup, SetNote)
    assert [f"{s}!{r},{c}" for s, r, c in notes_by(data, AUTHOR)] == [
        f"{e.sheet}!{e.row},{e.column}" for e in markup.edits if isinstance(e, SetNote)
    ]
    assert markup.computed == {}


def test_notes_fills_and_rows_in_full() -> None:
    data, markup = marked(seed(DRAFT), NAME)
    lines = []
    for edit in markup.edits:
        if isinstance(edit, SetNote):
            place = CellRef("", edit.sheet, edit.row, edit.column).in_file
            lines += [f"批注 {place}", *(f"  {line}" for line in str(edit.text).split("\n"))]
        elif isinstance(edit, SetFill):
            place = CellRef("", edit.sheet, edit.row, edit.column).in_file
            lines.append(f"底色 {place} {edit.argb}{' 粗' if edit.bold else ''}{' 斜' if edit.italic else ''}")
    lines += [f"算出 {place.in_file} {value}" for place, value in markup.computed.items()]
    lines += [" | ".join(row) for row in result_rows(data)]
    assert_golden("markup.txt", "\n".join(line.rstrip() for line in lines) + "\n")


@pytest.mark.parametrize("name", SEEDS)
def test_each_place_links_to_its_cell(name: str) -> None:
    data, _ = marked(seed(name), NAME)
    sheet = openpyxl.load_workbook(BytesIO(data))[SHEET]
    cells = [row[2] for row in sheet.iter_rows(min_row=5)]
    links = [(str(cell.value), str(cell.hyperlink and cell.hyperlink.location)) for cell in cells]
    assert [link.replace("'", "") for _, link in links] == [place.replace("'", "") for place, _ in links]
    assert len(links) == sum(len(listed(form)) for form in SEEDS[name])


@pytest.mark.parametrize("name", fast_first([DRAFT, *SEEDS], 3))
def test_marking_again_replaces(name: str) -> None:
    first, _ = marked(seed(name), NAME)
    again, sizes = first, []
    for _ in range(5):
        again, _ = marked(again, NAME)
        sizes.append(len(again))
    assert read_xlsx(again, NAME).grids[:-1] == read_xlsx(first, NAME).grids[:-1]
    assert result_rows(again) == result_rows(first)
    assert notes_by(again, AUTHOR) == notes_by(first, AUTHOR)
    assert max(sizes) - min(sizes) <= 16, sizes
    books = [openpyxl.load_workbook(BytesIO(data)) for data in (first, again)]
    ranges = [[str(r.sqref) for s in book for r in s.conditional_formatting] for book in books]
    assert ranges[0] == ranges[1]


@pytest.mark.parametrize("name", fast_first([DRAFT, *SEEDS], 3))
def test_cleaning_leaves_nothing(name: str) -> None:
    data, _ = marked(seed(name), NAME)
    clean = cleared(data, NAME)
    assert read_xlsx(clean, NAME) == read_xlsx(seed(name), NAME)
    assert notes_by(clean, AUTHOR) == {}
    before, after = (openpyxl.load_workbook(BytesIO(one)) for one in (seed(name), clean))
    assert after.sheetnames == before.sheetnames
    for old, new in zip(before, after, strict=True):
        assert list(map(repr, new.conditional_formatting)) == list(map(repr, old.conditional_formatting))
        looks = [
            [
                (c.coordinate, c.number_format, *map(repr, (c.fill, c.font, c.border, c.protection)))
                for r in s
                for c in r
            ]
            for s in (old, new)
        ]
        assert looks[0] == looks[1]
        assert [c.coordinate for row in new for c in row if c.comment] == []


def test_a_foreign_note_stays() -> None:
    book = openpyxl.load_workbook(BytesIO(seed(DRAFT)))
    book["自评表"]["A1"].comment = Comment("科长：请复核", "科长")
    own = saved(book)
    clean = cleared(marked(own, NAME)[0], NAME)
    left = openpyxl.load_workbook(BytesIO(clean))["自评表"]
    assert [(c.coordinate, c.comment.text) for row in left for c in row if c.comment] == [("A1", "科长：请复核")]


def test_explanations_stay_settle_and_outlive_their_finding() -> None:
    data, _ = marked(seed(DRAFT), NAME)
    before = findings(data)
    place = next(row for row in before if row[0] == "核实")
    data = explained(data, {f"{place[1]} {place[2]}": "尾款待审"})
    data, markup = marked(data, NAME)
    assert [row for row in findings(data) if row[3]] == [["核实（已说明）", place[1], place[2], "尾款待审"]]
    settled = [f"{f.code} {f.at.in_file}" for f in markup.review.findings if f.settled]
    assert settled == [f"{place[1]} {place[2]}"]
    assert place[2] not in places(markup, SetFill)
    assert place[2] in places(markup, SetNote)
    assert sorted(row[1] for row in findings(data)) == sorted(row[1] for row in before)


def test_an_explanation_waits_for_its_finding_to_come_back() -> None:
    data, _ = marked(seed(DRAFT), NAME)
    data = explained(data, {"F103 自评表!F6": "年中追加"})
    gone, _ = marked(apply_edits(data, [SetValue("自评表", 6, 6, Decimal("636.5"))]), NAME)
    assert [row for row in findings(gone) if row[3]] == [["已消除", "F103", "自评表!F6", "年中追加"]]
    back, _ = marked(apply_edits(gone, [SetValue("自评表", 6, 6, Decimal(650))]), NAME)
    assert [row for row in findings(back) if row[3]] == [["错误", "F103", "自评表!F6", "年中追加"]]


def test_a_clean_form_says_so() -> None:
    data, markup = marked(filled("mof/2020"), NAME)
    assert findings(data) == [["", "", "", ""]]
    assert result_rows(data)[4][3] == "没有问题"
    assert (places(markup, SetNote), places(markup, SetFill)) == ([], [])


def test_a_formula_that_the_filled_blank_will_change_is_not_called_wrong() -> None:
    """自评表!H28 sums the scores and C29 grades the sum; both show what they were before H15 was filled."""
    _, markup = marked(seed(DRAFT), NAME)
    assert [f"{f.at.address} {f.code}" for f in markup.review.findings] == ["F6 F103", "H22 S105"]
    card = markup.review.reviews[0].scorecard
    assert card is not None and (card.computed_total, card.computed_grade) == (Decimal("99.5"), "优")


def _blanked(scheme: str, number: int) -> tuple[bytes, dict[CellRef, str]]:
    """A right form whose execution points, rate, total and grade were typed away, and what stood there."""
    data = filled(scheme, number)
    form = review_workbook(read_xlsx(data, NAME), NAME).reviews[0].form
    assert isinstance(form, SelfEvaluation)
    gone: list[Located[Decimal] | Located[str]] = [form.total, form.funding.total.rate, form.funding.total.score]
    gone += [form.grade] if form.grade else []
    wanted = {cell.at: cell.raw for cell in gone if cell.raw}
    return apply_edits(data, [SetValue(at.sheet, at.row, at.column, None) for at in wanted]), wanted


@pytest.mark.parametrize("number", fast_first(range(2), 1))
@pytest.mark.parametrize("scheme", SCORED)
def test_blanks_are_filled_by_the_rules_and_nothing_else(scheme: str, number: int) -> None:
    blank, wanted = _blanked(scheme, number)
    data, markup = marked(blank, NAME)
    outcome = random_form(builtin_schemes()[scheme], number).outcome
    assert outcome is not None
    results = {points(outcome.total), points(outcome.execution_score), outcome.grade, percent(outcome.rate)}
    assert set(markup.computed) == set(wanted)
    values = {points(v) if isinstance(v, Decimal) else v for v in markup.computed.values()}
    assert values <= results
    assert points(outcome.total) in values
    assert [f"{f.at.address} {f.code}" for f in markup.review.findings if f.code[0] in "ST"] == []
    again = review_workbook(read_xlsx(data, NAME), NAME)
    assert [f"{f.at.address} {f.code}" for f in again.findings if f.code[0] in "ST"] == []
    before, after = read_xlsx(blank, NAME), read_xlsx(data, NAME)
    changed = {
        CellRef(NAME, old.sheet, *place)
        for old in before.grids
        for new in after.grids
        if old.sheet == new.sheet
        for place in old.cells.keys() | new.cells.keys()
        if old.cell(*place).value != new.cell(*place).value
    }
    assert changed == set(wanted)
    assert read_xlsx(cleared(data, NAME), NAME) == before


def test_formulas_show_what_the_filled_blank_makes_of_them() -> None:
    """The file is checked before Excel has opened it again: its total and grade are those of the filled form."""
    before = seed(DRAFT)
    data, markup = marked(before, NAME)

    def results(content: bytes) -> tuple[list[str], object, object]:
        workbook = read_xlsx(content, NAME)
        form = read_forms(workbook)[0]
        assert isinstance(form, SelfEvaluation) and form.grade
        found = [f"{f.at.address} {f.code}" for f in review_workbook(workbook, NAME).findings]
        return found, form.total.value, form.grade.value

    assert results(before) == (["F6 F103", "H15 S104", "H22 S105", "H28 T105"], Decimal("84.5"), "良")
    assert results(data) == (["F6 F103", "H22 S105"], Decimal("99.5"), "优")
    assert [f"{f.at.address} {f.code}" for f in markup.review.findings] == results(data)[0]
    assert results(marked(data, NAME)[0]) == results(data)
    assert results(cleared(data, NAME)) == results(before)


def test_a_computed_cell_that_the_clerk_overwrites_is_hers() -> None:
    data, markup = marked(seed(DRAFT), NAME)
    assert [(at.in_file, value) for at, value in markup.computed.items()] == [("自评表!H15", Decimal(15))]
    assert notes_by(data, AUTHOR)[("自评表", 15, 8)].startswith(f"{COMPUTED}15\n")
    hers = apply_edits(data, [SetValue("自评表", 15, 8, Decimal("14.5"))])
    data, markup = marked(hers, NAME)
    assert markup.computed == {}
    assert [n for n in notes_by(data, AUTHOR).values() if n.startswith(COMPUTED)] == []
    left = {grid.sheet: grid for grid in read_xlsx(cleared(data, NAME), NAME).grids}
    assert left["自评表"].cell(15, 8).value == Decimal("14.5")


def test_a_locked_file_is_left_alone() -> None:
    data = filled("mof/2020")
    locked = apply_edits(data, lock(data, NAME, time=NOW).edits)
    for change in (marked, cleared):
        with pytest.raises(EditError, match="文件已经锁定，未作修改；需要更正时请先解锁"):
            change(locked, NAME)
