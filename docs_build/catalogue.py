"""代码目录.md: each code with its words, and a bad and a good case that tests/test_cases.py runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfxl.finding import CatalogEntry, Finding, catalog
from perfxl.reports.escaping import markdown_text
from tests.file_cases import FILE_CASES
from tests.grids import case_review

ROOT = Path(__file__).parent.parent
FAMILIES = {
    "R": "读取文件",
    "L": "表样和栏目",
    "F": "资金",
    "W": "分值（权重）",
    "S": "得分",
    "T": "总分和等级",
    "I": "指标",
    "X": "表与表、表与报告之间",
    "Y": "年度和日期",
    "N": "文字",
    "K": "锁定和封签",
    "D": "多份表之间、抽查",
}
_NUMBER = re.compile(r"\{\w+\}")
_MOST_CHANGES = 3
_LONGEST_VALUE = 36

_HEAD = """# 代码目录

检查结果里的每个代码：是什么、为什么、怎么改、依据。错例和对例是测试每次都运行的用例，“报”后面的话由运行得出。
用例从一张正确的表改几格而成；命令行里看一个代码：`perfxl explain F102`。

级别：**错误**须改正；**核实**须改正或写明原因；**提示**供参考。方案可以改一个代码的级别，或注明原因后停用（[方案编写](方案编写.md)）。
标“抽查”的，有这一条的表排在抽查名单前面。

| 类 | 说的是 | 代码 |
|---|---|---|
"""


@dataclass(frozen=True)
class Example:
    """A case as the page tells it: what was done, and the message of the code's first finding; empty where silent."""

    told: str
    message: str
    source: str


def catalogue_page() -> str:
    families = [
        f"| [{letter}](#family-{letter}) | {words} | {' '.join(f'[{code}](#{code})' for code in _codes(letter))} |"
        for letter, words in FAMILIES.items()
    ]
    parts = [_HEAD + "\n".join(families)]
    for letter, words in FAMILIES.items():
        parts.append(f'<a id="family-{letter}"></a>\n\n## {letter} {words}')
        parts += [_section(catalog()[code]) for code in _codes(letter)]
    return "\n\n".join(parts) + "\n"


def _codes(letter: str) -> list[str]:
    return [code for code in catalog() if code[0] == letter]


def _section(entry: CatalogEntry) -> str:
    words = entry.zh
    grade = entry.severity.label() + "，抽查" * entry.risk
    bad, good = bad_and_good(entry.code)
    lines = [
        f'<a id="{entry.code}"></a>\n\n### {entry.code} {markdown_text(words.name)}（{grade}）\n',
        f"{_said(words.message)}\n",
        f"* 为什么：{_said(words.why)}",
        f"* 错例：{bad.told}。报：{bad.message}",
        f"* 对例：{good.told}。不报。",
        f"* 怎么改：{_said(words.fix)}",
        f"* 依据：{markdown_text(entry.source)}（用例：[{Path(bad.source).name}](../{bad.source})）",
    ]
    if entry.suspended:
        lines.append(f"* 停用：{markdown_text(entry.suspended)}")
    return "\n".join(lines)


def _said(text: str) -> str:
    return markdown_text(_NUMBER.sub("…", text))


def bad_and_good(code: str) -> tuple[Example, Example]:
    """The first case that reports the code and the first that is silent."""
    found: dict[bool, Example] = {}
    for example in _examples(code):
        found.setdefault(bool(example.message), example)
        if len(found) == 2:
            break
    return found[True], found[False]


def _examples(code: str) -> Iterator[Example]:
    path = ROOT / "tests" / "cases" / f"{code}.toml"
    if path.exists():
        for case in tomllib.loads(path.read_text("utf-8"))["case"]:
            yield Example(_told(case), _message(code, case_review(case).findings), f"tests/cases/{path.name}")
    for one in FILE_CASES:
        if one.code == code:
            yield Example(markdown_text(one.name), _message(code, one.findings()), "tests/file_cases.py")


def _message(code: str, findings: Sequence[Finding]) -> str:
    for finding in findings:
        if finding.code == code:
            place = f"`{finding.at.address}` " if finding.at.row else ""
            return place + markdown_text(finding.message())
    return ""


def _told(case: dict[str, Any]) -> str:
    """`9.86 填成 9.8（I6 填 9.8）`."""
    changes = [*case.get("set", {}).items(), *case.get("objective", {}).items()]
    told = [f"`{address}` {_value(text)}" for address, text in changes[:_MOST_CHANGES]]
    told += [f"正文写“{markdown_text(_short(text))}”" for text in case.get("report", ())[:1]]
    if len(changes) > _MOST_CHANGES:
        told.append(f"等 {len(changes)} 格")
    return markdown_text(case["name"]) + (f"（{_joined(told)}）" if told else "")


def _value(text: str) -> str:
    if not text:
        return "空白"
    return f"填公式 `={text[1:]}`" if text.startswith("ƒ") else f"填“{markdown_text(_short(text))}”"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _joined(parts: Iterable[str]) -> str:
    return "，".join(parts)
