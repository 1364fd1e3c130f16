"""The cell and `evaluate` give the same: thousands of seeded cases per rule in three independent calculators."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import xlsxwriter

from perfxl.expr import (
    BLANK,
    NOT_COMPUTABLE,
    Condition,
    Expr,
    NotComputable,
    Value,
    both,
    either,
    is_text,
    lookup,
    maximum,
    minimum,
    negate,
    not_computable,
    number,
    piecewise,
    quantity,
    round_half_up,
    total,
    when,
)
from tests.expressions import ACTUAL, BUDGET, EXECUTED, GRADES, KIND, REVERSE, SCORES, SHANGHAI, TARGET, WEIGHT
from tests.spreadsheets import PROGRAMS, Program, recalculate

pytestmark = pytest.mark.acceptance

CASES = 2000
ROWS_IN_RANGE = 6
TRUE = "TRUE"  # a boolean cell; evaluate() gets it as text
EMPTY_FORMULA = ""  # a formula that gives ""

Inputs = Mapping[str, Value | tuple[Value, ...]]
Case = tuple[Expr, Inputs]
UNUSABLE: tuple[Value, ...] = (None, EMPTY_FORMULA, NOT_COMPUTABLE, "约五十", "12", " ", TRUE, str(NOT_COMPUTABLE))


def cents(chance: random.Random, most: int = 10**13) -> Decimal:
    """An amount with cents, small and large ones alike often."""
    return Decimal(chance.randrange(1, 10 ** chance.randint(3, len(str(most)) - 1))) / 100


def near_a_tie(chance: random.Random, factor: Decimal, places: int) -> tuple[Decimal, Decimal]:
    """(part, whole) with factor × part ÷ whole on a tie of the given places, or one cent from it."""
    while True:
        tie = Decimal(2 * chance.randrange(1, int(factor * 10**places)) + 1) / (2 * 10**places)
        whole = Decimal(chance.randrange(1, 10 ** chance.randint(1, 9))) * 200 * factor
        part = whole * tie / factor
        if whole < 10**11 and part == part.quantize(Decimal("0.01")):
            return part + Decimal(chance.choice((0, 0, 0, 1, -1))) / 100, whole


def with_unusable(chance: random.Random, inputs: Inputs) -> Inputs:
    """Now and then one or two inputs are blank, text, a boolean or an error."""
    if chance.random() < 0.15:
        spoilt = chance.sample(sorted(inputs), k=chance.randint(1, len(inputs)))
        return {**inputs, **{name: chance.choice(UNUSABLE) for name in spoilt}}
    return inputs


def money_cases(factor: Decimal, places: int) -> Callable[[random.Random], Iterator[Inputs]]:
    def cases(chance: random.Random) -> Iterator[Inputs]:
        for budget in (Decimal(0), Decimal("0.01"), Decimal(10) ** 11, *UNUSABLE):
            for executed in (Decimal(0), Decimal("0.01"), Decimal(10) ** 11 - Decimal("0.01"), *UNUSABLE):
                yield {"budget": budget, "executed": executed}
        while True:
            if chance.random() < 0.5:
                executed, budget = near_a_tie(chance, factor, places)
            else:
                budget = cents(chance)
                executed = chance.choice((cents(chance), budget, budget * chance.randrange(0, 1500) / 1000))
                executed = executed.quantize(Decimal("0.01"))
            yield with_unusable(chance, {"budget": budget, "executed": executed})

    return cases


def band_cases(chance: random.Random) -> Iterator[Inputs]:
    """Rates on the edges of the bands and a cent below and above, and points on ties."""
    while True:
        budget = cents(chance).quantize(Decimal(1)) * 10 + 10
        rate = chance.choice((Decimal(chance.randrange(600, 1100)) / 1000, Decimal(chance.randrange(7, 10)) / 10))
        if chance.random() < 0.4:
            rate = Decimal(chance.randrange(28000, 36000)) / 40000
        executed = (budget * rate).quantize(Decimal("0.01")) + Decimal(chance.choice((0, 0, 1, -1))) / 100
        yield with_unusable(chance, {"budget": budget, "executed": executed})


def indicator_cases(chance: random.Random) -> Iterator[Inputs]:
    values = (Decimal(0), Decimal(1), Decimal("0.95"), Decimal(3), *UNUSABLE)
    for actual in values:
        for target in values:
            yield {"weight": Decimal(10), "target": target, "actual": actual}
    while True:
        weight = Decimal(chance.randrange(1, 61)) / 2
        actual, target = near_a_tie(chance, weight, 2)
        if chance.random() < 0.6:
            step = Decimal(chance.choice(("1", "0.1", "0.01", "0.0001")))
            target, actual = (chance.randrange(0, 2000) * step for _ in "ta")
        yield with_unusable(chance, {"weight": weight, "target": target, "actual": actual})


def score_cases(chance: random.Random) -> Iterator[Inputs]:
    for unusable in UNUSABLE:
        yield {"scores": (unusable,) * ROWS_IN_RANGE}
        yield {"scores": (Decimal(90), *(unusable,) * (ROWS_IN_RANGE - 1))}
    while True:
        goal = Decimal(chance.choice((60, 80, 90, 100)))
        parts = [Decimal(chance.randrange(0, 1500)) / 100 for _ in range(ROWS_IN_RANGE - 1)]
        missing = goal - sum(parts) + Decimal(chance.choice(("0", "0", "-0.01", "0.01", "-0.004", "3.3")))
        scores: list[Value] = [*parts, max(missing, Decimal(0))]
        for place in range(ROWS_IN_RANGE):
            if chance.random() < 0.08:
                scores[place] = chance.choice(UNUSABLE if chance.random() < 0.2 else (None, EMPTY_FORMULA))
        yield {"scores": tuple(scores)}


def amount_cases(chance: random.Random) -> Iterator[Inputs]:
    yield from ({"scores": (unusable,) * ROWS_IN_RANGE} for unusable in UNUSABLE)
    while True:
        amounts = (None if chance.random() < 0.2 else cents(chance) for _ in range(ROWS_IN_RANGE))
        yield {"scores": tuple(amounts)}


QUANTITIES = (
    *("≥95%", ">95%", "＞95%", "≧95％", "≤3", "=100%", "═100%", "不低于90%", "不超过3天", "58批", "1,040,000.00"),
    *("3-5", "各3-5名", "2023年12月", "12月底前", "2020/1", "2020-01-02", "1E3", "1e3", "1:30", "150万", "3亿元", "5‰"),
    *("１００％", "三次", "95百分比", "百分之95", "1.2.3", "1.", ".5", ".", "%", "≥", "≥≥5", ">=5", "> =5", "-5", "+5"),
    *(
        "5-",
        "(5)",
        "¥5",
        "$5",
        "5 %",
        " 5",
        "5 ",
        "0.95",
        "007",
        "不低于",
        "于、不5",
        "5个/次",
        "TRUE",
        "1/2",
        "50%~60%",
    ),
)
PIECES = (
    "≥",
    ">",
    "＞",
    "=",
    "不低于",
    "不超过",
    "1",
    "23",
    "0.5",
    "95",
    ".",
    ",",
    "%",
    "％",
    "-",
    "E",
    "/",
    ":",
    "天",
)
MORE_PIECES = ("批", "万", "年", "月", " ", "人次", "元", "以上", "~", "、", "于", "不", "前")


def quantity_cases(chance: random.Random) -> Iterator[Inputs]:
    yield from ({"actual": text} for text in (*QUANTITIES, *UNUSABLE))
    while True:
        if chance.random() < 0.2:
            yield {"actual": cents(chance)}
            continue
        figure = chance.choice((f"{chance.randrange(0, 10000)}", f"{chance.randrange(0, 10**6) / 10000:.4f}"))
        regular = (
            *(chance.choice(("", "≥", "≤", "=", "不低于", "不超过", "不少于", ">=")), figure),
            chance.choice(("", "%", "％", "天", "人次", "万元")),
        )
        wild = (chance.choice(PIECES + MORE_PIECES) for _ in range(chance.randint(1, 6)))
        yield {"actual": "".join(regular if chance.random() < 0.5 else wild)}


def random_condition(chance: random.Random, depth: int) -> Condition:
    draw = chance.random()
    if draw < 0.2:
        return is_text(KIND, chance.choice(("正向", "反向")))
    if draw < 0.4 and depth > 0:
        first, second = (random_condition(chance, depth - 1) for _ in "ab")
        return chance.choice((both(first, second), either(first, second), negate(first)))
    left, right = chance.choice(NUMBERS), chance.choice((*NUMBERS, number(1), number(0), number("-2.5")))
    compare = chance.choice((Expr.at_least, Expr.more_than, Expr.at_most, Expr.less_than, Expr.equals))
    return compare(chance.choice((left, left / 3, left * right)), right)


def random_expr(chance: random.Random, depth: int) -> Expr:
    """Any composition: branches inside arithmetic and inside branches, totals, constants without a number."""
    if depth == 0:
        leaves = (*NUMBERS, *NUMBERS, number(2), number("0.1"), number(-3), total(SCORES), BLANK, not_computable())
        return chance.choice(leaves)
    left, right = (random_expr(chance, depth - 1) for _ in "ab")
    match chance.randrange(10):
        case 0 | 1:
            return left + right
        case 2:
            return left - right
        case 3:
            return left * right
        case 4:
            return left / right
        case 5:
            return chance.choice((minimum, maximum))(left, right)
        case 6:
            return total(WEIGHT * chance.choice(NUMBERS), TARGET, SCORES)
        case _:
            return when(random_condition(chance, 1), left, right)


def compositions(chance: random.Random) -> Iterator[Case]:
    values: tuple[Value, ...] = (*(Decimal(text) for text in ("0", "1", "2", "3", "0.5", "-2.5")), *UNUSABLE)
    while True:
        expr = random_expr(chance, chance.randint(1, 3))
        for _ in range(5):
            inputs: dict[str, Value | tuple[Value, ...]] = {
                name: chance.choice(values[:6]) for name in ("weight", "target", "actual")
            }
            inputs["scores"] = tuple(chance.choice((*values[:6], None, None)) for _ in range(ROWS_IN_RANGE))
            inputs["kind"] = chance.choice(("正向", "反向", "定性", None, NOT_COMPUTABLE))
            for name in chance.sample(("weight", "target", "actual"), k=chance.choice((0, 0, 1, 2))):
                inputs[name] = chance.choice(values)
            yield expr, inputs


def with_rule(
    expr: Expr, cases: Callable[[random.Random], Iterator[Inputs]]
) -> Callable[[random.Random], Iterator[Case]]:
    return lambda chance: ((expr, inputs) for inputs in cases(chance))


NUMBERS: tuple[Expr, ...] = (WEIGHT, TARGET, ACTUAL)
RATE = EXECUTED / BUDGET
RULES = {
    "execution_rate": with_rule(round_half_up(RATE, 4, "percent"), money_cases(Decimal(1), 4)),
    "execution_points": with_rule(round_half_up(number(20) * minimum(RATE, 1), 2), money_cases(Decimal(20), 2)),
    "forward": with_rule(round_half_up(WEIGHT * minimum(ACTUAL / TARGET, 1), 2), indicator_cases),
    "reverse": with_rule(REVERSE, indicator_cases),
    "shanghai": with_rule(round_half_up(piecewise(RATE, SHANGHAI, below=0), 2), band_cases),
    "grade": with_rule(lookup(total(SCORES), GRADES), score_cases),
    "total": with_rule(total(SCORES), amount_cases),
    "quantity": with_rule(quantity(ACTUAL), quantity_cases),
    "compositions": compositions,
}


@cache
def cases_of(rule: str) -> tuple[Case, ...]:
    stream = RULES[rule](random.Random(f"perfxl {rule}"))
    return tuple(next(stream) for _ in range(CASES))


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sheet per rule, one case below the other: the inputs from column B on, the formula in column A."""
    path = tmp_path_factory.mktemp("differential") / "rules.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in RULES:
            sheet = book.add_worksheet(name)
            for case, (expr, inputs) in enumerate(cases_of(name)):
                cells: dict[str, str] = {}
                for column, reference in enumerate(expr.references(), start=1):
                    value = inputs[reference]
                    block = value if isinstance(value, tuple) else (value,)
                    for row, single in enumerate(block, start=first_row(case)):
                        write(sheet, f"{chr(65 + column)}{row}", single, as_formula=case % 2 == 1)
                    first, last = (f"{chr(65 + column)}{first_row(case) + step}" for step in (0, len(block) - 1))
                    cells[reference] = first if first == last else f"{first}:{last}"
                sheet.write_formula(f"A{first_row(case)}", f"={expr.excel(cells)}")
    return path


