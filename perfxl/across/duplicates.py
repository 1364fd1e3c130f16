"""D1: the same form, or the same words, where each file should have its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

from perfxl.across.facts import FormFacts, Said
from perfxl.across.rules import About, across, grouped
from perfxl.finding import Finding
from perfxl.grid import normalised
from perfxl.seal.words import field_name


@across("D101")
def same_form_twice(forms: Sequence[FormFacts]) -> Iterator[About]:
    """同一张表两个文件名：内容完全相同。报在后一份上。"""
    first: dict[int, FormFacts] = {}
    for form in forms:
        known = first.setdefault(form.content, form)
        if known is not form:
            numbers = {"other": known.path, "project": form.project, "unit": form.unit}
            yield form, Finding("D101", form.at, "项目名称", form.project, None, numbers)


@across("D102")
def several_versions(forms: Sequence[FormFacts]) -> Iterator[About]:
    """同一项目有几份内容不同的表：合计会重复计算。每份都报。"""
    for same in grouped(forms, identity):
        versions = {form.content: form for form in reversed(same)}
        if len(versions) > 1:
            for form in versions.values():
                other = next(version for version in versions.values() if version is not form)
                numbers = {"count": str(len(versions)), "other": other.path}
                yield form, Finding("D102", form.at, "项目名称", form.project, None, numbers)


def identity(form: FormFacts) -> Hashable:
    """What makes two forms the same form, whatever is filled in. None without a unit's name."""
    unit = normalised(form.unit)
    return (form.is_evaluation, normalised(form.project), unit, form.year) if unit else None


@across("D103")
def same_text_in_several_units(forms: Sequence[FormFacts]) -> Iterator[About]:
    """完成情况、成效、问题、措施与别的单位一字不差。"""
    yield from _shared("D103", forms, lambda form: form.texts, lambda form: normalised(form.unit) or None)


@across("D104")
def same_reason_in_several_units(forms: Sequence[FormFacts]) -> Iterator[About]:
    """偏差原因与别的单位、别的年度一字不差。"""

    def unit_and_year(form: FormFacts) -> Hashable:
        unit = normalised(form.unit)
        return (unit, form.year) if unit else None

    yield from _shared("D104", forms, lambda form: form.reasons, unit_and_year)


def _shared(
    code: str,
    forms: Sequence[FormFacts],
    said_in: Callable[[FormFacts], Sequence[Said]],
    owner: Callable[[FormFacts], Hashable],
) -> Iterator[About]:
    """Every place of a text that two owners share. None is no owner."""
    places: dict[int, list[tuple[FormFacts, Said]]] = {}
    for form in forms:
        if owner(form) is not None:
            for said in said_in(form):
                places.setdefault(said.digest, []).append((form, said))
    for same in places.values():
        owners = {owner(form): form for form, _ in reversed(same)}
        if len(owners) < 2:
            continue
        first, second, *_ = sorted(owners.values(), key=lambda form: (form.path, form.at))
        for form, said in same:
            other = first if owner(first) != owner(form) else second
            name = field_name(f"1/row/1/{said.field}") if said.field == "note" else field_name(f"1/field/{said.field}")
            numbers = {"what": name, "count": str(len(owners)), "other": other.unit, "path": other.path}
            yield form, Finding(code, said.at, name, None, None, numbers)
