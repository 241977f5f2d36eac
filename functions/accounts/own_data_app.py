"""A person's own data, exported and erased: shipped with accounts, run under a role of its own."""

import jalon.edge.quiet_start  # noqa: F401 - before all other imports

# isort: split
from functions.accounts.own_data_operations import OPERATIONS
from functions.accounts.services import OWN_DATA
from functions.accounts.serving import application, lambda_handler

app = application(OWN_DATA, OPERATIONS)
handler = lambda_handler(OWN_DATA, app)
