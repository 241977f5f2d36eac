"""The documentation says what is there: the picture names every function and table, and links lead somewhere."""

import re
from pathlib import Path

import pytest

from tools import artifact

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "layers").glob("*/README.md")])
RESOURCES = artifact.template()["Resources"]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _picture() -> set[str]:
    text = (ROOT / "docs" / "architecture.md").read_text()
    return set(re.findall(r"\w+", text.split("```mermaid")[1].split("```")[0]))


@pytest.mark.parametrize("logical_id", [name for name, resource in RESOURCES.items() if resource["Type"] == "AWS::Serverless::Function"])
def test_the_picture_shows_every_function(logical_id: str) -> None:
    package = RESOURCES[logical_id]["Properties"]["Handler"].split(".")[1]
    assert package in _picture()


@pytest.mark.parametrize("logical_id", [name for name, resource in RESOURCES.items() if resource["Type"] == "AWS::DynamoDB::Table"])
def test_the_picture_shows_every_table(logical_id: str) -> None:
    assert _snake(logical_id.removesuffix("Table")) in _picture()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


SOURCES = sorted(
    path
    for folder in ("benchmarks", "docs", "functions", "layers", "local", "tests", "tools")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".md", ".yaml", ".js"} and "node_modules" not in path.parts
)


def test_every_page_and_section_that_is_named_is_there() -> None:
    """A page with a section's number or its title in italics, in code and pages alike; a decision by its number."""
    lost = [f"{path.relative_to(ROOT)}: {named}" for path in SOURCES for named in _named_in(path.read_text()) if not _is_there(*named)]
    assert lost == []


def _named_in(text: str) -> list[tuple[str, str]]:
    """Pages with the section's number or title, either of which may be left out."""
    found = re.findall(r"(docs/[\w./-]*\w)(?: ?§ ?(\d+[a-z]?)|, \*([^*\n]+)\*)?", text)
    return [(page, number or title) for page, number, title in found if page.endswith(".md") or re.fullmatch(r"docs/decisions/\d{4}", page)]


def _is_there(page: str, section: str) -> bool:
    if not page.endswith(".md"):
        return any((ROOT / "docs" / "decisions").glob(f"{page[-4:]}-*.md"))
    if not (ROOT / page).exists():
        return False
    headings = re.findall(r"^#+ +(.*)$", (ROOT / page).read_text(), re.MULTILINE)
    return not section or any(heading == section or re.match(rf"{re.escape(section)}[. ]", heading) for heading in headings)


def test_every_command_the_readme_names_is_a_target() -> None:
    text = "".join(page.read_text() for page in PAGES if page.name != "problems.md")  # made of what errors say: they name no command
    named = set(re.findall(r"`?make ([a-z]+)\b", text)) - {"it", "them", "a", "the", "sure", "no", "one", "nothing", "up", "what"}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named - targets == set()


def test_every_function_has_a_log_group_with_a_retention_and_a_role_of_its_own() -> None:
    for logical_id, resource in RESOURCES.items():
        if resource["Type"] == "AWS::Serverless::Function":
            logs = RESOURCES[resource["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]]["Properties"]
            assert "RetentionInDays" in logs, logical_id
            assert "Role" not in resource["Properties"], logical_id


def test_data_tables_are_protected_recoverable_and_kept() -> None:
    expire = {"IdempotencyTable", "RefreshTokensTable", "InvitationsTable", "ImportsTable", "ExportsTable"}
    rebuilt = {"CampaignStatsTable"}
    for logical_id, resource in RESOURCES.items():
        if resource["Type"] == "AWS::DynamoDB::Table":
            assert resource["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
            if logical_id not in expire | rebuilt:
                assert resource["Properties"]["DeletionProtectionEnabled"] is True, logical_id
                assert resource["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True, logical_id
                assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain"), logical_id


def test_every_queue_that_feeds_a_function_has_a_dead_letter_queue() -> None:
    sources = [
        event["Properties"]["Queue"]["Fn::GetAtt"]
        for resource in RESOURCES.values()
        for event in (resource.get("Properties", {}).get("Events") or {}).values()
        if event["Type"] == "SQS"
    ]
    assert sources
    for source in sources:
        logical_id = source.split(".")[0] if isinstance(source, str) else source[0]
        assert "RedrivePolicy" in RESOURCES[logical_id]["Properties"], logical_id


def test_every_resource_is_preceded_by_what_it_is_for() -> None:
    lines = (ROOT / "template.yaml").read_text().splitlines()
    start = lines.index("Resources:")
    silent = [
        line.strip(" :")
        for before, line in zip(lines[start:], lines[start + 1 :], strict=False)
        if re.fullmatch(r"  [A-Z]\w+:", line) and not before.startswith("  #") and not line.strip(" :").endswith("Logs")
    ]
    outputs = {"ApiUrl", "ApiId", "SiteUrl", "SiteDistributionDomain", "SiteBucketName", "ContentBucketName"}
    assert [name for name in silent if name not in outputs] == []
