"""From a finalised session to certificates in hand, through the handlers, on the emulator's tables, bucket and KMS."""

import base64
import csv
import io
import json
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from joserfc import jws
from joserfc.jwk import ECKey

from functions.certificates import wiring as certificates_wiring
from functions.certificates.app import handler as certificates
from functions.certificates.archive_app import handler as archive_certificates
from functions.publish_certificate import wiring as publish_wiring
from functions.publish_certificate.app import handler as publish_certificate
from functions.publish_session import wiring as session_wiring
from functions.publish_session.app import handler as publish_session
from functions.sign_status_list import wiring as list_wiring
from functions.sign_status_list.app import handler as sign_status_list
from jalon.certificates.revoke_certificate import Revocation, revoke_certificate
from jalon.certificates.sealed_object import derive_keys, unseal
from jalon.certificates.token import read_token, token_from_fragment
from jalon.edge import aws, secrets
from jalon.edge.paging import encode_cursor
from jalon.kernel.base64url import from_base64url
from tests.certificates.seals import sealing
from tests.cloud import build, template
from tests.events import CONTEXT, body_of
from tests.functions.published_session import CLASS, NUMBER, TEACHER, UAI, fill_tables, mark_published
from tests.sources import FixedClock

EVENTS = Path(__file__).parents[2] / "events"


def sample(name: str):
    return json.loads((EVENTS / f"{name}.json").read_text())


class Stack:
    """The four functions over one account."""

    def __init__(self, cloud) -> None:
        self.cloud = cloud
        for cached in (
            certificates_wiring.parts,
            certificates_wiring.printing,
            publish_wiring.parts,
            session_wiring.parts,
            list_wiring.lists,
        ):
            cached.cache_clear()
        fill_tables()

    def publish(self):
        answers = [publish_certificate(sat.event, CONTEXT) for sat in CLASS]
        answers.append(publish_session(sample("publish_session/session"), CONTEXT))
        mark_published()
        return answers

    def objects(self) -> dict[str, bytes]:
        s3, bucket = self.cloud.client("s3"), self.cloud.environment["SITE_BUCKET"]
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

    def get(self, name: str, subject: str, **changes):
        event = deepcopy(sample(f"certificates/{name}"))
        event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = subject
        for key, value in changes.pop("headers", {}).items():
            event["headers"][key] = value
        if query := changes.get("query"):
            event["queryStringParameters"] = query
        if path := changes.get("path"):
            event["rawPath"] = event["requestContext"]["http"]["path"] = path
        return certificates(event, CONTEXT)

    def revoke(self, certification_id):
        parts = publish_wiring.parts().publishing
        command = Revocation(certification_id, "fraud")
        revoke_certificate(parts.certificates, parts.results, parts.statuses, FixedClock(datetime.now(UTC)), command)


@pytest.fixture
def fresh(cloud) -> Stack:
    """A session that is not published yet."""
    return Stack(cloud)


@pytest.fixture(scope="module")
def stack(emulator) -> Iterator[Stack]:
    """A published session that the tests below share; candidate 4 is there to be revoked."""
    built = build(emulator)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in built.environment.items():
            patch.setenv(name, value)
        aws.forget_clients()
        secrets.forget_secrets()
        shared = Stack(built)
        shared.publish()
        yield shared
    aws.forget_clients()
    secrets.forget_secrets()


def test_the_signature_made_in_kms_verifies_with_the_published_key(stack):
    objects = stack.objects()
    (key,) = json.loads(objects[".well-known/jalon-certificate-keys.json"])["keys"]
    public = ec.EllipticCurvePublicNumbers(
        int.from_bytes(from_base64url(key["x"]), "big"), int.from_bytes(from_base64url(key["y"]), "big"), ec.SECP256R1()
    ).public_key()
    code = body_of(stack.get("list_mine", CLASS[0].user_id))["items"][0]["code"]
    keys = derive_keys(code, datetime(2011, 5, 3, tzinfo=UTC).date())
    facts, key_id, signed, signature = read_token(unseal(keys, objects[f"c/{keys.object_id}"]))
    der = utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    public.verify(der, signed, ec.ECDSA(hashes.SHA256()))
    assert (key_id, facts.name, facts.score) == (key["kid"], "Élève-Test Numéro 1", 152)


