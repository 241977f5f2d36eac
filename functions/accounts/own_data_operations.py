"""The table of routes of a person's own data: served by :mod:`functions.accounts.own_data_app`."""

from http import HTTPStatus

from functions.accounts import own_data_routes as routes
from functions.accounts import own_data_schemas as schemas
from functions.accounts.operation import Operation

OPERATIONS = (
    Operation("POST", "/v1/me/exports", routes.request_own_export, HTTPStatus.ACCEPTED, response=schemas.DataExport, creates=True),
    Operation("GET", "/v1/me/exports/{export_id}", routes.read_own_export, HTTPStatus.OK, response=schemas.DataExport, polled=True),
    Operation("DELETE", "/v1/me/exports/{export_id}", routes.delete_own_export, HTTPStatus.NO_CONTENT),
    Operation("POST", "/v1/me/erasure", routes.request_own_erasure, HTTPStatus.ACCEPTED, schemas.ErasureRequest, schemas.ErasureView),
    Operation("GET", "/v1/me/erasure", routes.read_own_erasure, HTTPStatus.OK, response=schemas.ErasureView, polled=True),
)
