"""Errors of the HTTP API as RFC 9457 problem documents: clients get one shape, people one sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

import msgspec
from aiohttp import typedefs, web

from eventmon.core.errors import UserError
from eventmon.store.errors import LogUnavailable

LOG = logging.getLogger(__name__)
PROBLEM_TYPE = "application/problem+json"


class Refused(UserError):
    """A request that is refused with a status of its own."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def problem(status: int, sentence: str) -> web.Response:
    """A problem document: status, its standard title, and the sentence as its detail."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence}
    return web.Response(status=status, body=msgspec.json.encode(document), content_type=PROBLEM_TYPE)


def _status_of(error: UserError) -> int:
    if isinstance(error, Refused):
        return error.status
    return 503 if isinstance(error, LogUnavailable) else 400


def problems_middleware(report: Callable[[str], object]) -> typedefs.Middleware:
    """Answer every error with a problem document; a bug is also told to ``report`` in one sentence."""

    @web.middleware
    async def answer_errors(request: web.Request, handler: typedefs.Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPRequestEntityTooLarge:
            return problem(413, "The document is larger than one event may be. Send smaller events or smaller batches.")
        except web.HTTPException as error:
            return problem(error.status, f"{request.method} {request.path}: {error.reason}.")
        except UserError as error:
            return problem(_status_of(error), str(error))
        except ConnectionError:
            raise  # the client has gone; the server library knows what to do
        except Exception as error:  # the border of the API: a bug in one answer must not end the connection mutely
            LOG.exception("%s %s failed", request.method, request.path)
            report(f"{request.method} {request.path} failed ({type(error).__name__}). The log file says where.")
            return problem(500, "Eventmon failed while answering. Its problems list names the fault.")

    return answer_errors
