"""Tests, answers, checkpoints and profiles."""

import jalon.edge.quiet_start  # noqa: F401 - before all other imports

# isort: split
from functions.answers import routes
from functions.answers.wiring import parts
from jalon.edge.http import api, lambda_handler

app = api(routes.SERVICE, routes.router, prepare=parts)
handler = lambda_handler(routes.SERVICE, app)
