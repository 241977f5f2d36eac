"""Sign-in, tokens and accounts: an ASGI app behind Mangum, because the OAuth library wants a plain request and answer."""

import asyncio
import gc
import threading
from typing import Any

from mangum import Mangum
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from functions.accounts.exchange import SERVICE, endpoint, no_such_route
from functions.accounts.operations import OPERATIONS
from jalon.edge.observability import correlation, logger
from jalon.edge.problems import MEDIA_TYPE

app = Starlette(
    routes=[Route(operation.path, endpoint(operation.answer), methods=[operation.method]) for operation in OPERATIONS],
    exception_handlers={HTTPException: no_such_route},
)
_adapter = Mangum(app, lifespan="off", text_mime_types=["application/json", MEDIA_TYPE])
_loops = threading.local()
gc.freeze()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The function's entry point."""
    _ensure_event_loop()
    logger(SERVICE).set_correlation_id(correlation(event))
    return _adapter(event, context)


def _ensure_event_loop() -> None:
    """Mangum runs the app on the thread's loop: Lambda's one thread has one, a development server's workers do not."""
    if not hasattr(_loops, "loop"):
        _loops.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(_loops.loop)
