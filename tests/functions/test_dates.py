"""A date is written YYYY-MM-DD and an hour HH:MM, in every request of every function: neither seconds since 1970 nor instants are taken."""

import json
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ValidationError

from functions.accounts import proofs, schemas  # noqa: F401 - they declare the requests looked at below
from functions.answers import schemas as answers  # noqa: F401
from functions.campaigns import campaign_schemas, organisation_schemas, target_profile_schemas  # noqa: F401
from functions.jury import schemas as jury  # noqa: F401
from functions.sessions import schemas as sessions
from jalon.edge.schemas import RequestSchema

NO_DATES = (
    1307232000,
    1307232000.0,
    "1307232000",
    "2011-06-05T00:00:00",
    "2011-06-05T00:00:00Z",
    "05/06/2011",
    "2011-6-5",
    "2011-02-30",
    True,
)
NO_HOURS = (34200, "34200", "09:30Z", "9:30", "24:00", "09:30:00.5", True)


def _requests(schema: type[BaseModel] = RequestSchema) -> Iterator[type[BaseModel]]:
    for each in schema.__subclasses__():
        yield each
        yield from _requests(each)


def _dates() -> list[tuple[type[BaseModel], str]]:
    found = []
    for schema in _requests():
        for name, described in schema.model_json_schema().get("properties", {}).items():
            if '"format": "date"' in json.dumps(described):
                found.append((schema, name))
    return found


def _read(schema: type[BaseModel], body: dict[str, object], *, text: bool) -> BaseModel:
    return schema.model_validate_json(json.dumps(body)) if text else schema.model_validate(body)


def _refused(schema: type[BaseModel], name: str, value: object) -> bool:
    """In both ways that functions read: from the text, and from what was parsed."""
    for text in (False, True):
        with pytest.raises(ValidationError) as refusal:
            _read(schema, {name: value}, text=text)
        if not any(error["loc"][:1] == (name,) for error in refusal.value.errors()):
            return False
    return True


@pytest.mark.parametrize(("schema", "name"), _dates(), ids=lambda each: each if isinstance(each, str) else each.__name__)
def test_a_date_is_written_as_one(schema: type[BaseModel], name: str) -> None:
    assert [value for value in NO_DATES if not _refused(schema, name, value)] == []


def test_every_request_with_a_date_is_looked_at() -> None:
    assert {"ReconciliationRequest", "AccessRecoveryRequest", "SignUpRequest", "JoinRequest", "SessionRequest"} <= {
        schema.__name__ for schema, _ in _dates()
    }


def test_an_hour_is_written_as_one() -> None:
    assert [value for value in NO_HOURS if not _refused(sessions.SessionRequest, "start_time", value)] == []
    for value in ("09:30", "09:30:00"):
        change = sessions.SessionChangeRequest.model_validate({"start_time": value})
        assert change.start_time is not None
        assert change.start_time.isoformat("minutes") == "09:30"