def test_a_pupil_lists_certifications_and_prints_the_certificate(stack):
    answer = stack.get("list_mine", CLASS[0].user_id)
    assert answer["statusCode"] == 200
    (line,) = body_of(answer)["items"]
    assert (line["status"], line["score"], line["max_score"], line["centre"]) == ("validated", 152, 895, "Collège des Exemples")
    assert line["session_number"] == NUMBER
    assert line["levels"] == {"1.1": 4, "2.1": 5, "3.1": 3, "4.2": 6, "5.1": 1}
    printed = stack.get("print_mine", CLASS[0].user_id, path=line["certificate"])
    assert printed["statusCode"] == 200
    assert printed["isBase64Encoded"] is True
    assert printed["headers"]["Content-Type"] == "application/pdf"
    pdf = base64.b64decode(printed["body"])
    assert pdf.startswith(b"%PDF-1.7")
    fragment = pdf.split(b"/v#")[1].split(b")")[0].decode()
    assert read_token(token_from_fragment(fragment))[0].code == line["code"]
    again = stack.get("print_mine", CLASS[0].user_id, path=line["certificate"], headers={"if-none-match": printed["headers"]["ETag"]})
    assert (again["statusCode"], again.get("body") or "") == (304, "")


def test_the_list_comes_in_pages(stack):
    page = body_of(stack.get("list_mine", CLASS[0].user_id, query={"limit": "1"}))
    assert len(page["items"]) == 1
    following = page["next_cursor"] and body_of(stack.get("list_mine", CLASS[0].user_id, query={"cursor": page["next_cursor"]}))
    assert not following or (following["items"], following["next_cursor"]) == ([], None)
    for cursor in ("x", encode_cursor({"published_at": 1}), encode_cursor({"session_number": {"S": "1"}})):
        refused = stack.get("list_mine", CLASS[0].user_id, query={"cursor": cursor})
        assert (refused["statusCode"], body_of(refused)["errors"][0]["pointer"]) == (422, "/query/cursor")


def test_a_pupil_takes_the_open_badge_along(stack):
    path = f"/v1/me/certifications/{CLASS[0].certification_id}/open-badge.jwt"
    answer = stack.get("print_mine", CLASS[0].user_id, path=path)
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "application/vc+jwt")
    header = json.loads(from_base64url(answer["body"].split(".", maxsplit=1)[0]))
    key = ECKey.import_key(json.loads(stack.objects()[header["kid"].removeprefix("https://jalon.example/")]))
    credential = json.loads(jws.deserialize_compact(answer["body"], key, algorithms=["ES256"]).payload)
    assert credential["credentialSubject"]["identifier"][0]["identityHash"] == "Élève-Test Numéro 1"


def test_a_pupil_takes_every_certificate_along_in_one_file(stack):
    answer = stack.get("list_mine", CLASS[0].user_id, path="/v1/me/certificates.zip")
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(answer["body"]))) as archive:
        (name,) = archive.namelist()
        assert archive.read(name).startswith(b"%PDF-1.7")
    nothing = stack.get("list_mine", CLASS[2].user_id, path="/v1/me/certificates.zip")
    assert (nothing["statusCode"], body_of(nothing)["code"]) == (404, "nothing_to_archive")


def verify(stack, code, scope="certificates:verify"):
    event = deepcopy(sample("certificates/verify"))
    event["rawPath"] = event["requestContext"]["http"]["path"] = f"/v1/verifications/{code}"
    event["requestContext"]["authorizer"]["jwt"]["claims"] |= {"scope": scope}
    return certificates(event, CONTEXT)


def test_a_registered_client_learns_how_a_code_stands(stack):
    code = body_of(stack.get("list_mine", CLASS[0].user_id))["items"][0]["code"]
    for typed in (code, code.lower(), code.removeprefix("P-")):
        found = body_of(verify(stack, typed))
        assert (found["status"], found["name"], found["score"], found["levels"]["4.2"]) == ("genuine", "Élève-Test Numéro 1", 152, 6)
    stack.revoke(CLASS[3].certification_id)
    revoked = body_of(stack.get("list_mine", CLASS[3].user_id))["items"][0]["code"]
    assert body_of(verify(stack, revoked))["status"] == "revoked"


