"""锁定提交 and 解锁: a form that is locked for fingers, sealed for the bureau, and can be opened for a correction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from perfxl.edit import (
    READING,
    ClearMarks,
    Edit,
    LockEveryCell,
    PasswordHash,
    ProtectSheet,
    ProtectStructure,
    RemoveSheet,
    SetFooter,
    SetFormula,
    SetLocked,
    SetProperty,
    SetValue,
    WorkbookSettings,
)
from perfxl.edited import edited
from perfxl.editing import workbook_settings
from perfxl.finding import Finding, Severity
from perfxl.grid import CellError, CellRef, Workbook
from perfxl.live_formula import is_live, native_formula
from perfxl.markup import AUTHOR, RESULT_SHEETS, result_sheet
from perfxl.problem import Clause, Problem
from perfxl.protection import BEFORE, before_from_properties, before_properties, hashed
from perfxl.reading import read_forms
from perfxl.review import FileReview, review_workbook
from perfxl.scheme import Scheme
from perfxl.seal import Seal, SealDamaged, SealTooLarge, Verdict, read_seal, seal_form, signed, verify
from perfxl.seal.history import LONGEST_WORDS
from perfxl.signing import PrivateKey
from perfxl.sources.xlsx import read_xlsx

SEAL = "perfxl.seal."
_MOST_FOOTER = 255
_FOOTER_CODE = re.compile(r'&(?:"[^"]*"|[0-9]+|K[0-9A-Fa-f]{6}|.)')


class LockRefused(Problem):
    """The form cannot be locked or unlocked; nothing was written. `findings` are what stands against it."""

    def __init__(self, zh: str, en: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(zh, en)
        self.findings = findings


@dataclass(frozen=True)
class Locking:
    """What locks a workbook, in a file or in an open book. `frozen` are the live formulas that become native ones."""

    edits: tuple[Edit, ...]
    seal: Seal
    review: FileReview
    frozen: tuple[CellRef, ...]


@dataclass(frozen=True)
class Opening:
    """What unlocks a workbook. `verdict` is that of the seal before; `seal` None where it was damaged."""

    edits: tuple[Edit, ...]
    seal: Seal | None
    verdict: Verdict


def lock(
    data: bytes,
    name: str,
    *,
    time: datetime,
    signer: str = "",
    password: str = "",
    key: PrivateKey | None = None,
    scheme: Scheme | None = None,
) -> Locking:
    """Lock and seal the workbook in `data`. `signer` empty: the unit's name. `password` empty: protection without one.

    Raises LockRefused while an 错误 or an unexplained 核实 stands, and for a file that is locked already;
    UnreadableFile and EditError as the reader and the editor do.
    """
    workbook = read_xlsx(data, name)
    earlier = open_seal(workbook, "锁定")
    review = review_workbook(workbook, name, scheme=scheme)
    if not review.reviews:
        raise LockRefused(
            "文件里没有自评表或绩效目标表；请确认是填好的官方表",
            "there is no self-evaluation or objective form in the file; see that it is a filled official form",
        )
    if against := unresolved(review):
        raise LockRefused(
            f"还有 {len(against)} 个问题没有解决；错误请改正，核实请改正或写明原因",
            f"{len(against)} findings are not settled; mend the errors, mend or explain the queries",
            against,
        )
    settings = workbook_settings(data)
    frozen = _frozen(workbook)
    locking = (*frozen, *_locking(workbook, review, settings, hashed(password) if password else None))
    after = edited(workbook, locking)
    forms = read_forms(after)
    signer = signer or forms[0].unit
    seal = seal_form(after, forms, scheme=review.reviews[0].scheme, time=time, signer=signer, earlier=earlier)
    if key:
        seal = signed(seal, key)
    sheets = {one.form.at.sheet for one in review.reviews}
    footers = (SetFooter(sheet, footer_with(seal.code, settings.sheets[sheet].footer)) for sheet in sorted(sheets))
    try:
        kept = seal.properties()
    except SealTooLarge as error:
        raise LockRefused(
            "内容过多，封签放不下；请删去表外多余的内容和工作表再锁定",
            "there is too much in the file for a seal; delete what stands beside the form and sheets that do not belong"
            " to it, and lock it again",
        ) from error
    edits = (*locking, *_properties(after, SEAL, kept), *footers)
    return Locking(edits, seal, review, tuple(CellRef(name, edit.sheet, edit.row, edit.column) for edit in frozen))


def unresolved(review: FileReview) -> tuple[Finding, ...]:
    """What stands against locking: every 错误 and every 核实 without 说明 of the forms, whatever the seal says."""
    found = (finding for one in review.reviews for finding in one.findings)
    return tuple(f for f in found if f.severity is not Severity.info and not f.settled)


def unlock(data: bytes, name: str, *, time: datetime, by: str, reason: str) -> Opening:
    """Open the locked workbook in `data` for a correction; `by` and `reason` go into its history.

    A damaged seal is taken away, for nothing can follow it: the next lock starts a new history. Raises LockRefused
    for a workbook that is not locked, UnreadableFile and EditError as the reader and the editor do.
    """
    workbook = read_xlsx(data, name)
    verdict = verify(workbook, read_forms(workbook))
    before = before_from_properties(workbook.properties)
    if verdict.status == "missing" and before is None:
        raise LockRefused("文件没有锁定，不必解锁；可以直接修改", "the file is not locked; it can be changed as it is")
    sound = verdict.seal if verdict.status != "damaged" else None
    if sound and sound.open:
        raise LockRefused(
            "文件已经解锁；可以直接修改，改好后请重新锁定",
            "the file is unlocked already; change it and lock it again",
        )
    if max(len(by), len(reason)) > LONGEST_WORDS:
        raise LockRefused(
            f"姓名或原因超过 {LONGEST_WORDS:,} 字；请写短一些再解锁",
            f"the name or the reason is longer than {LONGEST_WORDS:,} characters; give a shorter one",
        )
    seal = sound.unlocked(by=by, reason=reason, time=time) if sound else None
    try:
        kept = seal.properties() if seal else {}
    except SealTooLarge as error:
        raise LockRefused(
            "封签已满，放不下这次解锁的记录；请把原因写短一些再解锁",
            "the seal is full and has no room for this unlock; give a shorter reason",
        ) from error
    properties = _properties(workbook, SEAL, kept)
    return Opening((*properties, *_opening(workbook, before, workbook_settings(data))), seal, verdict)


def footer_with(code: str, footer: str) -> str:
    """The footer with the 封签码 in its first empty part: left, right, middle; below the left one where none is."""
    text = f"封签码 {code}"
    parts = {"L": "", "C": "", "R": ""}
    part, place = "C", 0
    for match in _FOOTER_CODE.finditer(footer):
        if match[0][1:] in parts:
            parts[part] += footer[place : match.start()]
            part, place = match[0][1:], match.end()
    parts[part] += footer[place:]
    free = next((name for name in "LRC" if not parts[name]), "L")
    parts[free] += f"\n{text}" if parts[free] else text
    whole = "".join(f"&{name}{content}" for name, content in parts.items() if content)
    return whole if len(whole) <= _MOST_FOOTER else f"&L{text}"


def open_seal(workbook: Workbook, purpose: str) -> Seal | None:
    """The unlocked seal to continue, None without one. LockRefused for one that is still closed or is damaged."""
    try:
        seal = read_seal(workbook.properties)
    except SealDamaged as error:
        raise _seal_damaged((error.zh, error.en), purpose) from error
    if seal is None:
        return None
    if problem := seal.problem():
        raise _seal_damaged(problem, purpose)
    if not seal.open:
        raise LockRefused(
            f"文件已经锁定，封签码 {seal.code}；需要更正时请先解锁",
            f"the file is locked already, seal code {seal.code}; unlock it first where it has to be corrected",
        )
    return seal


def _seal_damaged(why: Clause, purpose: str) -> LockRefused:
    zh, en = why
    return LockRefused(
        f"封签损坏（{zh}）；请先解锁，再{purpose}",
        f"the seal is damaged ({en}); unlock the form first, which takes it away",
    )


def _frozen(workbook: Workbook) -> list[SetFormula | SetValue]:
    """Live formulas made native, so that the file needs no add-in; one that stands alone keeps its value."""
    edits: list[SetFormula | SetValue] = []
    for grid in workbook.grids:
        for (row, column), cell in sorted(grid.cells.items(), key=lambda item: item[0]):
            if cell.formula is None or not is_live(cell.formula):
                continue
            native, value = native_formula(cell.formula), cell.value
            if isinstance(value, datetime) or (not native and isinstance(value, CellError)):
                place = grid.ref(row, column).in_file
                raise LockRefused(
                    f"{place} 的实时函数没有给出数值；请改正它引用的格，或删去这个公式，再锁定",
                    f"the live function at {place} gives no value; mend the cells that it reads, or delete it",
                )
            if native:
                edits.append(SetFormula(grid.sheet, row, column, native, value))
            else:
                assert not isinstance(value, CellError)
                edits.append(SetValue(grid.sheet, row, column, value))
    return edits


def _locking(
    workbook: Workbook, review: FileReview, settings: WorkbookSettings, password: PasswordHash | None
) -> Iterator[Edit]:
    results = tuple(result_sheet(workbook, review, explained_only=True))
    kept = {name: sheet for name, sheet in settings.sheets.items() if name not in RESULT_SHEETS}
    yield from (ClearMarks(sheet, AUTHOR) for sheet in kept)
    yield from (RemoveSheet(name) for name in settings.sheets if name in RESULT_SHEETS)
    yield from results
    yield LockEveryCell()
    for sheet in (*kept, *(added.name for added in results)):
        yield ProtectSheet(sheet, True, READING, password)
    yield ProtectStructure(True, password)
    yield from _properties(workbook, BEFORE, before_properties(WorkbookSettings(kept, settings.structure)))


def _opening(workbook: Workbook, before: WorkbookSettings | None, settings: WorkbookSettings) -> Iterator[Edit]:
    """The sheets as they were before the lock; free of protection where the file no longer says."""
    for sheet in settings.sheets:
        yield ProtectSheet(sheet, False)
        if before and (earlier := before.sheets.get(sheet)):
            yield SetLocked(sheet, False, earlier.unlocked)
            yield SetFooter(sheet, earlier.footer)
            if earlier.protection:
                yield earlier.protection
    yield ProtectStructure(False)
    if before and before.structure:
        yield before.structure
    yield from _properties(workbook, BEFORE, {})


def _properties(workbook: Workbook, prefix: str, properties: Mapping[str, str]) -> Iterator[SetProperty]:
    """These properties in place of all that begin so."""
    for name in workbook.properties:
        if name.casefold().startswith(prefix) and name not in properties:
            yield SetProperty(name, None)
    for name, value in properties.items():
        yield SetProperty(name, value)
