"""The indicators of a drawn form: one table or several, with headers, levels, subtotals and parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from benchmarks.reading.canvas import Canvas, Entry
from perfxl.grid import normalised
from perfxl.layouts.content import RowContent
from tests.random_forms import half_up

_OPERATORS = ("≥", "≤", "=", "＞", "＜", "不少于", "不低于", "不超过")


class TableDrawing(Canvas):
    def tables(self) -> None:
        groups: list[list[RowContent]] = []
        for row in self.rows:
            if groups and groups[-1][0].group == row.group:
                groups[-1].append(row)
            else:
                groups.append([row])
        top = self.row
        tables = [groups] if self.plan.tables != "split" else [[group] for group in groups]
        for number, table in enumerate(tables):
            if number and self.plan.tables == "split":
                self.row += self.random.choice((0, 1))
            self._table_header()
            for group in table:
                if self.plan.tables == "repeated header" and group is not table[0] and self.random.random() < 0.5:
                    self._table_header()
                self._group(group)
        if self.plan.left_label:
            if self.plan.tables == "split":
                pass
            elif self.row > top:
                self.sheet.put(
                    top,
                    1,
                    self.block_label(
                        "indicator_block",
                        self.layout.indicators_label.format(year=self.content.year) or "绩效指标",
                        "indicators",
                    ),
                    down=self.row - top,
                )

    def _table_header(self) -> None:
        official = {column.id: column.label for column in self.layout.columns}
        extra = {
            "number": "序号",
            "evidence": "佐证材料",
            "ratio": "完成率",
            "scoring_rule": "评分标准",
            "nature": "指标性质",
            "measure_unit": "度量单位",
        }
        tops = {"target": "年度指标", "actual": "年度指标", "max_score": "自评打分", "score": "自评打分"}
        place = 0
        while place < len(self.columns):
            id_ = self.columns[place]
            column = self.left + 1 + place
            if self.plan.header_rows == 2:
                run = 1
                while (
                    tops.get(id_)
                    and place + run < len(self.columns)
                    and tops.get(self.columns[place + run]) == tops[id_]
                ):
                    run += 1
                if run > 1:
                    self.sheet.put(self.row, column, tops[id_], right=run)
                    for step in range(run):
                        inner = self.columns[place + step]
                        self.sheet.put(self.row + 1, column + step, self.label(inner, official[inner], "columns"))  # type: ignore[index]
                    place += run
                    continue
                self.sheet.put(self.row, column, self.label(id_, official.get(id_) or extra[id_], "columns"), down=2)  # type: ignore[call-overload]
            else:
                self.sheet.put(self.row, column, self.label(id_, official.get(id_) or extra[id_], "columns"))  # type: ignore[call-overload]
            place += 1
        self.row += self.plan.header_rows

    def _group(self, rows: list[RowContent]) -> None:
        """One level 1 block, with its subtotal where the plan has one."""
        start = self.row
        lines = list(self._numbered(rows))
        for number, row, part in lines:
            self._indicator(number, row, part)
        if "level1" in self.columns:
            self._level("level1", [(row.group, part) for _, row, part in lines], start)
        if "level2" in self.columns:
            self._level("level2", [(row.level2, part) for _, row, part in lines], start)
        if self.plan.subtotals and self.scored:
            self.sheet.put(self.row, self.left + 1, "小计")
            for id_ in ("max_score", "score"):
                if id_ in self.columns:
                    total = sum((getattr(row, id_) or Decimal(0) for row in rows), Decimal(0))
                    self.sheet.put(self.row, self.column(id_), total)
            self.row += 1

    def _numbered(self, rows: list[RowContent]) -> Iterator[tuple[int, RowContent, bool]]:
        for number, row in enumerate(rows, 1):
            if self.plan.stars and row.target and not row.execution and self.random.random() < 0.5:
                parent = replace(row, target="", actual="", name=f"★{row.name}")
                yield number, parent, False
                yield number, replace(row, name=f"其中：{row.name}甲", max_score=None, score=None, note=""), True
                yield number, replace(row, name=f"{row.name}乙", max_score=None, score=None, note=""), True
            else:
                yield number, row, False

    def column(self, id_: str) -> int:
        return self.left + 1 + self.columns.index(id_)

    def _level(self, id_: str, names: list[tuple[str, bool]], start: int) -> None:
        column = self.column(id_)
        place = 0
        while place < len(names):
            run = 1
            while place + run < len(names) and names[place + run][0] == names[place][0]:
                run += 1
            name = names[place][0]
            if self.plan.level_cells == "repeated":
                for step in range(run):
                    self.sheet.put(start + place + step, column, name)
            else:
                self.sheet.put(start + place, column, name, down=run if self.plan.level_cells == "merged" else 1)
            place += run

    def _indicator(self, number: int, row: RowContent, part: bool) -> None:
        name = row.name.removeprefix("★").removeprefix("其中：")
        path = f"row/{name}/0"
        if normalised(f"{path}/name") in self.sheet.facts:
            path = f"row/{name}/1"
        values: dict[str, Entry] = {
            "number": (Decimal(number), "General", None),
            "evidence": ("见附件材料", "", None),
            "ratio": (Decimal(1), "0%", None),
            "level3": (row.name, "", name),
            "explanation": (row.explanation, "", row.explanation),
            "scoring_rule": (row.scoring_rule or ("按比例计分" if "rule" in self.plan.extras else ""),)
            + (
                "",
                row.scoring_rule
                or ("按比例计分" if "rule" in self.plan.extras and "scoring_rule" in self.columns else ""),
            ),
            "target": self._measure(row.target, row.percent),
            "actual": self._measure(row.actual, row.percent),
            "max_score": self.number(row.max_score),
            "score": self.number(row.score),
            "note": (row.note, "", row.note),
        }
        if "split_target" in self.plan.extras:
            values |= self._split(row)
        for id_ in self.columns:
            if id_ in ("level1", "level2"):
                continue
            value, shown, fact = values[id_]
            column = self.column(id_)
            self.sheet.put(self.row, column, value, shown=shown)
            if id_ not in ("number", "evidence", "ratio", "nature", "measure_unit"):
                self.sheet.state(f"{path}/{'name' if id_ == 'level3' else id_}", fact, self.row, column)
        for id_ in ("level1", "level2"):
            if id_ in self.columns:
                self.sheet.state(
                    f"{path}/{id_}", row.group if id_ == "level1" else row.level2, self.row, self.column(id_)
                )
        self.row += 1

    def _measure(self, value: str | Decimal, percent: bool) -> Entry:
        if isinstance(value, Decimal):
            if percent:
                text = f"{half_up(Fraction(value) * 100, 2)}%"
                return value, "0.00%", text
            return value, "General", f"{value:f}"
        return value, "", value

    def _split(self, row: RowContent) -> dict[str, Entry]:
        """≥95% as 指标性质 ≥, 指标值 95, 度量单位 %: read as one again."""
        text = row.target if isinstance(row.target, str) else ""
        sign = next((sign for sign in _OPERATORS if text.startswith(sign)), "")
        body = text.removeprefix(sign)
        figure = body.rstrip("".join(char for char in body if not (char.isdigit() or char == ".")))
        unit = body.removeprefix(figure)
        if not sign or not figure or not figure.replace(".", "").isdigit():
            value = self._measure(row.target, row.percent)
            return {
                "nature": ("定性" if isinstance(row.target, str) else "", "", None),
                "target": value,
                "measure_unit": ("", "", None),
            }
        split: dict[str, Entry] = {
            "nature": (sign, "", None),
            "target": (Decimal(figure), "General", text),
            "measure_unit": (unit, "", None),
        }
        done = row.actual.removesuffix(unit) if isinstance(row.actual, str) else ""
        if unit and done != row.actual and done.replace(".", "").isdigit() and self.random.random() < 0.5:
            split["actual"] = (Decimal(done), "General", row.actual)
        return split
