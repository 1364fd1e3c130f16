"""A filled form drawn in a layout of its own, together with what a reader should find in it."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from benchmarks.reading.canvas import Entry
from benchmarks.reading.funds import FundDrawing
from benchmarks.reading.plan import Plan
from benchmarks.reading.sheet import Sheet
from benchmarks.reading.table import TableDrawing
from benchmarks.reading.words import NOISE_ABOVE, NOISE_BELOW, SIGNATURES, TITLES
from perfxl.reading.labels import vocabulary
from tests.random_forms import RandomForm


def draw(form: RandomForm, plan: Plan, random: Random) -> Sheet:
    """The form in the plan's layout, from row 1 on."""
    return _Drawing(form, plan, random).drawn()


class _Drawing(FundDrawing, TableDrawing):
    def drawn(self) -> Sheet:
        self._title()
        self._header()
        self.funding()
        self._goals()
        if self.plan.total == "above" and self.scored:
            self._total()
        self.tables()
        if self.plan.total in ("below", "unnamed max") and self.scored:
            self._total()
        self._footer()
        return self.sheet

    def _title(self) -> None:
        year = self.content.year
        if self.plan.noise:
            self.sheet.put(self.row, 1, self.random.choice(NOISE_ABOVE), ruled=False)
            self.row += 1
        title = self.layout.title.format(year=year)
        line = self.layout.year_line.format(year=year)
        if self.plan.title == "other" and not self.objective:
            title = self.random.choice(TITLES).format(year=year)
            line = "" if str(year) in title else f"（{year}年度）"
        if self.plan.title == "none":
            line = line or f"（{year}年度）"
        else:
            self.wide(title)
            self.sheet.state("title", title, self.row - 1, 1)
        if line:
            self.wide(line)
        self.sheet.state("year", str(year), self.row - 1, 1)
        if self.plan.unit_at == "line":
            line = f"{self.random.choice(('单位', '金额单位'))}：{self.plan.unit}"
            self.sheet.put(self.row, self.width, line, ruled=False)
            self.row += 1

    def _header(self) -> None:
        fields = list(self.layout.header)
        if self.plan.grade == "header":
            fields += [field for field in self.layout.footer if field.id == "grade"]
        for wide in (False, True):
            some = [field for field in fields if (field.kind == "long_text") is wide]
            per_row = 1 if wide else self.plan.per_row
            for start in range(0, len(some), per_row):
                self.pairs([(field, *self.value(field)) for field in some[start : start + per_row]])

    def _goals(self) -> None:
        goals = [(goal, str(self.content.fields.get(goal.id, ""))) for goal in self.layout.goals]
        if len(goals) < 2:
            for goal, text in goals:
                self.pairs([(goal, text, "", text)])
            return
        label = self.block_label("goal_block", self.layout.goal_label, "goals")
        shares = (
            self.shares(2)
            if self.width % 2 == 0
            else [(2, (self.width - 1) // 2), (2 + (self.width - 1) // 2, self.width - 1 - (self.width - 1) // 2)]
        )
        if self.plan.goals == "stacked":
            for goal, text in goals:
                self.sheet.put(self.row, 1, self.label(goal.id, goal.label), right=2)
                self.sheet.put(self.row, 3, text, right=self.width - 2)
                self.sheet.state(f"field/{goal.id}", text, self.row, 3)
                self.row += 1
            return
        texts = [[text] for _, text in goals]
        if self.plan.goals == "numbered":
            texts = [
                [f"目标{number}：{part}" for number, part in enumerate((text, "按时完成资料归档。"), 1)]
                for _, text in goals
            ]
        top, half = self.row, self.width // 2
        shares = [(2, half), (2 + half, self.width - 1 - half)]
        self.sheet.put(top, 1, label, down=1 + len(texts[0]))
        for (goal, _), parts, (left, width) in zip(goals, texts, shares, strict=True):
            self.sheet.put(top, left, self.label(goal.id, goal.label), right=width)
            for number, part in enumerate(parts, 1):
                self.sheet.put(top + number, left, part, right=width)
            self.sheet.state(f"field/{goal.id}", "\n".join(parts), top + 1, left)
        self.row += 1 + len(texts[0])

    def _total(self) -> None:
        if not self.form.outcome:
            return
        label = (
            self.label("total", self.layout.total_label, "totals")
            if self.plan.wording != "known"
            else self.spelt(self.random.choice([word for word, kind in vocabulary().totals.items() if kind == "total"]))
        )
        first = min(self.column(id_) for id_ in ("max_score", "score") if id_ in self.columns)
        weights = [row.max_score or Decimal(0) for row in self.rows]
        outside = self.scheme.execution and self.plan.execution != "row" and not self.scheme.execution.inside_group
        full = sum(weights, self.scheme.execution.weight.value if outside and self.scheme.execution else Decimal(0))
        if self.plan.total == "unnamed max":
            full_value: Entry = ("", "", None)
        else:
            full_value = self.number(full)
        span = max(1, first - 1)
        self.sheet.put(self.row, 1, label, right=span)
        for id_, path, (value, shown, fact) in (
            ("max_score", "total_max", full_value),
            ("score", "total", self.number(self.form.outcome.total)),
        ):
            if id_ in self.columns:
                self.sheet.put(self.row, self.column(id_), value, shown=shown)
                self.sheet.state(path, fact, self.row, self.column(id_))
        last = self.column("score")
        if (
            self.plan.grade == "beside total"
            and self.width > last + 1
            and any(field.id == "grade" for field in self.layout.footer)
        ):
            self.sheet.put(self.row, last + 1, self.label("grade", "自评等级"))
            self.sheet.put(self.row, last + 2, self.form.outcome.grade)
            self.sheet.state("field/grade", self.form.outcome.grade, self.row, last + 2)
        self.row += 1

    def _footer(self) -> None:
        if self.plan.total == "field" and self.form.outcome and self.scored:
            total = self.form.outcome.total
            self.sheet.put(self.row, 1, self.label("total", "总得分"), right=2)
            self.sheet.put(self.row, 3, total, right=self.width - 2)
            self.sheet.state("total", total, self.row, 3)
            self.row += 1
        for field in self.layout.footer:
            if field.id == "grade" and "field/grade" in self.sheet.facts:
                continue
            value, shown, fact = self.value(field)
            self.sheet.put(self.row, 1, self.label(field.id, field.label.rstrip("：:")), right=2)
            self.sheet.put(self.row, 3, value, right=self.width - 2, shown=shown)
            self.sheet.state(f"field/{field.id}", fact, self.row, 3)
            self.row += 1
        if self.plan.noise:
            for line in self.random.sample(NOISE_BELOW, 2):
                self.wide(line)
            for (id_, label, value), left in zip(SIGNATURES, (1, 3, 5), strict=True):
                self.sheet.put(self.row, left, f"{label}：{value}", ruled=False)
                self.sheet.state(f"field/{id_}", value, self.row, left)
            self.row += 1
