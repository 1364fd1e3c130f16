"""A filled form drawn in a layout of its own, together with what a reader should find in it."""

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
from benchmarks.reading.words import FIELD, INVENTED, NOISE_ABOVE, NOISE_BELOW, SIGNATURES, TITLES
from perfxl.grid import CellValue, normalised
from perfxl.layouts.content import FundingContent, RowContent
from perfxl.reading.labels import vocabulary
from perfxl.reading.values import money_unit
from perfxl.scheme import FieldLayout
from tests.random_forms import RandomForm, half_up

_SCALES = {"元": 1, "万元": 10**4, "亿元": 10**8}
_FIELDS_OF_FUNDS = (
    "adjusted_budget",
    "executed",
    "execution_rate",
    "previous_budget",
    "previous_executed",
    "previous_rate",
)
_OPERATORS = ("≥", "≤", "=", "＞", "＜", "不少于", "不低于", "不超过")

UNLISTED = 0.2
"""The share of labels in words of their own, where the plan has any."""
INVENTED_SHARE = 0.1


def draw(form: RandomForm, plan: Plan, random: Random) -> Sheet:
    """The form in the plan's layout, from row 1 on."""
    return _Drawing(form, plan, random).drawn()


class _Drawing:
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
        self.unit_known = False

    def drawn(self) -> Sheet:
        self._title()
        self._header()
        self._funding()
        self._goals()
        if self.plan.total == "above" and self.scored:
            self._total()
        self._tables()
        if self.plan.total in ("below", "unnamed max") and self.scored:
            self._total()
        self._footer()
        return self.sheet

    # Words

    def label(self, id_: str, official: str, kind: str = "fields") -> str:
        text = official
        if self.plan.wording == "invented" and kind != "funding_totals" and self.random.random() < INVENTED_SHARE:
            text = self.random.choice(INVENTED)
        elif self._unlisted():
            text = self.random.choice(FIELD.get(id_, (official,)))
        elif self.plan.wording == "known" and kind != "blocks":
            table = getattr(vocabulary(), kind)
            text = self.random.choice([word for word, known in table.items() if known == id_] or [official])
        return self._spelt(text)

    def block_label(self, id_: str, official: str, kind: str) -> str:
        if self._unlisted():
            return self._spelt(self.random.choice(FIELD[id_]))
        if self.plan.wording == "known":
            return self._spelt(self.random.choice(sorted(vocabulary().blocks[kind])))
        return self._spelt(official)

    def _unlisted(self) -> bool:
        return self.plan.wording == "unlisted" and self.random.random() < UNLISTED

    def _spelt(self, text: str) -> str:
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

    # The head

    def _title(self) -> None:
        year = self.content.year
        if self.plan.noise:
            self.sheet.put(self.row, 1, self.random.choice(NOISE_ABOVE))
            self.row += 1
        title = self.layout.title.format(year=year)
        line = self.layout.year_line.format(year=year)
        if self.plan.title == "other" and not self.objective:
            title = self.random.choice(TITLES).format(year=year)
            line = "" if str(year) in title else f"（{year}年度）"
        if self.plan.title == "none":
            line = line or f"（{year}年度）"
        else:
            self._wide(title)
            self.sheet.state("title", title, self.row - 1, 1)
        if line:
            self._wide(line)
        self.sheet.state("year", str(year), self.row - 1, 1)
        if self._amounts_by_line():
            self.sheet.put(self.row, self.width, f"{self.random.choice(('单位', '金额单位'))}：{self.plan.unit}")
            self.row += 1

    def _amounts_by_line(self) -> bool:
        return self.plan.unit_at == "line"

    def _wide(self, text: str) -> None:
        self.sheet.put(self.row, 1, text, right=self.width)
        self.row += 1

    def _header(self) -> None:
        fields = list(self.layout.header)
        if self.plan.grade == "header":
            fields += [field for field in self.layout.footer if field.id == "grade"]
        for wide in (False, True):
            some = [field for field in fields if (field.kind == "long_text") is wide]
            per_row = 1 if wide else self.plan.per_row
            for start in range(0, len(some), per_row):
                self._pairs([(field, *self._value(field)) for field in some[start : start + per_row]])

    def _value(self, field: FieldLayout) -> tuple[CellValue | date, str, Fact | None]:
        """The cell's value and number format, and the fact."""
        outcome, total = self.form.outcome, self.content.funding[0]
        if field.id == "grade":
            word = outcome.grade if outcome else ""
            return word, "", word
        if field.id == "execution_rate":
            rate = outcome.rate if outcome else None
            return (rate, "0.00%", rate) if rate is not None else ("", "", None)
        if field.id in ("adjusted_budget", "executed", "initial_budget"):
            return self._money(getattr(total, field.id), field.label)
        value = self.content.fields.get(field.id, "")
        if field.kind == "rate" and isinstance(value, Decimal):
            return value, "0.00%", value
        if isinstance(value, Decimal):
            return self._money(value, field.label)
        if isinstance(value, date):
            return value, "yyyy-mm-dd", value.isoformat()
        return value, "", value

    def _money(self, amount: Decimal | None, label: str = "") -> tuple[CellValue | date, str, Fact | None]:
        if amount is None:
            return "", "", None
        unit = self._unit(label)
        figure = amount / _SCALES[unit]
        if self.plan.unit_at == "values":
            return f"{figure:f}{unit}", "", amount
        if self.plan.text_numbers:
            return f"{figure:,f}", "", amount
        return figure, "General", amount

    def _unit(self, label: str) -> str:
        return next(
            (unit for unit in ("万元", "亿元", "元") if f"({unit})" in label.replace("（", "(").replace("）", ")")),
            self.plan.unit,
        )

    def _pairs(self, pairs: Sequence[tuple[FieldLayout, CellValue | date, str, Fact | None]]) -> None:
        """Some fields in one row, or for labels above their values in two."""
        columns = self._shares(len(pairs))
        for (field, value, shown, fact), (left, width) in zip(pairs, columns, strict=True):
            path = self._path(field.id)
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
        unit = self._unit(field.label)
        if money_unit(label):
            return label
        return f"{label.rstrip('：:')}（{unit}）" if self.plan.unit_at in ("block", "rows", "columns") else label

    def _path(self, id_: str) -> str:
        if id_ in ("adjusted_budget", "executed"):
            return f"funding/total/{id_}"
        if id_ == "execution_rate":
            return "funding/total/rate"
        if id_.startswith("previous_"):
            return f"funding/{id_}"
        return f"field/{id_}"

    def _shares(self, count: int) -> list[tuple[int, int]]:
        """`count` stretches of the form's width, each of two columns at least."""
        count = min(count, self.width // 2)
        edges = [1 + self.width * place // count for place in range(count + 1)]
        return [(left, right - left) for left, right in zip(edges, edges[1:], strict=False)]

    # Money

    def _funding(self) -> None:
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
            value, shown, fact = self._value(field)
            made.append((field, value, shown, fact))
        for start in (0, 2):
            self._pairs(made[start : start + 2])
        if fact := self.sheet.facts.pop("field/initial_budget", None):
            place = self.sheet.places.pop("field/initial_budget")
            self.sheet.state("funding/total/initial_budget", fact, *place)

    def _fund_cells(self, line: FundingContent, total: bool) -> dict[str, tuple[CellValue | date, str, Fact | None]]:
        """The cells of one line of money by column id."""
        outcome = self.form.outcome
        cells = {id_: self._money(getattr(line, id_)) for id_ in ("initial_budget", "adjusted_budget", "executed")}
        if total and outcome:
            cells["execution_rate"] = self._rate(outcome.rate)
            if self.scored and self.plan.execution != "row":
                weight = self.scheme.execution.weight.value if self.scheme.execution else Decimal(10)
                cells["max_score"] = self._number(weight)
                cells["score"] = self._number(outcome.execution_score)
        return cells

    def _rate(self, rate: Decimal) -> tuple[CellValue | date, str, Fact | None]:
        return (f"{rate * 100:.2f}%", "", rate) if self.plan.text_numbers else (rate, "0.00%", rate)

    def _number(self, number: Decimal | None) -> tuple[CellValue | date, str, Fact | None]:
        if number is None:
            return "", "", None
        return (
            (f"{number:f}分" if self.random.random() < 0.5 else f"{number:f}", "", number)
            if self.plan.text_numbers
            else (number, "General", number)
        )

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

    # Goals

    def _goals(self) -> None:
        goals = [(goal, str(self.content.fields.get(goal.id, ""))) for goal in self.layout.goals]
        if len(goals) < 2:
            for goal, text in goals:
                self._pairs([(goal, text, "", text)])
            return
        label = self.block_label("goal_block", self.layout.goal_label, "goals")
        shares = (
            self._shares(2)
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

    # Indicators

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
                    row, max_score=row.max_score and row.max_score * 8 / 9, score=row.score and half_up_of(row.score)
                )
                for row in rows
            ]
        return rows

    def _tables(self) -> None:
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
                    self.sheet.put(self.row, self._column(id_), total)
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

    def _column(self, id_: str) -> int:
        return self.left + 1 + self.columns.index(id_)

    def _level(self, id_: str, names: list[tuple[str, bool]], start: int) -> None:
        column = self._column(id_)
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
        values: dict[str, tuple[CellValue | date, str, Fact | None]] = {
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
            "max_score": self._number(row.max_score),
            "score": self._number(row.score),
            "note": (row.note, "", row.note),
        }
        if "split_target" in self.plan.extras:
            values |= self._split(row)
        for id_ in self.columns:
            if id_ in ("level1", "level2"):
                continue
            value, shown, fact = values[id_]
            column = self._column(id_)
            self.sheet.put(self.row, column, value, shown=shown)
            if id_ not in ("number", "evidence", "ratio", "nature", "measure_unit"):
                self.sheet.state(f"{path}/{'name' if id_ == 'level3' else id_}", fact, self.row, column)
        for id_ in ("level1", "level2"):
            if id_ in self.columns:
                self.sheet.state(
                    f"{path}/{id_}", row.group if id_ == "level1" else row.level2, self.row, self._column(id_)
                )
        self.row += 1

    def _measure(self, value: str | Decimal, percent: bool) -> tuple[CellValue | date, str, Fact | None]:
        if isinstance(value, Decimal):
            if percent:
                text = f"{half_up(Fraction(value) * 100, 2)}%"
                return value, "0.00%", text
            return value, "General", f"{value:f}"
        return value, "", value

    def _split(self, row: RowContent) -> dict[str, tuple[CellValue | date, str, Fact | None]]:
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
        split: dict[str, tuple[CellValue | date, str, Fact | None]] = {
            "nature": (sign, "", None),
            "target": (Decimal(figure), "General", text),
            "measure_unit": (unit, "", None),
        }
        done = row.actual.removesuffix(unit) if isinstance(row.actual, str) else ""
        if unit and done != row.actual and done.replace(".", "").isdigit() and self.random.random() < 0.5:
            split["actual"] = (Decimal(done), "General", row.actual)
        return split

    # Below the table

    def _total(self) -> None:
        if not self.form.outcome:
            return
        label = (
            self.label("total", self.layout.total_label, "totals")
            if self.plan.wording != "known"
            else self._spelt(
                self.random.choice([word for word, kind in vocabulary().totals.items() if kind == "total"])
            )
        )
        first = min(self._column(id_) for id_ in ("max_score", "score") if id_ in self.columns)
        weights = [row.max_score or Decimal(0) for row in self.rows]
        outside = self.scheme.execution and self.plan.execution != "row" and not self.scheme.execution.inside_group
        full = sum(weights, self.scheme.execution.weight.value if outside and self.scheme.execution else Decimal(0))
        if self.plan.total == "unnamed max":
            full_value: tuple[CellValue | date, str, Fact | None] = ("", "", None)
        else:
            full_value = self._number(full)
        span = max(1, first - 1)
        self.sheet.put(self.row, 1, label, right=span)
        for id_, path, (value, shown, fact) in (
            ("max_score", "total_max", full_value),
            ("score", "total", self._number(self.form.outcome.total)),
        ):
            if id_ in self.columns:
                self.sheet.put(self.row, self._column(id_), value, shown=shown)
                self.sheet.state(path, fact, self.row, self._column(id_))
        last = self._column("score")
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
            value, shown, fact = self._value(field)
            self.sheet.put(self.row, 1, self.label(field.id, field.label.rstrip("：:")), right=2)
            self.sheet.put(self.row, 3, value, right=self.width - 2, shown=shown)
            self.sheet.state(f"field/{field.id}", fact, self.row, 3)
            self.row += 1
        if self.plan.noise:
            for line in self.random.sample(NOISE_BELOW, 2):
                self._wide(line)
            for (id_, label, value), left in zip(SIGNATURES, (1, 3, 5), strict=True):
                self.sheet.put(self.row, left, f"{label}：{value}")
                self.sheet.state(f"field/{id_}", value, self.row, left)
            self.row += 1


def half_up_of(score: Decimal) -> Decimal:
    """The score on a scale of 80 for one of 90."""
    return half_up(Fraction(score) * 8 / 9, 2)
