"""Messages through the emulated mail service, and what their codes open."""

import json
import urllib.request
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.accounts.wiring import desk
from jalon.accounts.mail_allowance import MOST_A_DAY
from jalon.accounts.messages import Message
from jalon.accounts.ses_mailer import MailUnavailableError, SesMailer
from jalon.kernel.errors import InvalidInputError
from tests.cloud import Cloud
from tests.functions.accounts_client import Reply, send
from tests.functions.accounts_cloud import emptied

SENDER = "no-reply@jalon.example"
ADDRESS = "elodie.martin@example.org"
PASSWORD = "Tr0ubadour!"
SIGN_UP = {"email": ADDRESS, "password": "un lapin dans la lune", "first_name": "Anne", "last_name": "Blanc", "birth_date": "2008-05-06"}


@pytest.fixture(autouse=True)
def cloud(accounts_cloud: Cloud) -> Cloud:
    return emptied(accounts_cloud)


@pytest.fixture
def person() -> str:
    return send("create_account").body["id"]


@pytest.fixture
def operations(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that the cloud's clients are asked for, in order."""
    sent: list[str] = []
    call = BaseClient._make_api_call

    def counted(client: Any, operation: str, arguments: Any) -> Any:
        sent.append(operation)
        return call(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    return sent


def messages(cloud: Cloud) -> list[Any]:
    """All that the emulated mail service sent from this account."""
    with urllib.request.urlopen(f"{cloud.endpoint}/_ministack/ses/messages", timeout=30) as answer:
        return list(json.loads(answer.read())["messages"].get(cloud.account, ()))


def latest_message(cloud: Cloud) -> dict[str, str]:
    """What it sent last."""
    last = messages(cloud)[-1]
    return {"to": last["To"][0], "from": last["Source"], "word": last["BodyText"].split("\n\n")[1]}


def sign_in(username: str, password: str) -> Reply:
    return send("token_password", form={"grant_type": "password", "username": username, "password": password})


def test_a_new_address_is_proven_and_signs_in(cloud: Cloud, person: str) -> None:
    asked = send("attach_email", body={"email": "new@example.org"}, subject=person, proven=True)
    assert (asked.status, asked.text) == (202, "")
    message = latest_message(cloud)
    assert (message["to"], message["from"]) == ("new@example.org", SENDER)
    confirmation = {"email": "new@example.org", "code": message["word"]}
    confirmed = send("confirm_attached_email", body=confirmation, subject=person)
    assert (confirmed.status, confirmed.body["email"]) == (200, "new@example.org")
    assert sign_in("new@example.org", PASSWORD).status == 200
    assert sign_in(ADDRESS, PASSWORD).status == 400


def test_the_address_of_a_sign_up_is_verified_by_its_code(cloud: Cloud, person: str) -> None:
    assert send("read_me", subject=person).body["email_verified"] is False
    assert send("attach_email", body={"email": ADDRESS}, subject=person, proven=True).status == 202
    message = latest_message(cloud)
    assert message["to"] == ADDRESS
    confirmed = send("confirm_attached_email", body={"email": ADDRESS, "code": message["word"]}, subject=person)
    assert (confirmed.status, confirmed.body["email"], confirmed.body["email_verified"]) == (200, ADDRESS, True)
    assert send("read_me", subject=person).body == confirmed.body
    assert sign_in(ADDRESS, PASSWORD).status == 200


@pytest.mark.parametrize("asking", ["ask_for_sign_up_code", "recover", "ask_for_sign_in_code"])
def test_asking_for_a_message_does_the_same_work_whether_the_address_is_proven_claimed_or_nobodys(
    asking: str, cloud: Cloud, person: str, operations: list[str]
) -> None:
    proven = "anne.blanc@example.org"
    other = send("create_account", body={**SIGN_UP, "email": proven}).body["id"]
    send("attach_email", body={"email": proven}, subject=other, proven=True)
    send("confirm_attached_email", body={"email": proven, "code": latest_message(cloud)["word"]}, subject=other)
    assert send("read_me", subject=other).body["email_verified"]
    assert not send("read_me", subject=person).body["email_verified"]
    work = []
    for address in (ADDRESS, proven, "nobody@example.org"):
        operations.clear()
        assert send(asking, body={"email": address}).status == 202
        work.append(list(operations))
    assert work[0][-1] == "SendEmail"
    assert work[0] == work[1] == work[2]


def test_the_owner_of_an_address_signs_up_though_somebody_claimed_it(cloud: Cloud, person: str) -> None:
    assert send("create_account", body=SIGN_UP).body["code"] == "email_taken"
    assert send("ask_for_sign_up_code", body={"email": ADDRESS}).status == 202
    made = send("create_account", body={**SIGN_UP, "email_code": latest_message(cloud)["word"]})
    assert made.status == 201
    me = send("read_me", subject=made.body["id"]).body
    assert (me["email"], me["email_verified"], me["first_name"]) == (ADDRESS, True, "Anne")
    assert sign_in(ADDRESS, SIGN_UP["password"]).status == 200
    assert sign_in(ADDRESS, PASSWORD).status == 400
    former = send("read_me", subject=person).body
    assert (former["email"], former["email_verified"]) == (None, False)


def test_a_wrong_code_signs_nobody_up(cloud: Cloud) -> None:
    refused = send("create_account", body={**SIGN_UP, "email_code": "2222222222"})
    assert (refused.status, [error["pointer"] for error in refused.body["errors"]]) == (422, ["/email_code"])
    assert cloud.items("identities") == []


def test_whoever_asks_for_a_code_to_sign_up_learns_nothing(cloud: Cloud, person: str) -> None:
    send("ask_for_sign_up_code", body={"email": ADDRESS})
    proven = latest_message(cloud)["word"]
    send("create_account", body={**SIGN_UP, "email_code": proven})
    known, unknown = (send("ask_for_sign_up_code", body={"email": address}) for address in (ADDRESS, "nobody@example.org"))
    assert (known.status, known.text, known.headers) == (unknown.status, unknown.text, unknown.headers)


def test_a_wrong_code_is_named(person: str) -> None:
    refused = send("confirm_attached_email", body={"email": "new@example.org", "code": "2222222222"}, subject=person)
    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == ["/code"]


def test_a_forgotten_password_is_replaced_by_the_owner_of_the_address(cloud: Cloud, person: str) -> None:
    assert send("recover", body={"email": ADDRESS}).status == 202
    token = latest_message(cloud)["word"]
    assert send("set_password", body={"token": token, "password": "un lapin dans la lune"}).status == 204
    assert sign_in(ADDRESS, "un lapin dans la lune").status == 200


def test_an_internationalised_domain_is_written_to_in_ascii_and_signs_in_either_way(cloud: Cloud, person: str) -> None:
    assert send("attach_email", body={"email": "Jo@Exämple.fr"}, subject=person, proven=True).status == 202
    message = latest_message(cloud)
    assert message["to"] == "jo@xn--exmple-cua.fr"
    confirmed = send("confirm_attached_email", body={"email": "jo@xn--exmple-cua.fr", "code": message["word"]}, subject=person)
    assert (confirmed.status, confirmed.body["email"]) == (200, "jo@xn--exmple-cua.fr")
    assert [sign_in(typed, PASSWORD).status for typed in ("jo@exämple.fr", "jo@xn--exmple-cua.fr")] == [200, 200]
    again = send("create_account", body=SIGN_UP | {"email": "jo@exämple.fr"}, key="another")
    assert (again.status, again.body["code"]) == (409, "email_taken")


@pytest.mark.parametrize("address", ["a..b@x.y", "a@-.-", "<a@example.org>", "a,b@example.org", "zoé@example.org"])
def test_nothing_is_sent_to_what_is_no_address(person: str, address: str) -> None:
    asked = [send("recover", body={"email": address}), send("ask_for_sign_up_code", body={"email": address})]
    asked += [
        send("attach_email", body={"email": address}, subject=person, proven=True),
        send("create_account", body=SIGN_UP | {"email": address}, key="two"),
    ]
    for refused in asked:
        assert (refused.status, [error["pointer"] for error in refused.body["errors"]]) == (422, ["/email"])


def test_whoever_asks_for_a_recovery_learns_nothing(person: str) -> None:
    known, unknown = (send("recover", body={"email": address}) for address in (ADDRESS, "nobody@example.org"))
    assert (known.status, known.text, known.headers) == (unknown.status, unknown.text, unknown.headers)


def test_the_sixth_message_waits_for_an_hour(person: str) -> None:
    answers = [send("recover", body={"email": ADDRESS}) for _ in range(6)]
    assert [answer.status for answer in answers] == [202] * 5 + [429]
    assert answers[-1].body["code"] == "too_many_messages"
    assert 3_500 < int(answers[-1].headers["retry-after"]) <= 3_600


def test_whoever_is_kept_waiting_signs_in_with_a_code_sent_to_their_address(cloud: Cloud, person: str) -> None:
    assert [sign_in(ADDRESS, "nonsense").status for _ in range(6)] == [400] * 5 + [429]
    assert sign_in(ADDRESS, PASSWORD).status == 429
    asked = send("ask_for_sign_in_code", body={"email": ADDRESS.upper()})
    assert (asked.status, asked.text) == (202, "")
    message = latest_message(cloud)
    assert message["to"] == ADDRESS
    form = {"grant_type": "password", "username": ADDRESS, "password": PASSWORD}
    assert send("token_password", form={**form, "sign_in_code": message["word"]}).status == 200
    assert send("token_password", form={**form, "sign_in_code": message["word"], "password": "wrong"}).status == 400
    assert sign_in(ADDRESS, PASSWORD).status == 429  # strangers go on waiting


def test_whoever_asks_for_a_sign_in_code_learns_nothing_of_the_address(cloud: Cloud, person: str) -> None:
    answers = [send("ask_for_sign_in_code", body={"email": address}) for address in (ADDRESS, "nobody@example.org")]
    assert [(answer.status, answer.text) for answer in answers] == [(202, ""), (202, "")]
    assert latest_message(cloud)["to"] == "nobody@example.org"
    refused = send("ask_for_sign_in_code", body={"email": "nowhere"})
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/email")
    statuses = [send("ask_for_sign_in_code", body={"email": ADDRESS}).status for _ in range(5)]
    assert statuses == [202] * 4 + [429]


def test_no_address_and_no_code_is_stored_or_logged(cloud: Cloud, person: str, caplog: pytest.LogCaptureFixture) -> None:
    send("attach_email", body={"email": "new@example.org"}, subject=person, proven=True)
    code = latest_message(cloud)["word"]
    send("recover", body={"email": ADDRESS})
    token = latest_message(cloud)["word"]
    kept = str(cloud.items("credentials")) + "".join(str(vars(record)) for record in caplog.records)
    for secret in ("new@example.org", ADDRESS, code, token):
        assert secret not in kept


def test_a_mail_service_that_is_busy_asks_to_come_back(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise MailUnavailableError("The mail service is busy; send the same request again.")

    monkeypatch.setattr(type(desk().mailer), "send", busy)
    refused = send("recover", body={"email": ADDRESS})
    assert (refused.status, refused.body["code"], refused.headers["retry-after"]) == (503, "mail_unavailable", "1")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("TooManyRequestsException", MailUnavailableError),
        ("BadRequestException", InvalidInputError),
        ("AccessDeniedException", ClientError),
    ],
)
def test_each_refusal_of_the_mail_service_has_its_meaning(monkeypatch: pytest.MonkeyPatch, code: str, kind: type[Exception]) -> None:
    class Refusing:
        def send_email(self, **_: object) -> None:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "SendEmail")

    monkeypatch.setattr("jalon.accounts.ses_mailer.client", lambda _: Refusing())
    with pytest.raises(kind):
        SesMailer(SENDER).send(ADDRESS, Message("subject", "text"))


