"""The named templates of the workspace, as the window knows them: the engine keeps them, other windows change them too.

What is changed here is seen here at once; what the engine says of it comes a moment later.
"""

from __future__ import annotations

from concurrent.futures import Future, wait
from functools import partial

from PySide6.QtCore import QObject, Signal

from eventmon.engine.frame import Frame
from eventmon.engine.requests import ChangeTemplates, ReadTemplates
from eventmon.engine.template_definitions import Place
from eventmon.engine.templates import NamedTemplate
from eventmon.gui.arrivals import arrivals
from eventmon.gui.bridge import EngineBridge

PATIENCE_SECONDS = 2.0
"""What a closing window waits for templates that were saved in its last moment."""


class TemplateStore(QObject):
    """What the dialogs and the menu show.

    Attributes:
        changed: there are others now, or it is known that there are none.
        troubled: a sentence; one could not be kept.
        templates: by folder and name.
        known: the engine has said which there are.
    """

    changed = Signal()
    troubled = Signal(str)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("templateStore")
        self.templates: tuple[NamedTemplate, ...] = ()
        self.known = False
        self._bridge = bridge
        self._version = 0
        self._asked = 0
        self._under_way: set[Future[list[NamedTemplate]]] = set()
        bridge.frameReady.connect(self._frame_ready)

    def template(self, place: Place) -> NamedTemplate | None:
        """The template of a folder and name."""
        return next((each for each in self.templates if each.place == place), None)

    def put(self, template: NamedTemplate, renamed: Place | None = None) -> None:
        """Keep a template in the place of one of its folder and name, and of the one that was renamed."""
        places = {template.place, renamed}
        self._show([*(each for each in self.templates if each.place not in places), template])
        self._ask(ChangeTemplates(put=(template,), removed=() if renamed is None else (renamed,)))

    def remove(self, place: Place) -> None:
        """Keep the template of a folder and name no more."""
        self._show([each for each in self.templates if each.place != place])
        self._ask(ChangeTemplates(removed=(place,)))

    def flush(self) -> None:
        """Wait until the engine has what was changed: the window is about to close."""
        wait(self._under_way, PATIENCE_SECONDS)

    def _frame_ready(self, frame: Frame) -> None:
        if frame.templates != self._version:
            self._version = frame.templates
            self._ask(ReadTemplates())
        elif not self.known and not self._asked:
            self.known = True
            self.changed.emit()

    def _ask(self, request: ReadTemplates | ChangeTemplates) -> None:
        self._asked += 1
        future = self._bridge.submit(request)
        self._under_way.add(future)
        change = isinstance(request, ChangeTemplates)
        then = partial(self._answered, self._asked, change)
        future.add_done_callback(arrivals().expect(self, then, later=True))

    def _answered(self, number: int, change: bool, future: Future[list[NamedTemplate]]) -> None:
        self._under_way.discard(future)
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            if number == self._asked:  # a newer question will have a newer answer
                self.known = True
                self._show(future.result())
        elif change:
            self.troubled.emit(str(error))
            self._ask(ReadTemplates())  # what is there in truth

    def _show(self, templates: list[NamedTemplate]) -> None:
        ordered = sorted(templates, key=lambda each: (each.folder.casefold(), each.name.casefold()))
        self.templates = tuple(ordered)
        self.changed.emit()
