"""What all parts of a drawn form share: its words, its pairs of label and value, its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

from benchmarks.reading.plan import Plan
from benchmarks.reading.sheet import Fact, Sheet
from benchmarks.reading.truth import LEFT_OUT
from benchmarks.reading.words import FIELD, INVENTED
from perfxl.grid import CellValue
from perfxl.layouts.content import RowContent
from perfxl.reading.labels import vocabulary
from perfxl.reading.values import money_unit
from perfxl.scheme import FieldLayout
from tests.random_forms import RandomForm, half_up

Entry = tuple[CellValue | date, str, Fact | None]
"""A cell's value and number format, and the fact that stands there."""


_SCALES = {"元": 1, "万元": 10**4, "亿元": 10**8}
_IN_FULL = "#,##0.00########"
"""Of money, so that what is printed is what is meant, in 亿元 too."""
_FIELDS_OF_FUNDS = (
    "adjusted_budget",
    "executed",
    "execution_rate",
    "previous_budget",
    "previous_executed",
    "previous_rate",
)
UNLISTED = 0.2
"""The share of labels in words of their own, where the plan has any."""
INVENTED_SHARE = 0.1


class Canvas:
    """The sheet that a form is drawn on, row by row from the top."""

    def __init__(self, form: RandomForm, plan: Plan, random: Random) -> None:
        self.form, self.plan, self.random = form, plan, random
        self.scheme, self.layout, self.content = form.scheme, form.scheme.layout, form.content
        self.sheet = Sheet()
        self.row = 1
        self.objective = self.scheme.kind == "objective"
        self.points = plan.points and any(column.id == "max_score" for column in self.layout.columns)
        self.scored = self.points and not self.objective
        self.columns = list(self._column_ids())
        self.left = 1 if plan.left_label else 0
        self.width = max(len(self.columns) + self.left, 6, len(self.layout.funding_columns) + 2)
        self.rows = self._content_rows()

    def label(self, id_: str, official: str, kind: str = "fields") -> str:
        text = official
        if self.plan.wording == "invented" and kind != "funding_totals" and self.random.random() < INVENTED_SHARE:
            text = self.random.choice(INVENTED)
        elif self.unlisted():
            text = self.random.choice(FIELD.get(id_, (official,)))
        elif self.plan.wording == "known" and kind != "blocks":
            table = getattr(vocabulary(), kind)
            text = self.random.choice([word for word, known in table.items() if known == id_] or [official])
        return self.spelt(text)

    def block_label(self, id_: str, official: str, kind: str) -> str:
        if self.unlisted():
            return self.spelt(self.random.choice(FIELD[id_]))
        if self.plan.wording == "known":
            return self.spelt(self.random.choice(sorted(vocabulary().blocks[kind])))
        return self.spelt(official)

    def unlisted(self) -> bool:
        return self.plan.wording == "unlisted" and self.random.random() < UNLISTED

    def spelt(self, text: str) -> str:
        if not self.plan.spelling:
            return text
        middle = len(text) // 2
        forms = (
            text,
            f"{text}：",
            f" {text} ",
            f"{text[:middle]}\n{text[middle:]}",
            "　".join(text) if len(text) <= 4 else text,
            f"*{text}",
            text.replace("(", "（").replace(")", "）"),
        )
        return self.random.choice(forms)

    def wide(self, text: str) -> None:
        """A line over the form's width, outside its table."""
        self.sheet.put(self.row, 1, text, right=self.width, ruled=False)
        self.row += 1

    def value(self, field: FieldLayout) -> Entry:
        """The cell's value and number format, and the fact."""
        outcome, total = self.form.outcome, self.content.funding[0]
        if field.id == "grade":
            word = outcome.grade if outcome else ""
            return word, "", word
        if field.id == "execution_rate":
            rate = outcome.rate if outcome else None
            return (rate, "0.00%", rate) if rate is not None else ("", "", None)
        if field.id in ("adjusted_budget", "executed", "initial_budget"):
            return self.money(getattr(total, field.id), field.label)
        value = self.content.fields.get(field.id, "")
        if field.kind == "rate" and isinstance(value, Decimal):
            return value, "0.00%", value
        if isinstance(value, Decimal):
            return self.money(value, field.label)
        if isinstance(value, date):
            return value, "yyyy-mm-dd", value.isoformat()
        return value, "", value

    def money(self, amount: Decimal | None, label: str = "") -> Entry:
        if amount is None:
            return "", "", None
        unit = self.unit(label)
        figure = amount / _SCALES[unit]
        if self.plan.unit_at == "values":
            return f"{figure:f}{unit}", "", amount
        if self.plan.text_numbers:
            return f"{figure:,f}", "", amount
        return figure, _IN_FULL, amount

    def unit(self, label: str) -> str:
        return next(
            (unit for unit in ("万元", "亿元", "元") if f"({unit})" in label.replace("（", "(").replace("）", ")")),
            self.plan.unit,
        )

    def pairs(self, pairs: Sequence[tuple[FieldLayout, CellValue | date, str, Fact | None]]) -> None:
        """Some fields in one row, or for labels above their values in two."""
        columns = self.shares(len(pairs))
        for (field, value, shown, fact), (left, width) in zip(pairs, columns, strict=True):
            path = self.path(field.id)
            fact = None if field.id in LEFT_OUT else fact
            label = self.label(field.id, field.label.rstrip("：:"))
            if field.id in _FIELDS_OF_FUNDS or field.kind == "amount":
                label = self._with_unit(label, field)
            style = self.plan.pairs if field.kind != "long_text" else "beside"
            if style == "inline" and isinstance(value, str):
                self.sheet.put(self.row, left, f"{label.rstrip('：:')}：{value}", right=width)
                self.sheet.state(path, fact, self.row, left)
            elif style == "above" and len(pairs) > 1:
                self.sheet.put(self.row, left, label, right=width)
                self.sheet.put(self.row + 1, left, value, right=width, shown=shown)
                self.sheet.state(path, fact, self.row + 1, left)
            else:
                half = 1 if width < 4 else width // 3
                half = max(half, 1)
                self.sheet.put(self.row, left, label, right=half)
                self.sheet.put(self.row, left + half, value, right=width - half, shown=shown)
                self.sheet.state(path, fact, self.row, left + half)
        above = self.plan.pairs == "above" and len(pairs) > 1
        self.row += 2 if above else 1

    def _with_unit(self, label: str, field: FieldLayout) -> str:
        if field.id.endswith("rate"):
            return label
        unit = self.unit(field.label)
        if money_unit(label):
            return label
        if money_unit(field.label) and self.plan.unit_at != "values":
            return f"{label.rstrip('：:')}（{unit}）"
        return f"{label.rstrip('：:')}（{unit}）" if self.plan.unit_at in ("block", "rows", "columns") else label

    def path(self, id_: str) -> str:
        if id_ in ("adjusted_budget", "executed"):
            return f"funding/total/{id_}"
        if id_ == "execution_rate":
            return "funding/total/rate"
        if id_.startswith("previous_"):
            return f"funding/{id_}"
        return f"field/{id_}"

    def shares(self, count: int) -> list[tuple[int, int]]:
        """`count` stretches of the form's width, each of two columns at least."""
        count = min(count, self.width // 2)
        edges = [1 + self.width * place // count for place in range(count + 1)]
        return [(left, right - left) for left, right in zip(edges, edges[1:], strict=False)]

    def rate(self, rate: Decimal) -> Entry:
        return (f"{rate * 100:.2f}%", "", rate) if self.plan.text_numbers else (rate, "0.00%", rate)

    def number(self, number: Decimal | None) -> Entry:
        if number is None:
            return "", "", None
        return (
            (f"{number:f}分" if self.random.random() < 0.5 else f"{number:f}", "", number)
            if self.plan.text_numbers
            else (number, "General", number)
        )

    def _column_ids(self) -> Iterator[str]:
        ids = [column.id for column in self.layout.columns]
        if not self.points:
            ids = [id_ for id_ in ids if id_ not in ("max_score", "score")]
        if self.plan.levels < 3 and "level2" in ids:
            ids.remove("level2")
        if self.plan.levels < 2 and "level1" in ids:
            ids.remove("level1")
        order = {"points first": ["max_score", "score"], "level last": ["note", "explanation"]}.get(self.plan.order, [])
        moved = [id_ for id_ in order if id_ in ids]
        if moved:
            rest = [id_ for id_ in ids if id_ not in moved]
            place = rest.index("level3") + 1
            ids = [*rest[:place], *moved, *rest[place:]]
        extras = self.plan.extras
        if "number" in extras:
            yield "number"
        for id_ in ids:
            if id_ == "target" and "split_target" in extras:
                yield from ("nature", "target", "measure_unit")
            else:
                yield str(id_)
            if id_ == "actual" and "ratio" in extras:
                yield "ratio"
            if id_ == "max_score" and "rule" in extras and "scoring_rule" not in ids:
                yield "scoring_rule"
        if "evidence" in extras:
            yield "evidence"

    def _content_rows(self) -> list[RowContent]:
        rows = list(self.content.indicators)
        if not rows:
            return []
        if (
            self.plan.execution == "row"
            and self.scheme.execution
            and not self.scheme.execution.inside_group
            and self.form.outcome
        ):
            outcome, weight = self.form.outcome, self.scheme.execution.weight.value
            rate = f"{half_up(Fraction(outcome.rate) * 100, 2)}%"
            rows.insert(
                0,
                RowContent(
                    "预算执行",
                    "预算执行率" if self.plan.levels > 2 else "",
                    "预算执行率",
                    target="100%",
                    actual=rate,
                    max_score=weight,
                    score=outcome.execution_score,
                    execution=True,
                ),
            )
        if self.plan.execution == "funds 20":
            rows = [
                replace(
                    row,
                    max_score=row.max_score and half_up_of(row.max_score),
                    score=row.score and half_up_of(row.score),
                )
                for row in rows
            ]
        return rows


def half_up_of(score: Decimal) -> Decimal:
    """Points on a scale of 80 for those on one of 90."""
    return half_up(Fraction(score) * 8 / 9, 2)
