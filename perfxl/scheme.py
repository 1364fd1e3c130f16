"""A scheme: one edition of an official form with its labels, weights, rules, grades and sources, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations, pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from perfxl.finding import Severity, catalog
from perfxl.os_errors import english_reason, reason
from perfxl.problem import Language, Problem
from perfxl.scheme_diff import flat
from perfxl.scheme_errors import Misfit, broken_toml, misfits
from perfxl.scheme_fit import contradictions, sources_used

Share = Annotated[Decimal, Field(ge=0, le=10)]
Points = Annotated[Decimal, Field(ge=0, le=1000)]


class SchemeError(Problem):
    """A scheme that does not fit. A line per mistake names file, key and what was expected."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


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
    """执行率 from `low_rate` (included) to `high_rate` (excluded; None: open): `low` to `high` points."""

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
    """The level 1 group that holds the row 预算执行率; None where it stands in the fund table."""
    rule: Literal["proportional", "bands"]
    bands: tuple[ExecutionBand, ...] = ()
    """From the highest down; below the lowest no points."""
    zero_below: SourcedShare | None = None
    """Optional: no points below this rate."""
    source: str


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
    """A row that the official form prints already. Its points have the source of the group's points."""

    name: str
    level2: str = ""
    """The level 2 label it stands under, for forms that print one."""
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


class Suspension(_Model):
    code: str
    since: str
    reason: str


class Regrade(Suspension):
    severity: Literal["info", "query", "error"]


class ChecksPolicy(_Model):
    regrade: tuple[Regrade, ...] = ()
    suspend: tuple[Suspension, ...] = ()

    @model_validator(mode="after")
    def _codes_exist(self) -> Self:
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
    section: str = ""
    """A heading that the form prints on a line of its own above this field."""


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
    width: Annotated[int, Field(ge=4, le=80)]
    """In characters of the default font."""


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


class ReportSection(_Model):
    """A heading of the report and what stands below it, in this order: text, parts, gap."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,15}$")]
    """Tells the section again when the report is written anew; heading and place may change."""
    level: Annotated[int, Field(ge=1, le=4)]
    heading: str
    text: tuple[str, ...] = ()
    """Paragraphs made from the form; the names in braces are `REPORT_NAMES`."""
    parts: tuple[ReportPart, ...] = ()
    gap: str = ""
    """What only the unit can write, as a hint; empty where it has nothing to write."""
    fields: tuple[str, ...] = ()
    """Ids of form fields whose texts fill the gap in advance."""


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

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := list(contradictions(self)):
            raise Misfit(found)
        return self


def load_scheme(path: Path) -> Scheme:
    """Read one scheme file. Raises SchemeError, which names file, key and what was expected."""
    try:
        return _parse(path.read_text("utf-8"), path.name)
    except FileNotFoundError as error:
        raise SchemeError(
            f"{path.name}: 没有这个文件；请核对路径", f"{path.name}: no such file; check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise SchemeError(
            f"{path.name}: 不是 UTF-8 编码的文本；请另存为 UTF-8", f"{path.name}: not text in UTF-8; save it as UTF-8"
        ) from error
    except OSError as error:
        raise SchemeError(
            f"{path.name}: 无法读取（{reason(error)}）；请核对路径和权限",
            f"{path.name}: cannot be read ({english_reason(error)}); check the path and the rights",
        ) from error


def _parse(text: str, name: str) -> Scheme:
    try:
        return Scheme.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(*broken_toml(name, error)) from error
    except ValidationError as error:
        zh, en = zip(*misfits(name, error, Scheme), strict=True)
        raise SchemeError("\n".join(zh), "\n".join(en)) from error


class _Builtin(Mapping[str, Scheme]):
    """By id, which is the file's path. Each is read when it is asked for: a form that names its own needs no other."""

    def __init__(self, root: Traversable) -> None:
        self._read: dict[str, Scheme] = {}
        self._files: dict[str, Traversable] = {}
        for place in sorted(root.iterdir(), key=lambda entry: entry.name):
            if place.is_dir():
                for file in sorted(place.iterdir(), key=lambda entry: entry.name):
                    if file.name.endswith(".toml"):
                        self._files[f"{place.name}/{file.name.removesuffix('.toml')}"] = file

    def __getitem__(self, id_: str) -> Scheme:
        if id_ not in self._read:
            self._read[id_] = _parse(self.text(id_), f"{id_}.toml")
        return self._read[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def text(self, id_: str) -> str:
        return self._files[id_].read_text("utf-8")


@cache
def _builtin() -> _Builtin:
    return _Builtin(files("perfxl").joinpath("schemes"))


def builtin_schemes() -> Mapping[str, Scheme]:
    """All schemes that come with perfxl, by id, in a stable order."""
    return _builtin()


def builtin_text(scheme: Scheme) -> str:
    """The file of a built-in scheme as it is written, comments and all."""
    return _builtin().text(scheme.id)


NATIONAL = "mof/2020"
"""The scheme whose outline holds where a place has none of its own."""


def report_outline(scheme: Scheme) -> ReportOutline:
    """The outline of the 自评报告 for a form of that scheme."""
    outline = scheme.report or builtin_schemes()[NATIONAL].report
    assert outline is not None, "the national scheme has an outline"
    return outline


def scheme_named(name: str) -> Scheme:
    """A built-in scheme by id, or one from a .toml file. Raises SchemeError with the ids that exist."""
    if name.endswith(".toml"):
        return load_scheme(Path(name))
    try:
        return builtin_schemes()[name]
    except KeyError:
        known = list(builtin_schemes())
        raise SchemeError(
            f"没有方案 {name}；可用：{'、'.join(known)}", f"there is no scheme {name}; use one of {', '.join(known)}"
        ) from None


def check_file(path: Path, lang: Language = "zh") -> list[str]:
    """Everything that does not fit in one scheme file, and where it collides with a built-in scheme."""
    try:
        scheme = load_scheme(path)
    except SchemeError as error:
        return error.said(lang).splitlines()
    said = ("没有数字引用这个来源", "no number names this source")[lang == "en"]
    problems = [f"{path.name}: sources.{key}: {said}" for key in scheme.unused_sources]
    for other in builtin_schemes().values():
        if other.id != scheme.id and overlapping([other, scheme]):
            overlap = (
                f"适用年度与方案 {other.id} 重叠，同地同类每年应只有一个方案",
                f"its years overlap those of {other.id}; a place should have one scheme of a kind each year",
            )
            problems.append(f"{path.name}: valid_from: {overlap[lang == 'en']}")
    return problems


def overlapping(schemes: Iterable[Scheme]) -> list[tuple[str, str]]:
    """The ids of schemes of one place, family and kind that are valid in the same budget year."""
    return [
        (a.id, b.id)
        for a, b in combinations(schemes, 2)
        if (a.place, a.family, a.kind) == (b.place, b.family, b.kind)
        and (a.valid_in(b.valid_from) or b.valid_in(a.valid_from))
    ]


def differences(a: Scheme, b: Scheme) -> list[tuple[str, str, str]]:
    """(key, value in `a`, value in `b`) wherever the two differ; `—` where one of them lacks the key."""
    left, right = dict(flat(a.model_dump())), dict(flat(b.model_dump()))
    keys = list(left)
    for before, key in pairwise(("", *right)):
        if key not in left:
            keys.insert(keys.index(before) + 1 if before else 0, key)
    return [(key, left.get(key, "—"), right.get(key, "—")) for key in keys if left.get(key) != right.get(key)]
