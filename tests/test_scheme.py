"""The built-in schemes carry their documents' numbers; a scheme that does not fit is answered in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from perfxl.scheme import Scheme
from perfxl.scheme_diff import differences
from perfxl.scheme_files import SchemeError, builtin_schemes, check_file, load_scheme, overlapping, scheme_named
from perfxl.scheme_fit import sources_used

FOLDER = Path(__file__).parent.parent / "perfxl" / "schemes"
IDS = sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.glob("*/*.toml"))
MODEL = (FOLDER / "mof/2020.toml").read_text("utf-8")
BANDED = (FOLDER / "shanghai/2020.toml").read_text("utf-8")


def numbers(scheme: Scheme) -> dict[str, object]:
    """What domain.md states of a scheme."""
    execution, rules = scheme.execution, scheme.indicators
    return {
        "years": (scheme.valid_from, scheme.valid_to),
        "unit": scheme.amount_unit,
        "execution": execution and (int(execution.weight.value), execution.rule, execution.inside_group),
        "groups": {group.name: group.points and int(group.points.value) for group in scheme.groups},
        "grades": {grade.word: int(grade.low.value) for grade in scheme.grades},
        "cap": rules and rules.cap and int(rules.cap.value),
        "proportional": rules and rules.proportional,
        "qualitative": [str(band.low) for band in rules.qualitative_bands] if rules else [],
    }


FOUR = {"投入与管理": 36, "产出目标": 34, "效果目标": 15, "影响力目标": 15}
SHANGHAI = {"优秀": 90, "良好": 75, "合格": 60, "不合格": 0}
FIFTY_THIRTY_TEN = {"产出指标": 50, "效益指标": 30, "满意度指标": 10}
OPEN = {"产出指标": None, "效益指标": None, "满意度指标": None}


NUMBERS: dict[str, dict[str, object]] = {
    "mof/2020": {
        "years": (2020, None), "unit": "万元", "execution": (10, "proportional", None),
        "groups": FIFTY_THIRTY_TEN, "grades": {"优": 90, "良": 80, "中": 60, "差": 0},
        "cap": None, "proportional": True, "qualitative": ["0.8", "0.6", "0"],
    },
    "mof/2021-objective": {
        "years": (2021, None), "unit": "万元", "execution": None, "groups": {**OPEN, "成本指标": None},
        "grades": {}, "cap": None, "proportional": None, "qualitative": [],
    },
    "shanghai/2019": {
        "years": (2019, 2019), "unit": "元", "execution": (8, "bands", "投入与管理"),
        "groups": FOUR, "grades": SHANGHAI, "cap": None, "proportional": False, "qualitative": [],
    },
    "shanghai/2020": {
        "years": (2020, None), "unit": "元", "execution": (8, "bands", "投入与管理"),
        "groups": FOUR, "grades": SHANGHAI, "cap": None, "proportional": False, "qualitative": [],
    },
    "shanghai/2020-10-90": {
        "years": (2020, None), "unit": "元", "execution": (10, "proportional", None),
        "groups": FIFTY_THIRTY_TEN, "grades": {}, "cap": None, "proportional": True,
        "qualitative": ["0.8", "0.6", "0"],
    },
    "shanghai/2020-objective": {
        "years": (2020, None), "unit": "元", "execution": None, "groups": dict.fromkeys(FOUR),
        "grades": {}, "cap": None, "proportional": None, "qualitative": [],
    },
    "lincang/2021": {
        "years": (2021, None), "unit": "万元", "execution": (10, "proportional", None),
        "groups": OPEN, "grades": {"优": 95, "良": 85, "中": 60, "差": 0},
        "cap": 30, "proportional": True, "qualitative": [],
    },
    "hubei/2021": {
        "years": (2021, None), "unit": "万元", "execution": (20, "proportional", None),
        "groups": OPEN, "grades": {}, "cap": None, "proportional": True, "qualitative": ["0.8", "0.5", "0"],
    },
}  # fmt: skip


@pytest.mark.parametrize("scheme_id", IDS)
def test_numbers_are_those_of_the_documents(scheme_id: str) -> None:
    assert numbers(builtin_schemes()[scheme_id]) == NUMBERS[scheme_id]


def test_ids_are_the_paths() -> None:
    assert sorted(builtin_schemes()) == IDS
    assert [scheme.id for scheme in builtin_schemes().values()] == list(builtin_schemes())
    assert builtin_schemes().get("../schemes/mof/2020") is None


@pytest.mark.parametrize("scheme_id", IDS)
def test_what_comes_with_perfxl_is_as_pydantic_would_have_it(scheme_id: str) -> None:
    """The check of a file makes it without pydantic, which is what says whether a scheme's values fit."""
    assert load_scheme(FOLDER / f"{scheme_id}.toml") == builtin_schemes()[scheme_id]


