"""Certification sessions: the centre's, the invigilator's and the candidate's routes."""

import jalon.edge.quiet_start  # noqa: F401 - before all other imports

# isort: split
from functions.sessions import candidate_routes, centre_routes, room_routes
from functions.sessions.wiring import SERVICE, parts
from jalon.edge.http import api, lambda_handler

app = api(SERVICE, centre_routes.router, room_routes.router, candidate_routes.router, prepare=parts)
handler = lambda_handler(SERVICE, app, largest_body=256 * 1024)  # up to 400 candidates are enrolled at once
