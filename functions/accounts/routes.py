"""Routes of accounts: parse, act, render."""

from dataclasses import replace
from http import HTTPStatus

from starlette.responses import Response

from functions.accounts.exchange import Exchange, accepted, json_response, no_content
from functions.accounts.people import require_person
from functions.accounts.proofs import EmailAttachmentRequest, ProofRequest, proof_of
from functions.accounts.rendering import me_of
from functions.accounts.schemas import (
    AccountCreated,
    EmailConfirmationRequest,
    EmailRequest,
    PasswordChangeRequest,
    PasswordSetupRequest,
    PreferencesRequest,
    SignUpRequest,
    StaffCreated,
    StaffRequest,
    TermsRequest,
)
from functions.accounts.services import ACCOUNTS
from functions.accounts.wiring import desk, provider_sign_ins
from jalon.accounts.accept_terms import accept_terms
from jalon.accounts.attach_email import ask_for_email, confirm_email
from jalon.accounts.change_password import change_password
from jalon.accounts.change_preferences import PreferencesChange, change_preferences
from jalon.accounts.create_staff_account import NewStaff, create_staff_account
from jalon.accounts.detach_email import detach_email
from jalon.accounts.find_account import find_account
from jalon.accounts.identity import AccountExistsError, Identity, Role
from jalon.accounts.oauth_client import Scope
from jalon.accounts.prove_email import ask_to_sign_up
from jalon.accounts.reauthenticate import reauthenticate
from jalon.accounts.recover_password import recover_password
from jalon.accounts.send_sign_in_code import send_sign_in_code
from jalon.accounts.set_up_password import set_up_password
from jalon.accounts.sign_out_everywhere import sign_out_everywhere
from jalon.accounts.sign_up import SignUp, sign_up
from jalon.edge.erasures import refuse_erased
from jalon.edge.idempotency_keys import key_reused
from jalon.edge.observability import logger, metric
from jalon.kernel.ids import UserId


def token(exchange: Exchange) -> Response:
    """Get tokens with a login and password, a refresh token, or a client's credentials."""
    return desk().tokens.token(exchange)


def revoke(exchange: Exchange) -> Response:
    """Sign out: end the sign-in that a refresh token belongs to."""
    return desk().tokens.revocation(exchange)


def create_account(exchange: Exchange) -> Response:
    """Make an account of one's own, with an e-mail address; a code that was sent there proves it, and takes it from who only claimed it."""
    key, body = exchange.idempotency_key(), exchange.read(SignUpRequest)
    command = SignUp(
        user_id=UserId(desk().accounts.keyring.identifier("usr", "sign-up", key)),
        email=body.email,
        password=body.password.get_secret_value(),
        first_name=body.first_name,
        last_name=body.last_name,
        birth_date=body.birth_date,
        locale=body.locale,
        request=request_digest(exchange),
        email_code=body.email_code.get_secret_value() if body.email_code else None,
    )
    try:
        identity = sign_up(desk().accounts, command)
    except AccountExistsError as error:
        raise key_reused() from error
    logger(ACCOUNTS).info("SIGNED_UP", user_id=identity.user_id)
    metric("SignedUp", service=ACCOUNTS)
    return json_response(HTTPStatus.CREATED, AccountCreated(id=identity.user_id), {"Location": "/v1/me"})


def ask_for_sign_up_code(exchange: Exchange) -> Response:
    """Ask for a code to be sent to an e-mail address, to make an account with it; the answer is always the same."""
    body = exchange.read(EmailRequest)
    ask_to_sign_up(desk().accounts, desk().mailer, body.email)
    metric("MessageSent", service=ACCOUNTS, kind="sign_up_code")
    return accepted()


def ask_for_sign_in_code(exchange: Exchange) -> Response:
    """Ask for a sign-in code to be sent to the e-mail address of an account that others keep waiting; the answer is always the same."""
    body = exchange.read(EmailRequest)
    send_sign_in_code(desk().accounts, desk().mailer, body.email)
    metric("MessageSent", service=ACCOUNTS, kind="sign_in_code")
    return accepted()


def read_me(exchange: Exchange) -> Response:
    """The signed-in person's account."""
    return show(person_of(exchange))


def change_me(exchange: Exchange) -> Response:
    """Change how one is served: language and accessibility."""
    person, body = writer_of(exchange), exchange.read(PreferencesRequest)
    preferences = change_preferences(desk().accounts, person.user_id, PreferencesChange(**body.model_dump()))
    return show(replace(person, preferences=preferences))


def accept(exchange: Exchange) -> Response:
    """Accept the terms of use in force."""
    person, body = writer_of(exchange), exchange.read(TermsRequest)
    acceptance = accept_terms(desk().accounts, person.user_id, body.version, desk().terms_in_force)
    metric("TermsAccepted", service=ACCOUNTS)
    return show(replace(person, terms=acceptance))


def replace_password(exchange: Exchange) -> Response:
    """Change one's own password; every sign-in ends, this one too."""
    person, body = writer_of(exchange), exchange.read(PasswordChangeRequest)
    current, new = body.current_password.get_secret_value(), body.new_password.get_secret_value()
    change_password(desk().accounts, desk().mailer, person.user_id, current, new)
    logger(ACCOUNTS).info("PASSWORD_CHANGED", user_id=person.user_id)
    metric("PasswordChanged", service=ACCOUNTS)
    return no_content()