@pytest.mark.parametrize("scheme_id", IDS)
def test_file_has_nothing_to_report(scheme_id: str) -> None:
    assert check_file(FOLDER / f"{scheme_id}.toml") == []


@pytest.mark.parametrize("scheme", builtin_schemes().values(), ids=lambda scheme: scheme.id)
def test_every_source_exists_and_says_what_it_is(scheme: Scheme) -> None:
    assert set(sources_used(scheme)) == set(scheme.sources)
    assert all(len(source.title) > 10 for source in scheme.sources.values())


@pytest.mark.parametrize("scheme", builtin_schemes().values(), ids=lambda scheme: scheme.id)
def test_optional_rules_are_off(scheme: Scheme) -> None:
    assert scheme.total_caps == ()
    assert scheme.execution is None or scheme.execution.zero_below is None
    assert scheme.indicators is None or scheme.indicators.over_fulfilment is None


@pytest.mark.parametrize(
    ("scheme_id", "confirmed"),
    [
        ("mof/2020", {"notice10": False, "notes": True, "outline": False, "perfxl": False}),
        ("mof/2021-objective", {"printed": False, "perfxl": False}),
        ("shanghai/2019", {"form": True, "form2020": False, "perfxl": False}),
        ("shanghai/2020", {"form": True, "rules": True, "note2": True, "perfxl": False}),
        ("shanghai/2020-10-90", {"form": True, "notes": True, "perfxl": False}),
        ("shanghai/2020-objective", {"form": True, "perfxl": False}),
        ("lincang/2021", {"report": True, "notice4": True, "perfxl": False}),
        (
            "hubei/2021",
            {"form": True, "layout": False, "note1": True, "note2": True, "note3": True, "outline": False}
            | {"perfxl": False},
        ),
    ],
)
def test_confirmed_where_the_document_was_seen(scheme_id: str, confirmed: dict[str, bool]) -> None:
    scheme = builtin_schemes()[scheme_id]
    assert {key: scheme.confirmed(key) for key in scheme.sources} == confirmed


@pytest.mark.parametrize("scheme_id", ["shanghai/2019", "shanghai/2020"])
def test_bands_of_the_execution_rate(scheme_id: str) -> None:
    execution = builtin_schemes()[scheme_id].execution
    assert execution is not None
    assert [(b.low_rate, b.high_rate, b.low, b.high) for b in execution.bands] == [
        (Decimal("0.9"), None, Decimal(8), Decimal(8)),
        (Decimal("0.8"), Decimal("0.9"), Decimal(6), Decimal(8)),
        (Decimal("0.7"), Decimal("0.8"), Decimal(4), Decimal(6)),
    ]


@pytest.mark.parametrize(
    ("scheme_id", "points"), [("shanghai/2019", [6, 8, 5, 5, 8, 4]), ("shanghai/2020", [5, 5, 8, 8, 6, 4])]
)
def test_preset_rows_in_printed_order(scheme_id: str, points: list[int]) -> None:
    preset = builtin_schemes()[scheme_id].groups[0].preset
    assert [row.points for row in preset] == points
    assert [(row.name, row.points) for row in preset if row.execution] == [("预算执行率", Decimal(8))]


@pytest.mark.parametrize(
    ("scheme_id", "kinds"),
    [
        ("mof/2020", ["数量指标", "时效指标", "服务对象满意度指标"]),
        ("shanghai/2020-10-90", ["时效指标"]),
        ("lincang/2021", []),
    ],
)
def test_required_kinds_of_indicator(scheme_id: str, kinds: list[str]) -> None:
    groups = builtin_schemes()[scheme_id].groups
    assert [kind.name for group in groups for kind in group.level2 if kind.required] == kinds


@pytest.mark.parametrize("scheme_id", ["shanghai/2019", "shanghai/2020"])
def test_required_fields_of_the_four_dimensions(scheme_id: str) -> None:
    header = builtin_schemes()[scheme_id].layout.header
    required = {field.id for field in header if field.required}
    assert {"recurring", "achievements", "problems", "measures"} <= required


