"""A layout never met before costs at most a line in labels.toml: three published ones, read with and without it.

Each word of a layout that the vocabulary lists is taken out in turn, as if nobody had met it.
"""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import perfxl.reading
from benchmarks.reading.sheet import Fact
from benchmarks.reading.truth import facts_of
from perfxl.form import Form
from perfxl.grid import Workbook
from perfxl.kept import Known
from perfxl.reading import labels, read_forms
from tests.grids import form_grid

LAYOUTS = ("execution-20", "split-target", "starred")
TOML = Path(labels.__file__).with_name("labels.toml").read_text("utf-8")
TABLES = ("fields", "funding_columns", "funding_totals", "columns", "totals")


def used(layout: str) -> list[str]:
    """The spellings of labels.toml besides the usual one that stand in the layout, in its order."""
    tables = tomllib.loads(TOML)
    aliases = (words[1:] for name in TABLES for words in tables[name].values())
    spelt = {labels.label_key(word): word for words in aliases for word in words}
    cells = form_grid(f"layouts/{layout}").cells
    texts = [cell.text for _, cell in sorted(cells.items(), key=lambda item: item[0])]
    before_colon = [text.partition("：")[0] for text in texts if "：" in text]
    keys = dict.fromkeys(map(labels.label_key, (*texts, *before_colon)))
    return [spelt[key] for key in keys if key in spelt]


@contextmanager
def without(word: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The vocabulary as it was before somebody added the word."""
    assert f'"{word}"' in TOML
    with TemporaryDirectory() as folder, monkeypatch.context() as patch:
        text = TOML.replace(f'"{word}",', "").replace(f', "{word}"]', "]").replace(f'["{word}"]', "[]")
        Path(folder, "labels.toml").write_text(text, "utf-8")
        patch.setattr(labels, "files", lambda _: Path(folder))
        _forget()
        yield
    _forget()


def _forget() -> None:
    """What the reader keeps between forms."""
    for module in pkgutil.iter_modules(perfxl.reading.__path__, "perfxl.reading."):
        for kept in vars(importlib.import_module(module.name)).values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()
            elif isinstance(known := getattr(kept, "__self__", None), Known):
                known.clear()


def read(layout: str) -> Form:
    (form,) = read_forms(Workbook("表.xlsx", (form_grid(f"layouts/{layout}"),)))
    return form


def facts(form: Form) -> dict[str, Fact]:
    return {path: fact for path, fact, _ in facts_of(form)}


def asked(form: Form) -> list[str]:
    """What the reader asks a person to look at."""
    return sorted(f"{one.code} {one.numbers.get('label', '')}" for one in form.problems)


def outcome(layout: str, word: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        whole = read(layout)
        with without(word, patch):
            bare = read(layout)
    lost = [path for path, fact in facts(whole).items() if facts(bare).get(path) != fact]
    more = [one for one in asked(bare) if one not in asked(whole)]
    return f"{len(lost)} 项未读 {'、'.join(more)}"


NEEDED = {
    "execution-20": """
项目实施单位 | 0 项未读 L112 项目实施单位
预算数 | 0 项未读 L112 预算数（A）
执行数 | 0 项未读 L112 执行数（B）
年度财政资金总额 | 0 项未读
年初目标值 | 0 项未读 L112 年初目标值（A）
改进措施及结果应用方案 | 0 项未读 L112 改进措施及结果应用方案
单位名称 | 1 项未读 L104 单位名称：某县卫生健康局
""",
    "split-target": """
全年预算数 | 0 项未读 L112 全年预算数
预算执行数 | 0 项未读 L112 预算执行数
预算执行率 | 0 项未读 L112 预算执行率
年度资金总额 | 0 项未读
年度总体目标 | 0 项未读
年初设定目标 | 0 项未读 L112 年初设定目标
全年实际完成情况 | 0 项未读 L112 全年实际完成情况
指标性质 | 0 项未读 L112 指标性质
指标值 | 0 项未读 L112 指标值
权重 | 0 项未读 L112 权重
未完成原因分析 | 0 项未读 L112 未完成原因分析
合计 | 0 项未读 L112 合计
""",
    "starred": """
全年预算数 | 0 项未读 L112 全年预算数
全年执行数 | 0 项未读 L112 全年执行数
年度资金总额 | 0 项未读
""",
}
"""Without the line: how many values are then not read, and the findings that name the word to add. Most need no line:
their meaning is inferred, and asked about. The three that read without a word are told by their place alone."""


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_unknown_word_costs_at_most_its_line(layout: str) -> None:
    found = [f"{word} | {outcome(layout, word)}".rstrip() for word in used(layout)]
    assert found == NEEDED[layout].strip().split("\n")
    for line in found:
        lost, named = int(line.split(" | ")[1].split(" ")[0]), line.partition("未读 ")[2]
        assert named or not lost, "nothing is lost without a finding that names the label"


def test_words_nobody_has_met_are_read_with_a_line_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same form under invented labels: named without the lines, read to the last value with them.

    What the column of executed amounts is called does not matter: it is told by the rate.
    """
    layout = form_grid("layouts/execution-20", {"E6": "截至年末列支", "A2": "承办处所：某县卫生健康局"})

    def now() -> tuple[dict[str, Fact], list[str]]:
        (form,) = read_forms(Workbook("表.xlsx", (layout,)))
        return facts(form), asked(form)

    whole = facts(read("execution-20"))
    bare, named = now()
    assert whole.keys() - bare.keys() == {"field/applicant_unit"}
    assert [one for one in named if one not in asked(read("execution-20"))] == [
        *("L104 承办处所：某县卫生健康局", "L112 截至年末列支")
    ]
    text = TOML.replace('"申报单位名称", ', '"申报单位名称", "承办处所", ')
    text = text.replace('"实际执行数", ', '"实际执行数", "截至年末列支", ')
    (tmp_path / "labels.toml").write_text(text, "utf-8")
    monkeypatch.setattr(labels, "files", lambda _: tmp_path)
    _forget()
    try:
        assert now() == (whole, asked(read("execution-20")))
    finally:
        monkeypatch.undo()
        _forget()
