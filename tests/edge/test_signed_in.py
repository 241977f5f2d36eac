"""Who calls a route: the signed-in person, in the role that it asks for."""

from types import SimpleNamespace
from typing import Any

import pytest

from jalon.edge.auth import RoleRequiredError
from jalon.edge.signed_in import pupil, user, user_in_role
from jalon.kernel.errors import NotSignedInError
from tests.events import http_event


def router(**event: Any) -> Any:
    """What a route's router knows of a request."""
    return SimpleNamespace(current_event=SimpleNamespace(raw_event=http_event("GET", "/v1/me", **event)))


def test_the_caller_is_the_person_of_the_token_whatever_their_roles() -> None:
    assert user(router(subject="usr_1", roles="teacher")) == "usr_1"


def test_a_role_opens_what_asks_for_it_and_nothing_else() -> None:
    assert pupil(router(subject="usr_1", roles="teacher pupil")) == "usr_1"
    assert user_in_role(router(subject="usr_2", roles="jury"), "jury") == "usr_2"
    for roles in ("", "teacher", "pupils"):
        with pytest.raises(RoleRequiredError):
            pupil(router(subject="usr_1", roles=roles))


def test_nobody_is_nobody() -> None:
    for asked in (user, pupil):
        with pytest.raises(NotSignedInError):
            asked(router(subject=""))
