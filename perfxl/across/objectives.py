"""D3: what a unit promised in one file and evaluates in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfxl.across.facts import SetTarget
from perfxl.across.rules import About, across
from perfxl.across.table import Facts
from perfxl.finding import Finding


@across("D301")
def target_changed(facts: Facts) -> Iterator[About]:
    """指标值与另一个文件里的绩效目标表不一致；同一文件里的由 X101 报告。有几份目标表的，与其中一份一致即可。"""
    both = """SELECT promise FROM forms WHERE promise IS NOT NULL
        GROUP BY promise HAVING MIN(is_evaluation) = 0 AND MAX(is_evaluation) = 1"""
    for (promise,) in facts.rows(both):
        objectives = list(facts.rows("SELECT id, path FROM forms WHERE promise = ? AND NOT is_evaluation", promise))
        paths = {path for _, path in objectives}
        promised = [(facts.form(number).path, facts.targets(number)) for number, _ in objectives]
        for number, path in facts.rows("SELECT id, path FROM forms WHERE promise = ? AND is_evaluation", promise):
            if path not in paths:
                yield from ((number, finding) for finding in _changed(facts.targets(number), promised))


def _changed(targets: Sequence[SetTarget], objectives: Sequence[tuple[str, Sequence[SetTarget]]]) -> Iterator[Finding]:
    for target in targets:
        promised = [(before, path) for path, one in objectives for before in one if before.name == target.name]
        if promised and all(before.meaning != target.meaning for before, _ in promised):
            before, path = promised[-1]
            numbers = {"name": before.name_text, "other": path}
            yield Finding("D301", target.at, "指标值", None, before.target_text, numbers)
