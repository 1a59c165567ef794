"""Snapshots as exam-results stores them, for the tests of rendering, checking and signing. People are invented."""

import copy
from typing import Any

EXAM_ID = "0192f0aa-0000-7000-8000-000000000001"
CLINIC_ID = "0192f0aa-0000-7000-8000-0000000000c1"
PATIENT_ID = "0192f0aa-0000-7000-8000-0000000000a1"
PERSON_ID = "0192f0aa-0000-7000-8000-0000000000b1"
REQUESTER_ID = "0192f0aa-0000-7000-8000-0000000000d1"
RELEASER_ID = "0192f0aa-0000-7000-8000-0000000000e1"
PROTOCOL = "26-000123-7"

# code, name, value, unit, lo, hi, flag
BLOOD_COUNT = [
    ("RBC", "Hemácias", "4.61", "milhões/mm³", "4,0", "5,2", "N"),
    ("HGB", "Hemoglobina", "13.5", "g/dL", "12,0", "16,0", "N"),
    ("HCT", "Hematócrito", "40.7", "%", "36", "46", "N"),
    ("MCV", "VCM", "88.3", "fL", "80", "100", "N"),
    ("MCH", "HCM", "29.3", "pg", "26", "34", "N"),
    ("MCHC", "CHCM", "33.2", "g/dL", "31", "36", "N"),
    ("RDW", "RDW", "15.8", "%", "11,5", "15,0", "H"),
    ("WBC", "Leucócitos", "12.40", "mil/mm³", "4,0", "11,0", "H"),
    ("NEUT", "Neutrófilos", "8.9", "10³/µL", "1,8", "7,7", "H"),
    ("NEUTP", "Neutrófilos (%)", "71.8", "%", None, None, None),
    ("LYM", "Linfócitos", "0.9", "10³/µL", "1,0", "4,8", "L"),
    ("LYMP", "Linfócitos (%)", "7.3", "%", None, None, None),
    ("MONO", "Monócitos", "0.8", "10³/µL", "0,2", "1,0", "N"),
    ("EOS", "Eosinófilos", "0.30", "10³/µL", "0,0", "0,5", "N"),
    ("BASO", "Basófilos", "0.05", "10³/µL", "0,0", "0,2", "N"),
    ("PLT", "Plaquetas", "18", "mil/mm³", "150", "450", "LL"),
    ("MPV", "VPM", "9.8", "fL", None, None, None),
]


def quantity(
    code: str,
    name: str,
    value: str,
    unit: str | None,
    lo: str | None,
    hi: str | None,
    flag: str | None,
    bands: tuple[str, ...] = (),
    note: str | None = None,
) -> dict[str, Any]:
    has_range = lo is not None
    return {
        "code": code,
        "loinc": "718-7",
        "name_pt": name,
        "name_en": name,
        "type": "quantity",
        "value": value,
        "value_display_pt": value.replace(".", ","),
        "value_display_en": value,
        "unit": unit,
        "unit_display": unit,
        "range_pt": f"{lo} a {hi}" if has_range else "sem faixa cadastrada",
        "range_en": f"{lo} to {hi}" if has_range else "no range on file",
        "range": {"lo": lo, "hi": hi, "lt": None, "gt": None} if has_range else None,
        "flag": flag,
        "bands": [{"text_pt": band, "text_en": band} for band in bands],
        "note": note,
    }


def worded(code: str, name: str, kind: str, display: str, reference: str, flag: str | None) -> dict[str, Any]:
    return {
        "code": code,
        "loinc": "75622-1",
        "name_pt": name,
        "name_en": name,
        "type": kind,
        "value": "NR" if kind == "coded" else display,
        "value_display_pt": display,
        "value_display_en": display,
        "unit": None,
        "unit_display": None,
        "range_pt": reference,
        "range_en": reference,
        "range": None,
        "flag": flag,
        "bands": [],
        "note": None,
    }


_PROFESSIONAL = {"council": "CRBM", "number": "12345", "uf": "SP"}


