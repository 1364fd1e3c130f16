"""`perfxl schema`: the structure of every JSON document that perfxl writes, and of scheme files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel


def schema(
    of: str = typer.Argument("check", metavar="OF", help="check verify diff rollup seal receipt scheme"),
) -> None:
    """各命令 JSON 结果的结构，或方案文件的结构（JSON Schema）。JSON Schema of what commands write, or of schemes.

    check、verify、diff、rollup：--format json 的结果；seal：lock --json 写的 .seal.json；receipt：回执。
    check, verify, diff, rollup: --format json; seal: the .seal.json of lock --json; receipt: the .receipt.json.
    """
    from perfxl.commands import choices

    known = schemas()
    typer.echo(known[choices.one_of("OF", of, known)](), nl=False)


def schemas() -> Mapping[str, Callable[[], str]]:
    """The text of each by its name."""
    from perfxl.reports.contract import CheckModel
    from perfxl.reports.diff_contract import DiffModel
    from perfxl.reports.json_text import schema_text
    from perfxl.reports.verify_contract import VerifyModel
    from perfxl.rollup.contract import RollupModel
    from perfxl.scheme_schema import scheme_json_schema
    from perfxl.seal import Seal
    from perfxl.seal.receipt import Receipt

    models: Mapping[str, type[BaseModel]] = {
        "check": CheckModel,
        "verify": VerifyModel,
        "diff": DiffModel,
        "rollup": RollupModel,
        "seal": Seal,
        "receipt": Receipt,
    }
    written = {name: partial(schema_text, model, f"perfxl {name}") for name, model in models.items()}
    return {**written, "scheme": scheme_json_schema}
