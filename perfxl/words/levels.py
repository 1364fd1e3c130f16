"""The points of a form by level 1, as the 评分底稿 and the report add them up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from perfxl.review import Review
from perfxl.scorecard import Scorecard, ScoreLine

EXECUTION = "预算执行率"


@dataclass(frozen=True)
class Level:
    """One block of the sum: 预算执行率 of the fund table, or a level 1 label with its lines."""

    name: str
    lines: tuple[ScoreLine, ...]

    @property
    def max_score(self) -> Decimal:
        """分值 as it counts; a blank one adds nothing."""
        return sum_of(line.weight for line in self.lines) or Decimal(0)

    @property
    def reported(self) -> Decimal | None:
        """得分 as filled in; None where no line has any."""
        return sum_of(line.reported.value for line in self.lines)

    @property
    def counted(self) -> Decimal | None:
        """By rule, as filled in where there is no rule."""
        return sum_of(line.counted for line in self.lines)


def levels(review: Review, card: Scorecard) -> list[Level]:
    """In the form's order, blocks without lines left out; the lines are those that make up the total."""
    found = [] if card.execution.indicator else [Level(EXECUTION, (card.execution,))]
    for group in review.form.groups:
        places = {row.at for row in group.rows}
        lines = tuple(line for line in card.lines if line.indicator and line.indicator.at in places)
        if lines:
            found.append(Level(one_line(group.label.value or group.label.raw) or "（未写一级指标）", lines))
    return found


def one_line(label: str) -> str:
    """A label that the form writes one character below the other."""
    return "".join(label.split())


def sum_of(values: Iterable[Decimal | None]) -> Decimal | None:
    """None where all are."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None
