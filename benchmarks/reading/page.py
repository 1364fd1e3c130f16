"""docs/读表准确度.md, made of what was counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from benchmarks.reading.files import FILES
from benchmarks.reading.truth import Tally

Results = Mapping[str, Mapping[str, Tally]]
"""By kind of file and mutation."""

LEAST_RECALL, LEAST_RECALL_OF_PDF = 0.99, 0.97
MOST_WRONG, MOST_SILENT = 0.001, 0.0005

_INTRODUCTION = """# 读表准确度

不认识的版式读得准不准，由生成器写出随机的、按构造正确的表，改变版式，写成各种文件，再读回来逐项与原样比较。本页由一条命令写出：

```console
# 不运行：两个核要十几分钟
$ {command}
```

种子从 {first} 起。“内存”是表不经过文件。每种改变测多少个文件，写在各表上面；`--forms 60` 可以多测。

- **读出**：填了的项目读对的比例。**读出的对**：读到的项目里对的比例。
- **错值**：读成别的值，或没有填的地方读出了值，占填了的项目的比例。**无声的错值**：其中没有任何“请人工确认”的。
- **漏而未报**：没有读到，也没有报告。

要求：.xlsx、.xls、.html、.docx 读出 ≥ 99 %，PDF 读出 ≥ 97 %；错值 ≤ 0.1 %，无声的错值 ≤ 0.05 %。
"""
_TITLES = {"memory": "内存", **{kind: file.title for kind, file in FILES.items()}}
_COLUMNS = ("项目", "读出", "读出的对", "错值", "无声的错值", "漏而未报")


def page(results: Results, command: str, first: int) -> str:
    """The page in Markdown; `first` is the first seed."""
    lines = [_INTRODUCTION.format(command=command, first=first), "## 各种文件", ""]
    lines += _table("文件", ((_TITLES[kind], whole(found)) for kind, found in results.items()))
    lines += ["", "## 没有达到要求的", "", *_failures(results)]
    for kind, found in results.items():
        forms = next(iter(found.values())).samples
        lines += ["", f"## {_TITLES[kind]}", "", f"每种改变 {forms} 个文件。", ""]
        lines += _table("版式的改变", found.items())
    return "\n".join(lines) + "\n"


def whole(found: Mapping[str, Tally]) -> Tally:
    """All mutations together."""
    total = Tally()
    for tally in found.values():
        total.add(tally)
    return total


def misses_of(kind: str, tally: Tally) -> list[str]:
    """The requirements that the counts do not meet, in words."""
    least = LEAST_RECALL_OF_PDF if "pdf" in kind else LEAST_RECALL
    missed = [f"读出 {tally.recall:.2%}"] if tally.recall < least else []
    missed += [f"错值 {tally.wrong_rate:.3%}"] if tally.wrong_rate > MOST_WRONG else []
    missed += [f"无声的错值 {tally.silent_rate:.3%}"] if tally.silent_rate > MOST_SILENT else []
    return missed


def _failures(results: Results) -> Iterator[str]:
    kinds = {kind: misses_of(kind, whole(found)) for kind, found in results.items()}
    missing = [f"{_TITLES[kind]}（{'，'.join(missed)}）" for kind, missed in kinds.items() if missed]
    yield f"合计：{'；'.join(missing)}。" if missing else "合计：各种文件都达到要求。单看一种改变："
    yield ""
    for mutation in next(iter(results.values())):
        missing = [
            f"{_TITLES[kind]} {'，'.join(missed)}"
            for kind, found in results.items()
            if (missed := misses_of(kind, found[mutation]))
        ]
        if missing:
            yield f"- {mutation}：{'；'.join(missing)}"
    yield ""
    yield "words not listed 有五分之一的标签不在词表中，words invented 有十分之一的标签是随意编的：读不出的要有报告。"


def _table(first: str, rows: Iterable[tuple[str, Tally]]) -> Iterator[str]:
    yield f"| {first} | {' | '.join(_COLUMNS)} |"
    yield f"|---{'|---:' * len(_COLUMNS)}|"
    for name, tally in rows:
        yield (
            f"| {name} | {tally.stated} | {tally.recall:.2%} | {tally.precision:.2%}"
            f" | {tally.wrong_rate:.3%} | {tally.silent_rate:.3%} | {tally.unseen_rate:.3%} |"
        )
