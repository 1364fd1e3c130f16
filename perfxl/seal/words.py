"""Field ids of sealed content in the words of the forms."""

from __future__ import annotations

from perfxl.reading.labels import first_words


def field_name(id_: str, row: str = "") -> str:
    """A field id in the words of the forms; `row` is the name of the indicator or the line of funds."""
    place, _, rest = id_.partition("/")
    if place == "beside":
        return "栏目以外的内容"
    if place == "sheet":
        return "工作表名称"
    if place == "explanation":
        code, _, where = rest.partition("/")
        return f"对 {code}（{where.partition('/')[2] or '整张表'}）的说明"
    if place == "property":
        return {"perfxl.scheme": "方案编号", "perfxl.template_version": "模板版本"}.get(rest, rest)
    form = "" if place == "1" else f"第 {place} 张表的"
    kind, _, name = rest.partition("/")
    if kind == "field":
        return form + "、".join(first_words("fields").get(part, part) for part in name.split("+"))
    if kind in ("row", "fund"):
        number, _, column = name.partition("/")
        words = first_words("columns" if kind == "row" else "funding_columns")
        own = {"label": "项目", "rate": "执行率", "under": "所属一、二级指标"}
        word = own.get(column) or words.get(column, column)
        return f"{form}{list_name(kind)}{quoted(row) or number.lstrip('0')}的{word}"
    alone = {"title": "标题", "year": "年度", "total": "总分", "total_max": "分值合计"}
    return form + (alone.get(kind) or first_words("columns").get(kind, kind))


def list_name(group: str) -> str:
    """`1/row` → 指标."""
    kind = group.rpartition("/")[2]
    return {"row": "指标", "fund": "资金", "level1": "一级指标", "level2": "二级指标"}.get(kind, "栏目以外的内容")


def quoted(name: str) -> str:
    return f"“{name}”" if name else ""
