"""D3: what a unit promised in one file and evaluates in another."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from perfxl.across.facts import FormFacts
from perfxl.across.rules import About, across, grouped
from perfxl.finding import Finding
from perfxl.grid import normalised


@across("D301")
def target_changed(forms: Sequence[FormFacts]) -> Iterator[About]:
    """指标值与另一个文件里的绩效目标表不一致；同一文件里的由 X101 报告。有几份目标表的，与其中一份一致即可。"""
    for same in grouped(forms, _project):
        objectives = [form for form in same if not form.is_evaluation]
        for form in same if objectives else ():
            if form.is_evaluation and form.path not in {objective.path for objective in objectives}:
                yield from ((form, finding) for finding in _changed(form, objectives))


def _project(form: FormFacts) -> Hashable:
    unit = normalised(form.unit)
    return (normalised(form.project), unit, form.year) if unit and form.year else None


def _changed(form: FormFacts, objectives: Sequence[FormFacts]) -> Iterator[Finding]:
    for target in form.targets:
        promised = [(before, one) for one in objectives for before in one.targets if before.name == target.name]
        if promised and all(before.meaning != target.meaning for before, _ in promised):
            before, objective = promised[-1]
            name, expected = objective.promised[target.name]
            yield Finding("D301", target.at, "指标值", None, expected, {"name": name, "other": objective.path})
