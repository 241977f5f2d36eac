"""Certificates for pupils and results for schools."""

from functions.certificates import routes
from jalon.edge.http import api, lambda_handler

app = api(routes.SERVICE, routes.router)
handler = lambda_handler(routes.SERVICE, app)
