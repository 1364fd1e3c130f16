"""A scheme: one edition of an official form with its labels, weights, rules, grades and sources, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from perfxl.finding import Severity, catalog

Share = Annotated[Decimal, Field(ge=0, le=10)]
Points = Annotated[Decimal, Field(ge=0, le=1000)]


class SchemeError(ValueError):
    """A scheme that does not fit. The message names file, key and what was expected, in Chinese."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Model):
    """A document that a number comes from."""

    title: str
    confirmed: bool
    """False where nobody on the team has read the document itself."""


class SourcedPoints(_Model):
    value: Points
    source: str


class SourcedShare(_Model):
    value: Share
    source: str


class ExecutionBand(_Model):
    """执行率 from `low_rate` (included) to `high_rate` (excluded, or open where None) earns `low` to `high` points."""

    low_rate: Share
    high_rate: Share | None = None
    low: Points
    high: Points
    source: str


class ExecutionRule(_Model):
    """How 预算执行率 earns points."""

    weight: SourcedPoints
    denominator: Literal["adjusted_budget", "initial_budget"] = "adjusted_budget"
    inside_group: str | None = None
    """The level 1 group that holds the row 预算执行率; None where it stands in the fund table, outside the groups."""
    rule: Literal["proportional", "bands"]
    bands: tuple[ExecutionBand, ...] = ()
    """From the highest down; below the lowest no points."""
    zero_below: SourcedShare | None = None
    """Optional: no points below this rate."""
    source: str

    @model_validator(mode="after")
    def _bands_belong_to_bands(self) -> Self:
        if (self.rule == "bands") != bool(self.bands):
            raise ValueError("rule = 'bands' 与 bands 必须同时出现")
        return self


class QualitativeBand(_Model):
    """定性指标: a share of 分值 from `low` (included) to `high` (excluded unless 1)."""

    word: str
    low: Share
    high: Share
    source: str


class OverFulfilment(_Model):
    """超额完成 from `from_ratio` of the target costs `deduct` points."""

    from_ratio: Share
    deduct: Points
    source: str


class IndicatorRules(_Model):
    """How a row of the indicator table earns points."""

    proportional: bool = True
    """True: 定量指标 by 完成值 ÷ 指标值. False: every row is judged (自评分)."""
    source: str
    cap: SourcedPoints | None = None
    """单项分值上限."""
    qualitative_bands: tuple[QualitativeBand, ...] = ()
    over_fulfilment: OverFulfilment | None = None
    """Optional key, off by default."""


class PresetIndicator(_Model):
    """A row that the official form prints already."""

    name: str
    explanation: str = ""
    points: Points | None = None
    scoring_rule: str = ""
    execution: bool = False


class Level2(_Model):
    name: str
    required: bool = False
    """True where the form must have an indicator of this kind."""
    rows: Annotated[int, Field(ge=1, le=50)] = 2
    """Blank rows in the template."""


class GroupScheme(_Model):
    """A level 1 block of the form."""

    name: str
    points: SourcedPoints | None = None
    """None where the edition leaves the split to the unit."""
    level2: tuple[Level2, ...] = ()
    preset: tuple[PresetIndicator, ...] = ()
    rows: Annotated[int, Field(ge=0, le=50)] = 0
    """Blank rows after the preset ones, for forms without level 2."""


class Grade(_Model):
    word: str
    low: SourcedPoints
    """Lowest total of the grade, included."""


class TotalCap(_Model):
    """Total at most `cap` where 执行率 is below `rate_below`."""

    rate_below: Share
    cap: Points
    source: str


class Thresholds(_Model):
    """From where a check asks. Not policy unless the source says so."""

    budget_change: SourcedShare
    """预算调整幅度 or 与上年预算相比, as a share."""
    low_execution: SourcedShare
    over_fulfilment: SourcedShare


class Regrade(_Model):
    code: str
    severity: Literal["info", "query", "error"]
    since: str
    reason: str


class Suspension(_Model):
    code: str
    since: str
    reason: str


class ChecksPolicy(_Model):
    regrade: tuple[Regrade, ...] = ()
    suspend: tuple[Suspension, ...] = ()

    @model_validator(mode="after")
    def _codes_exist(self) -> Self:
        for item in (*self.regrade, *self.suspend):
            if item.code not in catalog():
                raise ValueError(f"代码 {item.code} 不在目录 catalog.toml 中")
        return self

    def severity(self, code: str) -> Severity | None:
        """The regraded severity, None where the catalogue's stands."""
        return next((Severity[r.severity] for r in self.regrade if r.code == code), None)

    def suspended(self, code: str) -> bool:
        return any(s.code == code for s in self.suspend)


class FieldLayout(_Model):
    """A labelled input of the form. `id` is one of reading/labels.toml."""

    id: str
    label: str
    kind: Literal["text", "long_text", "amount", "rate", "date", "choice", "computed"] = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    wide: bool = False
    """True: takes a whole line."""


class ColumnLayout(_Model):
    """A column of the indicator table."""

    id: Literal[
        "level1", "level2", "level3", "explanation", "target", "actual", "max_score", "scoring_rule", "score", "note"
    ]
    label: str
    width: Annotated[int, Field(ge=4, le=80)]
    """In characters of the default font."""


