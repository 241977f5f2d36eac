"""Certificates for pupils and results for schools."""

import jalon.edge.quiet_start  # noqa: F401 - before all other imports

# isort: split
from functions.certificates import routes
from functions.certificates.wiring import parts
from jalon.edge.http import api, lambda_handler

app = api(routes.SERVICE, routes.router, prepare=parts)
handler = lambda_handler(routes.SERVICE, app)
