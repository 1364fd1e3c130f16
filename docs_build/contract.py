"""JSON接口.md: the document of `check --format json`, field by field, with an example as it comes out."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from perfxl.cli import main
from perfxl.reports.contract import CheckModel
from perfxl.reports.escaping import markdown_text

ROOT = Path(__file__).parent.parent
EXAMPLE = "examples/returned/滨河区图书馆-2020-初稿.xlsx"
_MOST = 1
"""Of each list the example shows so many items."""

_MEANINGS = {
    "schema_version": "本结构的版本。字段只增不改；改动旧字段时版本加一，文件名随之改",
    "files": "每个文件一项，按路径排列",
    "files[].path": "路径，用 `/` 分隔",
    "files[].status": "通过、退回（有错误）、打不开、跳过",
    "files[].seal": "封签；从没锁定过的为 `null`",
    "files[].seal.status": "完好、有改动、缺失、损坏",
    "files[].seal.open": "解锁后还没有再锁定",
    "files[].seal.signature": "没有签名、有效、无效、不知是谁签的",
    "files[].seal.code": "封签码",
    "files[].seal.submission": "第几次提交",
    "files[].forms": "文件里的每张表",
    "files[].forms[].kind": "自评表或绩效目标表",
    "files[].forms[].scheme": "方案编号",
    "files[].forms[].place": "方案编号的前一段",
    "files[].forms[].project": "项目名称",
    "files[].forms[].unit": "单位",
    "files[].forms[].department": "主管部门",
    "files[].forms[].year": "年度",
    "files[].forms[].funding": "资金总额行",
    "files[].forms[].funding.initial_budget": "年初预算数",
    "files[].forms[].funding.adjusted_budget": "全年预算数",
    "files[].forms[].funding.executed": "全年执行数",
    "files[].forms[].funding.rate_reported": "填报的执行率，1 为 100%",
    "files[].forms[].funding.rate_computed": "按规则的执行率，1 为 100%",
    "files[].forms[].funding.max_score": "预算执行率的分值",
    "files[].forms[].funding.score_reported": "填报的执行率得分",
    "files[].forms[].funding.score_computed": "按规则的执行率得分",
    "files[].forms[].indicators": "计分的每一行指标",
    "files[].forms[].indicators[].level1": "一级指标",
    "files[].forms[].indicators[].level2": "二级指标",
    "files[].forms[].indicators[].level3": "三级指标",
    "files[].forms[].indicators[].target": "指标值，照填写的文字",
    "files[].forms[].indicators[].actual": "实际完成值，照填写的文字",
    "files[].forms[].indicators[].max_score": "分值",
    "files[].forms[].indicators[].score_reported": "填报的得分",
    "files[].forms[].indicators[].score_computed": "按规则的得分；由填报人评定的为 `null`",
    "files[].forms[].indicators[].note": "偏差原因",
    "files[].forms[].indicators[].cell": "这一行在文件里的位置",
    "files[].forms[].total_reported": "填报的总分",
    "files[].forms[].total_computed": "按规则的总分",
    "files[].forms[].grade_reported": "填报的等级",
    "files[].forms[].grade_computed": "按规则的等级",
    "files[].findings": "这个文件的问题",
    "files[].findings[].code": "代码，见[代码目录](代码目录.md)",
    "files[].findings[].name": "代码的名称",
    "files[].findings[].severity": "错误、核实、提示；写了说明的核实为 `info`",
    "files[].findings[].place": "位置，如 `自评表!D6`；整个文件的问题为空",
    "files[].findings[].field": "栏目，用表上的话",
    "files[].findings[].message": "问题，一句话，数字在内",
    "files[].findings[].reported": "填的是什么",
    "files[].findings[].expected": "应为什么",
    "across": "几个文件合起来才看得出的问题（D 类）",
    "across[].path": "说的是哪个文件；其余字段与 `findings` 相同",
    "summary": "合计",
    "summary.files": "文件数",
    "summary.forms": "自评表数",
    "summary.accepted": "通过的文件数",
    "summary.returned": "退回的文件数",
    "summary.unreadable": "打不开的文件数",
    "summary.skipped": "跳过的文件数",
    "summary.errors": "错误数",
    "summary.queries": "核实数",
    "summary.infos": "提示数",
    "summary.initial_budget": "年初预算数之和",
    "summary.adjusted_budget": "全年预算数之和",
    "summary.executed": "全年执行数之和",
    "summary.rate": "Σ全年执行数 ÷ Σ全年预算数，1 为 100%",
    "summary.mean_score": "总分的简单平均，按规则的总分",
    "summary.weighted_score": "总分按预算加权的平均",
    "summary.grades": "各等级的份数，按规则的等级",
}

_HEAD = """# JSON 接口

