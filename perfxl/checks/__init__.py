"""The checks: one module per family, one decorated function per code that yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from importlib import import_module

from perfxl.checks.slips import Slips, slips_in
from perfxl.finding import Finding
from perfxl.form import Form, Indicator, Located, ObjectiveForm, SelfEvaluation
from perfxl.scheme import Scheme
from perfxl.scorecard import Scorecard, ScoreLine

FAMILIES = (
    "layout",
    "funds",
    "weights",
    "points",
    "totals",
    "indicators",
    "crossform",
    "narrative",
    "dates",
    "wording",
)


@dataclass(frozen=True)
class Context:
    """What a check may look at. `scorecard` is None for objective forms; `siblings` are the file's forms."""

    form: Form
    scheme: Scheme
    scorecard: Scorecard | None
    siblings: tuple[Form, ...] = ()

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """None for objective forms."""
        if not isinstance(self.form, SelfEvaluation) or self.scorecard is None:
            return None
        return Evaluation(self.form, self.scheme, self.scorecard, alone=len(self.siblings) <= 1)

    @cached_property
    def slips(self) -> tuple[tuple[str, Located[str], Slips], ...]:
        """Every text a person wrote into the form that shows slips, with the form's word for it."""
        texts = [("", located) for located in self.form.fields.values()]
        for row in self.form.named_indicators:
            texts += (("指标名称", row.level3), ("指标解释", row.explanation), ("评分规则", row.scoring_rule))
            texts.append(("备注", row.note))
        return tuple((field, text, found) for field, text in texts if text.raw and (found := slips_in(text.raw)))

    @cached_property
    def weights(self) -> tuple[list[Decimal], ...]:
        """The points that rows may reach, group by group, as far as they are readable."""
        return tuple(
            [row.max_score.value for row in group.rows if not row.placeholder and row.max_score.value is not None]
            for group in self.form.groups
        )


@dataclass(frozen=True)
class Evaluation:
    """A self-evaluation with its scorecard: what most checks look at."""

    form: SelfEvaluation
    scheme: Scheme
    card: Scorecard
    alone: bool = True
    """False where the file has other forms besides."""

    @cached_property
    def judged_lines(self) -> tuple[tuple[Indicator, ScoreLine], ...]:
        """The rows of the indicator table with a readable score inside its range; F102 looks at the execution row."""
        return tuple(
            (row, line)
            for line in self.card.lines
            if (row := line.indicator)
            and not row.execution
            and line.reported.value is not None
            and not line.out_of_range
        )


Check = Callable[[Context], Iterator[Finding]]
_checks: dict[str, Check] = {}


def check(code: str) -> Callable[[Check], Check]:
    """Register a check under its code, for every kind of form."""

    def register(function: Check) -> Check:
        assert code not in _checks, f"two checks for {code}"
        _checks[code] = function
        return function

    return register


def evaluation_check(code: str) -> Callable[[Callable[[Evaluation], Iterator[Finding]]], Check]:
    """Register a check that looks at self-evaluations only."""

    def register(function: Callable[[Evaluation], Iterator[Finding]]) -> Check:
        def guarded(context: Context) -> Iterator[Finding]:
            return iter(()) if context.evaluation is None else function(context.evaluation)

        guarded.__doc__, guarded.__module__ = function.__doc__, function.__module__
        guarded.__wrapped__ = function  # type: ignore[attr-defined]
        return check(code)(guarded)

    return register


def objective_check(code: str) -> Callable[[Callable[[ObjectiveForm, Scheme], Iterator[Finding]]], Check]:
    """Register a check that looks at objective forms only."""

    def register(function: Callable[[ObjectiveForm, Scheme], Iterator[Finding]]) -> Check:
        def guarded(context: Context) -> Iterator[Finding]:
            return function(context.form, context.scheme) if isinstance(context.form, ObjectiveForm) else iter(())

        guarded.__doc__, guarded.__module__ = function.__doc__, function.__module__
        guarded.__wrapped__ = function  # type: ignore[attr-defined]
        return check(code)(guarded)

    return register


@cache
def registered_checks() -> dict[str, Check]:
    """Every check by code; loads the families on first use."""
    for family in FAMILIES:
        import_module(f"perfxl.checks.{family}")
    return _checks


def run_checks(context: Context) -> Iterator[Finding]:
    """All findings of all checks for one form."""
    for function in registered_checks().values():
        yield from function(context)