def test_nobody_else_looks_codes_up(stack):
    code = body_of(stack.get("list_mine", CLASS[0].user_id))["items"][0]["code"]
    assert verify(stack, code, scope="lsu:read")["statusCode"] == 403
    assert (verify(stack, "P-BCDFGHJKMPQ3")["statusCode"], verify(stack, "P-BCDFGHJKMPQ4")["statusCode"]) == (404, 422)


def test_a_rejected_pupil_sees_why_and_has_nothing_to_print(stack):
    (line,) = body_of(stack.get("list_mine", CLASS[2].user_id))["items"]
    assert (line["status"], line["score"], line["certificate"]) == ("rejected", None, None)
    assert line["comment"] == "Taux de réussite inférieur à 50 %."
    path = f"/v1/me/certifications/{CLASS[2].certification_id}/certificate.pdf"
    assert stack.get("print_mine", CLASS[2].user_id, path=path)["statusCode"] == 404


def test_nobody_prints_anothers_certificate(stack):
    answer = stack.get("print_mine", CLASS[1].user_id)
    assert (answer["statusCode"], body_of(answer)["code"]) == (404, "certificate_not_found")


def test_a_revoked_certificate_is_neither_printed_nor_counted(stack):
    stack.revoke(CLASS[3].certification_id)
    sign_status_list(sample("sign_status_list/revocation"), CONTEXT)
    path = f"/v1/me/certifications/{CLASS[3].certification_id}/certificate.pdf"
    answer = stack.get("print_mine", CLASS[3].user_id, path=path)
    assert (answer["statusCode"], body_of(answer)["code"]) == (410, "certificate_revoked")
    (line,) = body_of(stack.get("list_mine", CLASS[3].user_id))["items"]
    assert (line["status"], line["code"] is not None, line["score"]) == ("revoked", True, None)


def test_the_list_counts_the_revoked_and_is_signed_on_schedule_too(stack):
    year = str(datetime.now(UTC).year)
    stack.revoke(CLASS[3].certification_id)
    assert sign_status_list(sample("sign_status_list/revocation"), CONTEXT)[year] == 1
    assert sign_status_list(sample("sign_status_list/schedule"), CONTEXT)[year] == 1


@pytest.mark.parametrize("name", ["session_results", "session_results_csv"])
def test_only_members_of_the_school_see_its_table(stack, name):
    answer = stack.get(name, CLASS[0].user_id)
    assert (answer["statusCode"], body_of(answer)["code"]) == (403, "not_a_member")
    elsewhere = stack.get(name, TEACHER, path=f"/v1/organisations/{UAI}/sessions/87654321/results")
    assert (elsewhere["statusCode"], body_of(elsewhere)["code"]) == (404, "session_not_found")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/me/certifications/crt_x/certificate.pdf", 422),
        ("/v1/organisations/1234567A/sessions/12345678/results", 422),
        ("/v1/me/nothing", 404),
    ],
)
def test_what_makes_no_sense_is_a_problem(stack, path, status):
    answer = stack.get("list_mine", TEACHER, path=path)
    assert answer["statusCode"] == status
    assert answer["headers"]["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "certifications",
        f"certifications/{CLASS[0].certification_id}/certificate.pdf",
        f"certifications/{CLASS[0].certification_id}/open-badge.jwt",
        "certificates.zip",
    ],
)
def test_ones_own_certificates_are_for_people_not_for_software(stack, path):
    answer = stack.get("list_mine", "cli_school", path=f"/v1/me/{path}")
    assert (answer["statusCode"], body_of(answer)["code"]) == (403, "people_only")


def test_without_a_token_nobody_is_anybody(stack):
    event = sample("certificates/list_mine")
    del event["requestContext"]["authorizer"]
    assert certificates(event, CONTEXT)["statusCode"] == 401


def ordered(stack) -> list[str]:
    """The queue's messages as the worker gets them."""
    sqs, url = stack.cloud.client("sqs"), stack.cloud.environment["ARCHIVE_QUEUE_URL"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in messages]


