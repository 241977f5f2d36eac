"""The import worker: docs/domain.md §6, from the upload to the list in force."""

import json
from typing import Any

import pytest

from functions.import_pupils.app import handler
from jalon.edge.paging import decode_cursor, encode_cursor
from jalon.edge.tables import StoreUnavailableError
from jalon.organisations.organisation_store import DynamoOrganisations
from jalon.organisations.pupil_store import DynamoPupils
from local.siecle_sample import siecle_sample
from tests.cloud import Cloud
from tests.events import CONTEXT
from tests.functions.school import EVENTS, UAI, School


@pytest.fixture
def school(cloud: Cloud) -> School:
    return School(cloud).open()


def listed(school: School, class_name: str | None = None, limit: int = 7) -> list[dict[str, Any]]:
    """The whole list, page by page."""
    pupils: list[dict[str, Any]] = []
    query = {"limit": str(limit)} | ({"class": class_name} if class_name else {})
    while True:
        status, page = school.as_admin("GET", "/pupils", query=query)
        assert status == 200, page
        pupils += page["items"]
        if page["next_cursor"] is None:
            return pupils
        query["cursor"] = page["next_cursor"]


def test_the_sample_is_imported_whole_without_its_leavers(school: School) -> None:
    requested = school.request_import()
    assert requested["status"] == "AWAITING_UPLOAD"
    school.upload(requested, school.sample.xml)
    assert school.deliver(requested["id"]) == []
    ended = school.read_import(requested["id"])
    assert (ended["status"], ended["errors"]) == ("IMPORTED", [])
    assert ended["counts"] == {"imported": 60, "left_school": 2, "without_ine": 0, "without_class": 0, "removed": 0}
    pupils = listed(school)
    assert {pupil["ine"] for pupil in pupils} == {pupil.ine for pupil in school.sample.pupils}
    assert [pupil["class"] for pupil in pupils] == ["4A"] * 30 + ["4B"] * 30
    assert len(listed(school, "4A")) == 30
    assert listed(school, "5Z") == []
    status, classes = school.as_admin("GET", "/classes")
    assert (status, classes["items"]) == (200, [{"name": "4A", "size": 30}, {"name": "4B", "size": 30}])


def test_the_uploaded_file_is_removed_once_read(school: School) -> None:
    school.import_list(school.sample.xml)
    bucket = school.cloud.environment["UPLOAD_BUCKET"]
    assert "Contents" not in school.cloud.client("s3").list_objects_v2(Bucket=bucket)


def test_a_message_delivered_again_changes_nothing(school: School) -> None:
    requested = school.request_import()
    school.upload(requested, school.sample.xml)
    school.deliver(requested["id"])
    before = school.cloud.items("pupils"), school.cloud.items("imports"), school.cloud.items("organisations")
    assert school.deliver(requested["id"]) == []
    assert (school.cloud.items("pupils"), school.cloud.items("imports"), school.cloud.items("organisations")) == before


def test_a_file_sent_again_to_an_ended_import_changes_nothing(school: School) -> None:
    requested = school.request_import()
    school.upload(requested, b"<LIVRES/>")
    school.deliver(requested["id"])
    school.upload(requested, school.sample.xml)
    school.deliver(requested["id"])
    assert school.read_import(requested["id"])["status"] == "VALIDATION_ERROR"
    assert listed(school) == []


def test_a_bad_file_reports_all_its_errors_and_leaves_the_former_list(school: School) -> None:
    school.import_list(school.sample.xml)
    first, second = school.sample.pupils[:2]
    bad = school.sample.xml.replace(first.birth_date.strftime("%d/%m/%Y").encode(), b"", 1).replace(second.ine.encode(), first.ine.encode())
    ended = school.import_list(bad)
    assert ended["status"] == "VALIDATION_ERROR"
    assert {error["code"] for error in ended["errors"]} == {"BIRTHDATE_REQUIRED", "INE_UNIQUE"}
    assert {error["pupil"]["last_name"] for error in ended["errors"]} <= {pupil.last_name for pupil in school.sample.pupils}
    assert len(listed(school)) == 60


def test_a_list_of_another_school_is_refused(school: School) -> None:
    ended = school.import_list(siecle_sample("0990002P", seed=1).xml)
    assert [error["code"] for error in ended["errors"]] == ["UAI_MISMATCHED"]


def test_a_new_list_removes_who_left_and_retires_the_former_rows(school: School) -> None:
    school.import_list(school.sample.xml)
    other = siecle_sample(UAI, seed=2)
    shared = {pupil.ine for pupil in other.pupils} & {pupil.ine for pupil in school.sample.pupils}
    ended = school.import_list(other.xml)
    assert ended["counts"]["removed"] == 60 - len(shared)
    assert {pupil["ine"] for pupil in listed(school)} == {pupil.ine for pupil in other.pupils}
    rows = school.cloud.items("pupils")
    assert sum("expires_at" in row for row in rows) == 60
    assert len(rows) == 120


