"""The jury: what waits for it, its decisions, publication, revocation."""

from functions.jury import routes
from functions.jury.wiring import SERVICE
from jalon.edge.http import api, lambda_handler

app = api(SERVICE, routes.router)
handler = lambda_handler(SERVICE, app)
