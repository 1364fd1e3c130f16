"""D1: the same form, or the same words, where each file should have its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from perfxl.across.rules import About, across
from perfxl.across.table import Facts, place_of, text_of
from perfxl.finding import Finding
from perfxl.reading.labels import first_words


@across("D101")
def same_form_twice(facts: Facts) -> Iterator[About]:
    """同一张表两个文件名：内容完全相同。报在后一份上。"""
    query = """SELECT id, first FROM forms JOIN (
        SELECT content AS same, MIN(id) AS first FROM forms GROUP BY content HAVING COUNT(*) > 1
    ) ON content = same WHERE id > first ORDER BY id"""
    for number, first in facts.rows(query):
        form = facts.form(number)
        numbers = {"other": facts.form(first).path, "project": form.project, "unit": form.unit}
        yield number, Finding("D101", form.at, "项目名称", form.project, None, numbers)


@across("D102")
def several_versions(facts: Facts) -> Iterator[About]:
    """同一项目有几份内容不同的表：合计会重复计算。每份都报。"""
    query = """SELECT form, MIN(id) FROM forms WHERE form IN (
        SELECT form FROM forms WHERE form IS NOT NULL GROUP BY form HAVING COUNT(DISTINCT content) > 1
    ) GROUP BY form, content ORDER BY form, MAX(id) DESC"""
    for _, same in groupby(facts.rows(query), itemgetter(0)):
        versions = [number for _, number in same]
        paths = [facts.form(number).path for number in versions[:2]]
        for place, number in enumerate(versions):
            form = facts.form(number)
            numbers = {"count": str(len(versions)), "other": paths[place == 0]}
            yield number, Finding("D102", form.at, "项目名称", form.project, None, numbers)


@across("D103")
def same_text_in_several_units(facts: Facts) -> Iterator[About]:
    """完成情况、成效、问题、措施与别的单位一字不差。"""
    yield from _shared("D103", facts, "text", "unit")


@across("D104")
def same_reason_in_several_units(facts: Facts) -> Iterator[About]:
    """偏差原因与别的单位、别的年度一字不差。"""
    yield from _shared("D104", facts, "reason", "unit_and_year")


def _shared(code: str, facts: Facts, of: str, owner: str) -> Iterator[About]:
    """Every place of a text that two owners share. Forms without an owner are left out."""
    query = f"""SELECT digest, COUNT(DISTINCT {owner}) FROM said JOIN forms ON id = said_in
        WHERE of = ? AND {owner} IS NOT NULL GROUP BY digest HAVING COUNT(DISTINCT {owner}) > 1
        ORDER BY MIN(said.rowid)"""
    for text, count in facts.rows(query, of):
        # Of each owner SQLite takes unit and path from the row of the smallest id.
        owners = facts.rows(
            f"""SELECT {owner}, unit_name, path, MIN(id) FROM said JOIN forms ON id = said_in
            WHERE of = ? AND digest = ? AND {owner} IS NOT NULL GROUP BY {owner} ORDER BY MIN(id) LIMIT 2""",
            of,
            text,
        )
        (first_owner, *first), (_, *second) = [(key, text_of(unit), text_of(path)) for key, unit, path, _ in owners]
        places = f"""SELECT id, {owner}, field, at_file, at_sheet, at_row, at_column, at_words
            FROM said JOIN forms ON id = said_in
            WHERE of = ? AND digest = ? AND {owner} IS NOT NULL ORDER BY said.rowid"""
        for number, key, field, *at in facts.rows(places, of, text):
            name, (unit, path) = _name(field), second if key == first_owner else first
            numbers = {"what": name, "count": str(count), "other": unit, "path": path}
            yield number, Finding(code, place_of(*at), name, None, None, numbers)


def _name(field: str) -> str:
    """In the words of the forms."""
    return first_words("columns" if field == "note" else "fields")[field]