def test_a_cursor_of_a_list_since_replaced_is_refused(school: School) -> None:
    school.import_list(school.sample.xml)
    cursor = school.as_admin("GET", "/pupils", query={"limit": "7"})[1]["next_cursor"]
    school.import_list(siecle_sample(UAI, seed=2).xml)
    status, refused = school.as_admin("GET", "/pupils", query={"limit": "7", "cursor": cursor})
    assert (status, refused["code"]) == (409, "pupil_list_changed")


def test_a_cursor_that_no_page_gave_is_refused(school: School) -> None:
    school.import_list(school.sample.xml)
    page = school.as_admin("GET", "/pupils", query={"limit": "7", "class": "4A"})[1]
    ours = decode_cursor(page["next_cursor"])
    assert ours is not None
    for forged in (ours | {"ine": ""}, ours | {"place": 1}, {"version": ours["version"]}, {"version": 1}, {"x": "y"}):
        assert school.as_admin("GET", "/pupils", query={"cursor": encode_cursor(forged) or ""})[0] in {409, 422}
    status, refused = school.as_admin("GET", "/pupils", query={"cursor": page["next_cursor"], "class": "4B"})
    assert (status, refused["errors"][0]["pointer"]) == (422, "/query/cursor")
    assert school.as_admin("GET", "/pupils", query={"cursor": "%%%"})[0] == 422


@pytest.mark.parametrize("after_rows", [False, True])
def test_a_crash_half_way_leaves_the_former_list_and_the_next_delivery_completes(
    school: School, monkeypatch: pytest.MonkeyPatch, after_rows: bool
) -> None:
    school.import_list(school.sample.xml)
    other = siecle_sample(UAI, seed=2)
    requested = school.request_import()
    school.upload(requested, other.xml)
    with monkeypatch.context() as broken:
        if after_rows:
            broken.setattr(DynamoOrganisations, "put_in_force", _fails)
        else:
            broken.setattr(DynamoPupils, "write", _half_written)
        assert school.deliver(requested["id"]) != []
    assert {pupil["ine"] for pupil in listed(school)} == {pupil.ine for pupil in school.sample.pupils}
    assert school.read_import(requested["id"])["status"] == "VALIDATED"
    assert school.deliver(requested["id"], receive_count=2) == []
    assert school.read_import(requested["id"])["status"] == "IMPORTED"
    assert {pupil["ine"] for pupil in listed(school)} == {pupil.ine for pupil in other.pupils}


def test_an_import_that_fails_to_the_last_tells_the_school(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    requested = school.request_import()
    school.upload(requested, school.sample.xml)
    with monkeypatch.context() as broken:
        broken.setattr(DynamoOrganisations, "put_in_force", _fails)
        assert school.deliver(requested["id"], receive_count=5) != []
    ended = school.read_import(requested["id"])
    assert (ended["status"], [error["code"] for error in ended["errors"]]) == ("IMPORT_ERROR", ["IMPORT_FAILED"])
    assert listed(school) == []


def test_the_list_asked_for_last_wins_whatever_the_order_of_arrival(school: School) -> None:
    older, newer = school.request_import(), school.request_import()
    school.upload(newer, siecle_sample(UAI, seed=2).xml)
    school.deliver(newer["id"])
    school.upload(older, school.sample.xml)
    school.deliver(older["id"])
    ended = school.read_import(older["id"])
    assert (ended["status"], [error["code"] for error in ended["errors"]]) == ("IMPORT_ERROR", ["SUPERSEDED"])
    assert {pupil["ine"] for pupil in listed(school)} == {pupil.ine for pupil in siecle_sample(UAI, seed=2).pupils}


def test_the_buckets_test_notice_and_unknown_objects_are_ignored(school: School) -> None:
    assert handler(json.loads((EVENTS / "import_pupils" / "bucket_test.json").read_text()), CONTEXT) == {"batchItemFailures": []}
    assert school.deliver("imp_" + "f" * 32) == []
    assert school.deliver("nested/key") == []


def test_an_unchanged_status_costs_no_body(school: School) -> None:
    from functions.campaigns.app import handler as campaigns
    from tests.events import http_event

    requested = school.request_import()
    path = f"/v1/organisations/{UAI}/imports/{requested['id']}"
    first = campaigns(http_event("GET", path, subject=school.admin), CONTEXT)
    again = campaigns(http_event("GET", path, subject=school.admin, headers={"If-None-Match": first["headers"]["ETag"]}), CONTEXT)
    assert (again["statusCode"], again.get("body") or "") == (304, "")


def test_an_import_needs_its_idempotency_key_and_answers_the_same_under_it(school: School) -> None:
    status, refused = school.as_admin("POST", "/imports", key="")
    assert (status, refused["code"]) == (422, "idempotency_key_required")
    assert school.as_admin("POST", "/imports", key="k1")[1]["id"] == school.as_admin("POST", "/imports", key="k1")[1]["id"]


def _fails(*_: object) -> None:
    raise StoreUnavailableError("The service is busy; send the same request again.")


_write = DynamoPupils.write


def _half_written(store: DynamoPupils, uai: Any, version: Any, pupils: Any) -> None:
    _write(store, uai, version, pupils[:20])
    _fails()
