"""Hand-made reviews with what a report must bear: hostile words, blanks, settled findings, files without forms;
and a report of them."""

from __future__ import annotations

import io
from decimal import Decimal

from perfxl.finding import Finding
from perfxl.form import Funding, FundingRow, Group, Indicator, Located, SelfEvaluation, Target
from perfxl.grid import CellRef
from perfxl.reports import open_report
from perfxl.reports.view import View
from perfxl.review import FileReview, Review
from perfxl.scheme_files import builtin_schemes
from perfxl.scorecard import score_form

HOSTILE = "=cmd|'/c calc'!A1<script>alert(1)</script>\u202e反\x1b[31m"
"""A formula, a script, a bidi override and a terminal sequence in one name."""


def evaluation(
    file: str, *, project: str = "道路养护", total: str = "97.86", missing_score: bool = False
) -> SelfEvaluation:
    """A small form of mof/2020 with 预算执行率 98.58 %."""

    def at(row: int, column: int) -> CellRef:
        return CellRef(file, "自评表", row, column)

    def text(value: str, row: int, column: int) -> Located[str]:
        return Located(value or None, at(row, column), value)

    def amount(value: str, row: int, column: int) -> Located[Decimal]:
        return Located(Decimal(value) if value else None, at(row, column), value)

    def indicator(row: int, level1: str, name: str, target: str, actual: str, points: str, score: str) -> Indicator:
        blank = text("", row, 3)
        return Indicator(
            level1=text(level1, row, 1),
            level2=text("数量指标", row, 2),
            level3=text(name, row, 3),
            explanation=blank,
            scoring_rule=blank,
            kind=text("", row, 9),
            target=Located(Target("number", "≥", Decimal(target)), at(row, 4), f"≥{target}"),
            actual=Located(Target("number", "", Decimal(actual)), at(row, 5), actual),
            max_score=amount(points, row, 6),
            score=amount(score, row, 7),
            note=text("", row, 8),
        )

    rows = (
        indicator(12, "产出指标", "养护里程", "20", "20", "50", "50"),
        indicator(13, "效益指标", "投诉下降", "30", "28", "30", "" if missing_score else "28"),
        indicator(14, "满意度指标", project, "90", "95", "10", "10"),
    )
    funding = FundingRow(
        label=text("年度资金总额", 7, 1),
        initial_budget=amount("636500", 7, 3),
        adjusted_budget=amount("636500", 7, 4),
        executed=amount("627430.69", 7, 5),
        max_score=amount("10", 7, 6),
        rate=Located(Decimal("0.9858"), at(7, 7), "98.58%"),
        score=amount("9.86", 7, 8),
    )
    return SelfEvaluation(
        at=at(1, 1),
        title=text("项目支出绩效自评表", 1, 1),
        year=Located(2021, at(2, 1), "2021"),
        fields={
            "project_name": text(project, 3, 2),
            "implementing_unit": text("公路中心", 4, 5),
            "supervising_department": text("交通局", 4, 2),
        },
        groups=tuple(Group(row.level1, row.max_score.value, (row,)) for row in rows),
        funding=Funding(funding),
        total=amount(total, 15, 7),
        total_max=amount("100", 15, 6),
        grade=text("良", 16, 2),
    )


def reviewed(form: SelfEvaluation, *findings: Finding) -> Review:
    scheme = builtin_schemes()["mof/2020"]
    return Review(form, scheme, score_form(form, scheme), findings)


def sample_files() -> list[FileReview]:
    """Accepted, returned with hostile words and a blank score, unreadable, skipped: in this order."""
    good = evaluation("a.xlsx", total="97.86")
    settled = Finding(
        "F106",
        CellRef("a.xlsx", "自评表", 7, 3),
        numbers={"rate": "98.58%", "limit": "99%", "lost": "0.14"},
        settled=True,
    )
    bad = evaluation("b=1.xlsx", project=HOSTILE, missing_score=True, total="96")
    total = Finding("T101", bad.total.at, "总分", "96", "69.86")
    hostile = Finding("S104", bad.total.at._replace(row=13), HOSTILE, "", "28", {"name": HOSTILE, "max_score": "30"})
    return [
        FileReview("in/a.xlsx", "accepted", (reviewed(good, settled),)),
        FileReview("in/b=1.xlsx", "returned", (reviewed(bad, total, hostile),)),
        FileReview("in/c.docx", "unreadable", (), (_about_file("R103", "c.docx", kind="Word 文档（docx）"),)),
        FileReview("in/~$a.xlsx", "skipped", (), (_about_file("R107", "~$a.xlsx", reason="临时文件"),)),
    ]


def report(name: str, view: View | None = None, files: list[FileReview] | None = None) -> str:
    """The report of one format; `files` None: of `sample_files`."""
    out = io.StringIO()
    opened = open_report(name, out, view or View())
    for file in sample_files() if files is None else files:
        opened.add(file)
    opened.close()
    return out.getvalue()


def _about_file(code: str, name: str, **numbers: str) -> Finding:
    return Finding(code, CellRef(name), numbers=numbers)
