"""Edits that cannot be made, where several places say the same. Nothing was changed, and the cure follows."""

from __future__ import annotations

from perfxl.edit import EditError


def misshapen(zh: str, en: str) -> EditError:
    """What another program or damage has left in the file; Excel and WPS mend it when they write the file anew."""
    return EditError(
        f"{zh}，未作修改；请在 Excel 或 WPS 中打开，另存为新的 .xlsx 再试",
        f"{en}, so nothing was changed; open the file in Excel or WPS, save it as a new .xlsx and try again",
    )


def own_error(zh: str, en: str) -> EditError:
    """What must not happen whatever the file holds."""
    return EditError(
        f"{zh}，未作修改；这是 perfxl 的错误，请在 Excel 或 WPS 中另存为新的 .xlsx 再试，并把原文件发给维护人员",
        f"{en}, so nothing was changed; this is an error of perfxl: save the file as a new .xlsx in Excel or WPS and"
        " try again, and send the original to the maintainers",
    )


def no_sheet(name: str) -> EditError:
    return EditError(
        f"文件中没有工作表“{name}”，未作修改；请核对表名，改过名的请改回再试",
        f"there is no sheet “{name}”, so nothing was changed; check its name, and undo a renaming",
    )


def sheet_exists(name: str) -> EditError:
    return EditError(
        f"文件中已有工作表“{name}”，未作修改；请先给它改名再试",
        f"there is a sheet “{name}” already, so nothing was changed; rename it and try again",
    )


def only_sheet(name: str) -> EditError:
    return EditError(
        f"“{name}”是唯一可见的工作表，不能删除，未作修改；请先另加一张工作表再试",
        f"“{name}” is the only sheet in sight and stays, so nothing was changed; add another sheet and try again",
    )


def protected(place: str) -> EditError:
    """`place` is a sheet or a cell; empty: the structure of the workbook."""
    return EditError(
        f"{_zh(place)}受保护，未作修改；请先在“审阅”中撤销保护再试，锁定提交过的表请用“解锁”",
        f"{_en(place)} is protected, so nothing was changed; take the protection off under Review and try again, or"
        " unlock the form where it was locked for submission",
    )


def wrong_password(place: str) -> EditError:
    """`place` as in `protected`."""
    return EditError(
        f"{_zh(place)}受密码保护，密码不符，未作修改；请核对密码再试，没有问到密码时请先在“审阅”中撤销保护",
        f"{_en(place)} is protected by another password, so nothing was changed; check the password and try again, or"
        " take the protection off under Review where no password was asked for",
    )


def _zh(place: str) -> str:
    return f"“{place}”" if place else "工作簿结构"


def _en(place: str) -> str:
    return f"“{place}”" if place else "the structure of the workbook"
