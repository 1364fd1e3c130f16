"""The page in Chromium and the 汇总表 in LibreOffice. Pictures stay in build/pictures for a look."""

from __future__ import annotations

import re
import subprocess
import warnings
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]

from perfxl.cli import main
from tests.npm import fetched
from tests.spreadsheets import installed, recalculate

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "build" / "pictures"
AXE = "axe-core@4.10.3"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    assert main(["check", str(ROOT / "examples" / "returned"), "--report", str(folder), "--exit-zero"]) == 0
    return folder


def chromium(profile: Path, *arguments: str) -> str:
    """Run headless without network, with a profile of its own; stdout."""
    command = [installed("chromium"), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND"]
    done = subprocess.run([*command, *arguments], capture_output=True, timeout=120, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize(("name", "arguments"), [("light", []), ("dark", ["--blink-settings=preferredColorScheme=0"])])
def test_screen(report: Path, tmp_path: Path, name: str, arguments: list[str]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture = PICTURES / f"report-{name}.png"
    page = (report / "index.html").as_uri()
    chromium(tmp_path, "--window-size=1280,2400", f"--screenshot={picture}", *arguments, page)
    assert picture.stat().st_size > 100_000


def test_print(report: Path, tmp_path: Path) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    printed = PICTURES / "report-print.pdf"
    chromium(tmp_path, f"--print-to-pdf={printed}", "--no-pdf-header-footer", (report / "index.html").as_uri())
    subprocess.run([installed("pdftoppm"), "-r", "60", "-l", "3", "-png", printed, printed.with_suffix("")], check=True)
    text = subprocess.run([installed("pdftotext"), printed, "-"], capture_output=True, check=True).stdout.decode()
    assert "项目支出绩效自评检查报告" in text and "评分底稿" in text
    assert "按单位、项目、文件、说明查找" not in text  # the filter is not printed


def with_script(page: Path, folder: Path, script: str) -> Path:
    """A copy of the page that runs `script` once it has loaded."""
    probe = folder / "probe.html"
    # The page's policy lets no other script run: the probe needs a copy without it.
    text = re.sub("<meta http-equiv[^>]*>", "", page.read_text("utf-8"))
    probe.write_text(text.replace("</body>", _PROBE.replace("SCRIPT", script)), "utf-8")
    return probe


def probed(page: Path, folder: Path, script: str, *arguments: str, fragment: str = "") -> str:
    """What `script` puts into `seen` after the page has loaded, at the `fragment`."""
    address = with_script(page, folder, script).as_uri() + fragment
    seen = re.search('data-seen="([^"]*)"', chromium(folder / "profile", *arguments, "--dump-dom", address))
    assert seen is not None
    return seen[1]


def printed(page: Path, folder: Path, *arguments: str) -> str:
    """The words of the page on paper."""
    pdf = folder / "printed.pdf"
    chromium(folder / "profile", *arguments, f"--print-to-pdf={pdf}", "--no-pdf-header-footer", page.as_uri())
    text = subprocess.run([installed("pdftotext"), pdf, "-"], capture_output=True, check=True).stdout.decode()
    return text.replace("\f", "\n")


_PROBE = """<script>
addEventListener("load", async () => {
  const bar = document.querySelector(".filter"), shown = bar.querySelector("output"), seen = [];
  const set = (selector, name, value) => {
    const control = bar.querySelector(selector);
    control[name] = value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((one) => !one.closest("[hidden]"));
  SCRIPT
  document.documentElement.setAttribute("data-seen", seen.join("; "));
});
</script></body>"""

_FILTERS = """
  const found = () => shown.textContent + " " + document.querySelectorAll("li[data-severity]:not([hidden])").length;
  seen.push(found());
  set("select[name=code]", "value", "T101");
  seen.push(found());
  set("select[name=code]", "value", "");
  set("input[value=query]", "checked", false);
  set("input[value=info]", "checked", false);
  seen.push(found());
  set("input[value=query]", "checked", true);
  set("input[value=info]", "checked", true);
  set("select[name=status]", "value", "skipped");
  seen.push(found().split(" ").slice(0, 3).join(" "));
  set("select[name=status]", "value", "");
  set("input[type=search]", "value", "古美 党建");
  seen.push(found().split(" ").slice(0, 3).join(" "));
"""


def test_filters(report: Path, tmp_path: Path) -> None:
    text = (report / "index.html").read_text("utf-8")
    parts = text.split("<section ")[1:]
    files = len(parts)
    findings = text.count(" data-severity=")
    errors = text.count('data-severity="error"')
    with_errors = sum('data-severity="error"' in part for part in parts)
    with_total = sum('data-code="T101"' in part for part in parts)
    totals = sum(part.count('data-code="T101"') for part in parts)
    skipped = text.count('data-status="skipped"')
    gumei = sum("古美" in part and "党建" in part for part in parts)
    assert probed(report / "index.html", tmp_path, _FILTERS).split("; ") == [
        f"{files} / {files} {findings}",
        f"{with_total} / {files} {totals}",
        f"{with_errors} / {files} {errors}",
        f"{skipped} / {files}",
        f"{gumei} / {files}",
    ]


_GRADE_AND_UNIT = """
  const rows = () => seen.push(
    shown.textContent + " " +
    visible("tr[data-file]").map((row) => row.cells[2].textContent + "=" + (row.dataset.grade || "")).join(",") +
    " " + visible(".form").length);
  set("select[name=grade]", "value", "良好");
  rows();
  set("input[name=unit]", "value", "街道");
  rows();
  set("select[name=grade]", "value", "");
  set("input[name=unit]", "value", "临江市公路事务中心");
  rows();
  set("select[name=code]", "value", "S104");
  rows();
  set("select[name=grade]", "value", "良好");
  rows();
  const units = [...document.querySelectorAll("#units option")].map((option) => option.value);
  seen.push(units.length === new Set(units).size && units.includes("临江市公路事务中心"));
"""


def test_grade_and_unit(report: Path, tmp_path: Path) -> None:
    """Forms, not files, are of a grade and a unit; both combine with the other filters."""
    kunming, gumei = "上海市人民政府驻昆明办事处=良好", "上海市闵行区人民政府古美路街道办事处=良好"
    roads = "临江市公路事务中心=优"
    assert probed(report / "index.html", tmp_path, _GRADE_AND_UNIT).split("; ") == [
        f"4 / 20 {kunming},{gumei},{kunming},{gumei} 4",
        f"2 / 20 {gumei},{gumei} 2",
        f"2 / 20 {roads},{roads} 2",
        f"1 / 20 {roads} 1",
        "0 / 20  0",
        "true",
    ]


_JUMPS = """
  const marks = [...document.querySelectorAll("a.mark")];
  const there = marks.filter((mark) => {
    const finding = document.querySelector(mark.hash);
    return finding.dataset.code === mark.textContent && mark.classList.contains(finding.dataset.severity) &&
      finding.closest("section") === mark.closest("section");
  });
  const places = [...document.querySelectorAll("a.place")];
  const back = places.filter((place) => {
    const finding = place.closest("li");
    return document.querySelector(place.hash).querySelector('a.mark[href="#' + finding.id + '"]');
  });
  seen.push(marks.length > 50 && there.length === marks.length, places.length > 50 && back.length === places.length);
  const place = places.find((one) => one.closest("li").dataset.code === "W101");
  place.click();
  const cell = document.querySelector(":target");
  seen.push(cell.tagName + " " + cell.firstChild.textContent.trim());
  set("input[value=error]", "checked", false);
  set("input[value=error]", "checked", true);
  set("input[value=error]", "checked", false);
  const mark = cell.querySelector("a.mark");
  seen.push(document.querySelector(mark.hash).hidden);
  mark.focus();
  seen.push(document.activeElement === mark);
  mark.click();
  const finding = document.querySelector(":target");
  seen.push(finding.dataset.code, finding.hidden);
  document.querySelector('.bars a[data-code="L106"]').click();
  const codes = new Set(visible("li[data-severity]").map((item) => item.dataset.code));
  seen.push([...codes].join(","), location.hash);
"""


def test_from_a_finding_to_its_cell_and_back(report: Path, tmp_path: Path) -> None:
    """Every mark leads to its finding, every place to a cell with that mark; a bar filters by its code."""
    assert probed(report / "index.html", tmp_path, _JUMPS).split("; ") == (
        ["true", "true", "TD 95", "true", "true", "W101", "false", "L106", "#files"]
    )


def test_charts(report: Path, tmp_path: Path) -> None:
    script = """
  for (const figure of document.querySelectorAll(".charts figure")) {
    const svg = figure.querySelector("svg[role=img]"), bars = figure.querySelectorAll(".bars li").length;
    const shapes = figure.querySelectorAll("rect, circle").length;
    seen.push(figure.firstChild.textContent + " " + shapes);
    if (svg) seen.push(svg.getAttribute("aria-label"));
    else seen.push(figure.querySelector(".bars li").textContent + " " + bars);
  }"""
    assert probed(report / "index.html", tmp_path, script).split("; ") == [
        "等级分布 2",
        "等级分布: 优 5, 良好 4",
        "执行率 6",
        "执行率: 60%以下 2, 60%–80% 0, 80%–90% 0, 90%–100% 7, 100% 5, 超过100% 1",
        "执行率与总分 9",
        "执行率与总分: 60%以下 2 份 93 分, 90%–100% 7 份 89–100 分, 100% 5 份 89–100 分, 超过100% 1 份 100 分",
        "最常见的问题 10",
        "L106 方案按标签判定14 10",
        "各级指标失分 5",
        "预算执行率13.86 5",
    ]


@pytest.mark.parametrize(
    "arguments",
    [[], ["--blink-settings=preferredColorScheme=0"], ["--window-size=420,900"]],
    ids=["light", "dark", "narrow"],
)
def test_anybody_can_use_it(report: Path, tmp_path: Path, arguments: list[str]) -> None:
    checked, violations = accessible(report / "index.html", tmp_path, *arguments)
    assert (checked > 20, violations) == (True, "")


def accessible(page: Path, folder: Path, *arguments: str) -> tuple[int, str]:
    """How many rules axe-core finds kept, and which violated, of WCAG 2.1 A and AA and of good practice."""
    axe = (fetched(AXE, folder) / "axe-core" / "axe.min.js").read_text("utf-8")
    probe = folder / "page.html"
    text = re.sub("<meta http-equiv[^>]*>", "", page.read_text("utf-8"))
    probe.write_text(text.replace("</body>", f"<script>{axe}</script>{_AXE}"), "utf-8")
    shown = chromium(folder / "profile", *arguments, "--virtual-time-budget=60000", "--dump-dom", probe.as_uri())
    seen = re.search('data-seen="([^"]*)"', shown)
    assert seen is not None
    checked, _, violations = seen[1].partition(" ")
    return int(checked), violations


_AXE = """<script>
axe.run(document).then((found) => {
  const violations = found.violations.map((one) => one.id + " " + one.nodes[0].target);
  document.documentElement.setAttribute("data-seen", [found.passes.length, ...violations].join(" "));
});
</script></body>"""


def test_where_no_script_runs_everything_can_be_read(report: Path, tmp_path: Path) -> None:
    text = (report / "index.html").read_text("utf-8")
    codes = Counter(re.findall('<li[^>]* data-code="([A-Z0-9]+)"', text))
    frame = tmp_path / "frame.html"
    # In a sandbox without scripts. All of it is drawn, for a frame is printed as high as it is.
    page = f'<iframe sandbox style="width: 1200px; height: 40000px" src="{(report / "index.html").as_uri()}">'
    frame.write_text(page, "utf-8")
    read = printed(frame, tmp_path)
    listed = Counter(re.findall("^(?:错误|核实|提示) ([A-Z][0-9]{3}) ", read, re.MULTILINE))
    # A line of the frame that the end of a page cuts stands on both pages.
    assert len(codes) > 30 and codes <= listed and listed.keys() == codes.keys()


def test_no_script_but_its_own_runs(report: Path, tmp_path: Path) -> None:
    text = (report / "index.html").read_text("utf-8")
    probe = tmp_path / "probe.html"
    probe.write_text(text.replace("</body>", _PROBE.replace("SCRIPT", "seen.push(1);")), "utf-8")
    assert "data-seen=" not in chromium(tmp_path / "profile", "--dump-dom", probe.as_uri()).partition("<head>")[0]


def test_summary_is_a_valid_file(report: Path) -> None:
    validator = OpenXmlValidator(file_format=FileFormat.OFFICE_2016)
    errors = [str(error) for error in validator.validate(report / "汇总表.xlsx").errors]
    # Inline strings are what keeps memory flat; Excel takes them and writes shared ones when it saves.
    assert [error for error in errors if "inline-string cell(s)" not in error] == []


def test_summary_recalculates_to_its_own_numbers(report: Path) -> None:
    path = report / "汇总表.xlsx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        computed = recalculate(path, "libreoffice")["汇总"]
    formulas, cached = openpyxl.load_workbook(path)["汇总"], openpyxl.load_workbook(path, data_only=True)["汇总"]
    addresses = [cell.coordinate for row in formulas.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(addresses) > 8
    assert {a: computed[a] for a in addresses} == {a: pytest.approx(cached[a].value, rel=1e-12) for a in addresses}


def test_summary_prints_one_page_wide(report: Path, tmp_path: Path) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        [installed("soffice"), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
        + ["--outdir", str(PICTURES), str(report / "汇总表.xlsx")],
        capture_output=True,
        timeout=180,
        check=True,
    )
    printed = PICTURES / "汇总表.pdf"
    subprocess.run([installed("pdftoppm"), "-r", "70", "-png", printed, printed.with_suffix("")], check=True)
    done = subprocess.run([installed("pdftotext"), "-layout", printed, "-"], capture_output=True, check=True)
    pages = done.stdout.decode().split("\f")
    assert "###" not in done.stdout.decode()
    # The first and the last column of each sheet stand on the same page, and so do all charts.
    for words in (
        ("序号", "状态", "合计"),
        ("主管部门", "执行率", "退回文件数"),
        ("代码", "涉及文件数", "依据"),
        ("项目名称", "偏差原因（备注）", "单元格"),
        ("原因", "怎么办"),
        ("风险值", "风险", "文件"),
        ("等级分布", "执行率与总分（重算）", "最常见的问题", "各级指标失分", "满意度（影响力）"),
        ("说明", "汇总", "版本"),
    ):
        assert any(all(word in page for word in words) for page in pages), words
