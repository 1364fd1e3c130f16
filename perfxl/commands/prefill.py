"""What a 绩效目标表 already says about the form that is to be filled."""

from __future__ import annotations

import sys
from pathlib import Path

from perfxl.commands.problems import UsageProblem
from perfxl.commands.workbooks import unreadable
from perfxl.finding import Language
from perfxl.form import ObjectiveForm
from perfxl.reports.escaping import visible


def objective_form(path: Path, lang: Language) -> ObjectiveForm:
    """The first 绩效目标表 of a workbook; stderr says so where there are more. UsageProblem where there is none."""
    from perfxl.limits import Limits, run_here
    from perfxl.reading import read_forms
    from perfxl.sources import UnreadableFile, read_workbook

    try:
        forms = run_here(lambda: read_forms(read_workbook(path)), Limits())
    except UnreadableFile as error:
        raise UsageProblem(f"{path}: {unreadable(error, 'zh')}", f"{path}: {unreadable(error, 'en')}") from error
    found = [form for form in forms if isinstance(form, ObjectiveForm)]
    if not found:
        raise UsageProblem(
            f"{path} 里没有绩效目标表；请用 --from 指定填好的目标表",
            f"no objective form in {path}; name a filled one with --from",
        )
    if len(found) > 1:
        project = visible(found[0].project)
        said = (
            f"里有 {len(found)} 张绩效目标表，取第 1 张：{project}",
            f"has {len(found)} objective forms, the first one is taken: {project}",
        )
        print(f"{visible(str(path))} {said[lang == 'en']}", file=sys.stderr)
    return found[0]
