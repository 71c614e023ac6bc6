"""The address of a connection as the engine holds it: its secrets are known for what they are and never shown.

A secret in an address is the secret itself, a reference to it (see ``secrets``), or ``***``, which stands for the
secret of a connection that is known already.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, unquote

import msgspec

from eventmon.connectors.base import Connector, ConnectorConfig
from eventmon.connectors.registry import connector_for
from eventmon.connectors.url import HIDDEN, masked
from eventmon.core.errors import UserError
from eventmon.engine.config_fields import secret_fields
from eventmon.engine.secrets import PREFIX, SecretStore, is_reference

SHORTEST_HIDDEN = 4
"""A shorter secret is left in texts: it occurs in ordinary words."""
LONGEST_WORD = 12
"""A secret of so many letters and nothing else may be an ordinary word of a sentence."""


class Address:
    """A connector and its settings, as they were written: references stay references.

    Attributes:
        connector: the protocol.
        config: the settings, a ``config_type`` of the connector.
    """

    def __init__(self, connector: Connector, config: ConnectorConfig) -> None:
        self.connector = connector
        self.config = config

    @classmethod
    def read(cls, url: str, lender: Address | None = None) -> Address:
        """The address that a URL writes; ``lender`` has the secrets that ``***`` stands for.

        Raises:
            UserError: what is wrong with it; no secret is repeated.
        """
        connector, config = _read(url)
        hidden = [name for name, text in _secrets_in(config).items() if text == HIDDEN]
        if not hidden:
            return cls(connector, config)
        lent = _secrets_in(lender.config) if lender else {}
        if not lent.keys() >= set(hidden):
            raise UserError(f"{HIDDEN} only stands for a password. Write the password, ${{NAME}} or keyring:NAME.")
        return cls(connector, msgspec.structs.replace(config, **{name: lent[name] for name in hidden}))

    def __repr__(self) -> str:
        return f"Address({self.masked})"

    @property
    def url(self) -> str:
        """The URL, with what is written in it."""
        return self.connector.url_of(self.config)

    @property
    def masked(self) -> str:
        """The URL as it may be shown: also of references only ``***`` is left."""
        return masked(self.url)

    @property
    def is_local(self) -> bool:
        """Whether the source is on this machine."""
        return self.connector.is_local(self.config)

    @property
    def literals(self) -> dict[str, str]:
        """The secrets that stand in it themselves, by field."""
        return {name: text for name, text in _secrets_in(self.config).items() if not is_reference(text)}

    @property
    def kept_names(self) -> set[str]:
        """The names under which the store keeps its secrets."""
        texts = _secrets_in(self.config).values()
        return {text.removeprefix(PREFIX) for text in texts if text.startswith(PREFIX)}

    @property
    def references(self) -> list[str]:
        """What it borrows of this machine, in words: kept passwords and variables of the environment."""
        texts = [text for text in _secrets_in(self.config).values() if is_reference(text)]
        return [
            f"the password “{text.removeprefix(PREFIX)}”" if text.startswith(PREFIX) else f"the variable {text}"
            for text in texts
        ]

    async def kept(self, store: SecretStore, name_of: Callable[[str], str]) -> Address:
        """The same with its secrets in the store; ``name_of`` gives the name to keep a field's secret under.

        Raises:
            UserError: they can be kept nowhere.
        """
        references = {field: await store.keep(name_of(field), text) for field, text in self.literals.items()}
        return Address(self.connector, msgspec.structs.replace(self.config, **references))

    async def resolved(self, store: SecretStore) -> ConnectorConfig:
        """The settings with real secrets, for the connector alone.

        Raises:
            UserError: a reference leads nowhere; the sentence names it.
        """
        found = {field: await store.resolve(text) for field, text in _secrets_in(self.config).items()}
        return msgspec.structs.replace(self.config, **found)


def _read(url: str) -> tuple[Connector, ConnectorConfig]:
    """The connector and the settings of a URL; a sentence about what is no URL may quote it, but not its login."""
    try:
        return connector_for(url)
    except UserError as error:
        login = re.search(r"//(.*)@", url, re.S)
        if login is None:
            raise
        told = str(error).replace(login[1], HIDDEN).replace(unquote(login[1]), HIDDEN)
        raise UserError(told) from None


def hide(text: str, config: ConnectorConfig | None, *, sentence: bool = True) -> str:
    """A text in which no secret of these (resolved) settings is left, whoever wrote it.

    In a ``sentence`` that a connector made for people a secret like ``redis`` or ``wrong`` is left: connectors quote
    no secrets, and without its ordinary words a sentence says nothing. What was made for nobody is cleared of them.
    """
    for secret in _secrets_in(config).values() if config is not None else ():
        is_word = secret.isalpha() and len(secret) <= LONGEST_WORD
        if len(secret) >= SHORTEST_HIDDEN and not (sentence and is_word):
            text = text.replace(secret, HIDDEN).replace(quote(secret, safe=""), HIDDEN)
    return re.sub(r"\S*://\S+", lambda url: masked(url[0]), text)


def _secrets_in(config: ConnectorConfig) -> dict[str, str]:
    texts = {name: getattr(config, name) for name in secret_fields(type(config))}
    return {name: text for name, text in texts.items() if text}
