"""The border between the engine and a connector: out come sentences for people, and no secret in any of them.

What a server or a library says may quote what it was sent, and a traceback quotes whatever an exception holds.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from eventmon.connectors.base import ConnectionFault, ConnectorConfig
from eventmon.core.errors import UserError
from eventmon.engine.address import hide

_logger = logging.getLogger(__name__)


@contextmanager
def guarded(name: str, config: ConnectorConfig | None) -> Iterator[None]:
    """Let out of a call into a connector nothing but UserErrors; ``config`` has the secrets to hide.

    Raises:
        ConnectionFault: the connector's own, secrets hidden.
        UserError: the connector's own, secrets hidden, or one that names a bug in it.
    """
    try:
        yield
    except ConnectionFault as error:
        raise ConnectionFault(hide(str(error), config), field=error.field, retry=error.retry) from None
    except UserError as error:
        raise UserError(hide(str(error), config)) from None
    except TimeoutError:
        raise
    except Exception as error:  # noqa: BLE001 - border: a bug in a connector or its library is a failed connection, no more
        log_failure(name, error, config)
        raise UserError(
            f"The connection “{name}” failed ({type(error).__name__}). The program's log says where."
        ) from None


def log_failure(name: str, error: BaseException, config: ConnectorConfig | None) -> None:
    """Log a bug in a connector with its traceback, secrets hidden."""
    trace = "".join(traceback.format_exception(error))
    _logger.error("The connection “%s” failed.\n%s", name, hide(trace, config, sentence=False))
