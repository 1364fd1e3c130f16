"""The functions of the cells, PX_…: what xlwings hands over goes to perfxl, what perfxl gives goes into the cell.

Every argument arrives as a table, so that one call serves a cell or a whole column. A blank gives a blank, what
cannot be computed gives the words of the native formula, and a wrong argument gives `#VALUE!`, which the wrapper in
VBA turns into that error. The scheme is the id such as `mof/2020`; the wrapper fills in the workbook's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, wraps
from inspect import signature

import xlwings as xw

from perfxl.arithmetic import NOT_COMPUTABLE, Expr, NotComputable, Value, Values
from perfxl.grid import CellError, CellValue
from perfxl.number_format import date_serial
from perfxl.reading.values import parse_amount
from perfxl.scheme import ExecutionRule, IndicatorRules, Scheme
from perfxl.scheme_files import builtin_schemes
from perfxl.scoring import (
    capped_total,
    execution_rate,
    execution_rate_score,
    grade,
    points_total,
    reference_score,
    stated_number,
)
from xlwings_addin import row

Given = object
"""What xlwings makes of a cell: float, text, bool, datetime or None; with `err_to_str` an error is its text."""
Table = list[list[Given]]
Shown = float | str
MISSING: Table = [[None]]

VALUE_ERROR = "#VALUE!"
EXECUTION = "预算执行率"
_ERRORS = frozenset(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!")
)

FUNCTIONS: dict[str, Callable[..., object]] = {}
"""Every function of the cells by its name."""


class _WrongArgument(Exception):
    pass


def _function(function: Callable[..., object]) -> Callable[..., object]:
    """Give the function to xlwings, its arguments as tables."""

    @wraps(function)
    def guarded(*arguments: object) -> object:
        try:
            return function(*(_table(argument) for argument in arguments))
        except _WrongArgument:
            return VALUE_ERROR

    guarded.__annotations__ = {}  # xlwings would take them for converters.
    for name in signature(function).parameters:
        guarded = xw.arg(name, ndim=2, err_to_str=True)(guarded)
    FUNCTIONS[function.__name__] = guarded = xw.func(guarded)
    return guarded


@_function
def PX_EXEC_RATE(budget: Table, executed: Table, scheme: Table = MISSING) -> object:
    """预算执行率：执行数 ÷ 预算数，百分比保留两位小数。Executed by budget, to 0.01 %."""
    rule = _execution(scheme)
    return _each(lambda *given: _shown(_of(execution_rate, rule), _amounts(rule, *given)), budget, executed)


@_function
def PX_EXEC_SCORE(budget: Table, executed: Table, weight: Table, scheme: Table = MISSING) -> object:
    """预算执行率得分：按方案的规则和分值，四舍五入到两位。Points of the execution rate."""
    rule = _execution(scheme)

    def points(budget: Given, executed: Given, weight: Given) -> Shown:
        return _shown(_of(execution_rate_score, rule), _amounts(rule, budget, executed) | {"weight": _value(weight)})

    return _each(points, budget, executed, weight)


@_function
def PX_SCORE(kind: Table, target: Table, actual: Table, weight: Table, scheme: Table = MISSING) -> object:
    """参考得分：按指标类型、年度指标值、实际完成值和分值；可以给整列。Points of a row or of whole columns."""
    rules = _scheme(scheme).indicators
    if rules is None:
        raise _WrongArgument

    def points(kind: Given, target: Given, actual: Given, weight: Given) -> Shown:
        if not rules.proportional:
            return ""
        values: dict[str, Value] = {"kind": _value(kind), "weight": _value(weight)}
        for name, given in (("target", target), ("actual", actual)):
            read = _stated(name).evaluate({"kind": values["kind"], name: _value(given)})
            values[name] = str(read) if isinstance(read, NotComputable) else read  # as the cell shows it
        return _shown(_of(reference_score, rules), values)

    return _each(points, kind, target, actual, weight)


@_function
def PX_TOTAL(points: Table, execution: Table = MISSING, rate: Table = MISSING, scheme: Table = MISSING) -> object:
    """总分：各项得分与预算执行率得分之和；方案有封顶规则时按执行率封顶。The total, capped where the scheme caps it."""
    caps = _scheme(scheme).total_caps
    total = points_total("points", "execution")
    values = {name: tuple(map(_value, _cells(table))) for name, table in (("points", points), ("execution", execution))}
    return _shown(capped_total(total, caps), {**values, "rate": _value(_one(rate))})


@_function
def PX_GRADE(total: Table, scheme: Table = MISSING) -> object:
    """等级：按总分所在区间；方案不分等级时为空。The grade of a total."""
    grades = _scheme(scheme).grades
    return _each(lambda given: _shown(_of(grade, grades), {"total": _value(given)}) if grades else "", total)


@_function
def PX_EXPLAIN(kind: Table, target: Table, actual: Table, weight: Table, scheme: Table = MISSING) -> object:
    """评分底稿：这一行得分的算式；类型填“预算执行率”时，依次给预算数和执行数。The derivation of the points."""
    edition = _scheme(scheme)

    def words(kind: Given, target: Given, actual: Given, weight: Given) -> Shown:
        if kind == EXECUTION:
            rule = _execution(scheme)
            values = _amounts(rule, target, actual) | {"weight": _value(weight)}
            return _of(execution_rate_score, rule).explain(values)
        if all(given in (None, "") for given in (target, actual, weight)):
            return ""
        given = {"kind": kind, "target": target, "actual": actual, "max_score": weight}
        return row.derivation(edition, {name: _cell(value) for name, value in given.items()})

    return _each(words, kind, target, actual, weight)


@_function
def PX_CHECK(
    name: Table,
    kind: Table,
    target: Table,
    actual: Table,
    weight: Table,
    score: Table,
    note: Table = MISSING,
    scheme: Table = MISSING,
) -> object:
    """这一行的问题，没有则为空；依次给指标名称、类型、指标值、完成值、分值、得分、偏差原因。The findings of a row."""
    edition = _scheme(scheme)
    columns = ("level3", "kind", "target", "actual", "max_score", "score", "note")

    def words(*given: Given) -> Shown:
        if all(value in (None, "") for value in given):
            return ""
        found = row.findings(edition, dict(zip(columns, map(_cell, given), strict=True)))
        return "；".join(f"{finding.code} {finding.message()}" for finding in found)

    return _each(words, name, kind, target, actual, weight, score, note)


@_function
def PX_AMOUNT(text: Table, unit: Table = MISSING) -> object:
    """金额换算为元：150万、叁拾捌万元整；单位可给元、万元、亿元，不给为元。An amount in yuan, whatever its writing."""
    stated = _one(unit) or "元"
    if stated not in ("元", "万元", "亿元"):
        raise _WrongArgument

    def amount(given: Given) -> Shown:
        value = _value(given)
        if value is None or value == "" or isinstance(value, NotComputable):
            return _result(value)
        amount = parse_amount(str(value), stated)
        return _result(NOT_COMPUTABLE if amount is None else amount)

    return _each(amount, text)


def _table(given: object) -> Table:
    """A table, whatever a caller gives; a missing argument is a blank cell."""
    if not isinstance(given, (list, tuple)):
        return [[given]]
    rows = list(given)
    return [list(line) for line in rows] if any(isinstance(line, (list, tuple)) for line in rows) else [rows]


def _cells(table: Table) -> Iterable[Given]:
    return (given for line in table for given in line)


def _one(table: Table) -> Given:
    cells = list(_cells(table))
    if len(cells) != 1:
        raise _WrongArgument
    return cells[0]


def _each(function: Callable[..., Shown], *tables: Table) -> object:
    """The function for each cell of tables of one shape; a single cell goes with every one."""
    shapes = {(len(table), len(table[0])) for table in tables} - {(1, 1)}
    if not shapes:
        return function(*(table[0][0] for table in tables))
    if len(shapes) > 1:
        raise _WrongArgument
    ((height, width),) = shapes

    def at(table: Table, line: int, column: int) -> Given:
        return table[line][column] if (len(table), len(table[0])) == (height, width) else table[0][0]

    return [
        [function(*(at(table, line, column) for table in tables)) for column in range(width)] for line in range(height)
    ]


def _scheme(table: Table) -> Scheme:
    return _named(_one(table))


@cache
def _named(name: object) -> Scheme:
    if not isinstance(name, str):
        raise _WrongArgument
    # Not `scheme_named`: a formula of a returned workbook could name a file, on another machine even.
    scheme = builtin_schemes().get(name)
    if scheme is None:
        raise _WrongArgument
    return scheme


def _execution(scheme: Table) -> ExecutionRule:
    rule = _scheme(scheme).execution
    if rule is None:
        raise _WrongArgument
    return rule


_exprs: dict[tuple[object, int], tuple[object, Expr]] = {}


def _of(rule: Callable[..., Expr], of: ExecutionRule | IndicatorRules | object) -> Expr:
    """The expression of a scheme's rule, made once."""
    key = (rule, id(of))
    if key not in _exprs:
        _exprs[key] = (of, rule(of))
    return _exprs[key][1]


