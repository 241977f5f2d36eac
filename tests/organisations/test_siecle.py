"""Reading SIECLE exports: docs/domain.md §6."""

import io
import zipfile
from datetime import date

import pytest

from jalon.kernel.ids import Uai
from jalon.organisations.imports import ImportProblem, ImportRefusedError, ProblemCode
from jalon.organisations.pupils import Sex
from jalon.organisations.siecle_file import open_siecle
from jalon.organisations.siecle_rows import PupilList, pupils_of
from jalon.organisations.siecle_xml import read_siecle
from local.siecle_sample import siecle_sample

UAI = Uai("0990001N")
TODAY = date(2026, 11, 23)
ELEVE = (
    "<ELEVE ELEVE_ID='{id}'><ID_NATIONAL>{ine}</ID_NATIONAL><NOM_DE_FAMILLE>{last}</NOM_DE_FAMILLE><PRENOM>{first}</PRENOM>"
    "<CODE_SEXE>{sex}</CODE_SEXE><DATE_NAISS>{birth}</DATE_NAISS><CODE_PAYS>{country}</CODE_PAYS>"
    "<CODE_COMMUNE_INSEE_NAISS>{town}</CODE_COMMUNE_INSEE_NAISS>{more}</ELEVE>"
)
GOOD = {
    "id": "1",
    "ine": "123456789AB",
    "last": "MARTIN",
    "first": "Zoé",
    "sex": "2",
    "birth": "04/09/2012",
    "country": "100",
    "town": "31555",
    "more": "",
}


def eleve(**changes: str) -> str:
    return ELEVE.format(**{**GOOD, **changes})


def structure(pupil_id: str = "1", code: str = "4A", kind: str = "D") -> str:
    return (
        f"<STRUCTURES_ELEVE ELEVE_ID='{pupil_id}'><STRUCTURE><CODE_STRUCTURE>{code}</CODE_STRUCTURE>"
        f"<TYPE_STRUCTURE>{kind}</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE>"
    )


def document(*eleves: str, structures: str | None = None, uaj: str = UAI, encoding: str = "UTF-8", prolog: str = "") -> bytes:
    lines = structures if structures is not None else "".join(structure(str(number + 1)) for number in range(len(eleves)))
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{prolog}<BEE_ELEVES><PARAMETRES><UAJ>{uaj}</UAJ></PARAMETRES><DONNEES>'
        f"<ELEVES>{''.join(eleves)}</ELEVES><STRUCTURES>{lines}</STRUCTURES></DONNEES></BEE_ELEVES>"
    )
    return text.encode("utf-8" if encoding == "UTF-8" else encoding)


def zipped(data: bytes, name: str = "eleves.xml", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), data, method)  # without the hour: these bytes name tests, the same in every worker
    return buffer.getvalue()


def read(upload: bytes, **limits: int) -> PupilList:
    with open_siecle(upload, **limits) as opened:
        return pupils_of(read_siecle(opened), UAI, TODAY)


def problems(upload: bytes, **limits: int) -> tuple[ImportProblem, ...]:
    with pytest.raises(ImportRefusedError) as refusal:
        read(upload, **limits)
    return refusal.value.problems


def codes(upload: bytes, **limits: int) -> list[ProblemCode]:
    return [problem.code for problem in problems(upload, **limits)]


def test_a_pupil_is_read_with_all_that_the_file_says() -> None:
    more = "<NOM_USAGE>LE  GOFF</NOM_USAGE><PRENOM2>Anaïs</PRENOM2><CODE_DEPARTEMENT_NAISS>031</CODE_DEPARTEMENT_NAISS>"
    more += "<CODE_MEF>102</CODE_MEF>"
    (pupil,) = read(document(eleve(more=more))).pupils
    assert (pupil.last_name, pupil.used_name, pupil.first_name, pupil.other_first_names) == ("MARTIN", "LE GOFF", "Zoé", ("Anaïs",))
    assert (pupil.ine, pupil.sex, pupil.birth_date, pupil.class_name) == ("123456789AB", Sex.FEMALE, date(2012, 9, 4), "4A")
    assert (pupil.birthplace.country_code, pupil.birthplace.department_code, pupil.birthplace.city_code) == ("100", "031", "31555")
    assert pupil.mef_code == "102"


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-15", "ISO-8859-1", "windows-1252"])
def test_the_encoding_comes_from_the_header(encoding: str) -> None:
    (pupil,) = read(document(eleve(first="Noël"), encoding=encoding)).pupils
    assert pupil.first_name == "Noël"


