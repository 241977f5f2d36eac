"""Solutions are computed: the small spreadsheet, the programs, addresses and files compute them right."""

import io
import zipfile
from email import policy
from email.parser import BytesParser

import pytest
from pypdf import PdfReader

from tools.content.generators import documents, figures, pages, programs, sheets, webs

GRID = {"A1": 2, "A2": 3, "A3": 7, "B1": "Nord", "B2": "Sud", "B3": "Nord", "C1": "=A1*A2"}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=A1+A2*A3", 23),
        ("=(A1+A2)*A3", 35),
        ("=SOMME(A1:A3)", 12),
        ("=SOMME(A1;A3)", 9),
        ("=MOYENNE(A1:A3)", 4),
        ("=MEDIANE(A1:A3)", 3),
        ("=C1^2", 36),
        ('=SI(A1>=2;SI(A2<>3;"a";"b");"c")', "b"),
        ('=NB.SI(A1:A3;">2")', 2),
        ('=SOMME.SI(B1:B3;"Nord";A1:A3)', 9),
        ("=SOMME($A$1:A2)", 5),
        ("=RECHERCHEV(3;A1:B3;2;0)", "Sud"),
        ("=1,5*A1", 3),
        ("=MAJUSCULE(GAUCHE(B1;2))&A1", "NO2"),
    ],
)
def test_formulas(formula: str, value: object) -> None:
    assert sheets.evaluate(formula, GRID) == value


@pytest.mark.parametrize(
    ("formula", "target", "result"),
    [
        ("=A1*$B$1", "C5", "=A5*$B$1"),
        ("=A1*$B$1", "D1", "=B1*$B$1"),
        ("=$A1+B$1", "E3", "=$A3+D$1"),
        ("=SOMME(A1:B1)", "C2", "=SOMME(A2:B2)"),
    ],
)
def test_copied_formulas(formula: str, target: str, result: str) -> None:
    assert sheets.copied(formula, "C1", target) == result


def test_block_programs_run() -> None:
    square = "répéter 4 fois :\n    avancer de 10\n    tourner à droite de 90 degrés"
    assert programs.blocks_position(square) == (0, 0)
    nested = (
        "mettre n à 0\nrépéter 3 fois :\n    répéter 2 fois :\n        ajouter 1 à n\n    si n > 3 alors :\n        ajouter 10 à n\n"
        "    sinon :\n        ajouter 100 à n\ndire n"
    )
    assert programs.blocks_said(nested) == ["126"]
    with pytest.raises(programs.BlockError):
        programs.blocks_said("mettre x à 1\nrépéter jusqu’à x = 0 :\n    ajouter 1 à x")


def test_python_programs_cannot_reach_outside() -> None:
    assert programs.printed("for i in range(3):\n    print(i * 2)") == "0\n2\n4"
    with pytest.raises(ImportError):
        programs.printed("import os")


def test_addresses_selectors_and_requests() -> None:
    assert webs.url_joined("https://site.test/a/b/page.html", "../x.png") == "https://site.test/a/x.png"
    html = '<ul class="menu"><li>a</li><li id="x">b</li></ul><ol><li>c</li></ol><p class="note vif">d</p>'
    assert webs.selected(html, ".menu li") == ["a", "b"]
    assert webs.selected(html, "ol > li") == ["c"]
    assert webs.selected(html, "p.vif") == ["d"]
    assert webs.selected(html, "#x") == ["b"]
    found = webs.found_pages(
        'chat OU chien -vente "très doux"', ["chat très doux", "chien doux très", "chat très doux vente", "chaton très doux"]
    )
    assert found == ["chat très doux"]
    assert webs.broadcast("192.168.5.77", 26) == "192.168.5.127"


def test_figures_read_as_in_french() -> None:
    assert figures.fr(1234.5) == "1\u202f234,5"
    assert figures.euros(3) == "3,00 €"
    assert figures.misread("été") == "Ã©tÃ©"
    assert figures.caesar("XYZ", 3) == "ABC"


def test_files_are_real() -> None:
    assert documents.csv_file([["a", "b;c"], [1.5, None]]).decode() == 'a;"b;c"\n1,5;\n'
    with zipfile.ZipFile(io.BytesIO(documents.ods_file({"F": [["x", 3]]}))) as archive:
        assert archive.namelist()[0] == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert 'office:value="3"' in archive.read("content.xml").decode()
    message = BytesParser(policy=policy.default).parsebytes(
        documents.eml_file({"From": "a@b.test", "Reply-To": "c@d.test"}, "é", {"f.txt": "x"})
    )
    assert message["Reply-To"] == "c@d.test"
    assert [part.get_filename() for part in message.iter_attachments()] == ["f.txt"]
    reader = PdfReader(io.BytesIO(pages.pdf_file([["# Été (un)", "L’œuvre à 3 €"], ["Fin"]], {"Author": "Zoé", "Title": "T"})))
    assert reader.metadata is not None
    assert reader.metadata.author == "Zoé"
    assert "L’œuvre à 3 €" in reader.pages[0].extract_text()
    assert "Été &amp; été" in pages.bar_chart({"a": 3, "b": 5}, "Été & été").decode()
    assert "Œuvre" in pages.window("Attention", ["Œuvre", "[Oui]"]).decode()
    assert pages.Picture(9, 9).disc(4, 4, 3, "red").png().startswith(b"\x89PNG")
