"""Questions to the person in front of LibreOffice."""

from __future__ import annotations

from typing import Any

import uno

_OK = 1
_WIDTH = 220
_POSITION = 3
"""com.sun.star.awt.PosSize.POS"""
_ANSWERS = {0: "cancel", 1: "ok", 2: "yes", 3: "no"}
_PUSH = {"ok": 1, "cancel": 2}
"""com.sun.star.awt.PushButtonType"""
_BUTTONS = {"ok": 0x10001, "ok_cancel": 0x10002, "yes_no": 0x40003, "yes_no_cancel": 0x40004}
"""com.sun.star.awt.MessageBoxButtons, the first one the one for the enter key."""


def alert(session: Any, prompt: str, title: str, buttons: str, critical: bool) -> str:
    """The button that was pressed; closing the window is the one that changes nothing."""
    window = session.frame().ContainerWindow
    kind = uno.Enum("com.sun.star.awt.MessageBoxType", _kind(buttons, critical))
    box = window.Toolkit.createMessageBox(window, kind, _BUTTONS[buttons], title, prompt)
    answer = _ANSWERS[box.execute()]
    box.dispose()
    if answer == "cancel" and "cancel" not in buttons:
        return "no" if buttons == "yes_no" else "ok"
    return answer


def _kind(buttons: str, critical: bool) -> str:
    if critical:
        return "ERRORBOX"
    return "INFOBOX" if buttons == "ok" else "QUERYBOX"


def ask(session: Any, kind: str, prompt: str, default: str) -> str | None:
    """None when the person calls off."""
    if kind == "file":
        picker = session.service("com.sun.star.ui.dialogs.FilePicker")
        picker.setTitle(prompt)
        if picker.execute() != _OK:
            return None
        return str(uno.fileUrlToSystemPath(picker.getFiles()[0]))
    if kind == "folder":
        picker = session.service("com.sun.star.ui.dialogs.FolderPicker")
        picker.setTitle(prompt)
        if default:
            picker.setDisplayDirectory(uno.systemPathToFileUrl(default))
        return str(uno.fileUrlToSystemPath(picker.getDirectory())) if picker.execute() == _OK else None
    return _typed(session, prompt, default, secret=kind == "password")


def _typed(session: Any, prompt: str, default: str, *, secret: bool) -> str | None:
    model = session.service("com.sun.star.awt.UnoControlDialogModel")
    lines = sum(1 + len(line) // 40 for line in prompt.split("\n"))
    label = 10 * lines + 4
    model.Title, model.Width, model.Height = "绩效自评", _WIDTH, label + 50

    def add(kind: str, name: str, x: int, y: int, width: int, height: int, **settings: object) -> None:
        part = model.createInstance(f"com.sun.star.awt.UnoControl{kind}Model")
        part.PositionX, part.PositionY, part.Width, part.Height = x, y, width, height
        for key, value in settings.items():
            part.setPropertyValue(key, value)
        model.insertByName(name, part)

    add("FixedText", "prompt", 8, 6, _WIDTH - 16, label, Label=prompt, MultiLine=True)
    add("Edit", "answer", 8, label + 8, _WIDTH - 16, 14, Text=default, EchoChar=ord("*") if secret else 0)
    for x, name, caption in ((_WIDTH - 116, "ok", "确定"), (_WIDTH - 58, "cancel", "取消")):
        add(
            "Button", name, x, label + 28, 50, 16, Label=caption, PushButtonType=_PUSH[name], DefaultButton=name == "ok"
        )
    dialog = session.service("com.sun.star.awt.UnoControlDialog")
    dialog.setModel(model)
    window = session.frame().ContainerWindow
    dialog.createPeer(window.Toolkit, window)
    own, around = dialog.getPosSize(), window.getPosSize()
    dialog.setPosSize((around.Width - own.Width) // 2, (around.Height - own.Height) // 2, 0, 0, _POSITION)
    try:
        return str(dialog.getControl("answer").Text) if dialog.execute() == _OK else None
    finally:
        dialog.dispose()
