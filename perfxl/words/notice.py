"""退回意见书: what a unit has to mend and to explain, and 退回清单: whom it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from perfxl.finding import Finding, Severity
from perfxl.form import SelfEvaluation
from perfxl.reports.overview import FormRow, rows
from perfxl.review import FileReview, Review
from perfxl.words import styles
from perfxl.words.page import Paper
from perfxl.words.tables import Cells, TableCell, stacked

UNKNOWN_UNIT = "（表中未填单位）"
BLANK_DATE = "　　　　年　　月　　日"
_NOTHING = "—"
_POINTS = ("F102", "S101", "S102", "S103", "S104", "S106")
"""Errors and queries that change points; 总分 and 等级 follow from them."""
_ROOM = "\n\n"
"""In the cell for a 说明."""


@dataclass(frozen=True)
class Returned:
    """One file that goes back, and the name of its annotated copy; empty where none could be made."""

    review: FileReview
    copy: str = ""

    @property
    def name(self) -> str:
        return PurePath(self.review.path).name


@dataclass(frozen=True)
class Letterhead:
    """What only the sender knows. Empty texts leave a place to write by hand."""

    issuer: str = ""
    number: str = ""
    """发文字号."""
    deadline: str = ""


@dataclass(frozen=True)
class Cause:
    """Findings of one form with one root: those of one code, and those that go away with them."""

    findings: tuple[Finding, ...]
    """Never empty; the root first."""


def unit_of(file: FileReview) -> str:
    """The unit that filled the file in; empty where it does not say."""
    return next((name for review in file.reviews if (name := review.form.unit or review.form.department)), "")


def causes(review: Review, severity: Severity) -> list[Cause]:
    """The open findings of that severity by root cause, in the order of the sheet."""
    open_ = [f for f in review.findings if f.severity is severity and not f.settled]
    followers = [f for f in open_ if _follows(f, review)]
    by_code: dict[str, list[Finding]] = {}
    for finding in open_:
        if finding not in followers:
            by_code.setdefault(finding.code, []).append(finding)
    root = next((code for code in by_code if code in _POINTS), None)
    if root:
        by_code[root] += followers
    return [Cause(tuple(found)) for found in by_code.values()]


def _follows(finding: Finding, review: Review) -> bool:
    """True for a wrong total that is right once the points are: by rule, or with the blank ones filled."""
    form, card = review.form, review.scorecard
    if finding.code != "T101" or not isinstance(form, SelfEvaluation) or card is None or card.reported_sum is None:
        return False
    if not any(f.code in _POINTS and f.severity is finding.severity for f in review.findings):
        return False
    return form.total.value in (card.computed_total, card.reported_sum + card.missing)


def notice(unit: str, files: Sequence[Returned], letterhead: Letterhead) -> bytes:
    """The letter to one unit about its returned files, as .docx."""
    paper = Paper(f"退回意见书 {unit}")
    paper.title("绩效自评材料退回意见书")
    paper.paragraph(letterhead.number or "〔　　　　〕　　号", styles.SMALL)
    paper.blank()
    paper.paragraph(f"{unit or '　　　　　　　　'}：", styles.LEFT)
    errors, queries = (
        sum(file.review.count(severity) for file in files) for severity in (Severity.error, Severity.query)
    )
    asked = f"，另有 {queries} 处需要核实说明" if queries else ""
    paper.body(
        f"你单位报送的绩效自评材料经审核，{len(files)} 个文件中有 {errors} 处错误{asked}，现予退回。"
        f"请于 {letterhead.deadline or BLANK_DATE}前改正并重新报送。"
        + ("核实事项请在“说明”栏内写明情况，随改正后的表一并报送；情况属实的，不必改动数据。" if queries else "")
    )
    paper.heading(1, "退回的文件")
    paper.table(list(_file_rows(files)), (10, 46, 24, 40, 12, 12, 12))
    _findings(paper, files, Severity.error, "应当改正的错误")
    if queries:
        _findings(paper, files, Severity.query, "需要核实说明的事项")
    copies = [file.copy for file in files if file.copy]
    if copies:
        paper.heading(1, "附件")
        for number, copy in enumerate(copies, start=1):
            paper.body(f"{number}．{copy}（批注副本，各处问题已标在单元格上）")
    paper.blank()
    paper.signature(letterhead.issuer or "　　　　　　　　", BLANK_DATE, seal=True)
    return paper.data()


def _file_rows(files: Sequence[Returned]) -> Iterator[Cells]:
    yield ("序号", "文件", "表", "项目名称", "年度", "错误", "核实")
    number = 0
    for file in files:
        for row in rows(file.review):
            number += 1
            texts = (str(row.year or _NOTHING), str(row.errors), str(row.queries))
            names = (file.name, row.sheet or _NOTHING, row.project or _NOTHING)
            yield (TableCell(str(number), "center"), *names, *(TableCell(text, "center") for text in texts))


def _findings(paper: Paper, files: Sequence[Returned], severity: Severity, heading: str) -> None:
    paper.heading(1, heading)
    for file, label, groups in _forms(files, severity):
        paper.heading(2, f"{file.name}{label}")
        if severity is Severity.error:
            paper.table(list(_error_rows(groups)), (10, 25, 20, 20, 46, 35), together=True)
        else:
            paper.table(list(_query_rows(groups)), (10, 28, 60, 58), together=True)


def _forms(files: Sequence[Returned], severity: Severity) -> Iterator[tuple[Returned, str, list[Cause]]]:
    """Every form with findings of that severity; the findings about a file as a whole before its forms."""
    for file in files:
        about = tuple(f for f in file.review.file_findings if f.severity is severity and not f.settled)
        if about:
            yield file, "（整个文件）", [Cause((finding,)) for finding in about]
        several = len(file.review.reviews) > 1
        for number, review in enumerate(file.review.reviews, start=1):
            if groups := causes(review, severity):
                yield file, f"（第{number}张表）" if several else "", groups


def _error_rows(groups: Iterable[Cause]) -> Iterator[Cells]:
    """One numbered row per cause; where it shows in several places, one line each."""
    yield ("序号", "位置", "填报", "应为", "问题与依据", "怎么改")
    for number, cause in enumerate(groups, start=1):
        numbers = [str(number)] * len(cause.findings)
        rules = [_rule(finding) for finding in cause.findings]
        cures = [finding.fix() for finding in cause.findings]
        for place, finding in enumerate(cause.findings):
            yield (
                stacked(numbers, place, "center"),
                _place(finding),
                _filled(finding.reported),
                _filled(finding.expected),
                stacked(rules, place),
                stacked(cures, place),
            )


def _query_rows(groups: Iterable[Cause]) -> Iterator[Cells]:
    yield ("序号", "位置", "情况", "说明（由单位填写）")
    for number, cause in enumerate(groups, start=1):
        numbers, room = [str(number)] * len(cause.findings), [_ROOM] * len(cause.findings)
        messages = [finding.message() for finding in cause.findings]
        for place, finding in enumerate(cause.findings):
            yield (
                stacked(numbers, place, "center"),
                _place(finding),
                stacked(messages, place),
                stacked(room, place),
            )


def _place(finding: Finding) -> str:
    """`自评表!H29`, and the form's word for what stands there."""
    return "\n".join(filter(None, (finding.at.in_file or _NOTHING, finding.field)))