def test_no_two_schemes_for_one_form_in_one_year() -> None:
    assert overlapping(builtin_schemes().values()) == []


def test_overlap_is_found_whichever_starts_first() -> None:
    schemes = builtin_schemes()
    longer = replace(schemes["shanghai/2019"], valid_to=None)
    assert overlapping([longer, schemes["shanghai/2020"]]) == [("shanghai/2019", "shanghai/2020")]
    assert overlapping([schemes["shanghai/2020"], longer]) == [("shanghai/2020", "shanghai/2019")]


def test_differences_name_the_key_and_both_values() -> None:
    assert differences(builtin_schemes()["mof/2020"], builtin_schemes()["mof/2020"]) == []
    edited = MODEL.replace("{ value = 90,", "{ value = 92,").replace('  { name = "成本指标" },\n', "")
    assert differences(builtin_schemes()["mof/2020"], written(edited)) == [
        ("groups.产出指标.level2.成本指标.name", "成本指标", "—"),
        ("groups.产出指标.level2.成本指标.required", "false", "—"),
        ("groups.产出指标.level2.成本指标.rows", "2", "—"),
        ("grades.优.low.value", "90", "92"),
    ]


def test_an_added_row_stands_where_it_was_added() -> None:
    edited = MODEL.replace('  { name = "成本指标" },\n', "")
    keys = [key for key, _, _ in differences(written(edited), builtin_schemes()["mof/2020"])]
    assert keys == [f"groups.产出指标.level2.成本指标.{key}" for key in ("name", "required", "rows")]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Scheme:
    """The scheme of a file 本市.toml with that text."""
    Path("本市.toml").write_text(text, "utf-8")
    return load_scheme(Path("本市.toml"))


