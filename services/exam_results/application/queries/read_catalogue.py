"""The exams on offer."""

from typing import Any

from services.exam_results.domain.catalogue import Catalogue, Component, ExamDefinition


def catalogue_data(catalogue: Catalogue) -> dict[str, Any]:
    """Return the catalogue as the API shows it: names, codes, units and options; no ranges."""
    return {"items": [_exam(exam) for exam in catalogue.exams], "version": catalogue.version}


def _exam(exam: ExamDefinition) -> dict[str, Any]:
    return {
        "code": exam.code,
        "loinc": exam.loinc,
        "name_pt": exam.name_pt,
        "name_en": exam.name_en,
        "panel": exam.panel,
        "specimen_pt": exam.specimen_pt,
        "specimen_en": exam.specimen_en,
        "sensitive": exam.sensitive,
        "components": [_component(component) for component in exam.components],
    }


def _component(component: Component) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": component.code,
        "loinc": component.loinc,
        "name_pt": component.name_pt,
        "name_en": component.name_en,
        "type": component.type.value,
        "unit": component.unit,
        "unit_display": component.unit_display,
        "derived_from": component.derived_from,
    }
    if component.options:
        data["options"] = [
            {"code": option.code, "pt": option.pt, "en": option.en} for option in component.options
        ]
    return data
