"""People who come through a school's portal that runs beside the tests."""

import json
from datetime import date
from typing import Any

from functions.accounts.wiring import desk, forget_desk
from jalon.accounts.create_pupil_accounts import NewPupil
from jalon.accounts.prove_email import NOBODY_YET, write_code
from jalon.edge import secrets
from jalon.kernel.ids import UserId
from tests.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, LEA, REDIRECT_URI, OpenIdProvider, visit
from tests.accounts.pupils import create_pupil_account
from tests.cloud import Cloud
from tests.functions.accounts_client import Reply, send
from tests.functions.accounts_cloud import claims_of

PROVIDER = "ent-exemple"
#: The same provider, trusted to certify the national student number.
CERTIFYING = "ent-certifiant"
ALSO_CERTIFYING = "educonnect-exemple"
NUMBER_CLAIM = "ine"
INE = "123456789AB"
PASSWORD = "un lapin dans la lune"


def list_portal(cloud: Cloud, provider: OpenIdProvider) -> None:
    """Enter the portal in the deployment's secret: as pupils' and as teachers', and as one that certifies numbers."""
    entry = {
        "id": PROVIDER,
        "name": "ENT des Exemples",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uris": [REDIRECT_URI],
    }
    others = [{**entry, "id": "ent-du-nord", "role": "teacher"}, {**entry, "id": CERTIFYING, "number_claim": NUMBER_CLAIM}]
    others.append({**others[-1], "id": ALSO_CERTIFYING})
    configure(cloud, {"providers": [entry, *others]})


def configure(cloud: Cloud, document: Any) -> None:
    arn = cloud.environment["SECRET_IDENTITY_PROVIDERS"]
    cloud.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps(document))
    secrets.forget_secrets()
    forget_desk()


def begin(kind: str = "sign_in", subject: str | None = None) -> dict[str, Any]:
    begun = send(f"begin_provider_{kind}", subject=subject)
    assert begun.status == 200, begun.text
    return begun.body


def come_back(begun: dict[str, Any], **changes: Any) -> dict[str, Any]:
    returned = visit(begun["authorization_url"])
    return {"state": returned["state"], "code": returned["code"], "secret": begun["secret"], **changes}


def complete() -> Reply:
    """Go to the provider and come back."""
    return send("complete_provider_sign_in", body=come_back(begin()))


def sign_in() -> Reply:
    """As somebody does who has no account yet, or has come through this provider before."""
    return decided(complete())


def decided(came: Reply) -> Reply:
    """Whoever is not known yet begins a new account."""
    return begin_account(came) if came.body.get("code") == "provider_account_unknown" else came


def begin_account(unknown: Reply, **said: Any) -> Reply:
    return send("begin_provider_account", body={"introduction": unknown.body["introduction"], **said})


def link(subject: str) -> Reply:
    return send("complete_provider_link", body=come_back(begin("link", subject)), subject=subject, proven=True)


def proven_account(email: str = "elodie.martin@example.org", **named: str) -> str:
    """An account whose address its owner, born on Léa's day, proved by signing up with the code that was sent there."""
    code = write_code(desk().accounts.keyring, NOBODY_YET, email, desk().accounts.clock.now())
    body = {"email": email, "password": PASSWORD, "first_name": "Anne", "last_name": "Blanc", "birth_date": LEA["birthdate"], **named}
    made = send("create_account", body={**body, "email_code": code})
    assert made.status == 201, made.text
    return str(made.body["id"])


def subject_of(cloud: Cloud, signed_in: Reply) -> str:
    assert signed_in.status == 200, signed_in.text
    return str(claims_of(cloud, signed_in.body["access_token"])["sub"])


def school_made(national_number: str = INE) -> str:
    """An account that a school made for Léa."""
    pupil = NewPupil(UserId("usr_" + "1e" * 16), "Léa", "Martin", date(2010, 3, 12), national_number)
    return create_pupil_account(desk().accounts, pupil).user_id


def sign_in_certified() -> Reply:
    return decided(complete_certified())


def complete_certified(provider: str = CERTIFYING) -> Reply:
    """Go to the provider that certifies numbers and come back."""
    begun = send("begin_provider_sign_in", body={"provider": provider, "redirect_uri": REDIRECT_URI}).body
    return send("complete_provider_sign_in", body=come_back(begun))


def link_certified(subject: str) -> Reply:
    begun = send("begin_provider_link", subject=subject, body={"provider": CERTIFYING, "redirect_uri": REDIRECT_URI}).body
    return send("complete_provider_link", subject=subject, body=come_back(begun), proven=True)
