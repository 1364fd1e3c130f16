"""The page of more files than are drawn at once, up to ten thousand, in Chromium."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest

from perfxl.batch import Options, check_file, collect
from perfxl.making import Part
from perfxl.reports.html import HtmlReport
from perfxl.reports.view import View
from perfxl.review import FileReview
from tests.test_html_acceptance import ROOT, accessible, printed, probed, with_script

pytestmark = pytest.mark.acceptance

ACTING = "in/</noscript><img src=x>.xlsx"


def written(page: Path, parts: list[Part], count: int) -> Path:
    """A page of `count` files that takes the `parts` in turn."""
    with page.open("w", encoding="utf-8") as out:
        report = HtmlReport(out, View())
        for place in range(count):
            report.put(parts[place % len(parts)])
        report.close()
    return page


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    """Of the 20 files of the examples."""
    maker = HtmlReport(StringIO(), View()).maker
    return [maker(check_file(candidate, Options())) for candidate in collect([ROOT / "examples" / "returned"])]


def of_small_files(page: Path, count: int) -> Path:
    """A page of files without forms."""
    maker = HtmlReport(StringIO(), View()).maker
    return written(page, [maker(FileReview(f"文件{place}号.xlsx", "accepted")) for place in range(count)], count)


_USED = """
  const [navigation] = performance.getEntriesByType("navigation");
  const slow = [];
  const timed = (name, limit, act) => {
    const begun = performance.now();
    act();
    document.body.getBoundingClientRect();
    const took = performance.now() - begun;
    if (took > limit) slow.push(name + " " + Math.round(took));
    seen.push(shown.textContent);
  };
  if (performance.now() - navigation.responseStart > 20000) slow.push("load " + Math.round(performance.now()));
  timed("code", 3000, () => set("select[name=code]", "value", "L106"));
  timed("every code", 3000, () => set("select[name=code]", "value", ""));
  timed("grade", 3000, () => set("select[name=grade]", "value", "良好"));
  timed("every grade", 3000, () => set("select[name=grade]", "value", ""));
  timed("words", 3000, () => set("input[type=search]", "value", "古美 t104"));
  timed("no words", 3000, () => set("input[type=search]", "value", ""));
  timed("open", 1000, () => document.querySelector('a[href="#f57"]').click());
  seen.push(document.querySelector(":target").id);
  seen.push(document.querySelectorAll("*").length < 100000, slow.join(", "));
  document.body.textContent = "";
"""


def test_ten_thousand_files_stay_usable(parts: list[Part], tmp_path: Path) -> None:
    """Counts of files for each filter; few elements, whatever the number of files (two million and more if all were
    drawn); nothing slow. The limits in milliseconds are wide: a filter takes a tenth of them."""
    page = written(tmp_path / "page.html", parts, 10_000)
    with_code = 500 * sum('data-code="L106"' in part[2] for part in parts)
    good = 500 * sum('data-grade="良好"' in part[1] for part in parts)
    words = 500 * sum("古美" in part[2] and "T104" in part[2] for part in parts)
    assert min(with_code, good, words) > 0
    everything = "10000 / 10000"
    assert probed(page, tmp_path, _USED).split("; ") == [
        *(f"{with_code} / 10000", everything, f"{good} / 10000", everything, f"{words} / 10000", everything),
        *(everything, "f57", "true", ""),
    ]


_PORTIONS = """
  const portion = bar.querySelector(".portions");
  const step = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const found = () => {
    const ids = [...document.querySelectorAll("section.file")].map((section) => section.id);
    const rows = new Set([...document.querySelectorAll("tr[data-file]")].map((row) => row.dataset.file));
    const same = rows.size === ids.length && ids.every((id) => rows.has(id));
    seen.push((portion.hidden ? "-" : portion.textContent.trim()) + " " + ids[0] + " " + ids.length + " " + same);
  };
  found();
  portion.querySelector("[name=next]").click();
  found();
  portion.querySelector("[name=next]").click();
  found();
  seen.push(portion.querySelector("[name=next]").disabled, portion.querySelector("[name=previous]").disabled);
  seen.push(document.activeElement.name);
  step("j");
  seen.push(document.activeElement.id);
  step("k");
  seen.push(document.activeElement.id);
  found();
  step("j");
  step("j");
  seen.push(document.activeElement.id);
  set("select[name=status]", "value", "skipped");
  found();
  set("select[name=status]", "value", "");
  set("input[type=search]", "value", "</noscript><img");
  found();
  seen.push(visible("section.file h2").map((one) => one.textContent).join(), document.querySelector("img"));
