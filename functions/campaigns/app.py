"""Schools, their pupils, and campaigns."""

import jalon.edge.quiet_start  # noqa: F401 - before all other imports

# isort: split
from functions.campaigns import (
    campaign_routes,
    member_routes,
    organisation_routes,
    participation_routes,
    pupil_routes,
    target_profile_routes,
)
from functions.campaigns.calling import SERVICE
from functions.campaigns.wiring import parts
from jalon.edge.http import api, lambda_handler

app = api(
    SERVICE,
    organisation_routes.router,
    member_routes.router,
    pupil_routes.router,
    target_profile_routes.router,
    campaign_routes.router,
    participation_routes.router,
    prepare=parts,
)
handler = lambda_handler(SERVICE, app, largest_body=32 * 1024)  # a target profile names up to 200 topics
