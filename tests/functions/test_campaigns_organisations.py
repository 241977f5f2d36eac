"""Schools through the API function: creation, activation, membership."""

import pytest

from jalon.kernel.ids import UserId
from tests.cloud import Cloud
from tests.functions.school import OTHER_UAI, UAI, School, activation


@pytest.fixture
def school(cloud: Cloud) -> School:
    return School(cloud)


def test_the_operator_opens_a_space_and_its_head_activates_it_once(school: School) -> None:
    status, created = school.create()
    assert status == 201
    assert len(created["activation_code"].replace("-", "")) == 16
    status, member = school.call("POST", f"/v1/organisations/{UAI}/activation", activation(created["activation_code"]))
    assert (status, member["role"]) == (201, "admin")
    school.admin = member["user_id"]
    status, seen = school.as_admin("GET", "")
    assert (status, seen["name"], seen["role"], seen["pupils"], seen["classes"]) == (200, "Collège des Exemples", "admin", 0, [])
    status, again = school.call(
        "POST", f"/v1/organisations/{UAI}/activation", activation(created["activation_code"], "autre@exemple.example")
    )
    assert (status, again["code"]) == (409, "organisation_already_activated")


def test_a_head_chooses_no_password_that_everybody_would_try(school: School) -> None:
    status, refused = school.activate(password="Azerty123")
    assert (status, refused["errors"][0]["pointer"], refused["errors"][0]["code"]) == (422, "/password", "password_common")


def test_a_new_code_replaces_the_old_one_until_the_space_is_activated(school: School) -> None:
    _, first = school.create()
    _, second = school.create()
    status, refused = school.call("POST", f"/v1/organisations/{UAI}/activation", activation(first["activation_code"]))
    assert (status, refused["code"]) == (422, "activation_code_invalid")
    status, _ = school.call("POST", f"/v1/organisations/{UAI}/activation", activation(second["activation_code"].lower().replace("-", " ")))
    assert status == 201
    status, refused = school.create()
    assert (status, refused["code"]) == (409, "organisation_already_activated")


def test_a_school_that_does_not_exist_answers_as_a_wrong_code(school: School) -> None:
    status, refused = school.call("POST", f"/v1/organisations/{OTHER_UAI}/activation", activation("BCDF-GHJK-MPQR-TVWX"))
    assert (status, refused["code"]) == (422, "activation_code_invalid")


def test_a_weak_password_leaves_the_code_usable(school: School) -> None:
    _, created = school.create()
    body = activation(created["activation_code"])
    status, refused = school.call("POST", f"/v1/organisations/{UAI}/activation", body | {"password": "123"})
    assert (status, refused["errors"][0]["pointer"]) == (422, "/password")
    assert school.call("POST", f"/v1/organisations/{UAI}/activation", body)[0] == 201