"""


def test_portions(parts: list[Part], tmp_path: Path) -> None:
    """Rows and forms of the same hundred files; j and k step from one portion to the next."""
    acting = HtmlReport(StringIO(), View()).maker(FileReview(ACTING, "accepted"))
    page = written(tmp_path / "page.html", [*parts * 12, acting], 241)
    skipped = [place + 1 for place, part in enumerate(parts * 12) if 'data-status="skipped"' in part[2]]
    assert probed(page, tmp_path, _PORTIONS).split("; ") == [
        "‹ 1–100 › f1 100 true",
        "‹ 101–200 › f101 100 true",
        "‹ 201–241 › f201 41 true",
        *("true", "false", "previous", "f201", "f200"),
        "‹ 101–200 › f101 100 true",
        "f202",
        f"- f{skipped[0]} {len(skipped)} true",
        "- f241 1 true",
        ACTING.replace("<", "&lt;").replace(">", "&gt;"),
        "",
    ]


def test_anybody_can_use_portions(tmp_path: Path) -> None:
    checked, violations = accessible(of_small_files(tmp_path / "many.html", 101), tmp_path)
    assert (checked > 20, violations) == (True, "")


_LINKS = """
  const settled = () => new Promise((done) => setTimeout(done, 500));
  const inView = (target) => {
    const top = target === null ? -1 : target.getBoundingClientRect().top;
    return top >= bar.offsetHeight && top < innerHeight;
  };
  const found = async () => {
    await settled();
    const target = document.querySelector(":target");
    for (let more = 10; more > 0 && !inView(target); more--) await settled();
    seen.push((target ? target.id : "-") + " " + inView(target) + " " + shown.textContent);
  };
  const follow = async (id) => {
    const link = document.createElement("a");
    link.href = "#" + id;
    document.querySelector("footer").append(link);
    link.click();
    await found();
  };
  await found();
  await follow("f3");
  location.hash = "#f130c2";
  await found();
  history.back();
  await found();
  set("select[name=status]", "value", "skipped");
  await follow("f197");
  document.querySelector("#f197 a.place").click();
  await found();
  set("select[name=code]", "value", "T105");
  const mark = document.querySelector(":target a.mark");
  seen.push(document.querySelector(mark.hash).hidden);
  mark.click();
  await found();
"""


def test_links_draw_the_portion_they_lead_to(parts: list[Part], tmp_path: Path) -> None:
    """At the start, by click, by address, back, out of a filter that leaves the file out, to a hidden finding."""
    page = written(tmp_path / "page.html", parts, 240)
    with_code = 12 * sum('data-code="T105"' in part[2] for part in parts)
    assert probed(page, tmp_path, _LINKS, "--virtual-time-budget=20000", fragment="#f185c0").split("; ") == [
        "f185c0 true 240 / 240",
        "f3 true 240 / 240",
        "f130c2 true 240 / 240",
        "f3 true 240 / 240",
        "f197 true 240 / 240",
        "f197c1 true 240 / 240",
        "true",
        f"f197p0 true {with_code} / 240",
    ]


@pytest.mark.parametrize("count", [120, 301])
def test_print_is_of_all_that_fits_up_to_a_limit(tmp_path: Path, count: int) -> None:
    """A hundred files are drawn, up to three hundred printed. Where it is not all, the print says so."""
    read = printed(of_small_files(tmp_path / "page.html", count), tmp_path)
    files = [int(found) for found in re.findall("^文件([0-9]+)号.xlsx", read, re.MULTILINE)]
    last = count if count <= 300 else 100
    assert sorted(files) == sorted([*range(last)] * 2)  # in the list, and by itself
    assert ("只打印了第 1–100 个文件" in read) == (count > last)


def test_print_of_one_form(parts: list[Part], tmp_path: Path) -> None:
    """Of those that the filters leave out nothing is printed."""
    script = """
  set("input[type=search]", "value", "临江市公路事务中心-2025-初稿");
  location.hash = "#f10";
  """
    page = written(tmp_path / "page.html", parts, 20)
    read = printed(with_script(page, tmp_path, script), tmp_path)
    listed = re.findall("^(?:错误|核实|提示) ([A-Z][0-9]{3}) ", read, re.MULTILINE)
    assert listed == ["F103", "S104", "S105", "T105"]
    assert read.count("评分底稿") == 1 and "年度资金总额" in read and "推导" in read