给要读检查结果的程序：`perfxl check 文件夹 --format json` 印出一个 JSON 文档，
`--format jsonl` 每个文件一行（即 `files` 的一项）。结构由 [`schema/check-v1.json`](schema/check-v1.json) 规定
（JSON Schema 2020-12，`perfxl schema` 印出同样的内容），测试用它核对全部示例的结果。

* 金额一律为元，得分为分，比率以 1 为 100%，都写成十进制的字符串（`"9.86"`），不经过浮点数；空白为 `null`。
* 文字一律 UTF-8。同样的文件，三次运行逐字节相同。
* 退出码与格式无关：0 没有错误，1 有错误或打不开的文件，2 用法有误，3 perfxl 自身出错，130 中断。
  `--fail-on 核实`：有核实也为 1。
* `--lang en` 时 `name`、`message` 为英文，其余不变。

## 例

下面是这条命令的结果（每个列表只列第一项，其余略去）：

```console
$ perfxl check {example} --format json  # 退出码 1
```

```json
{document}
```

## 字段

| 字段 | 类型 | 含义 |
|---|---|---|
{fields}

别的格式：`sarif`（代码托管平台）、`junit`（持续集成）、`github`（工作流注记）、`md`、`html`、`concise`（一行一条）。
`perfxl verify`、`diff`、`rollup` 也有 `--format json`。
"""


def contract_page() -> str:
    return _HEAD.format(
        example=EXAMPLE,
        document=json.dumps(_shortened(_document()), ensure_ascii=False, indent=2),
        fields="\n".join(_rows(CheckModel, "")),
    )


def _document() -> Any:
    out = io.StringIO()
    with chdir(ROOT), redirect_stdout(out):
        main(["check", EXAMPLE, "--format", "json"])
    return json.loads(out.getvalue())


def _shortened(value: Any) -> Any:
    if isinstance(value, list):
        return [_shortened(item) for item in value[:_MOST]]
    return {key: _shortened(item) for key, item in value.items()} if isinstance(value, dict) else value


def _rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    """A row per field, those of a nested model below it. KeyError for a field without a meaning."""
    for name, field in model.model_fields.items():
        path = prefix + name
        if prefix == "across[]." and name != "path":
            continue  # said once, of files[].findings[]
        yield f"| `{path}` | {markdown_text(_type(field.annotation))} | {_MEANINGS[path]} |"
        for nested, mark in _models(field.annotation):
            yield from _rows(nested, f"{path}{mark}.")


def _models(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part, "[]" if get_origin(annotation) is list else ""


def _type(annotation: Any) -> str:
    """`文字`, `数（文字）或 null`, `accepted、returned…`."""
    words = {str: "文字", int: "整数", bool: "true 或 false", type(None): "null"}
    arguments = get_args(annotation)
    if annotation in words:
        return words[annotation]
    if get_origin(annotation) is list:
        return "列表"
    if get_origin(annotation) is dict:
        return "对象，文字 → 整数"
    if arguments and all(isinstance(one, str | int) for one in arguments):
        return "、".join(map(str, arguments))
    if arguments:
        return " 或 ".join(_type(one) for one in arguments)
    return "对象"
