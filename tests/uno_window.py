"""Run by LibreOffice's Python: its window as a reader of the screen is told of it. A line of JSON each way.

`uno_window.py PIPE`; requests are `[name, argument…]`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import uno

_BAR = "private:resource/toolbar/addon_perfxl.toolbar"
_ENABLED, _FOCUSED = 7, 11
_PUSH_BUTTON, _TEXT, _PASSWORD = 44, 60, 42
"""Of com.sun.star.accessibility.AccessibleStateType and AccessibleRole."""


class Window:
    """The window in front."""

    def __init__(self, pipe: str) -> None:
        self._context = _connected(pipe)
        self._desktop = self._service("com.sun.star.frame.Desktop")

    def _service(self, name: str) -> Any:
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)

    @property
    def _controller(self) -> Any:
        # Without a window manager none may be in front.
        shown = self._desktop.getCurrentComponent() or self._desktop.Components.createEnumeration().nextElement()
        return shown.CurrentController

    def _buttons(self) -> dict[str, Any]:
        bar = self._controller.Frame.LayoutManager.getElement(_BAR).getRealInterface().getAccessibleContext()
        return {one.AccessibleName: one for one in _children(bar)}

    def toolbar(self) -> dict[str, object] | None:
        """Its title, and whether each button can be pressed; None where it is not in sight in a row of its own."""
        layout = self._controller.Frame.LayoutManager
        if not layout.isElementVisible(_BAR) or not layout.isElementDocked(_BAR):
            return None
        title = layout.getElement(_BAR).getRealInterface().getAccessibleContext().AccessibleName
        enabled = {name: one.AccessibleStateSet.contains(_ENABLED) for name, one in self._buttons().items()}
        return {"title": title, "enabled": enabled}

    def press(self, name: str) -> None:
        """A click may come back only after the last dialog that it opens."""
        threading.Thread(target=self._buttons()[name].doAccessibleAction, args=(0,), daemon=True).start()

    def idle(self) -> None:
        """Wait until everything has been done and painted."""
        self._service("com.sun.star.awt.Toolkit").processEventsToIdle()

    def dialog(self, title: str) -> list[str] | None:
        """What a dialog says; None where there is none."""
        return [one.AccessibleName for one in self._parts(title) if one.AccessibleRole != _PUSH_BUTTON] or None

    def _parts(self, title: str) -> Iterator[Any]:
        """All that is in the window of that title."""
        toolkit = self._service("com.sun.star.awt.Toolkit")
        for number in range(toolkit.getTopWindowCount()):
            shown = toolkit.getTopWindow(number).getAccessibleContext()
            if shown.AccessibleName == title:
                yield from _all(shown)

    def field(self, title: str) -> str | int | None:
        """The text of the field that a dialog's keyboard goes to; of a password's its length."""
        for one in self._parts(title):
            if one.AccessibleRole in (_TEXT, _PASSWORD) and one.AccessibleStateSet.contains(_FOCUSED):
                return len(one.Text) if one.AccessibleRole == _PASSWORD else str(one.Text)
        return None

    def select(self, sheet: str, address: str) -> None:
        controller = self._controller
        found = controller.Model.Sheets.getByName(sheet)
        controller.setActiveSheet(found)
        controller.select(found.getCellRangeByName(address))

    def text(self, sheet: str, address: str) -> str:
        return str(self._controller.Model.Sheets.getByName(sheet).getCellRangeByName(address).String)

    def quit(self) -> None:
        components = self._desktop.Components.createEnumeration()
        books = []
        while components.hasMoreElements():
            books.append(components.nextElement())
        for book in books:
            book.setModified(False)
            book.close(True)
        self._desktop.terminate()

    def place(self) -> str:
        return str(self._controller.Model.CurrentSelection.AbsoluteName).replace("$", "")


def _connected(pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(100):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.2)
    raise SystemExit("LibreOffice does not answer")


def _children(one: Any) -> Iterator[Any]:
    for number in range(one.AccessibleChildCount):
        try:
            child = one.getAccessibleChild(number).getAccessibleContext()
        except Exception:
            # Not every part of a file dialog is to be had.
            continue
        yield child


def _all(one: Any) -> Iterator[Any]:
    for child in _children(one):
        yield child
        yield from _all(child)


def main() -> None:
    window = Window(sys.argv[1])
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        call: Callable[..., object] = getattr(window, name)
        try:
            found = call(*arguments)
        except Exception as error:
            # A window closes while it is looked at: not there, as far as the asking side is concerned.
            print(f"{name}: {error!r}", file=sys.stderr)
            found = None
        print(json.dumps(found), flush=True)


main()