def first_row(case: int) -> int:
    return case * ROWS_IN_RANGE + 1


def write(sheet: xlsxwriter.worksheet.Worksheet, address: str, value: Value, as_formula: bool) -> None:
    """One input; a constant or the formula that gives it, for programs do not treat the two alike."""
    if isinstance(value, NotComputable):
        sheet.write_formula(address, "=1/0", None, "#DIV/0!")
    elif value == EMPTY_FORMULA:
        sheet.write_formula(address, '=""', None, "")
    elif value == TRUE:
        sheet.write_formula(address, "=1=1", None, True) if as_formula else sheet.write_boolean(address, True)
    elif isinstance(value, str):
        sheet.write_formula(address, f'="{value}"', None, value) if as_formula else sheet.write_string(address, value)
    elif value is not None:
        number = float(value)
        sheet.write_formula(address, f"=0+{value}", None, number) if as_formula else sheet.write_number(address, number)


def same(rule: str, expected: Value, found: object) -> bool:
    """Equal to the 14 digits that binary doubles keep for certain; texts and blanks exactly."""
    if isinstance(expected, Decimal):
        if isinstance(found, bool) or not isinstance(found, int | float):
            return False
        near = Decimal("1E-9") if rule == "compositions" else abs(expected) * Decimal("1E-14")
        return abs(Decimal(found) - expected) <= near
    return ("" if expected is None else str(expected)) == ("" if found is None else found)