@cache
def _stated(name: str) -> Expr:
    return stated_number(name, name)


def _amounts(rule: ExecutionRule, budget: Given, executed: Given) -> dict[str, Value]:
    return {rule.denominator: _value(budget), "executed": _value(executed)}


def _cell(given: Given) -> CellValue:
    """As the reader of files gives it."""
    if isinstance(given, str) and given in _ERRORS:
        return CellError(given)
    if isinstance(given, bool | str | datetime) or given is None:
        return given or None if isinstance(given, str) else given
    if isinstance(given, date):
        return datetime(given.year, given.month, given.day)  # noqa: DTZ001
    return _number(given)


def _value(given: Given) -> Value:
    """As a native formula sees it: a date is its serial number, a boolean is no number."""
    value = _cell(given)
    if isinstance(value, CellError):
        return NOT_COMPUTABLE
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return date_serial(value)
    return value


def _number(given: Given) -> Decimal:
    if not isinstance(given, int | float | Decimal) or not Decimal(given).is_finite():
        raise _WrongArgument
    return Decimal(repr(given)) if isinstance(given, float) else Decimal(given)


def _shown(expr: Expr, values: Values) -> Shown:
    return _result(expr.evaluate(values))


def _result(value: Value) -> Shown:
    if value is None:
        return ""
    return float(value) if isinstance(value, Decimal) else str(value)
