"""The framework and target profiles through the API function, up to a campaign on one made to measure (docs/domain.md §6)."""

from typing import Any

import pytest

from functions.campaigns.app import handler as campaigns
from tests.assessment import content
from tests.events import CONTEXT, http_event
from tests.functions.campaign_scene import Scene
from tests.functions.school import UAI

OWN = f"/v1/organisations/{UAI}/target-profiles"
TOPICS = [{"id": "tube51b", "max_level": 3}, {"id": "tube11a", "max_level": 2}]


def make(scene: Scene, **changes: Any) -> Any:
    status, made = scene.school.as_admin("POST", "/target-profiles", {"name": "Club robotique", "topics": TOPICS} | changes)
    assert status == 201, made
    return made


def test_the_framework_names_every_topic_with_its_levels(scene: Scene) -> None:
    status, found = scene.school.as_pupil(scene.zoe, "GET", "/v1/framework")
    assert (status, found["max_level"], found["release"]) == (200, 7, content.VERSION)
    assert [domain["code"] for domain in found["domains"]] == ["1", "2", "3", "4", "5"]
    listed = {each["code"]: each["topics"] for domain in found["domains"] for each in domain["competences"]}
    assert set(listed) == set(content.COMPETENCES)
    assert listed["5.1"] == [{"id": f"tube51{letter}", "name": f"tube51{letter}", "levels": [1, 2, 3]} for letter in "ab"]


def test_the_framework_is_sent_again_only_when_the_content_changes(scene: Scene) -> None:
    first = campaigns(http_event("GET", "/v1/framework", subject=scene.zoe), CONTEXT)
    again = campaigns(http_event("GET", "/v1/framework", subject=scene.zoe, headers={"If-None-Match": first["headers"]["ETag"]}), CONTEXT)
    assert (first["statusCode"], again["statusCode"]) == (200, 304)


def test_a_parcours_of_the_content_shows_its_topics(scene: Scene) -> None:
    status, found = scene.school.as_pupil(scene.zoe, "GET", f"/v1/target-profiles/{content.CAMPAIGN_PROFILE}")
    assert (status, found["skills"]) == (200, 5)
    assert [(each["id"], each["competence"], each["max_level"]) for each in found["topics"]] == [
        ("tube11a", "1.1", 3),
        ("tube12a", "1.2", 2),
    ]
    status, refused = scene.school.as_pupil(scene.zoe, "GET", "/v1/target-profiles/nowhere")
    assert (status, refused["code"]) == (404, "target_profile_not_found")


def test_one_made_to_measure_is_listed_and_read(scene: Scene) -> None:
    made = make(scene)
    assert (made["skills"], made["competences"], made["withdrawn_at"]) == (5, ["1.1", "5.1"], None)
    assert [(each["id"], each["max_level"]) for each in made["topics"]] == [("tube11a", 2), ("tube51b", 3)]
    later = make(scene, name="Atelier")
    page = scene.school.as_admin("GET", "/target-profiles", query={"limit": "1"})[1]
    assert page["items"] == [later]
    following = scene.school.as_admin("GET", "/target-profiles", query={"limit": "1", "cursor": page["next_cursor"]})[1]
    assert following["items"] == [made]
    assert scene.school.as_admin("GET", f"/target-profiles/{made['id']}") == (200, made)


def test_a_ceiling_above_the_hardest_skill_is_kept_as_it_was_asked(scene: Scene) -> None:
    made = make(scene, topics=[{"id": "tube11a", "max_level": 6}])
    assert (made["skills"], made["topics"][0]["max_level"]) == (3, 6)


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"topics": []}, ["/topics"]),
        ({"topics": [{"id": "nowhere", "max_level": 2}, {"id": "tube11a", "max_level": 8}]}, ["/topics/0/id", "/topics/1/max_level"]),
        ({"topics": [{"id": "tube11a", "max_level": 9}]}, ["/topics/0/max_level"]),
        ({"topics": [{"id": "tube11a", "level": 2}]}, ["/topics/0/max_level", "/topics/0/level"]),
        ({"name": " "}, ["/name"]),
        ({"uai": UAI}, ["/uai"]),
    ],
)
def test_what_cannot_be_made_is_refused_by_field(scene: Scene, changes: dict[str, Any], pointers: list[str]) -> None:
    before = scene.school.as_admin("GET", "/target-profiles")[1]["items"]
    status, refused = scene.school.as_admin("POST", "/target-profiles", {"name": "A", "topics": TOPICS} | changes)
    assert (status, [error["pointer"] for error in refused["errors"]]) == (422, pointers)
    assert scene.school.as_admin("GET", "/target-profiles")[1]["items"] == before


def test_a_pupil_is_no_member_of_the_school(scene: Scene) -> None:
    for method, path, body in (("GET", OWN, None), ("POST", OWN, {"name": "A", "topics": TOPICS})):
        status, refused = scene.school.as_pupil(scene.zoe, method, path, body)
        assert (status, refused["code"]) == (403, "not_a_member")


def test_pupils_take_a_campaign_on_one_made_to_measure(scene: Scene) -> None:
    made = make(scene)
    campaign = scene.school.create_campaign(target_profile_id=made["id"])
    assert campaign["target_profile_id"] == made["id"]
    participation = scene.participate(campaign)
    scene.answer(participation)
    scene.school.track()
    status, shared = scene.share(participation)
    assert (status, shared["results"]["overall"]["total"]) == (200, 5)
    assert set(shared["results"]["competences"]) == {"1.1", "5.1"}
    path = f"/v1/organisations/{UAI}/campaigns/{campaign['id']}/results.csv"
    exported = campaigns(http_event("GET", path, subject=scene.school.admin), CONTEXT)["body"].splitlines()
    assert ";Club robotique;" in exported[1]
    assert "Compétence 5.1" in exported[0]
    assert "Compétence 1.2" not in exported[0]


def test_a_withdrawn_one_takes_no_new_campaign_and_leaves_the_others_alone(scene: Scene) -> None:
    made = make(scene)
    campaign = scene.school.create_campaign(target_profile_id=made["id"])
    status, withdrawn = scene.school.as_admin("POST", f"/target-profiles/{made['id']}/withdrawal")
    assert (status, withdrawn["withdrawn_at"] is not None) == (200, True)
    assert scene.school.as_admin("POST", f"/target-profiles/{made['id']}/withdrawal") == (200, withdrawn)
    body = {"type": "assessment", "name": "Rentrée", "target_profile_id": made["id"]}
    status, refused = scene.school.as_admin("POST", "/campaigns", body)
    assert (status, refused["errors"][0]["pointer"]) == (422, "/target_profile_id")
    assert "withdrawn" in refused["errors"][0]["detail"]
    assert scene.participate(campaign)["assessment_id"] is not None


def test_one_the_school_never_made_is_not_found(scene: Scene) -> None:
    nowhere = "/target-profiles/tpf_" + "0" * 32
    for method, path in (("GET", nowhere), ("POST", f"{nowhere}/withdrawal")):
        status, refused = scene.school.as_admin(method, path)
        assert (status, refused["code"]) == (404, "target_profile_not_found")