def deliver(body: str, tries: int = 1):
    event = sample("certificates/archive_order")
    event["Records"][0] |= {"body": body, "attributes": {"ApproximateReceiveCount": str(tries)}}
    return archive_certificates(event, CONTEXT)


def test_a_school_has_all_certificates_of_a_session_in_one_file(stack):
    assert stack.get("read_archive", TEACHER)["statusCode"] == 404
    for _ in range(2):  # asking twice orders once
        asked = stack.get("order_archive", TEACHER)
        assert (asked["statusCode"], body_of(asked)["status"]) == (202, "preparing")
    (order,) = ordered(stack)
    assert deliver(order) == {"batchItemFailures": []}
    ready = body_of(stack.get("read_archive", TEACHER))
    assert ready["status"] == "ready"
    with zipfile.ZipFile(io.BytesIO(httpx.get(ready["url"], timeout=60).content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert [name.split(" - P-")[0] for name in names][:2] == ["Numéro 1 Élève-Test", "Numéro 2 Élève-Test"]
        assert all(archive.read(name).startswith(b"%PDF-1.7") for name in names)
    assert body_of(stack.get("order_archive", TEACHER))["status"] == "ready"
    assert ordered(stack) == []


def test_an_archive_that_cannot_be_printed_is_told_after_the_last_try(fresh, monkeypatch):
    fresh.publish()
    fresh.get("order_archive", TEACHER)
    (order,) = ordered(fresh)

    def out_of_order(*_, **__):
        raise OSError

    monkeypatch.setattr("functions.certificates.archive.print_certificate", out_of_order)
    assert deliver(order, tries=1)["batchItemFailures"]
    assert body_of(fresh.get("read_archive", TEACHER))["status"] == "preparing"
    assert deliver(order, tries=3)["batchItemFailures"]
    assert body_of(fresh.get("read_archive", TEACHER))["status"] == "failed"
    s3 = fresh.cloud.client("s3")
    assert not s3.list_multipart_uploads(Bucket=fresh.cloud.environment["ARCHIVE_BUCKET"]).get("Uploads")
    assert body_of(fresh.get("order_archive", TEACHER))["status"] == "preparing"
    assert len(ordered(fresh)) == 1


def test_only_an_administrator_of_the_school_orders_archives(stack):
    assert stack.get("order_archive", CLASS[0].user_id)["statusCode"] == 403


def test_publishing_twice_leaves_the_same_bytes_everywhere(fresh):
    first = fresh.publish()
    objects, records = fresh.objects(), sorted(map(str, fresh.cloud.items("certificates")))
    lines = sorted(map(str, fresh.cloud.items("published_results")))
    assert fresh.publish() == first
    again = fresh.objects()
    assert {key: body for key, body in again.items() if key.startswith("c/")} == {k: b for k, b in objects.items() if k.startswith("c/")}
    assert sorted(map(str, fresh.cloud.items("certificates"))) == records
    assert sorted(map(str, fresh.cloud.items("published_results"))) == lines
    assert len(fresh.cloud.items("certificates_by_code")) == len(fresh.cloud.items("status_places")) == 3
    assert first[-1] == {"session_number": NUMBER, "validated": 3, "rejected": 1, "cancelled": 0}
    assert len([key for key in objects if key.startswith("c/")]) == 3


def test_a_session_is_not_closed_while_a_line_is_missing(fresh):
    from jalon.certificates.publish_session import ResultsMissingError

    publish_certificate(CLASS[0].event, CONTEXT)
    with pytest.raises(ResultsMissingError):
        publish_session(sample("publish_session/session"), CONTEXT)


def test_the_alarm_watches_the_metric_that_a_signing_emits(stack, capfd):
    alarm = template()["Resources"]["StatusListsNotSignedAlarm"]["Properties"]
    capfd.readouterr()
    sign_status_list(sample("sign_status_list/schedule"), CONTEXT)
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines() if '"_aws"' in line]
    (emitted,) = [line for line in lines if alarm["MetricName"] in line]
    (described,) = emitted["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == alarm["Namespace"]
    assert [{name: emitted[name] for name in names} for names in described["Dimensions"]] == [
        {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
    ]
    assert alarm["TreatMissingData"] == "breaching"  # silence is what it is for


def test_an_unprintable_name_is_refused_and_sounds_its_alarm(stack, monkeypatch, capfd):
    from functions.certificates.printing.faces import NameNotPrintableError

    def no_glyph(*_):
        raise NameNotPrintableError("A character cannot be printed.", character="U+10000")

    monkeypatch.setattr("functions.certificates.printing.document.print_certificate", no_glyph)
    capfd.readouterr()
    answer = stack.get("print_mine", CLASS[0].user_id)
    assert (answer["statusCode"], body_of(answer)["code"]) == (409, "name_not_printable")
    emitted = [json.loads(line) for line in capfd.readouterr().out.splitlines() if '"Refused"' in line]
    wanted = {item["Name"]: item["Value"] for item in template()["Resources"]["NameNotPrintableAlarm"]["Properties"]["Dimensions"]}
    assert [{name: line[name] for name in line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]} for line in emitted] == [wanted]


def test_the_school_has_its_table_once_the_session_is_published(fresh):
    for sat in CLASS:
        publish_certificate(sat.event, CONTEXT)
    early = fresh.get("session_results", TEACHER)
    assert (early["statusCode"], body_of(early)["code"]) == (404, "results_not_published")
    mark_published()
    table = body_of(fresh.get("session_results", TEACHER))
    assert [item["status"] for item in table["items"]] == ["validated", "validated", "rejected", "validated"]
    assert table["centre"] == "Collège des Exemples"
    file = fresh.get("session_results_csv", TEACHER)
    assert file["headers"]["Content-Type"].startswith("text/csv; charset=utf-8")
    assert file["headers"]["Content-Disposition"] == f'attachment; filename="resultats-session-{NUMBER}.csv"'
    rows = list(csv.DictReader(io.StringIO(file["body"].removeprefix("\ufeff")), delimiter=";"))
    assert [(row["Nom"], row["Statut"], row["Nombre de pix"], row["4.2"]) for row in rows] == [
        ("Numéro 1", "Validée", "152", "6"),
        ("Numéro 2", "Validée", "152", "6"),
        ("Numéro 3", "Rejetée", "-", "-"),
        ("Numéro 4", "Validée", "152", "6"),
    ]


def test_no_name_code_or_token_reaches_the_log(fresh, logged):
    fresh.publish()
    code = body_of(fresh.get("list_mine", CLASS[0].user_id))["items"][0]["code"]
    fresh.get("print_mine", CLASS[0].user_id)
    everything = logged()
    for secret in ("Numéro 1", "Élève-Test", "Exempleville", code, code[2:], "2011-05-03"):
        assert secret not in everything
    assert "RESULT_PUBLISHED" in everything


def test_a_deployment_with_a_seal_gives_out_sealed_pages_or_none(fresh, cloud, monkeypatch, capsys):
    fresh.publish()
    unsealed = fresh.get("print_mine", CLASS[0].user_id)
    sealing(cloud, monkeypatch)
    certificates_wiring.parts.cache_clear()
    printed = fresh.get("print_mine", CLASS[0].user_id)
    assert b"/ETSI.CAdES.detached" in base64.b64decode(printed["body"])
    # each print is sealed anew, so the tag is a weak one, and not that of the page without a seal
    assert printed["headers"]["ETag"].startswith('W/"')
    assert printed["headers"]["ETag"] != "W/" + unsealed["headers"]["ETag"]
    again = fresh.get("print_mine", CLASS[0].user_id, headers={"if-none-match": printed["headers"]["ETag"]})
    assert again["statusCode"] == 304
    sealing(cloud, monkeypatch, days=1, since=datetime(2020, 1, 1, tzinfo=UTC))
    certificates_wiring.parts.cache_clear()
    refused = fresh.get("print_mine", CLASS[0].user_id)
    assert (refused["statusCode"], body_of(refused)["code"]) == (503, "seal_unavailable")
    watched = template()["Resources"]["SealUnavailableAlarm"]["Properties"]
    wanted = {item["Name"]: item["Value"] for item in watched["Dimensions"]} | {watched["MetricName"]: [1.0]}
    emitted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if watched["MetricName"] in line]
    assert wanted.items() <= emitted[-1].items()
    monkeypatch.undo()
    certificates_wiring.parts.cache_clear()
