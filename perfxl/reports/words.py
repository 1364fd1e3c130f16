"""The reports' own words in both languages. What a finding says is in the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfxl.finding import Finding, Language, Severity

if TYPE_CHECKING:
    from perfxl.seal import SignatureStatus, Verdict

_WORDS = {
    # status of a file or form
    "accepted": ("无错误", "no errors"),
    "returned": ("退回", "returned"),
    "unreadable": ("打不开", "unreadable"),
    "skipped": ("跳过", "skipped"),
    # kinds of form
    "self_evaluation": ("自评表", "self-evaluation"),
    "objective": ("绩效目标表", "objective form"),
    # facts of a form
    "department": ("主管部门", "department"),
    "unit": ("单位", "unit"),
    "project": ("项目", "project"),
    "year": ("年度", "year"),
    "scheme": ("方案", "scheme"),
    "initial_budget": ("年初预算", "initial budget"),
    "adjusted_budget": ("全年预算", "adjusted budget"),
    "executed": ("全年执行", "executed"),
    "rate": ("执行率", "execution rate"),
    "total": ("总分", "total"),
    "grade": ("等级", "grade"),
    "yuan": ("元", "yuan"),
    "blank": ("未填", "blank"),
    "recomputed": ("重算", "by rule"),
    "if_full": ("补满", "if full"),
    # the score table
    "indicator": ("指标", "indicator"),
    "max_score": ("分值", "points"),
    "reported": ("填报", "reported"),
    "computed": ("应为", "by rule"),
    "derivation": ("推导", "derivation"),
    "cell": ("单元格", "cell"),
    "score_table": ("评分底稿", "scores"),
    # the form's own columns
    "funds": ("资金", "funds"),
    "level1": ("一级指标", "level 1"),
    "level2": ("二级指标", "level 2"),
    "level3": ("三级指标", "level 3"),
    "target": ("指标值", "target"),
    "actual": ("实际完成值", "actual"),
    "score": ("得分", "score"),
    "note": ("备注", "note"),
    # findings
    "severity": ("级别", "severity"),
    "code": ("代码", "code"),
    "name": ("名称", "name"),
    "message": ("问题", "message"),
    "source": ("依据", "source"),
    "why": ("为什么", "why"),
    "fix": ("怎么改", "how to mend"),
    "settled": ("已说明", "explained"),
    "no_findings": ("没有问题", "no findings"),
    "suspended": ("停用", "suspended"),
    "code_at": ("源码", "source code"),
    "not_scored": ("绩效目标表不计分", "objective forms carry no points"),
    # the seal
    "seal_code": ("封签码", "seal code"),
    "submission": ("提交次数", "submission"),
    "signer": ("锁定人", "locked by"),
    "signed_by": ("签名单位", "signed by"),
    "time": ("时间", "time"),
    "locked": ("锁定", "locked"),
    "unlocked": ("解锁", "unlocked"),
    "other_seal": ("封签是另一张表的", "the seal was made for another form"),
    "receipt_same": ("回执就是这一份的", "the receipt is for this form"),
    "receipt_other": ("回执是另一份的", "the receipt is for another form"),
    "receiver": ("接收方", "receiver"),
    "code_agrees": ("与所给封签码一致", "agrees with the given seal code"),
    "code_differs": ("与所给封签码不一致", "does not agree with the given seal code"),
    "seal": ("封签", "seal"),
    "seal_open": ("已解锁", "unlocked"),
    # several files
    "across": ("几份表之间", "across files"),
    "spot_checks": ("抽查", "spot checks"),
    "weight": ("风险值", "weight"),
    "risks": ("风险", "risks"),
    # two submissions
    "old": ("旧", "old"),
    "new": ("新", "new"),
    "same_form": ("内容没有不同", "no differences"),
    "only_old": ("只在旧的里有", "only in the old one"),
    "only_new": ("只在新的里有", "only in the new one"),
    "added": ("增加", "added"),
    "removed": ("删去", "removed"),
    "renamed": ("改名", "renamed"),
    "mended": ("已解决", "mended"),
    "remaining": ("仍有", "remaining"),
    "arisen": ("新出现", "new findings"),
    "differing": ("有改动", "changed"),
    "unchanged": ("没有改动", "unchanged"),
    # roll-up
    "replaced": ("已被替换", "replaced"),
    # totals
    "summary": ("汇总", "summary"),
    "status": ("状态", "status"),
    "file": ("文件", "file"),
    "form": ("表", "form"),
    "mean": ("平均分", "mean score"),
    "weighted_mean": ("按预算加权平均分", "mean score weighted by budget"),
    "grades": ("等级分布", "grades"),
    "rate_and_total": ("执行率与总分", "execution rate and total"),
    "frequent": ("最常见的问题", "most frequent problems"),
    "lost": ("各级指标失分", "points lost"),
    "budget_sum": ("预算合计", "budget"),
    "executed_sum": ("执行合计", "executed"),
}


def word(key: str, lang: Language) -> str:
    return _WORDS[key][0 if lang == "zh" else 1]


def words_of(key: str) -> tuple[str, str]:
    """In Chinese and in English."""
    return _WORDS[key]


def colon(lang: Language) -> str:
    return "：" if lang == "zh" else ": "


def brackets(text: str, lang: Language) -> str:
    return f"（{text}）" if lang == "zh" else f" ({text})"


def severity_word(finding: Finding, lang: Language) -> str:
    """错误, 核实, 提示; a 核实 whose 说明 is written says so."""
    settled = brackets(word("settled", lang), lang) if finding.settled else ""
    return finding.severity.label(lang) + settled


def seal_word(verdict: Verdict | None, lang: Language) -> str:
    """`完好`, `有改动`, `完好·签名有效`, `已解锁`; empty for a file that was never sealed."""
    if verdict is None:
        return ""
    from perfxl.seal import STATUS_WORDS

    status = STATUS_WORDS[verdict.status][0 if lang == "zh" else 1]
    said = word("seal_open", lang) if verdict.opened and verdict.status != "damaged" else status
    return said if verdict.signature == "none" else f"{said}·{signature_word(verdict.signature, lang)}"


def with_cure(finding: Finding, lang: Language) -> str:
    """What a finding about a whole file says, and what to do."""
    return f"{finding.message(lang)}{'。' if lang == 'zh' else '. '}{finding.fix(lang)}"


def signature_word(status: SignatureStatus, lang: Language) -> str:
    from perfxl.seal import SIGNATURE_WORDS

    return SIGNATURE_WORDS[status][0 if lang == "zh" else 1]


SEVERITIES = (Severity.error, Severity.query, Severity.info)
"""From the gravest down, as every report lists them."""
