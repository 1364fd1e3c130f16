"""What a scheme or a clerk can do to a finding: re-grade it, suspend it, settle it by a written 说明."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfxl.finding import Severity
from perfxl.grid import Workbook
from perfxl.review import FileReview, review_workbook
from perfxl.scheme import ChecksPolicy, Regrade, Scheme, Suspension
from perfxl.scheme_files import scheme_named
from tests.grids import form_grid, places

MOF = scheme_named("mof/2020")
NO_TIMELINESS = {"C15": "其他指标"}
"""I104: a 核实 at the group's label, which no row's note can settle."""


def review(changes: dict[str, str], scheme: Scheme = MOF, suspended: frozenset[str] = frozenset()) -> FileReview:
    workbook = Workbook("表.xlsx", (form_grid("mof-2020", changes),))
    return review_workbook(workbook, "表.xlsx", scheme=scheme, suspended=suspended)


def with_policy(policy: ChecksPolicy) -> Scheme:
    return replace(MOF, checks=policy)


@pytest.mark.parametrize(("severity", "status"), [("info", "accepted"), ("query", "accepted"), ("error", "returned")])
def test_a_scheme_regrades_a_code(severity: str, status: str) -> None:
    regrade = Regrade(code="I104", severity=severity, since="2026-01-01", reason="本地要求")  # type: ignore[arg-type]
    reviewed = review(NO_TIMELINESS, with_policy(ChecksPolicy(regrade=(regrade,))))
    assert [(f.code, f.severity) for f in reviewed.findings] == [("I104", Severity[severity])]
    assert reviewed.status == status


def test_a_scheme_suspends_a_code() -> None:
    suspension = Suspension(code="I104", since="2026-01-01", reason="表样修订中")
    assert places(review(NO_TIMELINESS, with_policy(ChecksPolicy(suspend=(suspension,))))) == []


def test_the_caller_leaves_out_a_code() -> None:
    assert places(review(NO_TIMELINESS, suspended=frozenset({"I104"}))) == []


@pytest.mark.parametrize(
    ("changes", "settled"),
    [
        ({}, False),
        ({"C23": "无"}, False),
        ({"C23": "本年没有结余。"}, False),
        ({"C23": "项目全年均衡实施，未设时效指标。"}, True),
        ({"C23": "I104：项目全年均衡实施。"}, True),
        ({"I15": "全年均衡实施。"}, False),
    ],
)
def test_a_query_is_settled_where_its_matter_is_named(changes: dict[str, str], settled: bool) -> None:
    (finding,) = review(NO_TIMELINESS | changes).findings
    assert (finding.code, finding.settled) == ("I104", settled)


@pytest.mark.parametrize(("note", "settled"), [("", False), ("指标名称与批复一致，不作调整。", True)])
def test_a_query_is_settled_by_the_note_in_its_row(note: str, settled: bool) -> None:
    (finding,) = review({"D17": "沿线运输成本、", "I17": note}).findings
    assert (finding.code, finding.settled) == ("I112", settled)


def test_a_settled_query_no_longer_counts() -> None:
    reviewed = review(NO_TIMELINESS | {"C23": "未设时效指标，全年均衡实施。"})
    assert (reviewed.status, reviewed.count(Severity.query)) == ("accepted", 0)


def test_an_error_is_not_settled_by_words() -> None:
    (finding,) = review({"H21": "98.36", "C23": "T101：总分以此为准。"}).findings
    assert (finding.code, finding.settled, finding.severity) == ("T101", False, Severity.error)
