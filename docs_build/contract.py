"""JSON接口.md: every JSON document of every command, field by field, with an example as it comes out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from docs_build.meanings import MEANINGS
from perfxl.cli import main
from perfxl.reports.contract import CheckModel
from perfxl.reports.diff_contract import DiffModel
from perfxl.reports.escaping import markdown_text
from perfxl.reports.verify_contract import VerifyModel
from perfxl.rollup.contract import RollupModel
from perfxl.seal import Seal
from perfxl.seal.receipt import Receipt

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples" / "returned"
_FORM = EXAMPLES / "滨河区图书馆-2020.xlsx"
_TIME = datetime(2021, 2, 1, 9, 30, tzinfo=UTC)
_MOST = 1
"""Of each list of things the example shows so many."""

_HEAD = """# JSON 接口

给要读结果的程序。每个写 JSON 的命令各有一个结构（JSON Schema 2020-12），`perfxl schema 名称` 印出同样的内容，
测试用它核对各命令真实的输出：

| 命令 | 写什么 | 结构 |
|---|---|---|
{documents}

* 金额一律为元，得分为分，比率以 1 为 100%，都写成十进制的字符串（`"9.86"`），不经过浮点数；空白为 `null`。
* 每一项都写出全部字段。`schema_version` 是结构的版本：字段只增不改；改动旧字段时版本加一，文件名随之改。
* 文字一律 UTF-8。同样的文件，三次运行逐字节相同。
* 退出码与格式无关，各命令的见[命令参考](命令参考.md)。
* `--lang en` 时 `name`、`message`、`caveat` 为英文，其余不变。
* 例子里每个列表只列第一项，其余略去。

`check` 别的格式：`jsonl`（每个文件一行，即 `files` 的一项）、`csv`（每个问题一行，可用 Excel 打开）、
`sarif`（代码托管平台）、`junit`（持续集成）、
`github`（工作流注记）、`md`、`html`、`concise`（一行一条）；`sarif` 的结构由 SARIF 2.1.0 规定。
"""
_SECTION = """
<a id="{name}"></a>

## {name}：{title}

{intro}

```console
$ {command}
```

```json
{document}
```

