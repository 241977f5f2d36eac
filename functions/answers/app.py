"""Tests, answers, checkpoints and profiles."""

from functions.answers import routes
from jalon.edge.http import api, lambda_handler

app = api(routes.SERVICE, routes.router)
handler = lambda_handler(routes.SERVICE, app)
