"""What has the form of a national student number."""

import pytest

from jalon.kernel.ine import has_ine_form, normal_ine


@pytest.mark.parametrize(
    "number",
    ["123456789AB", "0123456789K", "1234A12345B", "0EXA5N01234", " 123 456 789 ab ", "000000001AA", "1111111122B"],
)
def test_each_form_of_the_ministry_is_one(number: str) -> None:
    assert has_ine_form(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "0",
        "-",
        "N/A",
        "INCONNU",
        "NULL",
        "12345678AB",  # one too few
        "123456789ABC",
        "1234567ABCD",
        "ABCDEFGHIJK",
        "00000000000",
        "000000000AA",
        "9999999999Z",
        "AAAAAAAAAA1",
        "123-456-789AB",
        "１２３４５６７８９AB",  # digits that SIECLE does not write
        "١٢٣٤٥٦٧٨٩AB",
        "123456789ÀB",
        "123456789AB\n1",
        "\ud800",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not has_ine_form(text)


def test_a_number_is_one_however_it_is_spaced() -> None:
    assert normal_ine(" 123 456\u00a0789 ab") == "123456789AB"
