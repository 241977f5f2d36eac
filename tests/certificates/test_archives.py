"""A school's archive: the same contents give the same key and the same bytes, other contents another."""

import dataclasses
import io
import json
import zipfile

import pytest

from functions.certificates.archive import name_of, write_archive
from jalon.certificates.archives import ArchiveOrder, NothingToArchiveError, order_of
from jalon.certificates.certificate import Outcome, PublishedResult
from jalon.certificates.publish_certificate import publish_certificate
from jalon.kernel.ids import SessionNumber
from tests.certificates.fakes import NOON, SITE_URL, a_result, publishing
from tests.cloud import template

NUMBER = SessionNumber("12345678")


@pytest.fixture(scope="module")
def published():
    parts = publishing()
    lines = [publish_certificate(parts, a_result(number)) for number in (1, 2)]
    return parts, lines


def archived(certificates) -> bytes:
    target = io.BytesIO()
    assert write_archive(target, certificates, "fr", SITE_URL) == len(certificates)
    return target.getvalue()


def test_the_same_certificates_give_the_same_file(published):
    parts, lines = published
    certificates = [parts.certificates.by_code(line.code) for line in lines]
    assert archived(certificates) == archived(certificates)
    with zipfile.ZipFile(io.BytesIO(archived(certificates))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [name_of(certificate) for certificate in certificates]


def test_a_name_cannot_lead_a_file_elsewhere(published):
    parts, lines = published
    certificate = parts.certificates.by_code(lines[0].code)
    evil = dataclasses.replace(certificate, result=a_result(last_name="../../etc/passwd\0", first_name="C:\\x"))
    assert name_of(evil) == f"etc passwd C x - {certificate.facts.code}.pdf"


@pytest.mark.parametrize(("language", "note"), [("fr", "Certificats manquants.txt"), ("en", "Missing certificates.txt")])
def test_a_name_that_cannot_be_printed_is_told_and_keeps_nobody_from_theirs(published, language, note, capsys):
    parts, lines = published
    unprintable = publish_certificate(parts, a_result(9, first_name="Zoé😀"))
    certificates = [parts.certificates.by_code(line.code) for line in (lines[0], unprintable, lines[1])]
    target = io.BytesIO()
    assert write_archive(target, certificates, language, SITE_URL) == 2
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == [name_of(certificates[0]), name_of(certificates[2]), note]
        assert name_of(certificates[1]) in archive.read(note).decode()
    emitted = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    wanted = template()["Resources"]["NameNotPrintableAlarm"]["Properties"]
    assert {item["Name"]: emitted[item["Name"]] for item in wanted["Dimensions"]} == {i["Name"]: i["Value"] for i in wanted["Dimensions"]}
    assert emitted[wanted["MetricName"]] == [1.0]


def test_the_key_follows_what_counts(published):
    _, lines = published
    order = order_of(NUMBER, lines, "fr", "1")
    assert order == order_of(NUMBER, list(reversed(lines)), "fr", "1")
    assert ArchiveOrder.parse(order.message()) == order
    revoked = [dataclasses.replace(lines[0], revoked_at=NOON), lines[1]]
    others = {order_of(NUMBER, revoked, "fr", "1").key, order_of(NUMBER, lines, "en", "1").key, order_of(NUMBER, lines, "fr", "2").key}
    assert len(others | {order.key}) == 4


def test_a_session_without_certificates_has_no_archive():
    rejected = PublishedResult(a_result(outcome=Outcome.REJECTED), None, NOON)
    with pytest.raises(NothingToArchiveError):
        order_of(NUMBER, [rejected], "fr", "1")
