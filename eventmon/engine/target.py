"""A source named on the command line: its URL is understood, and whether it can do what is wanted is known."""

from __future__ import annotations

from dataclasses import dataclass

from eventmon.connectors.base import Capabilities
from eventmon.core.errors import UserError
from eventmon.engine.address import Address


@dataclass(frozen=True, slots=True)
class Target:
    """A source that can be connected to: its URL is understood."""

    name: str
    address: Address

    @classmethod
    def of(cls, name: str, url: str) -> Target:
        """Read a URL; UserError says what is wrong with it."""
        return cls(name, Address.read(url))

    @property
    def capabilities(self) -> Capabilities:
        """What can be done with it."""
        return self.address.connector.capabilities

    def require_publishing(self) -> None:
        """UserError when nothing can be sent there."""
        if not self.capabilities.publishes:
            scheme = self.address.connector.scheme
            raise UserError(f"“{self.name}” only receives: nothing can be published to {scheme}: URLs.")

    def require_watching(self) -> None:
        """UserError when nothing would ever come from there."""
        connector = self.address.connector
        if not self.capabilities.subscribes:
            raise UserError(f"“{self.name}” only sends: nothing comes from {connector.scheme}: URLs.")
        if self.capabilities.selects and not connector.subscriptions(self.address.config):
            raise UserError(f"The URL of “{self.name}” names nothing to watch. Add it as in {connector.example}.")
