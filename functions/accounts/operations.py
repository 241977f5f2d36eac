"""The table of routes: served by :mod:`functions.accounts.app`, described by :mod:`functions.accounts.openapi`."""

from http import HTTPStatus

from functions.accounts import client_routes, proofs, provider_routes, routes, schemas
from functions.accounts.operation import Operation

OPERATIONS = (
    Operation("POST", "/v1/oauth/token", routes.token, HTTPStatus.OK, schemas.TokenRequest, schemas.TokenResponse, form=True),
    Operation("POST", "/v1/oauth/revoke", routes.revoke, HTTPStatus.OK, schemas.RevocationRequest, form=True),
    Operation(
        "POST", "/v1/accounts", routes.create_account, HTTPStatus.CREATED, schemas.SignUpRequest, schemas.AccountCreated, creates=True
    ),
    Operation("POST", "/v1/email-codes", routes.ask_for_sign_up_code, HTTPStatus.ACCEPTED, schemas.EmailRequest),
    Operation("POST", "/v1/sign-in-codes", routes.ask_for_sign_in_code, HTTPStatus.ACCEPTED, schemas.EmailRequest),
    Operation("GET", "/v1/me", routes.read_me, HTTPStatus.OK, response=schemas.Me),
    Operation("PATCH", "/v1/me", routes.change_me, HTTPStatus.OK, schemas.PreferencesRequest, schemas.Me),
    Operation("PUT", "/v1/me/terms", routes.accept, HTTPStatus.OK, schemas.TermsRequest, schemas.Me),
    Operation("PUT", "/v1/me/password", routes.replace_password, HTTPStatus.NO_CONTENT, schemas.PasswordChangeRequest),
    Operation("POST", "/v1/me/sign-out", routes.sign_out, HTTPStatus.NO_CONTENT),
    Operation("POST", "/v1/me/email", routes.attach_email, HTTPStatus.ACCEPTED, proofs.EmailAttachmentRequest),
    Operation(
        "POST", "/v1/me/email/confirmation", routes.confirm_attached_email, HTTPStatus.OK, schemas.EmailConfirmationRequest, schemas.Me
    ),
    Operation("DELETE", "/v1/me/email", routes.detach_own_email, HTTPStatus.NO_CONTENT, proofs.ProofRequest),
    Operation("POST", "/v1/password-recoveries", routes.recover, HTTPStatus.ACCEPTED, schemas.EmailRequest),
    Operation("GET", "/v1/identity-providers", provider_routes.list_providers, HTTPStatus.OK, response=schemas.Providers),
    Operation(
        "POST",
        "/v1/provider-sign-ins",
        provider_routes.begin_provider_sign_in,
        HTTPStatus.OK,
        schemas.ProviderDepartureRequest,
        schemas.ProviderDeparture,
    ),
    Operation(
        "POST",
        "/v1/provider-sign-ins/completion",
        provider_routes.complete_provider_sign_in,
        HTTPStatus.OK,
        schemas.ProviderReturnRequest,
        schemas.ProviderTokenResponse,
    ),
    Operation(
        "POST",
        "/v1/provider-sign-ins/account",
        provider_routes.begin_provider_account,
        HTTPStatus.OK,
        schemas.ProviderAccountRequest,
        schemas.TokenResponse,
    ),
    Operation(
        "POST",
        "/v1/me/provider-links",
        provider_routes.begin_provider_link,
        HTTPStatus.OK,
        schemas.ProviderDepartureRequest,
        schemas.ProviderDeparture,
    ),
    Operation(
        "POST",
        "/v1/me/provider-links/completion",
        provider_routes.complete_provider_link,
        HTTPStatus.OK,
        proofs.ProviderLinkRequest,
        schemas.Me,
    ),
    Operation(
        "POST",
        "/v1/me/provider-links/introduction",
        provider_routes.link_introduced_provider,
        HTTPStatus.OK,
        proofs.IntroductionLinkRequest,
        schemas.Me,
    ),
    Operation(
        "DELETE",
        "/v1/me/provider-links/{provider}",
        provider_routes.remove_provider_link,
        HTTPStatus.NO_CONTENT,
        proofs.ProofRequest,
    ),
    Operation("POST", "/v1/staff", routes.create_staff, HTTPStatus.CREATED, schemas.StaffRequest, schemas.StaffCreated, creates=True),
    Operation("POST", "/v1/password-setups", routes.set_password, HTTPStatus.NO_CONTENT, schemas.PasswordSetupRequest),
    Operation(
        "POST",
        "/v1/clients",
        client_routes.create_oauth_client,
        HTTPStatus.CREATED,
        schemas.ClientRequest,
        schemas.ClientCreated,
        creates=True,
    ),
    Operation(
        "POST",
        "/v1/clients/{client_id}/secrets",
        client_routes.renew_oauth_client_secret,
        HTTPStatus.CREATED,
        schemas.ClientSecretRequest,
        schemas.ClientSecretRenewed,
        creates=True,
    ),
    Operation("DELETE", "/v1/clients/{client_id}", client_routes.end_oauth_client, HTTPStatus.NO_CONTENT),
)
