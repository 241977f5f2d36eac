"""What a school has made is read where the answer's Location says, by whom made it; a repeated request says the same."""

from typing import Any

import pytest

from functions.campaigns.app import handler as campaigns
from tests.events import CONTEXT, body_of, http_event
from tests.functions.campaign_scene import Scene
from tests.functions.school import UAI
from tests.functions.test_target_profiles import TOPICS

MADE: dict[str, Any] = {
    "campaigns": {"type": "profile_collection", "name": "Rentrée"},
    "imports": None,
    "target-profiles": {"name": "Club robotique", "topics": TOPICS},
}


@pytest.mark.parametrize("kind", MADE)
def test_what_is_made_is_read_at_its_location(scene: Scene, kind: str) -> None:
    def ask(method: str, path: str, body: Any = None, key: str | None = None) -> dict[str, Any]:
        answer = campaigns(http_event(method, path, body, subject=scene.school.admin, roles="teacher", key=key), CONTEXT)
        return {**answer, "headers": {name.lower(): value for name, value in answer["headers"].items()}}

    made = ask("POST", f"/v1/organisations/{UAI}/{kind}", MADE[kind], key=f"once-{kind}")
    assert made["statusCode"] in {201, 202}, made["body"]
    read = ask("GET", made["headers"]["location"])
    assert (read["statusCode"], body_of(read)["id"]) == (200, body_of(made)["id"])
    again = ask("POST", f"/v1/organisations/{UAI}/{kind}", MADE[kind], key=f"once-{kind}")
    assert (again["headers"]["location"], again["headers"]["idempotency-replayed"]) == (made["headers"]["location"], "true")
