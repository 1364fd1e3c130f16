"""Word documents in LibreOffice: they open, have the pages they should, and come back with what the clerk wrote."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import docx
import pytest

from perfxl.cli import main
from perfxl.words.kept import written_sections
from perfxl.words.pdf import as_pdfs
from perfxl.words.reading import read_blocks
from perfxl.words.working_paper import working_paper
from tests.commands import RETURNED
from tests.spreadsheets import missing
from tests.word_documents import SEEDS, report_of, reviewed

pytestmark = pytest.mark.acceptance

_PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(autouse=True)
def libreoffice() -> str:
    program = shutil.which("soffice")
    if program is None:
        missing("libreoffice")
    return program


def pages(pdf: bytes) -> int:
    return len(_PAGE.findall(pdf))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_document_of_a_seed_becomes_a_pdf(seed: str, tmp_path: Path) -> None:
    name, index = SEEDS[seed]
    documents = {"报告": report_of(seed).data, "底稿": working_paper(reviewed(name).reviews[index], "表.xlsx")}
    paths = [tmp_path / f"{kind}.docx" for kind in documents]
    for path, data in zip(paths, documents.values(), strict=True):
        path.write_bytes(data)
    assert [2 <= pages(pdf) <= most for pdf, most in zip(as_pdfs(paths), (14, 4), strict=True)] == [True, True]


def test_report_notice_and_form_as_pdf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forms = tmp_path / "报送"
    forms.mkdir()
    form = forms / "古美路街道办事处-2020.xlsx"
    form.write_bytes((RETURNED / form.name).read_bytes())
    assert main(["report", str(form), "--out", str(tmp_path / "报告"), "--pdf"]) == 0
    assert main(["notice", str(forms), "--out", str(tmp_path / "退回"), "--pdf"]) == 0
    assert main(["score", str(form), "--paper", str(tmp_path / "底稿"), "--pdf"]) == 0
    capsys.readouterr()
    assert sorted(path.name for path in tmp_path.rglob("*.pdf")) == [
        "古美路街道办事处-2020-自评报告.pdf",
        "古美路街道办事处-2020-评分底稿.pdf",
        "古美路街道办事处-2020.pdf",
        "退回意见书.pdf",
        "退回清单.pdf",
    ]


def test_what_the_clerk_wrote_survives_libreoffice(libreoffice: str, tmp_path: Path) -> None:
    """Edited, saved again as .docx by LibreOffice: the clerk's words are found, and ours still count as ours."""
    book = docx.Document(io.BytesIO(report_of("lincang").data))
    for paragraph in book.paragraphs:
        if paragraph.text.startswith("【请补充：开展自评的目的"):
            paragraph.text = "为编制下年度预算提供依据。"
    edited, saved = tmp_path / "报告.docx", tmp_path / "out" / "报告.docx"
    book.save(str(edited))
    command = [libreoffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    arguments = ["--convert-to", "docx:Office Open XML Text", "--outdir", str(saved.parent), str(edited)]
    subprocess.run([*command, *arguments], check=True, capture_output=True, timeout=180)
    sections = written_sections(read_blocks(saved.read_bytes()))
    kept = {key: written for key, written in sections.items() if written.texts or written.lost}
    assert [(key, [text for _, text in written.texts], written.lost) for key, written in kept.items()] == [
        ("purpose", ["为编制下年度预算提供依据。"], ())
    ]
