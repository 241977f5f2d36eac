"""What a property means that is called the same everywhere; a description of its own in the schema comes before."""

from collections.abc import Mapping
from typing import Any, Final

WORDS: Final[Mapping[str, str]] = {
    "access_code": "What pupils type to join the session.",
    "assessment_id": "The test: `GET /v1/assessments/{assessment_id}`.",
    "attempt": "How often the test was begun, this time included.",
    "birth_date": "YYYY-MM-DD.",
    "campaign_id": "The campaign: `cmp_` and 32 hexadecimal digits.",
    "candidate_id": "The candidate: `can_` and 32 hexadecimal digits.",
    "centre": "The school where the session is held.",
    "certification_id": "The certification: `crt_` and 32 hexadecimal digits.",
    "challenge_id": "The question, as the content names it.",
    "class": "The class, as the school's list in force names it.",
    "client_id": "`cli_` and 32 hexadecimal digits.",
    "competence": "The competence's code, such as 1.3.",
    "deadline_at": "When the test ends by itself.",
    "epoch": "Rises when another device takes the test over.",
    "external_id": "The school's own number for the candidate.",
    "extra_time_percent": "*Temps majoré*: how much more time, in per cent.",
    "hour": "On the wall of the room, HH:MM.",
    "ine": "The pupil's national number (*identifiant national élève*).",
    "insee_code": "The town's INSEE code; 99 abroad.",
    "invigilator_code": "What invigilators type to supervise the session.",
    "level": "From 0, by whole levels; a mean may lie between.",
    "locale": "Language, as `fr-FR`.",
    "mastery_percent": "Skills validated of those assessed, in per cent.",
    "next_cursor": "What to send as `cursor` for the next page; null on the last.",
    "participation_id": "The participation: `par_` and twice 32 hexadecimal digits.",
    "pix": "Points.",
    "progress_percent": "How far the test is, in per cent.",
    "purpose": "What the test is taken for.",
    "question_number": "Which question of the test, from 1.",
    "release": "Which version of the content.",
    "sequence": "The number of the question, from 1.",
    "session_number": "The session, as it is printed on its papers.",
    "shared_at": "When the results were sent; null until then.",
    "target_profile_id": "What the campaign asks about.",
    "ticket": "Names the question that is asked; sent back with the answer.",
    "time_zone": "Of the room, such as Europe/Paris.",
    "timer_s": "Seconds to answer in; null without a limit.",
    "uai": "The school's number (*unité administrative immatriculée*): seven digits and a letter.",
    "used_name": "*Nom d'usage*.",
    "user_id": "The person: `usr_` and 32 hexadecimal digits.",
}


def describe(schemas: Mapping[str, Any]) -> None:
    """Give each property that nothing describes the meaning of its name, in place."""
    for schema in schemas.values():
        for name, described in schema.get("properties", {}).items():
            if name in WORDS and not {"description", "$ref"} & described.keys():
                described["description"] = WORDS[name]