def _filled(text: str | None) -> str:
    return text if text and text.strip() else _NOTHING


def _rule(finding: Finding) -> str:
    return f"{finding.message()}\n依据：{finding.entry.source}"


def covering_list(notices: Sequence[tuple[str, Sequence[Returned]]], letterhead: Letterhead) -> bytes:
    """退回清单: one row per form, by unit, with room to sign."""
    paper = Paper("退回清单")
    paper.title("绩效自评材料退回清单")
    paper.blank()
    count = sum(len(files) for _, files in notices)
    paper.body(f"共退回 {len(notices)} 个单位的 {count} 个文件，每单位附退回意见书一份、批注副本。")
    paper.table(list(_list_rows(notices)), (11, 33, 36, 30, 11, 11, 24))
    paper.blank()
    paper.signature(letterhead.issuer or "　　　　　　　　", BLANK_DATE)
    return paper.data()


def _list_rows(notices: Sequence[tuple[str, Sequence[Returned]]]) -> Iterator[Cells]:
    yield ("序号", "单位", "文件", "项目名称", "错误", "核实", "签收")
    for number, (unit, files) in enumerate(notices, start=1):
        listed: list[tuple[Returned, FormRow]] = [(file, row) for file in files for row in rows(file.review)]
        numbers, units = [str(number)] * len(listed), [unit or UNKNOWN_UNIT] * len(listed)
        for place, (file, row) in enumerate(listed):
            yield (
                stacked(numbers, place, "center"),
                stacked(units, place),
                file.name,
                row.project or _NOTHING,
                TableCell(str(row.errors), "center"),
                TableCell(str(row.queries), "center"),
                stacked([""] * len(listed), place),
            )