#: What SES answers when the operator must act (Amazon SES API v2 Reference, SendEmail, "Errors").
FOR_GOOD = ("SendingPausedException", "AccountSuspendedException", "MessageRejected", "MailFromDomainNotVerifiedException")


@pytest.mark.parametrize("code", FOR_GOOD)
def test_what_the_mail_service_refuses_for_good_rings_and_counts_for_nothing(
    cloud: Cloud, person: str, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def refusing(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "SendEmail")

    before = len(messages(cloud))
    with monkeypatch.context() as patch:
        patch.setattr("jalon.accounts.ses_mailer.client", lambda _: SimpleNamespace(send_email=refusing))
        for _ in range(MOST_A_DAY + 1):
            assert send("recover", body={"email": ADDRESS}).status == 500
            assert send("attach_email", body={"email": "new@example.org"}, subject=person, proven=True).status == 500
    assert send("recover", body={"email": ADDRESS}).status == 202
    assert send("attach_email", body={"email": "new@example.org"}, subject=person, proven=True).status == 202
    assert len(messages(cloud)) == before + 2


def test_a_mail_service_that_does_not_answer_asks_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def send_email(self, **_: object) -> None:
            raise ReadTimeoutError(endpoint_url="https://email.example")

    monkeypatch.setattr("jalon.accounts.ses_mailer.client", lambda _: Silent())
    with pytest.raises(MailUnavailableError):
        SesMailer(SENDER).send(ADDRESS, Message("subject", "text"))
