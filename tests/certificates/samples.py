"""Printed certificates to look at and to hand to any other validator.

    PYTHONPATH=.:layers/engine:layers/jalon python -m tests.certificates.samples .jalon/samples

writes one file for each name below, in French and English, and a sealed one. Every PDF/A and PDF/UA validator may be run over the folder,
for example ``verapdf --flavour 3a`` and ``verapdf --flavour ua1``.
"""

import sys
from pathlib import Path

from functions.certificates.printing.document import print_certificate
from jalon.certificates.certificate import Certificate
from jalon.certificates.publish_certificate import publish_certificate
from tests.certificates.fakes import SITE_URL, a_result, publishing

#: First and last names by what is hard about them: twenty-eight scripts, and what typing and old registers leave in names.
NAMES = {
    "french": ("Éloïse-Marie", "Œuvrard d’Exemple"),
    "long": ("Anne-Charlotte Marie-Joséphine Élisabeth Victoire", "de La Rochefoucauld-Montmorency d’Exemple-sur-Loire"),
    "without-spaces": ("A" * 60, "B" * 60),
    "decomposed": ("E\u0301lodie", "Noe\u0308l"),
    "unseen": ("Zoe\u200b\u202e", "A\u00adna\ufeff"),
    "vietnamese": ("Nguyễn Thị Ánh", "Tuyết"),
    "yoruba": ("Ọlárẹ̀wájú", "Adébáyọ̀"),
    "fula-and-ewe": ("Ƴero Ɗudal", "Kɔfi Ŋutsu Ɛsi"),
    "icelandic": ("Þórunn", "Guðmundsdóttir"),
    "polish": ("Łukasz", "Brzęczyszczykiewicz"),
    "turkish": ("Şeyma", "Yıldırım"),
    "welsh-and-maori": ("Ōkami", "Ŵyn ap Siôn"),
    "hawaiian": ("Kaʻiulani", "Mahoe"),
    "greek": ("Ελένη", "Παπαδοπούλου"),
    "cyrillic": ("Олександра", "Ґудзь-Ковальчук"),
    "armenian": ("Աննա", "Պետրոսյան"),
    "georgian": ("ნინო", "ბერიძე"),
    "arabic": ("محمد الأمين", "بن عبد الله"),
    "urdu": ("محمّد", "گیلانی ہاشمی"),
    "persian": ("می\u200cنا", "علی\u200cپور"),
    "hebrew": ("יעל", "בן־דוד"),
    "hebrew-with-vowels": ("יַעֲקֹב", "בֶּן־צְבִי"),
    "syriac": ("ܝܘܚܢܢ", "ܒܪ ܐܦܪܝܡ"),
    "thaana": ("އަޙްމަދު", "އިބްރާހީމް"),
    "ethiopic": ("አልማዝ", "ተስፋዬ"),
    "tifinagh": ("ⵎⵓⵃⴰ", "ⵓⵄⵍⵉ"),
    "devanagari": ("प्रियङ्का", "श्रीवास्तव"),
    "bengali": ("রাজশ্রী", "চট্টোপাধ্যায়"),
    "gurmukhi": ("ਗੁਰਪ੍ਰੀਤ", "ਸਿੰਘ"),
    "gujarati": ("ક્ષમા", "શ્રીમાળી"),
    "oriya": ("ଶ୍ରୀମତୀ", "ମହାପାତ୍ର"),
    "tamil": ("தமிழ்ச்செல்வி", "முருகன்"),
    "telugu": ("శ్రీనివాస్", "రావు"),
    "malayalam": ("ശ്രീജിത്ത്", "കുമാർ"),
    "sinhala": ("ශ්\u200dරී", "නිමල්"),
    "thai": ("สมชาย", "ใจดี"),
    "lao": ("ສົມສັກ", "ວົງສາ"),
    "khmer": ("សុខា", "ចាន់"),
    "myanmar": ("အောင်ဆန်း", "ကျော်"),
    "tibetan": ("བསྟན", "འཛིན"),
    "chinese": ("欧阳", "丽娜"),
    "japanese": ("さくら", "髙橋 山﨑"),
    "korean": ("김", "서연"),
    "several-scripts": ("Zoé محمد", "Ελένη"),
}


def certificate_of(**changes: object) -> Certificate:
    """A published certificate."""
    parts = publishing()
    line = publish_certificate(parts, a_result(**changes))
    return parts.certificates.by_code(line.code)


def main(folder: Path) -> None:
    """Print every sample into ``folder``."""
    from tests.certificates.seals import software_seal

    folder.mkdir(parents=True, exist_ok=True)
    for what, (first_name, last_name) in NAMES.items():
        certificate = certificate_of(first_name=first_name, last_name=last_name)
        for language in ("fr", "en"):
            (folder / f"{what}-{language}.pdf").write_bytes(print_certificate(certificate, SITE_URL, language))
    (folder / "sealed-fr.pdf").write_bytes(print_certificate(certificate_of(), SITE_URL, seal=software_seal()))
    print(f"{2 * len(NAMES) + 1} certificates in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
