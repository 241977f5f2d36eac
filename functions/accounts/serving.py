"""How a table of routes becomes a function: a Starlette app behind Mangum, one loop per thread."""

import asyncio
import gc
import json
import threading
from collections.abc import Callable, Collection, Iterable
from typing import Any

from mangum import Mangum
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from functions.accounts.exchange import endpoint, no_such_route
from functions.accounts.oauth_problems import with_oauth_error
from functions.accounts.operation import Operation
from jalon.edge.bodies import JSON, body_of
from jalon.edge.headers import with_common_headers
from jalon.edge.observability import correlation, logger, metric
from jalon.edge.problems import MEDIA_TYPE, encode, gateway_answer
from jalon.kernel.errors import JalonError

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
_loops = threading.local()


def application(service: str, operations: Iterable[Operation]) -> Starlette:
    """The app that serves these operations; ``service`` names it in logs and metrics."""
    operations = tuple(operations)
    app = Starlette(
        routes=[
            Route(
                operation.path,
                endpoint(service, operation.answer, form=operation.form, polled=operation.polled),
                methods=[operation.method],
            )
            for operation in operations
        ],
        exception_handlers={HTTPException: no_such_route},
    )
    app.state.forms = frozenset(operation.path for operation in operations if operation.form)
    return app


def lambda_handler(service: str, app: Starlette) -> Handler:
    """The function's entry point; freezes what the imports made, so that the collector, at work from now on, never walks it.

    A body that is too large or cannot be decoded is refused here: Mangum would fail on it. No cache keeps an answer unless its route
    says otherwise.
    """
    asyncio.set_event_loop(_loop())  # Mangum looks for it when it is made, and Python 3.12 begins to complain where there is none
    adapter = Mangum(app, lifespan="off", text_mime_types=[JSON, MEDIA_TYPE])
    gc.freeze()
    gc.enable()

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        asyncio.set_event_loop(_loop())
        logger(service).set_correlation_id(correlation(event))
        try:
            body_of(event)
        except JalonError as error:
            metric("Refused", service=service, code=error.code)
            return with_common_headers(_refused(error, str(event["rawPath"]), app.state.forms))
        return with_common_headers(adapter(event, context))

    return handler


def _refused(error: JalonError, path: str, forms: Collection[str]) -> dict[str, Any]:
    """The refusal of a body, as the gateway takes it: where a form is asked for, an OAuth client understands it too."""
    answer = gateway_answer(error, path)
    return answer | {"body": encode(with_oauth_error(json.loads(answer["body"])))} if path in forms else answer


def _loop() -> asyncio.AbstractEventLoop:
    """The thread's loop, on which Mangum runs the app.

    A development server's workers have none, and a library that ran one of its own in this thread has left none behind.
    """
    if not hasattr(_loops, "loop"):
        _loops.loop = asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = _loops.loop
    return loop
