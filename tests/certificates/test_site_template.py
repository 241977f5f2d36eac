"""The static site's resources: what the template says of them, which the emulator does not enforce."""

from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

from tests.cloud import template


def edge():
    return yaml_parse((Path(__file__).parents[2] / "edge-template.yaml").read_text())


def test_the_web_acl_is_the_same_in_us_east_1_and_elsewhere():
    assert edge()["Resources"]["SiteWebAcl"]["Properties"] == template()["Resources"]["SiteWebAcl"]["Properties"]
    assert edge()["Outputs"]["SiteWebAclArn"]["Value"] == {"Fn::GetAtt": ["SiteWebAcl", "Arn"]}


def test_the_web_acl_slows_guessing_more_than_reading():
    rules = {rule["Name"]: rule for rule in template()["Resources"]["SiteWebAcl"]["Properties"]["Rules"]}
    guesses, floods = (rules[name]["Statement"]["RateBasedStatement"] for name in ("guesses", "floods"))
    assert guesses["ScopeDownStatement"]["ByteMatchStatement"]["SearchString"] == "/c/"
    # S3 decodes the path it is asked for, and so must the rule: /%63/ is /c/
    transformations = [item["Type"] for item in guesses["ScopeDownStatement"]["ByteMatchStatement"]["TextTransformations"]]
    assert transformations == ["URL_DECODE", "NORMALIZE_PATH"]
    assert guesses["Limit"] < floods["Limit"]
    assert all(rule["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429 for rule in rules.values())
    assert template()["Resources"]["SiteWebAcl"]["Properties"]["Scope"] == "CLOUDFRONT"


def test_only_the_distribution_reads_the_bucket():
    resources = template()["Resources"]
    (reads, tls) = resources["SiteBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert reads["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "SiteDistribution" in str(reads["Condition"]["StringEquals"]["AWS:SourceArn"])
    assert tls["Effect"] == "Deny"
    assert all(resources["SiteBucket"]["Properties"]["PublicAccessBlockConfiguration"].values())
    distribution = resources["SiteDistribution"]["Properties"]["DistributionConfig"]
    assert distribution["Origins"][0]["OriginAccessControlId"] == {"Fn::GetAtt": ["SiteAccess", "Id"]}
    assert distribution["DefaultCacheBehavior"]["AllowedMethods"] == ["GET", "HEAD"]


def test_every_answer_of_the_site_carries_the_security_headers():
    policy = template()["Resources"]["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    security, custom = policy["SecurityHeadersConfig"], {item["Header"]: item["Value"] for item in policy["CustomHeadersConfig"]["Items"]}
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert security["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    assert security["ContentSecurityPolicy"]["ContentSecurityPolicy"].startswith("default-src 'none'")
    assert custom["Permissions-Policy"] == "camera=(self), geolocation=(), microphone=(), payment=()"
