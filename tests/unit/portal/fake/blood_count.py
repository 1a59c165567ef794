"""A complete blood count of an adult woman, as exam-results would show it."""

from decimal import Decimal
from typing import Any

# code, pt, en, UCUM, display, lo, hi, critical lo, critical hi
_ITEMS = (
    ("RBC", "Hemácias", "Red blood cells", "10*6/uL", "milhões/mm³", "4.0", "5.2", None, None),
    ("HGB", "Hemoglobina", "Hemoglobin", "g/dL", "g/dL", "12.0", "16.0", "6.6", "19.9"),
    ("HCT", "Hematócrito", "Hematocrit", "%", "%", "36", "46", "18", "60"),
    ("MCV", "VCM", "MCV", "fL", "fL", "80", "100", None, None),
    ("MCH", "HCM", "MCH", "pg", "pg", "26", "34", None, None),
    ("MCHC", "CHCM", "MCHC", "g/dL", "g/dL", "31", "36", None, None),
    ("RDW", "RDW", "RDW", "%", "%", "11.5", "15.0", None, None),
    ("WBC", "Leucócitos", "White blood cells", "10*3/uL", "mil/mm³", "4.0", "11.0", "2.0", "50.0"),
    ("NEUT", "Neutrófilos", "Neutrophils", "10*3/uL", "mil/mm³", "1.8", "7.7", "0.5", None),
    ("NEUTP", "Neutrófilos (%)", "Neutrophils (%)", "%", "%", None, None, None, None),
    ("LYM", "Linfócitos", "Lymphocytes", "10*3/uL", "mil/mm³", "1.0", "4.8", None, None),
    ("LYMP", "Linfócitos (%)", "Lymphocytes (%)", "%", "%", None, None, None, None),
    ("MONO", "Monócitos", "Monocytes", "10*3/uL", "mil/mm³", "0.2", "1.0", None, None),
    ("EOS", "Eosinófilos", "Eosinophils", "10*3/uL", "mil/mm³", "0.0", "0.5", None, None),
    ("BASO", "Basófilos", "Basophils", "10*3/uL", "mil/mm³", "0.0", "0.2", None, None),
    ("PLT", "Plaquetas", "Platelets", "10*3/uL", "mil/mm³", "150", "450", "20", "1000"),
    ("MPV", "VPM", "MPV", "fL", "fL", None, None, None, None),
)
CODES = tuple(item[0] for item in _ITEMS)
_TYPED = "4,21 11,4 36,2 86,0 27,1 31,5 14,2 7,80 4,60 59,0 2,40 30,8 0,56 0,19 0,05 263 9,8"
VALUES = dict(zip(CODES, _TYPED.split(), strict=True))


def _entry(code: str, pt: str, en: str, specimen: tuple[str, str], **more: Any) -> dict[str, Any]:
    entry = {"code": code, "loinc": "0-0", "name_pt": pt, "name_en": en, "panel": False, "sensitive": None}
    component = {"code": code, "loinc": "0-0", "name_pt": pt, "name_en": en, "derived_from": None} | more
    entry |= {"specimen_pt": specimen[0], "specimen_en": specimen[1], "components": [component]}
    return entry


def catalogue() -> list[dict[str, Any]]:
    components = [
        {
            "code": code,
            "loinc": "0-0",
            "name_pt": pt,
            "name_en": en,
            "type": "quantity",
            "unit": unit,
            "unit_display": display,
            "derived_from": None,
        }
        for code, pt, en, unit, display, *_ in _ITEMS
    ]
    whole_blood = ("Sangue total (EDTA)", "Whole blood (EDTA)")
    blood_count = _entry("HEMO", "Hemograma completo", "Complete blood count (automated)", whole_blood)
    blood_count |= {"panel": True, "components": components}
    detect = [
        {"code": "1", "pt": "Detectado", "en": "Detected"},
        {"code": "2", "pt": "Não detectado", "en": "Not detected"},
    ]
    number = {"type": "quantity", "unit": "mg/dL", "unit_display": "mg/dL"}
    coded = {"type": "coded", "unit": None, "unit_display": None, "options": detect}
    return [
        blood_count,
        _entry(
            "GLI", "Glicose (jejum)", "Fasting glucose", ("Plasma fluoretado", "Fluoride plasma"), **number
        ),
        _entry("COVID", "SARS-CoV-2, RT-PCR", "SARS-CoV-2 RNA, RT-PCR", ("Swab", "Swab"), **coded),
    ]


def blank(component: dict[str, Any]) -> dict[str, Any]:
    """A result row before its value: unit and range are shown while typing."""
    limits = _limits(component["code"])
    result = {
        key: component[key] for key in ("code", "loinc", "name_pt", "name_en", "type", "unit", "unit_display")
    }
    result |= {"value": None, "value_display_pt": None, "value_display_en": None, "flag": None, "note": None}
    if limits is None:
        return result | {"range": None, "range_pt": "sem faixa cadastrada", "range_en": "no range on file"}
    low, high = limits
    return result | {
        "range": {"lo": low, "hi": high, "lt": None, "gt": None},
        "range_pt": f"{low} a {high}".replace(".", ","),
        "range_en": f"{low} to {high}",
    }


def with_value(row: dict[str, Any], value: str) -> dict[str, Any]:
    plain = value.replace(",", ".")
    shown = {"value": plain, "value_display_pt": plain.replace(".", ","), "value_display_en": plain}
    return row | shown | {"flag": _flag(row["code"], Decimal(plain)) if row["type"] == "quantity" else None}


def _limits(code: str) -> tuple[str, str] | None:
    item = next((item for item in _ITEMS if item[0] == code), None)
    return (item[5], item[6]) if item and item[5] is not None and item[6] is not None else None


def _flag(code: str, value: Decimal) -> str | None:
    limits = _limits(code)
    if limits is None:
        return None
    item = next(item for item in _ITEMS if item[0] == code)
    if item[7] is not None and value < Decimal(item[7]):
        return "LL"
    if item[8] is not None and value > Decimal(item[8]):
        return "HH"
    return "L" if value < Decimal(limits[0]) else "H" if value > Decimal(limits[1]) else "N"