def test_the_letters_that_only_iso_8859_15_has_are_read() -> None:
    (pupil,) = read(document(eleve(last="SŒUR-FAŸ"), encoding="ISO-8859-15")).pupils
    assert pupil.last_name == "SŒUR-FAŸ"


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_zipped_list_reads_as_the_plain_one(method: int) -> None:
    plain = document(eleve())
    assert read(zipped(plain, method=method)) == read(plain)


def test_the_sample_gives_sixty_pupils_in_two_classes_without_the_leavers() -> None:
    sample = siecle_sample(UAI, seed=3)
    assert b'encoding="ISO-8859-15"' in sample.xml[:60]
    listed = read(sample.xml)
    assert {(p.ine, p.last_name, p.first_name, p.birth_date, p.class_name) for p in listed.pupils} == {
        (p.ine, p.last_name, p.first_name, p.birth_date, p.class_name) for p in sample.pupils
    }
    assert len(listed.pupils) == 60
    assert {p.class_name for p in listed.pupils} == {"4A", "4B"}
    assert listed.counts.left_school == 2
    assert siecle_sample(UAI, seed=3).xml == sample.xml
    assert siecle_sample(UAI, seed=4).xml != sample.xml


def test_leavers_and_pupils_without_number_or_class_are_left_out() -> None:
    eleves = (
        eleve(),
        eleve(id="2", ine="2", more="<DATE_SORTIE>01/10/2026</DATE_SORTIE>"),
        eleve(id="3").replace("<ID_NATIONAL>123456789AB</ID_NATIONAL>", ""),
        eleve(id="4", ine="4"),
        eleve(id="5", ine="5"),
        eleve(id="6", ine="6"),
    )
    structures = structure("1") + structure("2") + structure("3") + structure("4", kind="G") + structure("5", code="Inactifs")
    listed = read(document(*eleves, structures=structures))
    assert [pupil.ine for pupil in listed.pupils] == ["123456789AB"]
    assert (listed.counts.left_school, listed.counts.without_ine, listed.counts.without_class) == (1, 1, 3)


def test_the_class_is_this_years_even_when_the_pupil_has_groups_and_a_former_class() -> None:
    former = "<SCOLARITE_AN_DERNIER><CODE_STRUCTURE>5C</CODE_STRUCTURE><NOM_DE_FAMILLE>X</NOM_DE_FAMILLE></SCOLARITE_AN_DERNIER>"
    structures = structure(kind="G", code="LATIN") + structure(code="4B")
    (pupil,) = read(document(eleve(more=former), structures=structures)).pupils
    assert (pupil.class_name, pupil.last_name) == ("4B", "MARTIN")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"ine": " "}, ProblemCode.INE_REQUIRED, "ID_NATIONAL"),
        ({"sex": ""}, ProblemCode.SEX_CODE_REQUIRED, "CODE_SEXE"),
        ({"sex": "3"}, ProblemCode.SEX_CODE_REQUIRED, "CODE_SEXE"),
        ({"birth": ""}, ProblemCode.BIRTHDATE_REQUIRED, "DATE_NAISS"),
        ({"birth": "2012-09-04"}, ProblemCode.INVALID_BIRTHDATE_FORMAT, "DATE_NAISS"),
        ({"birth": "24/11/2026"}, ProblemCode.INVALID_BIRTHDATE_FORMAT, "DATE_NAISS"),
        ({"birth": "01/01/1899"}, ProblemCode.INVALID_BIRTHDATE_FORMAT, "DATE_NAISS"),
        ({"last": "123"}, ProblemCode.INVALID_CHAR_DETECTED, "NOM_DE_FAMILLE"),
        ({"birth": "31/02/2012"}, ProblemCode.INVALID_BIRTHDATE_FORMAT, "DATE_NAISS"),
        ({"last": ""}, ProblemCode.LAST_NAME_REQUIRED, "NOM_DE_FAMILLE"),
        ({"first": "  "}, ProblemCode.FIRST_NAME_REQUIRED, "PRENOM"),
        ({"town": ""}, ProblemCode.BIRTH_CITY_CODE_REQUIRED_FOR_FR_STUDENT, "CODE_COMMUNE_INSEE_NAISS"),
        ({"first": "Zo\ufffd"}, ProblemCode.INVALID_CHAR_DETECTED, "PRENOM"),
        ({"last": "MART€IN"}, ProblemCode.INVALID_CHAR_DETECTED, "NOM_DE_FAMILLE"),
        ({"ine": "12 34"}, ProblemCode.INVALID_CHAR_DETECTED, "ID_NATIONAL"),
    ],
)
def test_each_fault_has_its_code_and_names_the_pupil(changes: dict[str, str], code: ProblemCode, field: str) -> None:
    (problem,) = problems(document(eleve(**changes)))
    assert (problem.code, problem.field) == (code, field)
    assert problem.pupil is not None
    assert problem.pupil.last_name == changes.get("last", "MARTIN")


