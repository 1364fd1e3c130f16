"""The page of a run: it stands alone, says what there is, and runs nothing but its own script."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from perfxl.finding import Finding
from perfxl.grid import Workbook
from perfxl.reports.escaping import html_text, html_texts
from perfxl.reports.html import HtmlReport
from perfxl.reports.view import View
from perfxl.review import FileReview, review_workbook
from tests.grids import form_grid
from tests.sample_reviews import evaluation, report, reviewed, sample_files


class _Page(HTMLParser):
    """Collects what a page would run, load or name."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]


def test_the_page_stands_alone() -> None:
    text = report("html")
    page = _Page()
    page.feed(text)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("script") == 1
    assert not {"link", "img", "iframe", "object", "base"} & set(tags)
    attributes = {name for _, found in page.tags for name in found}
    assert not {name for name in attributes if name.startswith("on") or name == "src"}
    assert "http:" not in text and "https:" not in text and "url(" not in text and "@import" not in text
    assert next(found["lang"] for tag, found in page.tags if tag == "html") == "zh-CN"
    assert len(page.ids) == len(set(page.ids))
    targets = [found["href"] for tag, found in page.tags if tag == "a"]
    assert {target.removeprefix("#") for target in targets if target} <= set(page.ids)


def test_no_text_ends_what_browsers_with_scripts_take_for_plain_text() -> None:
    """They read <noscript> up to the next `</noscript`, whatever stands before it."""
    acting = "a</noscript><script>alert(1)</script><!--.xlsx"
    form = evaluation(acting, project=acting)
    found = Finding("N105", form.total.at, acting, acting, acting, {"text": acting})
    files = [FileReview(acting, "returned", (reviewed(form, found),), (found,)), *sample_files()]
    text = report("html", files=files)
    held = re.findall("<noscript>(.*?)</noscript", text, re.DOTALL)
    assert len(held) == text.count("<noscript") == text.count("</noscript") == len(files) + 1
    assert [re.findall(' (?:data-file|id)="(f[0-9]+)"', part)[:1] for part in held] == [
        *(["f1"], ["f1"], ["f2"], ["f3"], ["f4"], ["f5"])
    ]
    assert "<section" not in re.sub("<noscript>.*?</noscript", "", text, flags=re.DOTALL)
    assert text.count("<script") == text.count("</script") == 1
    assert text.count("<!--") == report("html", files=[]).count("<!--")


def test_the_page_lets_only_its_own_script_run() -> None:
    text = report("html")
    policy = re.search(r'content="(default-src [^"]*)"', text)
    assert policy and policy[1].startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")


def test_the_page_says_place_numbers_rule_and_cure() -> None:
    text = report("html")
    assert "总分填 96，各项得分之和为 69.86" in text
    assert '<a class="place" href="#f2c1">自评表!G15</a>' in text
    assert "怎么改：改正总分，或补填、改正各项得分。" in text
    assert "10 × min(627,430.69 ÷ 636,500.00, 1) = 9.86" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u202e反\\x1b[31m" in text


def test_findings_and_their_cells_lead_to_each_other() -> None:
    text = report("html")
    blank, total = "自评表!G13", "自评表!G15"
    assert re.findall('<a class="place" href="#f2(c[0-9]+)">([^<]*)</a>', text) == [("c1", total), ("c0", blank)]
    assert re.findall('<td id="f2(c[0-9]+)" data-found="error"[^>]*>([^<]*) <a [^>]*href="#f2(p[0-9]+)">', text) == [
        ("c0", "未填", "p1"),
        ("c1", "96", "p0"),
    ]
    assert re.findall('<li id="f2(p[0-9]+)" class="error" data-severity="error" data-code="([A-Z0-9]+)"', text) == [
        ("p0", "T101"),
        ("p1", "S104"),
    ]


def test_the_page_draws_only_what_there_is() -> None:
    assert report("html").count("<figure>") == 5
    assert "<figure>" not in report("html", files=[])


@pytest.mark.parametrize("texts", [["a", "97.86"], ["a", "<b"], ["_x00", "0D_"], ["\u3000甲", "乙\n丙", "\u202e"], []])
def test_texts_together_are_escaped_as_each_alone(texts: list[str]) -> None:
    assert html_texts(texts) == [html_text(text) for text in texts]


def test_an_objective_form_with_names_alone() -> None:
    grid = form_grid("shanghai-2020-objective", {f"D{row}": "" for row in range(20, 29)})
    file = review_workbook(Workbook("a.xlsx", (grid,)), "a.xlsx")
    assert "<td>预算执行率</td></tr>" in report("html", files=[file])


def test_slots_in_a_workbook_are_left_alone() -> None:
    files = [FileReview("@sections@ @title@.xlsx", "accepted")]
    assert report("html", files=files).count("@sections@ @title@.xlsx") == 2


def test_the_page_links_the_files_of_its_folder() -> None:
    out = io.StringIO()
    page = HtmlReport(out, View(), Path("build/demo"))
    page.add(FileReview("in/报 表#1.xlsx", "accepted"))
    page.close()
    assert 'href="../../in/%E6%8A%A5%20%E8%A1%A8%231.xlsx"' in out.getvalue()
