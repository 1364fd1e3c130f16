"""A scheme: one edition of an official form with its labels, weights, rules, grades and sources, as data."""

# Annotations are evaluated here: what a scheme file holds is made into these classes by them (scheme_files.py).
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from perfxl.finding import Severity, catalog
from perfxl.scheme_errors import Misfit
from perfxl.scheme_fit import contradictions, sources_used

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler


class _Limits:
    """Bounds and patterns, by pydantic's names, of what comes from outside. The schemes that come with perfxl are made
    without pydantic, which takes longer to load than a file takes to check."""

    def __init__(self, **limits: float | str) -> None:
        self._limits = limits

    def __get_pydantic_core_schema__(self, kind: Any, handler: "GetCoreSchemaHandler") -> Any:
        return {**handler(kind), **self._limits}


Share = Annotated[Decimal, _Limits(ge=0, le=10)]
Points = Annotated[Decimal, _Limits(ge=0, le=1000)]


class _Model:
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class Source(_Model):
    """A document that a number comes from."""

    title: str
    confirmed: bool
    """False where nobody on the team has read the document itself."""


@dataclass(frozen=True, kw_only=True)
class SourcedPoints(_Model):
    value: Points
    source: str


@dataclass(frozen=True, kw_only=True)
class SourcedShare(_Model):
    value: Share
    source: str


@dataclass(frozen=True, kw_only=True)
class ExecutionBand(_Model):
    """执行率 from `low_rate` (included) to `high_rate` (excluded; None: open): `low` to `high` points."""

    low_rate: Share
    high_rate: Share | None = None
    low: Points
    high: Points
    source: str


@dataclass(frozen=True, kw_only=True)
class ExecutionRule(_Model):
    """How 预算执行率 earns points."""

    weight: SourcedPoints
    denominator: Literal["adjusted_budget", "initial_budget"] = "adjusted_budget"
    inside_group: str | None = None
    """The level 1 group that holds the row 预算执行率; None where it stands in the fund table."""
    rule: Literal["proportional", "bands"]
    bands: tuple[ExecutionBand, ...] = ()
    """From the highest down; below the lowest no points."""
    zero_below: SourcedShare | None = None
    """Optional: no points below this rate."""
    source: str


@dataclass(frozen=True, kw_only=True)
class QualitativeBand(_Model):
    """定性指标: a share of 分值 from `low` (included) to `high` (excluded unless 1)."""

    word: str
    low: Share
    high: Share
    source: str


@dataclass(frozen=True, kw_only=True)
class OverFulfilment(_Model):
    """超额完成 from `from_ratio` of the target costs `deduct` points."""

    from_ratio: Share
    deduct: Points
    source: str


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class PresetIndicator(_Model):
    """A row that the official form prints already. Its points have the source of the group's points."""

    name: str
    level2: str = ""
    """The level 2 label it stands under, for forms that print one."""
    explanation: str = ""
    points: Points | None = None
    scoring_rule: str = ""
    execution: bool = False


@dataclass(frozen=True, kw_only=True)
class Level2(_Model):
    name: str
    required: bool = False
    """True where the form must have an indicator of this kind."""
    rows: Annotated[int, _Limits(ge=1, le=50)] = 2
    """Blank rows in the template."""


@dataclass(frozen=True, kw_only=True)
class GroupScheme(_Model):
    """A level 1 block of the form."""

    name: str
    points: SourcedPoints | None = None
    """None where the edition leaves the split to the unit."""
    level2: tuple[Level2, ...] = ()
    preset: tuple[PresetIndicator, ...] = ()
    rows: Annotated[int, _Limits(ge=0, le=50)] = 0
    """Blank rows after the preset ones, for forms without level 2."""


@dataclass(frozen=True, kw_only=True)
class Grade(_Model):
    word: str
    low: SourcedPoints
    """Lowest total of the grade, included."""


@dataclass(frozen=True, kw_only=True)
class TotalCap(_Model):
    """Total at most `cap` where 执行率 is below `rate_below`."""

    rate_below: Share
    cap: Points
    source: str


@dataclass(frozen=True, kw_only=True)
class Thresholds(_Model):
    """From where a check asks. Not policy unless the source says so."""

    budget_change: SourcedShare
    """预算调整幅度 or 与上年预算相比, as a share."""
    low_execution: SourcedShare
    over_fulfilment: SourcedShare


@dataclass(frozen=True, kw_only=True)
class Suspension(_Model):
    code: str
    since: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Regrade(Suspension):
    severity: Literal["info", "query", "error"]


