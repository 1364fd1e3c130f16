"""`perfxl schema`."""

from __future__ import annotations

import typer


def schema(of: str = typer.Argument("check", metavar="OF", help="check scheme")) -> None:
    """检查结果 JSON 的结构，或方案文件的结构（JSON Schema）。JSON Schema of `check --format json` or of schemes."""
    from perfxl.commands import choices
    from perfxl.reports.json import json_schema
    from perfxl.scheme_schema import scheme_json_schema

    written = {"check": json_schema, "scheme": scheme_json_schema}
    typer.echo(written[choices.one_of("OF", of, written)](), nl=False)