def sign_out(exchange: Exchange) -> Response:
    """Sign out everywhere: every sign-in of this person ends, on every device."""
    person = person_of(exchange)
    sign_out_everywhere(desk().accounts, person.user_id)
    logger(ACCOUNTS).info("SIGNED_OUT_EVERYWHERE", user_id=person.user_id)
    metric("SignedOutEverywhere", service=ACCOUNTS)
    return no_content()


def attach_email(exchange: Exchange) -> Response:
    """Ask for a code to be sent to an e-mail address, to attach it to one's own account or to replace the one that is.

    Not for whoever finds a screen open: within five minutes of a sign-in, or with the password or a provider's return.
    """
    person, body = writer_of(exchange), exchange.read(EmailAttachmentRequest)
    reauthenticate(provider_sign_ins, desk().accounts, person, proof_of(exchange, body))
    ask_for_email(desk().accounts, desk().mailer, person.user_id, body.email)
    metric("MessageSent", service=ACCOUNTS, kind="email_code")
    return accepted()


def confirm_attached_email(exchange: Exchange) -> Response:
    """Attach the address whose code was received: from now on it signs in to the same account."""
    person, body = writer_of(exchange), exchange.read(EmailConfirmationRequest)
    attached = confirm_email(desk().accounts, desk().mailer, person.user_id, body.email, body.code)
    logger(ACCOUNTS).info("EMAIL_ATTACHED", user_id=person.user_id)
    metric("EmailAttached", service=ACCOUNTS)
    return show(attached)


def detach_own_email(exchange: Exchange) -> Response:
    """Take the e-mail address off one's own account: it opens it no more; repeating the request changes nothing.

    Not for whoever finds a screen open: within five minutes of a sign-in, or with the password or a provider's return. Sign-ins that were
    begun with the address go on: POST /v1/me/sign-out ends them. Refused with 409 (only_way_in) where nobody could sign in any more.
    """
    person, body = writer_of(exchange), exchange.read(ProofRequest) if exchange.body else ProofRequest()
    reauthenticate(provider_sign_ins, desk().accounts, person, proof_of(exchange, body))
    if detach_email(desk().accounts, desk().mailer, person.user_id):
        logger(ACCOUNTS).info("EMAIL_DETACHED", user_id=person.user_id)
        metric("EmailDetached", service=ACCOUNTS)
    return no_content()


def recover(exchange: Exchange) -> Response:
    """Ask for a message that lets the owner of an e-mail address choose a new password; the answer is always the same."""
    body = exchange.read(EmailRequest)
    recover_password(desk().accounts, desk().mailer, body.email)
    metric("MessageSent", service=ACCOUNTS, kind="recovery")
    return accepted()


def create_staff(exchange: Exchange) -> Response:
    """Make an account for someone of the certifying body; the answer's token lets them set their password."""
    caller = exchange.caller()
    caller.require_scope(Scope.STAFF_WRITE)
    key, body = exchange.idempotency_key(), exchange.read(StaffRequest)
    command = NewStaff(
        user_id=UserId(desk().accounts.keyring.identifier("usr", "staff", caller.subject, key)),
        role=Role(body.role),
        email=body.email,
        first_name=body.first_name,
        last_name=body.last_name,
        request=request_digest(exchange),
    )
    try:
        invitation = create_staff_account(desk().accounts, command)
    except AccountExistsError as error:
        raise key_reused() from error
    logger(ACCOUNTS).info("STAFF_INVITED", user_id=invitation.user_id, role=body.role, client_id=caller.subject)
    metric("StaffInvited", service=ACCOUNTS)
    answer = StaffCreated(id=invitation.user_id, setup_token=invitation.setup_token, expires_at=invitation.expires_at)
    return json_response(HTTPStatus.CREATED, answer)


def set_password(exchange: Exchange) -> Response:
    """Choose a password with a setup token, once."""
    body = exchange.read(PasswordSetupRequest)
    user_id = set_up_password(desk().accounts, desk().mailer, body.token.get_secret_value(), body.password.get_secret_value())
    logger(ACCOUNTS).info("PASSWORD_SET_UP", user_id=user_id)
    metric("PasswordSetUp", service=ACCOUNTS)
    return no_content()


def person_of(exchange: Exchange) -> Identity:
    """The person who calls; raises if it is a client, or an account erased since the token was issued."""
    return find_account(desk().accounts.store, require_person(exchange))


def writer_of(exchange: Exchange) -> Identity:
    """The person who calls, to change something or to be written to: raises :class:`AccountErasedError` once they asked to be erased.

    Looked at before anything else, so that nothing is counted or sent either; until the first pass is over the account is still there.
    """
    refuse_erased(require_person(exchange))
    return person_of(exchange)


def show(person: Identity) -> Response:
    credentials = desk().accounts.store.credentials(person.user_id)
    return json_response(HTTPStatus.OK, me_of(person, credentials, desk().terms_in_force))


def request_digest(exchange: Exchange) -> str:
    """Tells a repeated request from another one; keyed, since the body may hold a password."""
    return desk().accounts.keyring.secret("request", exchange.path, exchange.body)