def complaint(text: str) -> str:
    with pytest.raises(SchemeError) as caught:
        written(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("denominator =", "denominater =", "execution.denominater: 没有这个键，是否应为 denominator？"),
        ("weight = {", "wieght = {", "execution.wieght: 没有这个键，是否应为 weight？"),
        ("[full_score]\nvalue = 100\n", "[full_score]\n", "full_score.value: 缺少此键，请补上"),
        ("value = 100", 'value = "一百"', "full_score.value: 应为数字，现为 “一百”"),
        ("value = 100", "value = true", "full_score.value: 应为数字，现为 true"),
        ("value = 100", "value = -1", "full_score.value: 应不小于 0，现为 -1"),
        ("{ value = 50,", "{ value = 5000,", "groups 第1项.points.value: 应不大于 1000，现为 5000"),
        ("valid_from = 2020", "valid_from = 2020.5", "valid_from: 应为整数，现为 2020.5"),
        ("valid_from = 2020", "valid_from = 2020\nvalid_to = 2019",
         "valid_to: 应不早于 valid_from 的 2020，现为 2019"),
        ('amount_unit = "万元"', 'amount_unit = "亿元"', "amount_unit: 应为 元、万元 之一，现为 “亿元”"),
        ('"质量指标" }', '"质量指标", required = "是" }',
         "groups 第1项.level2 第2项.required: 应为 true 或 false，现为 “是”"),
        ('name = "质量指标"', "name = 2", "groups 第1项.level2 第2项.name: 应为加引号的文字，现为 2"),
        ('level2 = [{ name = "服务对象满意度指标", required = true }]', 'level2 = "满意度"',
         "groups 第3项.level2: 应为数组，写作 [ … ]，现为 “满意度”"),
        ('weight = { value = 10, source = "notice10" }', "weight = 10",
         "execution.weight: 应为表，写作 { … }，现为 10"),
        ('{ value = 50, source = "notice10" }', '{ value = 50, source = "notice11" }',
         "sources: 缺少 notice11，有 source 引用了它，请补上"),
        ("low = { value = 80,", "low = { value = 95,",
         "grades: low 应从高到低、互不相同、最低一档为 0，现为 90、95、60、0"),
        ("{ value = 30,", "{ value = 35,", "groups: points 之和加表外的执行率分值应为 100，现为 105"),
        ('rule = "proportional"', 'rule = "bands"', 'execution: rule = "bands" 与 bands 应同时出现'),
        ('low = 0.6, high = 0.8', 'low = 0.6, high = 0.78',
         "indicators.qualitative_bands: 各档应从 1 到 0 首尾相接"),
        ("[thresholds]",
         '[checks]\nregrade = [{ code = "Z999", severity = "info", since = "", reason = "" }]\n[thresholds]',
         "checks.regrade 第1项.code: 应为 catalog.toml 中的代码，现为 “Z999”"),
        ("[full_score]\nvalue = 100", "[full_score]\nvalue 100",
         "第 21 行第 7 列不合 TOML 写法（Expected '=' after a key in a key/value pair）；请改正这一处"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_key_and_expectation(right: str, wrong: str, message: str) -> None:
    assert right in MODEL
    assert complaint(MODEL.replace(right, wrong, 1)) == f"本市.toml: {message}"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("low_rate = 0.8, high_rate = 0.9", "low_rate = 0.78, high_rate = 0.9",
         "execution.bands: 应从高到低首尾相接，每档的 high_rate 等于上一档的 low_rate"),
        ("low = 8, high = 8", "low = 8, high = 9", "execution.bands: 最高分应为 weight 的 8，现为 9"),
        ('inside_group = "投入与管理"', 'inside_group = "产出目标"',
         "execution.inside_group: 应为含 execution = true 的预设行的一级指标，该行 points 等于 weight"),
        ("points = 6\n", "points = 5\n", "groups.投入与管理.preset: points 之和应等于 points 的 36，现为 35"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_bands_or_preset_rows(right: str, wrong: str, message: str) -> None:
    assert BANDED.count(right) == 1
    assert complaint(BANDED.replace(right, wrong)) == f"本市.toml: {message}"


def test_a_key_like_no_other_brings_the_list_of_keys() -> None:
    assert complaint(MODEL.replace("[full_score]", '[full_score]\n"备注" = 1')) == (
        "本市.toml: full_score.备注: 没有这个键，可用的键：value、source"
    )


def test_every_mistake_gets_its_line() -> None:
    wrong = MODEL.replace("{ value = 30,", "{ value = 35,").replace("low = { value = 80,", "low = { value = 95,")
    assert complaint(wrong).splitlines() == [
        "本市.toml: grades: low 应从高到低、互不相同、最低一档为 0，现为 90、95、60、0",
        "本市.toml: groups: points 之和加表外的执行率分值应为 100，现为 105",
    ]


def test_a_self_evaluation_needs_its_rules() -> None:
    wrong = MODEL.replace('[full_score]\nvalue = 100\nsource = "notice10"\n', "")
    assert complaint(wrong) == '本市.toml: full_score: 缺少此键，kind = "self_evaluation" 的方案必须有'


def test_files_that_cannot_be_read() -> None:
    with pytest.raises(SchemeError, match=r"^无此文件\.toml: 没有这个文件；请核对路径$"):
        load_scheme(Path("无此文件.toml"))
    Path("本市.toml").write_bytes("name = '财政'".encode("gbk"))
    with pytest.raises(SchemeError, match=r"^本市\.toml: 不是 UTF-8 编码的文本；请另存为 UTF-8$"):
        load_scheme(Path("本市.toml"))


def test_check_file_names_collisions_and_idle_sources() -> None:
    extra = '[sources.idle]\ntitle = "没有数字引用的文件"\nconfirmed = true\n\n[sources.perfxl]'
    text = MODEL.replace('id = "mof/2020"', 'id = "mof/2024"').replace("[sources.perfxl]", extra)
    Path("本市.toml").write_text(text, "utf-8")
    assert check_file(Path("本市.toml")) == [
        "本市.toml: sources.idle: 没有数字引用这个来源",
        "本市.toml: valid_from: 适用年度与方案 mof/2020 重叠，同地同类每年应只有一个方案",
    ]


def test_check_file_passes_on_what_does_not_load() -> None:
    Path("本市.toml").write_text(MODEL.replace("value = 100", 'value = "一百"'), "utf-8")
    assert check_file(Path("本市.toml")) == ["本市.toml: full_score.value: 应为数字，现为 “一百”"]


def test_scheme_named_takes_an_id_or_a_file() -> None:
    assert scheme_named("lincang/2021").id == "lincang/2021"
    Path("本市.toml").write_text(MODEL.replace('id = "mof/2020"', 'id = "benshi/2024"'), "utf-8")
    assert scheme_named("本市.toml").id == "benshi/2024"
    with pytest.raises(SchemeError) as caught:
        scheme_named("mof/1999")
    assert str(caught.value) == f"没有方案 mof/1999；可用：{'、'.join(builtin_schemes())}"