def snapshot(**changes: Any) -> dict[str, Any]:
    """Return a released blood count of 17 items; `changes` replace top-level keys."""
    document = {
        "schema": "laudo.snapshot.v1",
        "stage": "final",
        "exam_id": EXAM_ID,
        "protocol": PROTOCOL,
        "report_version": 1,
        "status": "final",
        "clinic": {
            "id": CLINIC_ID,
            "name": "Laboratório Vila Serena",
            "address": "Rua das Laranjeiras, 120, Centro, Campinas - SP, 13010-000",
            "phone": "(19) 3200-1000",
            "cnes": "2078015",
            "council_registration": "CRBM-1 PJ 4521",
            "technical_responsible": {
                "name": "Dr. Paulo Henrique Nogueira",
                **_PROFESSIONAL,
                "number": "9876",
            },
        },
        "patient": {
            "id": PATIENT_ID,
            "person_id": PERSON_ID,
            "name": "Maria Aparecida de Souza Lima",
            "social_name": None,
            "birth_date": "1984-03-12",
            "sex": "F",
            "mother_name": "Joana Batista de Souza",
            "record_number": "000482",
        },
        "requester": {
            "id": REQUESTER_ID,
            "name": "Dra. Helena Duarte Prado",
            "council": "CRM",
            "number": "123456",
            "uf": "SP",
        },
        "releaser": {"id": RELEASER_ID, "name": "Dra. Beatriz Antunes Rocha", **_PROFESSIONAL},
        "released_at": "2026-11-22T17:32:08+00:00",
        "completed_at": "2026-11-22T17:05:41+00:00",
        "collected_at": "2026-11-22T10:15:00+00:00",
        "created_at": "2026-11-21T18:00:00+00:00",
        "exam": {
            "code": "HEMO",
            "loinc": "58410-2",
            "name_pt": "Hemograma completo",
            "name_en": "Complete blood count",
            "panel": True,
        },
        "specimen": {
            "type_pt": "Sangue total (EDTA)",
            "type_en": "Whole blood (EDTA)",
            "barcode": "A0004821",
        },
        "method": "Citometria de fluxo fluorescente",
        "results": [quantity(*row) for row in BLOOD_COUNT],
        "limitations_pt": "Valores de referência para adultos. Resultados devem ser interpretados por um profissional "
        "de saúde, junto com a história clínica e outros exames.",
        "limitations_en": None,
        "catalogue_version": "2026.1-seed",
    }
    return copy.deepcopy(document) | changes


def draft(**changes: Any) -> dict[str, Any]:
    return snapshot(
        **({"stage": "draft", "status": "preliminary", "releaser": None, "released_at": None} | changes)
    )


def long_report() -> dict[str, Any]:
    """Return two pages: long names, a social name, notes, bands, coded and text results, no ranges."""
    document = snapshot(protocol="26-000999-1")
    document["patient"] |= {
        "name": "Maria Eduarda Aparecida Cavalcanti de Albuquerque Vasconcelos e Silva Montenegro",
        "social_name": "Duda Cavalcanti de Albuquerque Vasconcelos Montenegro",
        "mother_name": "Ana Carolina Cavalcanti de Albuquerque Vasconcelos e Silva",
    }
    document["exam"]["name_pt"] = "Perfil ampliado com hormônios, lipídios e cultura"
    document["method"] = None
    document["results"] = [
        *document["results"],
        quantity("LDL", "Colesterol LDL (calculado)", "131", "mg/dL", None, None, None,
                 ("Meta risco baixo: < 115", "Meta risco intermediário: < 100", "Meta risco alto: < 70",
                  "Meta risco muito alto: < 50", "Meta risco extremo: < 40")),
        quantity("TFG", "Taxa de filtração glomerular estimada (CKD-EPI 2021)", "87", "mL/min/1,73m²", "60", "200",
                 "N", note="Calculada a partir da creatinina; válida a partir dos 18 anos."),
        quantity("TSH", "TSH", "0.004", "µUI/mL", "0,40", "4,50", "L"),
        quantity("GLI", "Glicose (jejum)", "512", "mg/dL", "70", "99", "HH",
                 ("Normal: 70 a < 100", "Pré-diabetes: 100 a < 126",
                  "Diabetes (confirmar em 2ª amostra): a partir de 126")),
        worded("HIV", "HIV 1 e 2, anticorpos e antígeno p24", "coded", "Não reagente", "Não reagente", "N"),
        worded("COR", "Cor", "coded", "Amarelo citrino", "sem faixa cadastrada", None),
        worded("LEUCEST", "Esterase leucocitária", "coded", "+++", "Ausente", "A"),
        worded("CULT", "Cultura de urina", "text",
               "Crescimento de Escherichia coli, mais de 100.000 UFC/mL. Sensível a nitrofurantoína e fosfomicina; "
               "resistente a ciprofloxacino.", "Ausência de crescimento", "A"),
        *[quantity(f"X{n}", f"Imunoglobulina específica, alérgeno f{n}", f"{n}.{n:02d}", "kU/L", "0,00", "0,35",
                   "H") for n in range(1, 12)],
    ]  # fmt: skip
    return document
