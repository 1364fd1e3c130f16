"""The money of a drawn form: a table, a table the other way round, or fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from benchmarks.reading.canvas import Canvas, Entry
from perfxl.layouts.content import FundingContent
from perfxl.scheme import FieldLayout


class FundDrawing(Canvas):
    def funding(self) -> None:
        if not self.layout.funding_columns:
            return
        lines = list(zip(self.layout.funding_rows, self._lines(), strict=False))
        if self.plan.funding == "fields":
            self._fund_fields()
        elif self.plan.funding == "transposed":
            self._fund_transposed(lines)
        else:
            self._fund_table(lines)

    def _lines(self) -> Iterator[FundingContent]:
        yield from self.content.funding
        while True:
            yield FundingContent()

    def _fund_fields(self) -> None:
        names = ["initial_budget", "adjusted_budget", "executed", "execution_rate"]
        words = {
            "initial_budget": "年初预算数",
            "adjusted_budget": "全年预算数",
            "executed": "全年执行数",
            "execution_rate": "预算执行率",
        }
        fields = [FieldLayout(id=id_, label=words[id_], kind="amount") for id_ in names]
        made = []
        for field in fields:
            value, shown, fact = self.value(field)
            made.append((field, value, shown, fact))
        for start in (0, 2):
            self.pairs(made[start : start + 2])
        if fact := self.sheet.facts.pop("field/initial_budget", None):
            place = self.sheet.places.pop("field/initial_budget")
            self.sheet.state("funding/total/initial_budget", fact, *place)

    def _fund_cells(self, line: FundingContent, total: bool) -> dict[str, Entry]:
        """The cells of one line of money by column id."""
        outcome = self.form.outcome
        cells = {id_: self.money(getattr(line, id_)) for id_ in ("initial_budget", "adjusted_budget", "executed")}
        if total and outcome:
            cells["execution_rate"] = self.rate(outcome.rate)
            if self.scored and self.plan.execution != "row":
                weight = self.scheme.execution.weight.value if self.scheme.execution else Decimal(10)
                cells["max_score"] = self.number(weight)
                cells["score"] = self.number(outcome.execution_score)
        return cells

    def _fund_columns(self) -> list[FieldLayout]:
        columns = list(self.layout.funding_columns)
        if not self.scored or self.plan.execution == "row":
            columns = [column for column in columns if column.id not in ("max_score", "score")]
        return columns

    def _fund_label(self) -> str:
        label = self.block_label("funding_block", "项目资金", "funding")
        return f"{label.rstrip('：:')}（{self.plan.unit}）" if self.plan.unit_at == "block" else label

    def _fund_table(self, lines: Sequence[tuple[str, FundingContent]]) -> None:
        columns = self._fund_columns()
        first = self.width - len(columns) + 1
        top = self.row
        if first > 2:
            self.sheet.put(top, 1, self._fund_label(), down=len(lines) + 1, right=max(1, first - 2))
            self.sheet.put(top, first - 1, "")
        for place, column in enumerate(columns):
            label = self.label(column.id, column.label, "funding_columns")
            if self.plan.unit_at == "columns" and column.kind == "amount":
                label = f"{label.rstrip('：:')}（{self.plan.unit}）"
            self.sheet.put(top, first + place, label)
        for number, (name, line) in enumerate(lines):
            self.row += 1
            official = (
                self.label("funding_total" if self.plan.wording == "unlisted" else "total", name, "funding_totals")
                if number == 0
                else name
            )
            if self.plan.unit_at == "rows":
                official = f"{official.rstrip('：:')}（{self.plan.unit}）"
            self.sheet.put(self.row, first - 1, official)
            path = "funding/total" if number == 0 else f"funding/{official}"
            cells = self._fund_cells(line, number == 0)
            for place, column in enumerate(columns):
                value, shown, fact = cells.get(column.id, ("", "", None))
                self.sheet.put(self.row, first + place, value, shown=shown)
                name_of = "rate" if column.id == "execution_rate" else column.id
                self.sheet.state(f"{path}/{name_of}".replace(" ", ""), fact, self.row, first + place)
        self.row += 1

    def _fund_transposed(self, lines: Sequence[tuple[str, FundingContent]]) -> None:
        """年初预算数 and the like one below the other, the sources of money side by side."""
        columns = self._fund_columns()
        shown_lines = lines[: max(1, self.width - 2)]
        first = 3
        self.sheet.put(self.row, 1, self._fund_label(), down=len(columns) + 1)
        self.sheet.put(self.row, 2, "")
        for place, (name, _) in enumerate(shown_lines):
            self.sheet.put(self.row, first + place, name)
        for column in columns:
            self.row += 1
            label = self.label(column.id, column.label, "funding_columns")
            if self.plan.unit_at == "rows" and column.kind == "amount":
                label = f"{label.rstrip('：:')}（{self.plan.unit}）"
            self.sheet.put(self.row, 2, label)
            for place, (name, line) in enumerate(shown_lines):
                value, shown, fact = self._fund_cells(line, place == 0).get(column.id, ("", "", None))
                self.sheet.put(self.row, first + place, value, shown=shown)
                path = "funding/total" if place == 0 else f"funding/{name}"
                name_of = "rate" if column.id == "execution_rate" else column.id
                self.sheet.state(f"{path}/{name_of}", fact, self.row, first + place)
        self.row += 1
