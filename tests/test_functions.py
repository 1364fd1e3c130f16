"""The functions of the cells: what comes back for what xlwings hands over, and that native formulas give the same."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from decimal import Decimal
from inspect import signature
from pathlib import Path

import pytest
import xlsxwriter

from perfxl import scheme as scheme_module
from perfxl.expr import Expr
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes
from perfxl.scorecard import score_form
from perfxl.scoring import (
    FORWARD,
    INVERSE,
    QUALITATIVE,
    capped_total,
    execution_rate,
    execution_rate_score,
    grade,
    points_total,
    reference_score,
    stated_number,
)
from tests.spreadsheets import recalculate
from xlwings_addin import row
from xlwings_addin.functions import (
    FUNCTIONS,
    PX_AMOUNT,
    PX_CHECK,
    PX_EXEC_RATE,
    PX_EXEC_SCORE,
    PX_EXPLAIN,
    PX_GRADE,
    PX_SCORE,
    PX_TOTAL,
)

MOF = "mof/2020"
SELF_EVALUATIONS = [scheme for scheme in builtin_schemes().values() if scheme.kind == "self_evaluation"]
ROWS = 2000
ERROR, NOT_COMPUTABLE = "#DIV/0!", "无法计算"


def test_one_cell() -> None:
    assert PX_EXEC_RATE(380000.0, 375250.0, MOF) == 0.9875
    assert PX_EXEC_SCORE(380000.0, 375250.0, 10.0, MOF) == 9.88
    assert PX_EXEC_SCORE(100.0, 33.95, 10.0, "lincang/2021") == 3.4
    assert PX_SCORE(FORWARD, "≥95%", 0.9, 10.0, MOF) == 9.47
    assert PX_SCORE(INVERSE, 3.0, 4.0, 10.0, MOF) == 7.5
    assert PX_SCORE(QUALITATIVE, "优", "优", 10.0, MOF) == ""
    assert PX_TOTAL([[10.0], [9.5], [None]], 9.88, None, MOF) == 29.38
    assert PX_GRADE(89.99, MOF) == "良"
    assert PX_GRADE(50.0, "hubei/2021") == ""
    assert PX_EXPLAIN(FORWARD, "≥95%", "90%", 10.0, MOF) == "10 × min(90.00% ÷ 95.00%, 1) = 9.47"
    assert PX_EXPLAIN("预算执行率", 380000.0, 375250.0, 10.0, MOF) == "10 × min(375,250.00 ÷ 380,000.00, 1) = 9.88"
    assert PX_AMOUNT("150万", None) == 1500000.0
    assert PX_AMOUNT(0.0, None) == 0.0


def test_whole_columns_in_one_call() -> None:
    kinds = [[FORWARD], [INVERSE], [None], ["别的"]]
    assert PX_SCORE(kinds, [[2.0], [3.0], [1.0], [1.0]], [[1.0], [4.0], [1.0], [1.0]], 10.0, MOF) == [
        [5.0],
        [7.5],
        [""],
        [""],
    ]
    assert PX_AMOUNT([["叁拾捌万元整", "12", None, "abc", 3.5]], "万元") == [
        [380000.0, 120000.0, "", NOT_COMPUTABLE, 35000.0]
    ]
    assert PX_GRADE([95.0, 60.0, None], MOF) == [["优", "中", ""]]


@pytest.mark.parametrize("blank", [None, ""])
def test_blank_in_blank_out(blank: object) -> None:
    assert PX_EXEC_RATE(blank, 1.0, MOF) == ""
    assert PX_EXEC_SCORE(1.0, blank, 10.0, MOF) == ""
    assert PX_SCORE(FORWARD, blank, 1.0, 10.0, MOF) == ""
    assert PX_TOTAL([[blank], [blank]], blank, blank, MOF) == ""
    assert PX_GRADE(blank, MOF) == ""
    assert PX_EXPLAIN(FORWARD, blank, blank, blank, MOF) == ""
    assert PX_CHECK(*[blank] * 7, MOF) == ""
    assert PX_AMOUNT(blank, None) == ""


def test_not_computable_as_the_native_formula_says_it() -> None:
    assert PX_EXEC_RATE(0.0, 1.0, MOF) == NOT_COMPUTABLE
    assert PX_EXEC_RATE(ERROR, 1.0, MOF) == NOT_COMPUTABLE
    assert PX_EXEC_SCORE("三十", 1.0, 10.0, MOF) == NOT_COMPUTABLE
    assert PX_SCORE(FORWARD, "约五十", 1.0, 10.0, MOF) == NOT_COMPUTABLE
    assert PX_SCORE(FORWARD, 1.0, 1.0, True, MOF) == NOT_COMPUTABLE
    assert PX_TOTAL([[10.0], ["x"]], None, None, MOF) == NOT_COMPUTABLE
    assert PX_GRADE(NOT_COMPUTABLE, MOF) == NOT_COMPUTABLE
    assert PX_AMOUNT(ERROR, None) == NOT_COMPUTABLE


def test_wrong_arguments() -> None:
    assert PX_GRADE(90.0, "nowhere/1999") == "#VALUE!"
    assert PX_GRADE(90.0, None) == "#VALUE!"
    own = Path(scheme_module.__file__).with_name("schemes") / "mof" / "2020.toml"
    assert own.exists() and PX_GRADE(90.0, str(own)) == "#VALUE!", "a formula must not open files"
    assert PX_GRADE(90.0, 2020.0) == "#VALUE!"
    assert PX_GRADE(90.0, [[MOF], [MOF]]) == "#VALUE!"
    assert PX_EXEC_RATE([[1.0], [2.0]], [[1.0], [2.0], [3.0]], MOF) == "#VALUE!"
    assert PX_EXEC_RATE(1.0, 1.0, "mof/2021-objective") == "#VALUE!"
    assert PX_AMOUNT(1.0, "美元") == "#VALUE!"
    assert PX_GRADE(float("nan"), MOF) == "#VALUE!"


def test_findings_of_a_row() -> None:
    good = ("培训人数", FORWARD, 100.0, 90.0, 10.0, 9.0, "受疫情影响少办一期", MOF)
    assert PX_CHECK(*good) == ""
    assert PX_CHECK("培训人数", FORWARD, 100.0, 90.0, 10.0, 10.0, None, MOF) == (
        "S101 “培训人数”得分填 10，按规则应为 9（10 × min(90 ÷ 100, 1) = 9）"
    )
    assert PX_CHECK("培训人数", FORWARD, 100.0, ERROR, 10.0, "十分", None, MOF) == (
        "L109 实际完成值是错误值 #DIV/0!；L108 得分填的是“十分”，读不出数字"
    )


def test_every_function_of_the_wizard_has_words_and_no_annotations() -> None:
    assert sorted(FUNCTIONS) == [
        *("PX_AMOUNT", "PX_CHECK", "PX_EXEC_RATE", "PX_EXEC_SCORE"),
        *("PX_EXPLAIN", "PX_GRADE", "PX_SCORE", "PX_TOTAL"),
    ]
    for name, function in FUNCTIONS.items():
        assert function.__name__ == name
        assert function.__doc__ and len(function.__doc__) < 255, "the wizard shows 255 characters"
        assert not function.__annotations__, "xlwings takes an annotation for a converter"
        assert list(signature(function).parameters)


def _choices(chance: random.Random) -> tuple[object, ...]:
    number = round(chance.uniform(0, 200), chance.randint(0, 3))
    return (
        *[number] * 9,
        *(float(chance.randrange(1, 50)), 0.0, 1.0, chance.randrange(1, 101) / 100),
        *(f"≥{chance.randrange(1, 101)}%", f"{chance.randrange(1, 90)}批", f"不低于{number}", f"{number:g}"),
        *(
            "优",
            "3万元",
            "约五十",
            None,
            "",
            ERROR,
            True,
            datetime(2020, 3, chance.randint(1, 28), tzinfo=UTC).replace(tzinfo=None),
        ),
    )


def _rows(seed: str) -> list[tuple[object, ...]]:
    """kind, target, actual, weight, budget, executed, total."""
    chance = random.Random(seed)
    rows: list[tuple[object, ...]] = []
    for _ in range(ROWS):
        kind = chance.choice((FORWARD, FORWARD, FORWARD, INVERSE, INVERSE, QUALITATIVE, None, "别的", ERROR))
        target, actual = chance.choice(_choices(chance)), chance.choice(_choices(chance))
        weight = chance.choice((*(float(chance.randint(1, 30)) for _ in range(8)), 2.5, None, "十", ERROR))
        budget, executed = (
            chance.choice((*(chance.randrange(1, 10**9) / 100 for _ in range(8)), 0.0, None, "无", ERROR))
            for _ in range(2)
        )
        score = chance.choice((round(chance.uniform(0, 100), 2), 90.0, 80.0, 60.0, 89.995, None, "无", NOT_COMPUTABLE))
        rows.append((kind, target, actual, weight, budget, executed, score))
    return rows


def _write(path: Path, scheme: Scheme, rows: list[tuple[object, ...]]) -> None:
    assert scheme.execution and scheme.indicators
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("s")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for line, values in enumerate(rows, 1):
        for column, value in enumerate(values):
            if value == ERROR:
                sheet.write_formula(line - 1, column, "=1/0")
            elif isinstance(value, datetime):
                sheet.write_datetime(line - 1, column, value, day)
            elif isinstance(value, str) and value:
                sheet.write_string(line - 1, column, value)
            elif value not in (None, ""):
                sheet.write(line - 1, column, value)
        formulas: list[tuple[Expr, dict[str, str]]] = [
            (stated_number("target", ""), {"kind": f"A{line}", "target": f"B{line}"}),
            (stated_number("actual", ""), {"kind": f"A{line}", "actual": f"C{line}"}),
            (
                reference_score(scheme.indicators),
                {"kind": f"A{line}", "target": f"H{line}", "actual": f"I{line}", "weight": f"D{line}"},
            ),
            (execution_rate(scheme.execution), {scheme.execution.denominator: f"E{line}", "executed": f"F{line}"}),
            (
                execution_rate_score(scheme.execution),
                {scheme.execution.denominator: f"E{line}", "executed": f"F{line}", "weight": f"D{line}"},
            ),
            (
                capped_total(points_total("points", "execution"), scheme.total_caps),
                {"points": f"$G$1:$G${line}" if line < 9 else f"G{line - 7}:G{line}", "execution": f"L{line}"}
                | {"rate": f"K{line}"},
            ),
        ]
        if scheme.grades:
            formulas.append((grade(scheme.grades), {"total": f"G{line}"}))
        for column, (expr, cells) in enumerate(formulas, 7):
            sheet.write_formula(line - 1, column, f"={expr.excel(cells)}")
    book.close()


@pytest.mark.acceptance
@pytest.mark.parametrize("scheme", SELF_EVALUATIONS, ids=lambda scheme: scheme.id)
def test_function_native_formula_and_batch_agree(scheme: Scheme, tmp_path: Path) -> None:
    """On 2,000 random rows; the batch speaks where it has a number, it judges texts and units as well."""
    assert scheme.indicators and scheme.execution
    rows = _rows(scheme.id)
    path = tmp_path / "rows.xlsx"
    _write(path, scheme, rows)
    native = recalculate(path, "libreoffice")["s"]
    by_batch = 0
    rates, points = [], []
    for line, (kind, target, actual, weight, budget, executed, total) in enumerate(rows, 1):
        rates.append(PX_EXEC_RATE(budget, executed, scheme.id))
        points.append(PX_EXEC_SCORE(budget, executed, weight, scheme.id))
        first = 0 if line < 9 else line - 8
        found: dict[str, object] = {
            "K": rates[-1],
            "L": points[-1],
            "M": PX_TOTAL([[one[6]] for one in rows[first:line]], points[-1], rates[-1], scheme.id),
        }
        if scheme.indicators.proportional:
            found["J"] = PX_SCORE(kind, target, actual, weight, scheme.id)
        if scheme.grades:
            found["N"] = PX_GRADE(total, scheme.id)
        for column, given in found.items():
            assert _same(native.get(f"{column}{line}", ""), given), (column, line, rows[line - 1])
        values = {"kind": kind, "target": target, "actual": actual, "max_score": weight}
        computed = _by_batch(scheme, values)
        if computed is not None and isinstance(found.get("J"), float):
            by_batch += 1
            assert found["J"] == float(computed), (line, rows[line - 1])
    assert by_batch > ROWS / 8 or not scheme.indicators.proportional


def _by_batch(scheme: Scheme, values: dict[str, object]) -> Decimal | None:
    from xlwings_addin.functions import _cell

    form, _ = row.form_of({name: _cell(value) for name, value in values.items()})
    return score_form(form, scheme).lines[0].computed


def _same(native: object, given: object) -> bool:
    if isinstance(given, float):
        return isinstance(native, int | float) and abs(native - given) <= 1e-12 * max(1.0, abs(given))
    return native == given
