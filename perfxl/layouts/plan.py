"""Which rows the indicator table has: those of the scheme, those of the content, and blank ones to write in."""

from __future__ import annotations

from dataclasses import dataclass

from perfxl.layouts.content import Content, RowContent, preset_row
from perfxl.scheme import GroupScheme, PresetIndicator, Scheme, SourcedPoints


@dataclass(frozen=True, slots=True)
class PlannedRow:
    content: RowContent
    preset: PresetIndicator | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A level 2 block; its name is empty in forms without level 2."""

    name: str
    required: bool
    rows: tuple[PlannedRow, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A level 1 block. `points` is None where the edition leaves the split to the unit."""

    name: str
    points: SourcedPoints | None
    blocks: tuple[Block, ...]

    @property
    def length(self) -> int:
        return sum(len(block.rows) for block in self.blocks)


def planned_groups(scheme: Scheme, content: Content) -> tuple[Group, ...]:
    """The scheme's groups with the content's rows in them; groups that the scheme does not know come last."""
    known = [group.name for group in scheme.groups]
    foreign = dict.fromkeys(row.group for row in content.indicators if row.group not in known)
    groups = [_planned(group, _of(content, group.name)) for group in scheme.groups]
    groups += [_planned(GroupScheme(name=name), _of(content, name)) for name in foreign]
    return tuple(groups)


def _of(content: Content, group: str) -> list[RowContent]:
    return [row for row in content.indicators if row.group == group]


def _planned(group: GroupScheme, rows: list[RowContent]) -> Group:
    """Preset rows first, then the other rows of the content by level 2, then blank ones.

    Rows without level 2 come before all that have one: below a label they would read as its rows.
    """
    presets = []
    for preset in group.preset:
        own = (row for row in rows if row.name == preset.name or (row.execution and preset.execution))
        filled = next(own, None)
        if filled:
            rows.remove(filled)
        presets.append(PlannedRow(preset_row(group.name, preset, filled), preset))
    required = {level2.name: level2.required for level2 in group.level2}
    blank = {level2.name: level2.rows for level2 in group.level2}
    if group.rows:
        blank[""] = group.rows
    levels = dict.fromkeys([*(row.content.level2 for row in presets), *blank, *(row.level2 for row in rows)])
    blocks = []
    for name in sorted(levels, key=bool):
        planned = [row for row in presets if row.content.level2 == name]
        planned += [PlannedRow(row) for row in rows if row.level2 == name]
        more = blank.get(name, 0) - sum(row.preset is None for row in planned)
        planned += [PlannedRow(RowContent(group.name, name))] * more
        blocks.append(Block(name, required.get(name, False), tuple(planned)))
    return Group(group.name, group.points, tuple(blocks))
