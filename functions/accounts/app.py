"""Sign-in, tokens and accounts: an ASGI app behind Mangum, because the OAuth library wants a plain request and answer."""

import gc

from functions.accounts.operations import OPERATIONS
from functions.accounts.serving import application, lambda_handler

app = application(OPERATIONS)
handler = lambda_handler(app)
gc.freeze()