@dataclass(frozen=True, kw_only=True)
class ChecksPolicy(_Model):
    regrade: tuple[Regrade, ...] = ()
    suspend: tuple[Suspension, ...] = ()

    def __post_init__(self) -> None:
        for key in ("regrade", "suspend"):
            for position, item in enumerate(getattr(self, key), start=1):
                if item.code not in catalog():
                    raise Misfit(
                        [
                            (
                                f"{key} 第{position}项.code: 应为 catalog.toml 中的代码，现为 “{item.code}”",
                                f"{key}[{position}].code: must be a code of catalog.toml, not “{item.code}”",
                            )
                        ]
                    )

    def severity(self, code: str) -> Severity | None:
        """The regraded severity, None where the catalogue's stands."""
        return next((Severity[r.severity] for r in self.regrade if r.code == code), None)

    def suspended(self, code: str) -> bool:
        return any(s.code == code for s in self.suspend)


@dataclass(frozen=True, kw_only=True)
class FieldLayout(_Model):
    """A labelled input of the form. `id` is one of reading/labels.toml."""

    id: str
    label: str
    kind: Literal["text", "long_text", "amount", "rate", "date", "choice", "computed"] = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    wide: bool = False
    """True: takes a whole line."""
    section: str = ""
    """A heading that the form prints on a line of its own above this field."""


@dataclass(frozen=True, kw_only=True)
class ColumnLayout(_Model):
    """A column of the indicator table."""

    id: Literal[
        "level1",
        "level2",
        "level3",
        "explanation",
        "target",
        "actual",
        "max_score",
        "scoring_rule",
        "score",
        "note",
    ]
    label: str
    width: Annotated[int, _Limits(ge=4, le=80)]
    """In characters of the default font."""


@dataclass(frozen=True, kw_only=True)
class Layout(_Model):
    """The labels of the official form, in the order in which they are printed.

    {year} stands for the budget year in `title`, `year_line` and `indicators_label`."""

    source: str | None = None
    """Where the printed form was seen."""
    title: str
    year_line: str
    """Empty where the title carries the year."""
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


ReportPart = Literal["funding_table", "indicator_table", "points_table", "chart"]


@dataclass(frozen=True, kw_only=True)
class ReportSection(_Model):
    """A heading of the report and what stands below it, in this order: text, parts, gap."""

    id: Annotated[str, _Limits(pattern=r"^[a-z][a-z0-9]{1,15}$")]
    """Tells the section again when the report is written anew; heading and place may change."""
    level: Annotated[int, _Limits(ge=1, le=4)]
    heading: str
    text: tuple[str, ...] = ()
    """Paragraphs made from the form; the names in braces are `REPORT_NAMES`."""
    parts: tuple[ReportPart, ...] = ()
    gap: str = ""
    """What only the unit can write, as a hint; empty where it has nothing to write."""
    fields: tuple[str, ...] = ()
    """Ids of form fields whose texts fill the gap in advance."""


@dataclass(frozen=True, kw_only=True)
class ReportOutline(_Model):
    """The outline of the 自评报告 that goes with the form."""

    source: str
    title: str
    lead: tuple[str, ...] = ()
    """Paragraphs above the first heading; the unit may write others in their place."""
    sections: tuple[ReportSection, ...]


REPORT_NAMES = frozenset(
    (
        *("year", "project", "unit", "implemented", "form", "full_score", "cap", "rules", "grades"),
        *("budgets", "adjusted_budget", "executed", "rate", "execution_weight", "execution_points"),
        *("indicator_weight", "indicator_count", "completed", "missed", "deductions"),
        *("total", "graded", "total_note"),
    )
)
"""What a paragraph of the report may name in braces; words/facts.py says what each stands for."""


@dataclass(frozen=True, kw_only=True)
class Scheme(_Model):
    """One edition of an official form."""

    id: str
    name: str
    kind: Literal["self_evaluation", "objective"]
    family: Literal["ten_ninety", "four_dimensions", "objective"]
    version: Annotated[int, _Limits(ge=1)] = 1
    valid_from: Annotated[int, _Limits(ge=2000, le=2100)]
    """First budget year."""
    valid_to: Annotated[int, _Limits(ge=2000, le=2100)] | None = None
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
    report: ReportOutline | None = None
    """None where the place has no outline of its own: the national one holds (`report_outline`)."""
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
        """Every label of the layout, as printed; those with {year} in them left out."""
        layout = self.layout
        fields = (*layout.header, *layout.funding_columns, *layout.goals, *layout.footer)
        texts = [layout.funding_label, layout.goal_label, layout.indicators_label, layout.total_label]
        texts += [field.label for field in fields] + [column.label for column in layout.columns]
        texts += [field.section for field in layout.header]
        texts += [*layout.funding_rows, *(group.name for group in self.groups)]
        return frozenset(text for text in texts if text and "{year}" not in text)

    @property
    def unused_sources(self) -> list[str]:
        """Sources that stand beside no number."""
        used = set(sources_used(self))
        return [key for key in self.sources if key not in used]

    def __post_init__(self) -> None:
        if found := list(contradictions(self)):
            raise Misfit(found)
