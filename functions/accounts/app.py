"""Sign-in, tokens and accounts: an ASGI app behind Mangum, because the OAuth library wants a plain request and answer."""

import jalon.edge.quiet_start  # noqa: F401 - before all other imports

# isort: split
from functions.accounts.operations import OPERATIONS
from functions.accounts.services import ACCOUNTS
from functions.accounts.serving import application, lambda_handler

app = application(ACCOUNTS, OPERATIONS)
handler = lambda_handler(ACCOUNTS, app)
