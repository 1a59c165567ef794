"""The package a patient takes along: one JSON file for each kind of data, named as in FHIR R4 where that has a name,
and a page to read. It is a ZIP, made in memory by a thread: compressing must not keep other visitors waiting.

Values stay the strings the laboratory typed: `valueString` holds them digit by digit.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import orjson

from services.portal.application.own_data import OwnData, OwnExam
from services.portal.application.ports import Json

PAGE = "leia-me.html"


def package(data: OwnData, page: str) -> bytes:
    """Return the ZIP's bytes; `page` is the readable HTML."""
    content: dict[str, bytes] = {PAGE: page.encode()} | {
        name: orjson.dumps(value, option=orjson.OPT_INDENT_2) for name, value in _files(data)
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            archive.writestr(name, body)
    return out.getvalue()


def _files(data: OwnData) -> Iterable[tuple[str, Any]]:
    yield "Patient.json", [_patient(record) for record in data.records["records"]]
    yield (
        "Account.json",
        {name: data.records[name] for name in ("account_id", "name", "email", "phone", "locale")},
    )
    for own in data.exams:
        yield f"DiagnosticReport/{own.exam['protocol']}.json", _report(own)
    yield "Communication.json", data.messages
    yield "Preferences.json", data.preferences
    yield "Consent.json", {"proxies": data.proxies, "shares": data.shares, "answers": data.consents}
    yield "AuditEvent.json", [asdict(line) for line in data.accesses]


def _patient(record: Mapping[str, Any]) -> Json:
    """https://hl7.org/fhir/R4/patient.html: only elements that are known."""
    identifiers = [
        {"system": system, "value": record[name]}
        for name, system in (
            ("cpf", "https://saude.gov.br/fhir/sid/cpf"),
            ("cns", "https://saude.gov.br/fhir/sid/cns"),
            ("record_number", "urn:laudo:record-number"),
        )
        if record[name]
    ]
    names = [{"use": "official", "text": record["name"]}]
    if record["social_name"]:
        names.append({"use": "usual", "text": record["social_name"]})
    telecom = [
        {"system": system, "value": record[name]}
        for name, system in (("email", "email"), ("phone", "phone"))
        if record[name]
    ]
    mother = (
        [{"relationship": "MTH", "name": {"text": record["mother_name"]}}] if record["mother_name"] else []
    )
    genders = {"F": "female", "M": "male"}
    return {
        "resourceType": "Patient",
        "id": record["patient_id"],
        "identifier": identifiers,
        "name": names,
        "gender": genders.get(record["sex"], record["sex"]),
        "birthDate": record["birth_date"],
        "telecom": telecom,
        "contact": mother,
        "managingOrganization": {"display": record["clinic"]["name"], "reference": record["clinic"]["id"]},
    }


def _report(own: OwnExam) -> Json:
    """https://hl7.org/fhir/R4/diagnosticreport.html, with the observations in it and the signed PDF by its hash."""
    exam = own.exam
    return {
        "resourceType": "DiagnosticReport",
        "id": exam["id"],
        "identifier": [{"system": "urn:laudo:protocol", "value": exam["protocol"]}],
        "status": exam["state"],
        "code": {"text": exam["name_pt"], "coding": [{"code": exam["code"]}]},
        "contained": [_observation(result) for result in exam["results"]],
        "presentedForm": [
            {
                "contentType": "application/pdf",
                "title": file["file_name"],
                "size": file["size_bytes"],
                "sha256": file["sha256"],
                "creation": file["created_at"],
                "url": f"/exames/{exam['id']}/laudo?version={file['report_version']}",
            }
            for file in own.files
            if file["kind"] == "signed_report"
        ],
    }


def _observation(result: Mapping[str, Any]) -> Json:
    return {
        "resourceType": "Observation",
        "code": {
            "text": result["name_pt"],
            "coding": [{"system": "http://loinc.org", "code": result["loinc"]}],
        },
        "valueString": result["value"],
        "unit": result["unit"],
        "referenceRange": [{"text": result["range_pt"]}],
        "interpretation": result["flag"],
        "note": result["note"],
    }
