"""What a journey made, written down for the person who goes on by hand, and read back at the next start."""

from typing import Any

from local.journey.api import Api, JourneyError
from local.journey.story import Story
from local.journey.verification import Library


def record_of(story: Story) -> dict[str, Any]:
    """Logins and identifiers of a journey that passed. They open only what the journey itself made."""
    owner = story.certificate_owner
    if owner is None:
        raise JourneyError("no certificate was published")
    return {
        "passed": True,
        "made": {
            "pupil's login": f"{owner.login['username']}  {owner.login['password']}",
            "school's login": f"{story.admin_login['username']}  {story.admin_login['password']}",
            "jury's login": f"{story.jury_login['username']}  {story.jury_login['password']}",
            "school (UAI)": story.uai,
            "campaign codes": f"{story.campaign['code']}  {story.collection['code']}",
            "session": story.session["number"],
            "certificate code": f"{story.certificate['code']}  (birth date {story.certificate['birth_date']})",
            "its verification": f"{story.verify_url}#{story.certificate['token']}",
            "certificate (PDF)": str(story.folder / "certificate.pdf"),
        },
        "pupil": owner.login,
        "admin": story.admin_login,
        "uai": story.uai,
        "session": story.session["number"],
        "certificate": story.certificate,
        "revoked": story.revoked,
        "pix": owner.api.get("/v1/me/profile")["pix"],
    }


def read_back(anyone: Api, verify_url: str, record: dict[str, Any]) -> str:
    """Sign in again and find everything as it was left; raises :class:`JourneyError` for what is missing or changed."""
    pupil = anyone.signed_in(anyone.token_for(grant_type="password", **record["pupil"]))
    pix = pupil.get("/v1/me/profile")["pix"]
    if pix != record["pix"]:
        raise JourneyError(f"the pupil had {record['pix']} pix and has {pix}")
    certification_id = record["certificate"]["certification_id"]
    found = [item for item in pupil.get("/v1/me/certifications")["items"] if item["id"] == certification_id]
    if [item["code"] for item in found] != [record["certificate"]["code"]]:
        raise JourneyError("the pupil's certificate is not there")
    school = anyone.signed_in(anyone.token_for(grant_type="password", **record["admin"]))
    rows = school.get("/v1/organisations/{uai}/sessions/{number}/results", uai=record["uai"], number=record["session"])["items"]
    states = {name: Library(verify_url.removesuffix("/v")).check({"token": record[name]["token"]}) for name in ("certificate", "revoked")}
    if states != {"certificate": "genuine", "revoked": "revoked"}:
        raise JourneyError(f"the certificates are {states}")
    return f"a profile of {pix} pix, {len(rows)} published results, a genuine and a revoked certificate"
