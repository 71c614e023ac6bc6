"""How a Connect dialog is carried out: questions, test, browsing, opening; coroutines outside every widget.

One flow belongs to one dialog and ends with it: whatever is still under way then is cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.requests import (
    Browse,
    ConnectionTest,
    EditConnection,
    ForgetConnection,
    OpenConnection,
    Request,
    TryConnection,
)
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.dialog_flow import DialogFlow
from eventmon.gui.dialogs.connect import ConnectDialog
from eventmon.gui.dialogs.connect_entry import Wish
from eventmon.gui.widgets.plain_text import Question

Answer = TypeVar("Answer")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)


async def answer_to(question: Question) -> bool:
    """The answer to a question that is shown."""
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def answered(yes: bool) -> None:
        if not answer.done():
            answer.set_result(yes)

    question.answered.connect(answered)
    return await answer


class ConnectFlow(DialogFlow):
    """Carries out what a dialog wishes.

    Attributes:
        opened: a connection was opened or changed (its ``ConnectionStatus``).
    """

    opened = Signal(object)

    def __init__(self, bridge: EngineBridge, dialog: ConnectDialog, parent: QObject) -> None:
        super().__init__(dialog, parent)
        self._bridge = bridge
        self.dialog = dialog
        self._edited = dialog.edited
        dialog.testWanted.connect(self._test)
        dialog.connectWanted.connect(self._connect)
        dialog.browseWanted.connect(self._browse)

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _test(self) -> None:
        wish = self.dialog.entry.wish()
        if wish is not None:
            self._begin(self._tell_how_it_goes, wish)

    def _connect(self) -> None:
        wish = self.dialog.entry.wish()
        if wish is not None:
            self._begin(self._open, wish)

    def _browse(self) -> None:
        wish = self.dialog.entry.wish()
        if wish is not None:
            self._begin(self._show_names, wish)

    # ── carried out ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _tell_how_it_goes(self, wish: Wish) -> None:
        test = await self._try(wish)
        if test.ok:
            self.dialog.show_success(test.sentence)
        else:
            self.dialog.show_error(test.sentence, test.field)

    async def _open(self, wish: Wish) -> None:
        if not await self._is_agreed(wish):
            return
        if wish.tests and not self.dialog.anyway and self._moves(wish):
            test = await self._try(wish)
            if not test.ok:
                self.dialog.show_error(test.sentence, test.field)
                if test.retry:
                    self.dialog.offer_anyway()
                return
        status = await self._call(self._request(wish), _tr("Connecting…"))
        if status.phase == "failed":
            await self._take_back(status)
            raise UserError(status.detail)
        self.opened.emit(status)
        self.dialog.accept()

    async def _is_agreed(self, wish: Wish) -> bool:
        """Ask what has to be asked first, one thing after the other."""
        if not self._moves(wish):
            return True
        for caution in wish.cautions:
            question = self.dialog.ask(_tr("Connect"), caution, _tr("Connect"))
            if not await answer_to(question):
                return False
        return True

    async def _try(self, wish: Wish) -> ConnectionTest:
        return await self._call(TryConnection(url=wish.url, name=self._stored_name), _tr("Testing the connection…"))

    async def _call(self, request: Request[Answer], meanwhile: str) -> Answer:
        """Ask the engine while the dialog is grey; when the dialog is closed meanwhile, nothing more happens."""
        self.dialog.set_busy(meanwhile)
        try:
            answer = await self._bridge.call(request)
        except UserError:
            self.dialog.set_busy("")
            raise
        self.dialog.set_busy("")
        return answer

    async def _show_names(self, wish: Wish) -> None:
        """List the names there are, a part at a time, until there are no more, or the user has seen enough."""
        names = self.dialog.browse_names()
        cursor = ""
        try:
            while names.running:
                part = await self._bridge.call(Browse(url=wish.url, name=self._stored_name, cursor=cursor))
                cursor = part.cursor
                if names.running:
                    names.take(part)
        except UserError as error:
            if names.running:
                names.show_error(str(error))

    def _request(self, wish: Wish) -> OpenConnection | EditConnection:
        if self._edited is None:
            return OpenConnection(url=wish.url, name=wish.name, save=True, read_only=wish.read_only, color=wish.color)
        url = wish.url if self._moves(wish) else None
        return EditConnection(name=self._edited.name, url=url, read_only=wish.read_only, color=wish.color)

    async def _take_back(self, status: ConnectionStatus) -> None:
        """A new connection that cannot be had leaves nothing behind; what was typed is still in the dialog."""
        if self._edited is None:
            await self._bridge.call(ForgetConnection(name=status.name))

    def _moves(self, wish: Wish) -> bool:
        """Whether the address is another than before."""
        return self._edited is None or wish.url != self._edited.url

    @property
    def _stored_name(self) -> str:
        """The connection that lends its stored password."""
        return "" if self._edited is None else self._edited.name

    # ── tasks ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, work: Callable[[Wish], Awaitable[None]], wish: Wish) -> None:
        self.begin(self._say_what_fails(work, wish))

    async def _say_what_fails(self, work: Callable[[Wish], Awaitable[None]], wish: Wish) -> None:
        try:
            await work(wish)
        except UserError as error:
            self.dialog.show_error(str(error))