| 字段 | 类型 | 含义 |
|---|---|---|
{fields}
"""


@dataclass(frozen=True)
class _Document:
    """`writer` is the command with its option, `command` the one that the page shows and tests/test_docs.py runs."""

    name: str
    model: type[BaseModel]
    title: str
    writer: str
    intro: str
    command: str
    example: Callable[[], Any]


def contract_page() -> str:
    links = [
        f"| `perfxl {one.writer}` | [{one.title}](#{one.name}) | [`{one.name}-v1.json`](schema/{one.name}-v1.json) |"
        for one in DOCUMENTS
    ]
    told: dict[type[BaseModel], str] = {}
    sections = [
        _SECTION.format(
            name=one.name,
            title=one.title,
            intro=one.intro,
            command=one.command,
            document=json.dumps(_shortened(one.example()), ensure_ascii=False, indent=2),
            fields="\n".join(_rows(one.model, "", one.name, told)),
        )
        for one in DOCUMENTS
    ]
    return _HEAD.format(documents="\n".join(links)) + "".join(sections)


# ---- examples


def _printed(*arguments: str | Path) -> Any:
    out = io.StringIO()
    with chdir(ROOT), redirect_stdout(out):
        main([str(argument) for argument in arguments])
    return json.loads(out.getvalue())


def _check() -> Any:
    return _printed("check", "examples/returned/滨河区图书馆-2020-初稿.xlsx", "--format", "json")


def _verify() -> Any:
    """A form in which a score was changed after it had been locked."""
    from perfxl.edit import SetValue
    from perfxl.editing import apply_edits
    from perfxl.locking import lock

    before = _FORM.read_bytes()
    locked = apply_edits(before, lock(before, "自评表.xlsx", time=_TIME).edits)
    with TemporaryDirectory() as folder, chdir(folder):
        Path("自评表.xlsx").write_bytes(apply_edits(locked, [SetValue("自评表", 13, 8, Decimal(8))]))
        path = Path("自评表.xlsx").absolute()
        document = _printed("verify", path, "--format", "json")
    document["files"][0]["path"] = path.name
    return document


def _diff() -> Any:
    old, new = "examples/returned/临江市公路事务中心-2025-初稿.xlsx", "examples/returned/临江市公路事务中心-2025.xlsx"
    return _printed("diff", old, new, "--format", "json")


def _rollup() -> Any:
    with TemporaryDirectory() as folder:
        checked = Path(folder) / "检查.json"
        checked.write_text(json.dumps(_check(), ensure_ascii=False), "utf-8")
        return _printed("rollup", checked, "--format", "json")


def _seal() -> Any:
    from perfxl.locking import lock

    return json.loads(lock(_FORM.read_bytes(), "自评表.xlsx", time=_TIME).seal.payload())


def _receipt() -> Any:
    """Without signature: every key would sign another one."""
    head = _seal()["head"]
    return Receipt(
        digest=_seal()["digest"],
        **{name: head[name] for name in ("algorithm", "unit", "year", "submission", "time")},
        verdict="intact",
        file="自评表.xlsx",
        receiver="青山区财政局",
    ).model_dump()


DOCUMENTS = (
    _Document(
        "check",
        CheckModel,
        "检查结果",
        "check --format json",
        "每个文件的状态、表、问题，和全部的合计。",
        "perfxl check examples/returned/滨河区图书馆-2020-初稿.xlsx --format json  # 退出码 1",
        _check,
    ),
    _Document(
        "verify",
        VerifyModel,
        "封签验证结果",
        "verify --format json",
        "每个文件的封签是否完好，锁定以后改了哪些。例子是锁定以后改了一格的表。",
        "perfxl verify 自评表.xlsx --format json  # 退出码 1",
        _verify,
    ),
    _Document(
        "diff",
        DiffModel,
        "两次报送的不同",
        "diff --format json",
        "按栏目和指标比，不按单元格；问题改了哪些、还有哪些。",
        "perfxl diff examples/returned/临江市公路事务中心-2025-初稿.xlsx "
        "examples/returned/临江市公路事务中心-2025.xlsx --format json  # 退出码 1",
        _diff,
    ),
    _Document(
        "rollup",
        RollupModel,
        "逐级汇总",
        "rollup --format json",
        "上一级的 `perfxl rollup` 读它的 `forms` 和 `history`；`departments`、`summary` 只供查看，每次重新合计。",
        "perfxl check examples/returned/滨河区图书馆-2020-初稿.xlsx --format json > 检查.json  # 退出码 1\n"
        "$ perfxl rollup 检查.json --format json",
        _rollup,
    ),
    _Document(
        "seal",
        Seal,
        "封签",
        "lock --json",
        "另存的 `文件名.seal.json`，一行，键和空格不能变：`perfxl verify --seal` 读它。摘要怎么算见[封签](seal.md)。"
        "空白照写为空文字。",
        "perfxl lock 自评表.xlsx --json",
        _seal,
    ),
    _Document(
        "receipt",
        Receipt,
        "回执",
        "receipt",
        "接收方签名的 `文件名.receipt.json`，`perfxl verify --receipt` 拿它与表核对。例子略去签名。",
        "perfxl key new 财政局.pem --unit 青山区财政局\n"
        "$ perfxl receipt 自评表.xlsx --key 财政局.pem --receiver 青山区财政局",
        _receipt,
    ),
)


def _shortened(value: Any) -> Any:
    if isinstance(value, list):
        is_plain = not any(isinstance(item, list | dict) for item in value)
        return value if is_plain else [_shortened(item) for item in value[:_MOST]]
    return {key: _shortened(item) for key, item in value.items()} if isinstance(value, dict) else value


# ---- fields


def _rows(model: type[BaseModel], prefix: str, page: str, told: dict[type[BaseModel], str]) -> Iterator[str]:
    """A row per field, those of a nested model below it unless `told` has where they stand.

    KeyError for a field without a meaning."""
    kinds = model.model_json_schema(mode="serialization")["properties"]
    for name, field in model.model_fields.items():
        path = prefix + name
        owner = next(base for base in reversed(model.__mro__) if name in getattr(base, "__annotations__", {}))
        if owner in told and owner is not model:
            continue
        meaning = MEANINGS[f"{owner.__name__}.{name}"]
        nested = list(_models(field.annotation))
        known = [told[one] for one, _ in nested if one in told]
        if known:
            meaning += f"；字段同 {known[0]}"
        yield f"| `{path}` | {markdown_text(_type(kinds[name]))} | {meaning} |"
        for one, mark in nested:
            if one not in told:
                told[one] = f"{page} 的 `{path}{mark}`"
                yield from _rows(one, f"{path}{mark}.", page, told)


def _models(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """The models in an annotation, with `[]` for those in a list."""
    mark = "[]" if get_origin(annotation) in (list, tuple) else ""
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part, mark
        elif get_origin(part) in (list, tuple) and part is not annotation:
            yield from ((model, "[]") for model, _ in _models(part))


def _type(schema: dict[str, Any]) -> str:
    """`文字`, `文字 或 null`, `accepted、returned…`, of a JSON Schema."""
    words = {"string": "文字", "integer": "整数", "boolean": "true 或 false", "null": "null", "array": "列表"}
    if "anyOf" in schema:
        return " 或 ".join(map(_type, schema["anyOf"]))
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return "、".join(map(str, schema["enum"]))
    if "additionalProperties" in schema:
        return f"对象，文字 → {_type(schema['additionalProperties'])}"
    return words.get(schema.get("type", ""), "对象")