def test_an_activation_cut_off_after_the_account_is_just_repeated(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    from jalon.edge.tables import StoreUnavailableError
    from jalon.organisations.organisation_store import DynamoOrganisations

    _, created = school.create()
    body = activation(created["activation_code"])

    def cut_off(*_: object) -> None:
        raise StoreUnavailableError("The service is busy; send the same request again.")

    with monkeypatch.context() as broken:
        broken.setattr(DynamoOrganisations, "activate", cut_off)
        status, refused = school.call("POST", f"/v1/organisations/{UAI}/activation", body)
        assert (status, refused["code"]) == (503, "store_unavailable")
    assert school.call("POST", f"/v1/organisations/{UAI}/activation", body)[0] == 201


@pytest.mark.parametrize(("scope", "code"), [("", "scope_required"), ("staff:write", "scope_required")])
def test_only_the_operators_scope_opens_spaces(school: School, scope: str, code: str) -> None:
    body = {"uai": UAI, "name": "Collège des Exemples", "official_email": "ce@ac-exemple.example"}
    status, refused = school.call("POST", "/v1/organisations", body, subject="cli_other", scope=scope)
    assert (status, refused["code"]) == (403, code)


def test_a_uai_with_a_wrong_letter_is_refused_by_name(school: School) -> None:
    body = {"uai": "0990001Z", "name": "Collège des Exemples", "official_email": "ce@ac-exemple.example"}
    status, refused = school.call("POST", "/v1/organisations", body, subject="cli_operator", scope="organisations:write")
    assert (status, refused["errors"][0]["pointer"]) == (422, "/uai")


ROUTES = (
    ("GET", ""),
    ("GET", "/classes"),
    ("GET", "/members"),
    ("POST", "/invitations"),
    ("DELETE", "/members/usr_" + "0" * 32),
    ("GET", "/pupils"),
    ("POST", "/imports"),
    ("GET", "/imports/imp_" + "0" * 32),
    ("POST", "/pupil-credentials"),
    ("POST", "/access-recoveries"),
    ("POST", "/sign-in-windows"),
    ("DELETE", "/pupils/123456789AB/account"),
    ("GET", "/certifiable"),
    ("POST", "/campaigns"),
    ("GET", "/campaigns"),
    ("GET", "/campaigns/cmp_" + "0" * 32),
    ("POST", "/campaigns/cmp_" + "0" * 32 + "/archiving"),
    ("GET", "/campaigns/cmp_" + "0" * 32 + "/participants"),
    ("GET", "/campaigns/cmp_" + "0" * 32 + "/results"),
    ("GET", "/campaigns/cmp_" + "0" * 32 + "/results.csv"),
)
BODIES = {
    "/invitations": {"email": "x@exemple.example"},
    "/pupil-credentials": {"class": "4A"},
    "/access-recoveries": {"first_name": "A", "last_name": "B", "birth_date": "2012-01-01", "ine": "1"},
    "/sign-in-windows": {"class": "4A"},
    "/campaigns": {"type": "profile_collection", "name": "Profils"},
}


def test_every_route_of_a_school_asks_for_its_membership(school: School) -> None:
    school.open()
    for method, path in ROUTES:
        body = BODIES.get(path) if method == "POST" else None
        query = {"class": "4A"} if path == "/certifiable" else None
        for uai in (UAI, OTHER_UAI):
            stranger = {"subject": "usr_" + "9" * 32, "roles": "teacher", "query": query}
            status, refused = school.call(method, f"/v1/organisations/{uai}{path}", body, **stranger)
            assert (status, refused["code"]) == (403, "not_a_member"), (method, path)
        status, refused = school.call(method, f"/v1/organisations/{UAI}{path}", body, query=query)
        assert (status, refused["code"]) == (401, "not_signed_in"), (method, path)


def invited(school: School, email: str = "prof@exemple.example", role: str = "member") -> dict[str, str]:
    status, invitation = school.as_admin("POST", "/invitations", {"email": email, "role": role})
    assert status == 201, invitation
    return {
        "invitation_code": invitation["invitation_code"],
        "first_name": "Dominique",
        "last_name": "Exemple",
        "email": email,
        "password": "un-autre-mot-de-passe-42",
    }


def accepted(school: School, **invitation: str) -> str:
    status, joined = school.call("POST", "/v1/accepted-invitations", invited(school, **invitation))
    assert status == 201, joined
    return str(joined["user_id"])


def test_a_colleague_is_invited_joins_once_and_is_removed(school: School) -> None:
    school.open()
    acceptance = invited(school)
    status, refused = school.call("POST", "/v1/accepted-invitations", acceptance | {"email": "autre@exemple.example"})
    assert (status, refused["errors"][0]["pointer"]) == (422, "/email")
    status, joined = school.call("POST", "/v1/accepted-invitations", acceptance)
    assert (status, joined["role"]) == (201, "member")
    assert school.call("POST", "/v1/accepted-invitations", acceptance) == (status, joined)
    status, refused = school.call("POST", "/v1/me/memberships", {"invitation_code": acceptance["invitation_code"]}, subject=school.admin)
    assert (status, refused["code"]) == (409, "invitation_used")
    members = school.as_admin("GET", "/members")[1]["items"]
    assert {(each["first_name"], each["role"]) for each in members} == {("Camille", "admin"), ("Dominique", "member")}
    assert school.as_admin("DELETE", f"/members/{joined['user_id']}")[0] == 204
    assert school.as_admin("DELETE", f"/members/{joined['user_id']}")[1]["code"] == "member_not_found"
    gone = school.call("GET", f"/v1/organisations/{UAI}", subject=joined["user_id"], roles="teacher")
    assert gone[1]["code"] == "not_a_member"


def test_someone_with_an_account_joins_another_school_with_it(school: School) -> None:
    school.open()
    _, elsewhere = school.activate(OTHER_UAI, email="ailleurs@exemple.example")
    code = {"invitation_code": invited(school, "ailleurs@exemple.example", "admin")["invitation_code"]}
    status, joined = school.call("POST", "/v1/me/memberships", code, subject=elsewhere["user_id"])
    assert (status, joined["uai"], joined["role"]) == (201, UAI, "admin")
    again = {"invitation_code": invited(school, "ailleurs@exemple.example")["invitation_code"]}
    assert school.call("POST", "/v1/me/memberships", again, subject=elsewhere["user_id"])[1]["code"] == "already_a_member"


def test_an_invitation_unknown_or_expired_opens_nothing(school: School) -> None:
    from jalon.organisations.tables import InvitationItem

    school.open()
    acceptance = invited(school)
    unknown = acceptance | {"invitation_code": "BCDF-GHJK-MPQR-TVWX"}
    assert school.call("POST", "/v1/accepted-invitations", unknown)[1]["code"] == "invitation_invalid"
    (item,) = InvitationItem.scan()
    item.update(actions=[InvitationItem.expires_at.set(1)])
    status, refused = school.call("POST", "/v1/accepted-invitations", acceptance)
    assert (status, refused["code"]) == (410, "invitation_expired")


def test_a_school_always_keeps_an_administrator(school: School) -> None:
    from jalon.organisations.memberships import NotAnAdministratorError
    from jalon.organisations.organisation_store import DynamoMembers

    school.open()
    assert school.as_admin("DELETE", f"/members/{school.admin}")[1]["code"] == "own_removal"
    second = accepted(school, email="adjoint@exemple.example", role="admin")
    members = DynamoMembers()
    first_place, second_place = (members.find(UAI, UserId(each)) for each in (school.admin, second))
    assert first_place is not None
    assert second_place is not None
    members.remove(first_place, second_place)
    with pytest.raises(NotAnAdministratorError):
        members.remove(second_place, first_place)  # both were read as administrators before either was removed
    assert [each.user_id for each in members.of_school(UAI)] == [second]


def test_a_member_who_is_no_administrator_neither_imports_nor_makes_accounts_nor_invites(school: School) -> None:
    school.open()
    teacher = accepted(school)
    refusals = (
        ("POST", "imports", None),
        ("POST", "pupil-credentials", {"class": "4A"}),
        ("POST", "invitations", {"email": "x@exemple.example"}),
        ("DELETE", f"members/{school.admin}", None),
    )
    for method, path, body in refusals:
        status, refused = school.call(method, f"/v1/organisations/{UAI}/{path}", body, subject=teacher, roles="teacher")
        assert (status, refused["code"]) == (403, "not_an_administrator")
    assert school.call("GET", f"/v1/organisations/{UAI}", subject=teacher, roles="teacher")[1]["role"] == "member"


def test_the_codes_of_answers_are_told_again_and_kept_in_no_table(school: School) -> None:
    school.open()
    new_space = {"uai": OTHER_UAI, "name": "Collège des Exemples", "official_email": "ce@ac-exemple.example"}
    operator = {"subject": "cli_operator", "scope": "organisations:write", "key": "k"}
    invitation = {"email": "prof@exemple.example", "role": "member"}
    answers = []
    for _ in range(2):
        answers.append(school.call("POST", "/v1/organisations", new_space, **operator))
        answers.append(school.as_admin("POST", "/invitations", invitation, key="k"))
    assert answers[:2] == answers[2:]
    codes = {code for _, body in answers for name, code in body.items() if name.endswith("_code")}
    assert len(codes) == 2
    kept = str([school.cloud.items(table) for table in ("idempotency", "organisations", "invitations")])
    assert not any(code in kept for code in codes)


def test_an_invitation_cut_off_before_its_answer_was_kept_is_the_same_one_again(school: School) -> None:
    from jalon.edge.idempotency import IdempotencyRecord

    school.open()
    first = school.as_admin("POST", "/invitations", {"email": "prof@exemple.example"}, key="k")
    for record in IdempotencyRecord.scan():
        record.delete()
    assert school.as_admin("POST", "/invitations", {"email": "prof@exemple.example"}, key="k") == first
    assert len(school.cloud.items("invitations")) == 1
    other = school.as_admin("POST", "/invitations", {"email": "autre@exemple.example"}, key="l")
    assert other[1]["invitation_code"] != first[1]["invitation_code"]
