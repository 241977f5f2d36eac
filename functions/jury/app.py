"""The jury: what waits for it, its decisions, publication, revocation."""

import jalon.edge.quiet_start  # noqa: F401 - before all other imports

# isort: split
from functions.jury import routes
from functions.jury.wiring import SERVICE, parts
from jalon.edge.http import api, lambda_handler

app = api(SERVICE, routes.router, prepare=parts)
handler = lambda_handler(SERVICE, app, largest_body=64 * 1024)  # two remarks of 2 000 characters, escaped
