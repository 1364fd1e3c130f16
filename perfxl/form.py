"""What a unit filled in, as read. Every value knows its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from perfxl.finding import Finding
from perfxl.grid import CellRef

T = TypeVar("T")

_NOTHING = " \t\r\n\u00a0\u3000\u200b\ufeff—–―－-/／"
"""Blanks, dashes and strokes: a cell of these alone says that there is nothing."""


NO_RESULT = "（公式）"
"""Stands in `Located.raw` for a formula that shows nothing, or whose result was not saved."""


class Located(NamedTuple, Generic[T]):
    """A value with its place and the text a person sees there.

    `value` is None for a blank cell (`raw` empty or a dash) and for a text that could not be read (`raw` filled).
    An unreadable number has been reported by the reader already, or is a formula's 无法计算 that follows from
    another cell; checks stay silent about it.
    """

    value: T | None
    at: CellRef
    raw: str = ""

    @property
    def blank(self) -> bool:
        """Nothing there, or a dash or stroke that says so: `—`, `/`."""
        raw = self.raw
        # The first character tells it of most texts.
        return not raw or (not raw[0].isalnum() and (raw.isspace() or not raw.strip(_NOTHING)))

    @property
    def unreadable(self) -> bool:
        return self.value is None and not self.blank


located: Callable[[tuple[Any, CellRef, str]], Located[Any]] = partial(tuple.__new__, Located)
"""Located(...) itself goes through Python, which takes twice as long."""

Operator = Literal["", "≥", ">", "=", "≤", "<"]


class Target(NamedTuple):
    """A 指标值 or 实际完成值 as far as it can be compared.

    kind number: `low` is the amount (a percentage as a share of 1 with unit `%`). kind range: `low` to `high`.
    kind date: `day`, the last day that the text allows. kind text: words only.
    `operator` is empty where the text has no comparison sign.
    """

    kind: Literal["number", "range", "date", "text"]
    operator: Operator = ""
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    day: date | None = None


class Indicator(NamedTuple):
    """One row of the indicator table. Columns that the form does not have are blank at the row's first cell."""

    level1: Located[str]
    level2: Located[str]
    level3: Located[str]
    """指标名称. Blank in a row that has none."""
    explanation: Located[str]
    """指标解释."""
    scoring_rule: Located[str]
    """评分规则, as text."""
    kind: Located[str]
    """正向定量, 反向定量 or 定性, where the form has a column for it."""
    target: Located[Target]
    actual: Located[Target]
    max_score: Located[Decimal]
    """分值 or 权重, in points."""
    score: Located[Decimal]
    """得分 or 自评分, in points."""
    note: Located[str]
    """偏差原因分析及改进措施, or 备注."""
    placeholder: bool = False
    """True for `指标1：`, `……` and nameless rows that carry neither weight nor score."""
    execution: bool = False
    """True for the row 预算执行率 that some forms keep inside the indicators."""
    part: bool = False
    """True for a row 其中：… and those that go on with it: the row above them carries their points."""

    @property
    def at(self) -> CellRef:
        return self.level3.at

    @property
    def name(self) -> str:
        return self.level3.raw.strip()


indicator: Callable[[tuple[Any, ...]], Indicator] = partial(tuple.__new__, Indicator)
"""An Indicator of its fields in their order: by their names it takes several times as long."""

ROW_FIELDS = ("level3", "explanation", "scoring_rule", "kind", "target", "actual", "max_score", "score", "note")
"""What a unit fills in of an Indicator."""


class Group(NamedTuple):
    """A level 1 block: its label as printed and the indicators below it."""

    label: Located[str]
    """`value` is the label without its points, e.g. 投入与管理 for `投入与管理(36分)`."""
    printed_points: Decimal | None
    rows: tuple[Indicator, ...]


class FundingRow(NamedTuple):
    """One line of the fund table. Amounts in 元 whatever the form's unit; `raw` keeps the text as typed."""

    label: Located[str]
    initial_budget: Located[Decimal]
    adjusted_budget: Located[Decimal]
    executed: Located[Decimal]
    max_score: Located[Decimal]
    rate: Located[Decimal]
    """预算执行率 as a share of 1."""
    score: Located[Decimal]


FUND_FIELDS = ("label", "initial_budget", "adjusted_budget", "executed", "max_score", "rate", "score")
"""The same of a FundingRow."""


class Funding(NamedTuple):
    """预算与执行. `parts` is empty where the form has no breakdown.

    `previous_*` are None where the form does not ask for last year."""

    total: FundingRow
    parts: tuple[FundingRow, ...] = ()
    unit: Literal["元", "万元", "亿元"] = "元"
    asks_initial: bool = True
    """False where the form has one budget figure only (当年预算数): it stands in `adjusted_budget`."""
    previous_budget: Located[Decimal] | None = None
    previous_executed: Located[Decimal] | None = None
    previous_rate: Located[Decimal] | None = None

    @property
    def scale(self) -> int:
        """How many 元 the form's unit is."""
        return {"元": 1, "万元": 10_000, "亿元": 100_000_000}[self.unit]


@dataclass(frozen=True)
class _Form:
    at: CellRef
    """The title's cell."""
    title: Located[str]
    year: Located[int]
    """Budget year; None where the form does not say."""
    fields: Mapping[str, Located[str]]
    """Text fields by id (labels.toml lists the ids); a field whose label is missing is absent."""
    groups: tuple[Group, ...]
    labels: frozenset[str] = frozenset()
    """Every label met in the form, as `grid.normalised`: tells one edition from another."""
    scheme_id: str = ""
    """The scheme the file says it was made for (custom property), else empty."""
    template_version: str = ""
    problems: tuple[Finding, ...] = ()
    """What the reader itself has to report: unreadable numbers, displaced cells, unknown labels."""
    surroundings: tuple[Located[str], ...] = ()
    """Texts of the same file outside every form: the report that the form is attached to."""

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    @cached_property
    def named_indicators(self) -> tuple[Indicator, ...]:
        """The rows that count: placeholders left out. Nearly every check asks for them."""
        return tuple(row for row in self.indicators if not row.placeholder)

    def text(self, field_id: str) -> str:
        """The text of a field, empty where blank or absent."""
        located = self.fields.get(field_id)
        return located.raw.strip() if located else ""

    def first_text(self, *field_ids: str) -> str:
        for id_ in field_ids:
            if text := self.text(id_):
                return text
        return ""

    @property
    def project(self) -> str:
        return self.text("project_name")

    @property
    def unit(self) -> str:
        return self.first_text("implementing_unit", "budget_unit", "applicant_unit")

    @property
    def department(self) -> str:
        return self.text("supervising_department")


@dataclass(frozen=True)
class SelfEvaluation(_Form):
    """项目支出绩效自评表 or 财政项目绩效自评价, as filled in."""

    funding: Funding = field(kw_only=True)
    total: Located[Decimal] = field(kw_only=True)
    """总分 or 合计 of the points."""
    total_max: Located[Decimal] = field(kw_only=True)
    grade: Located[str] | None = field(default=None, kw_only=True)
    """None where the form has no cell for a grade."""


@dataclass(frozen=True)
class ObjectiveForm(_Form):
    """项目支出绩效目标表, as filled in. Weights are optional in it."""

    funding: Funding = field(kw_only=True)


Form = SelfEvaluation | ObjectiveForm