def test_a_town_is_not_asked_of_a_pupil_born_abroad() -> None:
    assert read(document(eleve(town="", country="352"))).counts.imported == 1


@pytest.mark.parametrize("name", ["Zoé", "Thècle", "Noël", "Gaüzère", "Benoît"])
def test_utf_8_under_another_header_is_detected(name: str) -> None:
    upload = document(eleve(first=name)).replace(b'encoding="UTF-8"', b'encoding="ISO-8859-15"')
    assert codes(upload) == [ProblemCode.INVALID_CHAR_DETECTED]


def test_every_error_of_the_file_is_reported_at_once() -> None:
    upload = document(eleve(sex="", birth=""), eleve(id="2"), eleve(id="3", ine="3", last=""), uaj="0990002P")
    assert codes(upload) == [
        ProblemCode.UAI_MISMATCHED,
        ProblemCode.SEX_CODE_REQUIRED,
        ProblemCode.BIRTHDATE_REQUIRED,
        ProblemCode.INE_UNIQUE,
        ProblemCode.LAST_NAME_REQUIRED,
    ]


def test_a_file_without_pupils_would_empty_the_school_and_is_refused() -> None:
    assert codes(document()) == [ProblemCode.NO_PUPIL]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"  \n ",
        b"not xml",
        b"<LIVRES/>",
        b"<BEE_ELEVES><PARAMETRES>",
        b"PK\x03\x04 not a zip",
        document(eleve(last="&b;"), prolog=BOMB),
        document(eleve(last="&a;"), prolog=EXTERNAL),
        document(prolog="<!DOCTYPE BEE_ELEVES>"),
        b"<BEE_ELEVES>" + b"<a>" * 1000 + b"</a>" * 1000 + b"</BEE_ELEVES>",
        document(eleve(last="A" * 201)),
        b'<?xml version="1.0" encoding="UTF-8"?><BEE_ELEVES>\xe9</BEE_ELEVES>',
        zipped(document(eleve()), name="eleves.txt"),
        zipped(document(eleve()), method=zipfile.ZIP_LZMA),
        zipped(document(eleve()))[:-30],
    ],
)
def test_what_is_not_a_list_is_an_invalid_file(upload: bytes) -> None:
    assert codes(upload) == [ProblemCode.INVALID_FILE]


def test_a_zip_with_two_documents_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xml", document(eleve()))
        archive.writestr("b.xml", document(eleve()))
    assert codes(buffer.getvalue()) == [ProblemCode.INVALID_FILE]


def test_a_zip_damaged_in_its_data_is_refused() -> None:
    damaged = bytearray(zipped(document(*[eleve(id=str(n), ine=str(n)) for n in range(50)])))
    for index in range(100, 140):
        damaged[index] ^= 0xFF
    assert codes(bytes(damaged)) == [ProblemCode.INVALID_FILE]


@pytest.mark.parametrize("encoding", ["EBCDIC-CP-FR", "cp037", "nonsense"])
def test_an_encoding_we_do_not_read_is_named(encoding: str) -> None:
    upload = f'<?xml version="1.0" encoding="{encoding}"?><BEE_ELEVES/>'.encode()
    assert codes(upload) == [ProblemCode.ENCODING_NOT_SUPPORTED]


def test_utf_16_is_not_read() -> None:
    assert codes('<?xml version="1.0" encoding="UTF-16"?><BEE_ELEVES/>'.encode("utf-16")) == [ProblemCode.ENCODING_NOT_SUPPORTED]


def test_a_zip_bomb_stops_at_the_limit_while_it_is_read() -> None:
    bomb = zipped(document(eleve()).replace(b"<ELEVES>", b"<ELEVES>" + b" " * 30_000_000))
    assert len(bomb) < 100_000
    assert codes(bomb, max_xml_bytes=200_000) == [ProblemCode.FILE_TOO_LARGE]


def test_an_upload_over_twenty_megabytes_is_refused() -> None:
    assert codes(b"<" * (20 * 1024 * 1024 + 1)) == [ProblemCode.FILE_TOO_LARGE]
