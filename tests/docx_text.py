"""A Word document as text for golden files: a line per paragraph with its style, a line per row of a table."""

from __future__ import annotations

from perfxl.words.reading import read_blocks


def shown(data: bytes) -> str:
    lines = []
    for block in read_blocks(data):
        if block.kind == "table":
            lines += [f"| {row.replace(chr(9), ' | ')} |" for row in block.text.split("\n")]
        elif block.picture:
            lines.append("[图]")
        elif block.text:
            lines.append(f"{block.style}: {block.text}")
    return "\n".join(lines) + "\n"
