"""Testing an address and listing what there is behind it, without keeping a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from eventmon.connectors.base import ConnectionFault, ConnectorConfig
from eventmon.core.errors import UserError
from eventmon.engine.address import Address
from eventmon.engine.config_fields import fields_of
from eventmon.engine.connector_border import guarded
from eventmon.engine.requests import BrowsedNames, ConnectionTest, FoundName
from eventmon.engine.secrets import SecretStore

ANSWER_SECONDS = 8.0
T = TypeVar("T")


async def tried(url: str, *, lender: Address | None, secrets: SecretStore) -> ConnectionTest:
    """Whether an address can be reached; ``lender`` has the secrets that ``***`` stands for."""
    address = None
    try:
        address = Address.read(url, lender)
        connector = address.connector
        if not connector.capabilities.tests:
            raise UserError(f"{connector.title} cannot be tested. Connect to see how it goes.")
        return ConnectionTest(ok=True, sentence=await _asked(address, connector.probe, secrets))
    except ConnectionFault as fault:
        return ConnectionTest(ok=False, sentence=str(fault), field=_form_field(address, fault), retry=fault.retry)
    except UserError as error:
        return ConnectionTest(ok=False, sentence=str(error))


async def browsed(url: str, cursor: str, *, lender: Address | None, secrets: SecretStore) -> BrowsedNames:
    """A part of the names that a source has.

    Raises:
        UserError: it cannot be reached or does not allow it.
    """
    address = Address.read(url, lender)
    connector = address.connector
    if not connector.capabilities.browses:
        raise UserError(f"The names of {connector.title} cannot be listed. Write those to watch yourself.")
    part = await _asked(address, lambda config: connector.browse(config, cursor), secrets)
    found = [
        FoundName(field=f"{each.subscription.kind}s", item=each.subscription.name, note=each.note)
        for each in part.found
    ]
    return BrowsedNames(found=found, cursor=part.cursor, looked_at=part.looked_at, total=part.total)


async def _asked(address: Address, ask: Callable[[ConnectorConfig], Awaitable[T]], secrets: SecretStore) -> T:
    """An answer within bounds; ConnectionFault when none comes."""
    config = await address.resolved(secrets)
    try:
        with guarded(address.connector.default_name(config), config):
            async with asyncio.timeout(ANSWER_SECONDS):
                return await ask(config)
    except TimeoutError:
        raise ConnectionFault(
            f"No answer came within {ANSWER_SECONDS:.0f} s. Check host and port, or try again later."
        ) from None


def _form_field(address: Address | None, fault: ConnectionFault) -> str:
    """The field of the form that a fault is about."""
    fields = fields_of(type(address.config)) if address else ()
    return next((field.encode_name for field in fields if field.name == fault.field), fault.field)
