"""The references and rules that the tests of expressions share."""

from __future__ import annotations

from decimal import Decimal

from perfxl.expr import minimum, ref, ref_range, round_half_up, when

BUDGET = ref("budget", "全年预算数", "money")
EXECUTED = ref("executed", "全年执行数", "money")
WEIGHT = ref("weight", "分值")
ACTUAL = ref("actual", "实际完成值")
TARGET = ref("target", "年度指标值")
KIND = ref("kind", "指标类型", "text")
SCORES = ref_range("scores", "得分")
CELLS = {
    "budget": "$D$6",
    "executed": "$E$6",
    "weight": "F12",
    "actual": "H12",
    "target": "G12",
    "kind": "D12",
    "scores": "I12:I30",
}
SHANGHAI = (
    (Decimal("0.9"), Decimal(8), Decimal(1), Decimal(8)),
    (Decimal("0.8"), Decimal(6), Decimal("0.9"), Decimal(8)),
    (Decimal("0.7"), Decimal(4), Decimal("0.8"), Decimal(6)),
)
GRADES = ((Decimal(90), "优"), (Decimal(80), "良"), (Decimal(60), "中"), (Decimal(0), "差"))
EXECUTION_POINTS = round_half_up(10 * minimum(EXECUTED / BUDGET, 1), 2)
REVERSE = when(
    TARGET.equals(0),
    when(ACTUAL.equals(0), WEIGHT, 0),
    when(ACTUAL.equals(0), WEIGHT, round_half_up(WEIGHT * minimum(TARGET / ACTUAL, 1), 2)),
)