def witnessed(rule: str, inputs: Inputs, program: Program) -> bool:
    """Whether the program tells such inputs from others at all.

    LibreOffice has no booleans inside a range: they count as 0 and 1. excelize reads an error cell as blank, its
    COUNTBLANK skips a formula that gives an empty text, its ROUND takes what misses a tie by 10^-9 of the last place
    for the tie (a cent in 5·10^8 元), and it confuses the arguments of the long formulas.
    """
    blocks = [value for value in inputs.values() if isinstance(value, tuple)]
    if program == "libreoffice":
        return not any(TRUE in block for block in blocks)
    if program == "excelize":
        single = [value for value in inputs.values() if not isinstance(value, tuple)]
        unseen = {NOT_COMPUTABLE, EMPTY_FORMULA, TRUE}
        if rule in ("quantity", "compositions") or NOT_COMPUTABLE in single:
            return False
        large = any(isinstance(value, Decimal) and value >= 5 * 10**8 for value in single)
        return not large and not any(unseen.intersection(block) for block in blocks)
    return True


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_cell_shows_what_evaluate_gives(workbook: Path, program: Program) -> None:
    found = recalculate(workbook, program)
    compared, wrong = 0, []
    for name in RULES:
        for case, (expr, inputs) in enumerate(cases_of(name)):
            if not witnessed(name, inputs, program):
                continue
            compared += 1
            expected, actual = expr.evaluate(inputs), found[name].get(f"A{first_row(case)}")
            if not same(name, expected, actual):
                formula = expr.excel({reference: reference for reference in expr.references()})
                wrong.append(f"{name} {inputs}: evaluate {expected!r}, {program} {actual!r}, ={formula}")
    assert not wrong, f"{len(wrong)} of {compared} differ, among them:\n" + "\n".join(wrong[:40])
    assert compared > {"libreoffice": 17_500, "gnumeric": 17_500, "excelize": 10_000}[program]