class Layout(_Model):
    """The labels of the official form, in the order in which they are printed."""

    title: str
    year_line: str
    """With {year}; empty where the title carries the year."""
    header: tuple[FieldLayout, ...]
    funding_label: str = ""
    """Label left of the fund table; empty where the budget figures are ordinary header fields."""
    funding_columns: tuple[FieldLayout, ...] = ()
    funding_rows: tuple[str, ...] = ()
    """The first is the total."""
    goal_label: str = ""
    goals: tuple[FieldLayout, ...] = ()
    indicators_label: str = ""
    """Label left of the indicator table; empty where there is none."""
    columns: tuple[ColumnLayout, ...]
    total_label: str = ""
    """总分 or 合计; empty in forms without points."""
    footer: tuple[FieldLayout, ...] = ()
    """Fields below the indicators: grade, other notes."""
    notes: tuple[str, ...] = ()
    """Lines printed below the form."""


class Scheme(_Model):
    """One edition of an official form."""

    id: str
    name: str
    kind: Literal["self_evaluation", "objective"]
    family: Literal["ten_ninety", "four_dimensions", "objective"]
    version: Annotated[int, Field(ge=1)] = 1
    valid_from: Annotated[int, Field(ge=2000, le=2100)]
    """First budget year."""
    valid_to: Annotated[int, Field(ge=2000, le=2100)] | None = None
    """Last budget year; None while in force."""
    amount_unit: Literal["元", "万元"]
    sources: dict[str, Source]
    full_score: SourcedPoints | None = None
    """None for objective forms without weights."""
    execution: ExecutionRule | None = None
    groups: tuple[GroupScheme, ...]
    indicators: IndicatorRules | None = None
    grades: tuple[Grade, ...] = ()
    """From the best down; empty where the form has no grade."""
    total_caps: tuple[TotalCap, ...] = ()
    """Optional key, off by default."""
    thresholds: Thresholds
    checks: ChecksPolicy = ChecksPolicy()
    layout: Layout

    @property
    def place(self) -> str:
        return self.id.partition("/")[0]

    def valid_in(self, year: int) -> bool:
        return self.valid_from <= year and (self.valid_to is None or year <= self.valid_to)

    def confirmed(self, source: str) -> bool:
        return self.sources[source].confirmed

    @property
    def labels(self) -> frozenset[str]:
        """Every label of the layout, as printed."""
        layout = self.layout
        fields = (*layout.header, *layout.funding_columns, *layout.goals, *layout.footer)
        texts = [layout.funding_label, layout.goal_label, layout.indicators_label, layout.total_label]
        texts += [field.label for field in fields] + [column.label for column in layout.columns]
        texts += [*layout.funding_rows, *(group.name for group in self.groups)]
        return frozenset(text for text in texts if text)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to 早于 valid_from")
        unknown = sorted({source for source in _sources_used(self) if source not in self.sources})
        if unknown:
            raise ValueError(f"source 未在 [sources] 中列出：{'、'.join(unknown)}")
        if self.kind == "self_evaluation" and not (self.full_score and self.execution and self.indicators):
            raise ValueError("自评表方案须有 full_score、execution、indicators")
        lows = [grade.low.value for grade in self.grades]
        if lows != sorted(set(lows), reverse=True) or (lows and lows[-1] != 0):
            raise ValueError("grades 须从高到低，互不相同，最低一档从 0 起")
        points = [group.points.value for group in self.groups if group.points]
        if self.full_score and self.execution and len(points) == len(self.groups):
            outside = self.execution.weight.value if self.execution.inside_group is None else Decimal(0)
            if sum(points) + outside != self.full_score.value:
                raise ValueError(f"groups 分值之和加执行率分值为 {sum(points) + outside}，应为 {self.full_score.value}")
        return self


def _sources_used(model: BaseModel) -> Iterator[str]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name == "source":
            yield value
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                yield from _sources_used(item)


def load_scheme(path: Path) -> Scheme:
    """Read one scheme file. Raises SchemeError, which names file, key and what was expected."""
    try:
        return _parse(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise SchemeError(f"{path.name}: 无法读取（{error}）") from error


def _parse(text: str, name: str) -> Scheme:
    try:
        return Scheme.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(f"{name}: 不是有效的 TOML（{error}）") from error
    except ValidationError as error:
        raise SchemeError("\n".join(_problem(name, problem) for problem in error.errors())) from error


def _problem(name: str, problem: object) -> str:
    details = dict(problem)  # type: ignore[call-overload]
    key = ".".join(str(part) for part in details["loc"]) or "（整个文件）"
    expected = {"missing": "缺少此项", "extra_forbidden": "没有这个键，请核对拼写"}.get(details["type"], details["msg"])
    return f"{name}: {key}: {expected}"


@cache
def builtin_schemes() -> dict[str, Scheme]:
    """All schemes that come with perfxl, by id, in a stable order."""
    found: dict[str, Scheme] = {}
    root = files("perfxl").joinpath("schemes")
    for place in sorted(root.iterdir(), key=lambda entry: entry.name):
        if place.is_dir():
            for file in sorted(place.iterdir(), key=lambda entry: entry.name):
                if file.name.endswith(".toml"):
                    scheme = _parse(file.read_text("utf-8"), f"{place.name}/{file.name}")
                    found[scheme.id] = scheme
    return found


def scheme_named(name: str) -> Scheme:
    """A built-in scheme by id, or one from a .toml file. Raises SchemeError with the ids that exist."""
    if name.endswith(".toml"):
        return load_scheme(Path(name))
    try:
        return builtin_schemes()[name]
    except KeyError:
        raise SchemeError(f"没有方案 {name}；可用：{'、'.join(builtin_schemes())}") from None
