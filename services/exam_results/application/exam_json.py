"""Rows of the read tables as the API shows them: the list item and, on top of it, the whole exam.

What needs no wording comes from the store as JSON already (`item`), and is passed on as text.
"""

from collections.abc import Iterable
from functools import cache, partial
from typing import Any

import orjson

from services.exam_results.application.actions import actions_of
from services.exam_results.application.ports import ExamRow
from services.exam_results.domain.catalogue import Catalogue, ExamDefinition
from services.exam_results.domain.evaluation import Subject, blank_lines
from services.exam_results.domain.lifecycle import Lifecycle, State
from services.exam_results.domain.people import Sex
from services.exam_results.domain.report import result_data
from services.shared.kernel.access import View
from services.shared.kernel.principal import Principal

ON_FORM = frozenset({State.COLLECTED.value, State.IN_ANALYSIS.value})
_ALMOST_READY = ("Quase pronto", "Almost ready")
_FLAGGED = {None: ',"flagged":null,', True: ',"flagged":true,', False: ',"flagged":false,'}
EVENT_NAMES = {
    "ExamRegistered": ("Exame registrado", "Exam registered"),
    "ExamScheduled": ("Exame agendado", "Exam scheduled"),
    "SpecimenCollected": ("Amostra coletada", "Specimen collected"),
    "AnalysisStarted": ("Análise iniciada", "Analysis started"),
    "ResultsEntered": ("Valores digitados", "Values entered"),
    "ExamCompleted": ("Análise concluída", "Analysis completed"),
    "ExamReturned": ("Devolvido para análise", "Sent back to analysis"),
    "RecollectionRequested": ("Nova coleta pedida", "New collection requested"),
    "ExamReleased": ("Resultado liberado", "Result released"),
    "ReportSigned": ("Laudo assinado", "Report signed"),
    "ResultMadeAvailable": ("Resultado disponível ao paciente", "Result available to the patient"),
    "ExamCancelled": ("Exame cancelado", "Exam cancelled"),
    "PersonChanged": ("Cadastro do paciente unificado ou separado", "Patient record merged or taken apart"),
}


class ExamJson:
    """Makes the answers. Names and words are spelled once per process for each exam, state and kind of reader."""

    def __init__(self, catalogue: Catalogue, lifecycle: Lifecycle) -> None:
        self._catalogue = catalogue
        self._lifecycle = lifecycle
        self._words: dict[tuple[str, str, bool], str] = {}

    def list_items(self, rows: Iterable[ExamRow], view: View) -> list[str]:
        """Return each row's own JSON with its names, words and flag put in front."""
        words, is_patient = self._words, view.person_id is not None
        shows_flag = cache(partial(_shows_flag, view))  # a page holds few kinds of rows
        items = []
        for row in rows:
            key = row["code"], row["state"], is_patient and row["waits"]
            shown = shows_flag(row["signed"], row["opened"], row["sensitive"])
            flag = _FLAGGED[row["flagged"] if shown else None]
            items.append(f"{words.get(key) or self._spell(*key)}{flag}{row['item'][1:]}")
        return items

    def whole_exam(self, row: ExamRow, view: View, caller: Principal) -> bytes:
        definition = self._catalogue.find(row["code"])
        rest = {
            "version": row["version"],
            "events": [_event(event) for event in row["events"]] if view.is_staff else [],
            "specimen": {
                "type_pt": definition.specimen_pt if definition else None,
                "type_en": definition.specimen_en if definition else None,
                "barcode": row["barcode"] if view.is_staff else None,
                "collected_at": row["collected_at"],
            },
            "method": None,
            "clinical_note": row["clinical_note"] if view.is_staff else None,
            "report": _report(row, view),
            "replaced_versions": [],
            "results": _results(row, view, definition) if _shows_values(row, view) else [],
            "step_up_needed": _waits_for_step_up(row, view),
            "actions": actions_of(row, caller, view, self._lifecycle),
        }
        (item,) = self.list_items([row], view)
        return item[:-1].encode() + b"," + orjson.dumps(rest)[1:]

    def _spell(self, code: str, state: str, waits: bool) -> str:
        """`waits`: nothing is called ready to a patient who cannot open it yet: unsigned, or under embargo."""
        definition, words = self._catalogue.find(code), self._lifecycle.states[State(state)]
        state_pt, state_en = _ALMOST_READY if waits else (words.pt, words.en)
        spelled = {
            "name_pt": definition.name_pt if definition else code,
            "name_en": definition.name_en if definition else code,
            "state_pt": state_pt,
            "state_en": state_en,
        }
        text = self._words[code, state, waits] = orjson.dumps(spelled).decode()[:-1]
        return text


def _results(row: ExamRow, view: View, definition: ExamDefinition | None) -> Any:
    """What was measured; on the bench, before completion, the lines still to be filled in as well."""
    on_form = row["state"] in ON_FORM and row["collected_at"] is not None
    if not (view.is_bench and on_form and definition and row["patient_sex"]):
        return row["results"]
    subject = Subject.on_the_day(
        Sex(row["patient_sex"]), row["patient_birth_date"], row["collected_at"], row["clinic_time_zone"]
    )
    stored = {result["code"]: result for result in row["results"]}
    nothing = {"value": None, "value_display_pt": None, "value_display_en": None}
    return [
        stored.get(line.code) or {**result_data(line), **nothing} for line in blank_lines(definition, subject)
    ]


def _shows_values(row: ExamRow, view: View) -> bool:
    return view.shows_values(signed=row["signed"], opened=row["opened"], sensitive=row["sensitive"])


def _waits_for_step_up(row: ExamRow, view: View) -> bool:
    in_time = view.in_time(signed=row["signed"], opened=row["opened"])
    return in_time and view.needs_step_up(sensitive=row["sensitive"])


def _shows_flag(view: View, signed: bool, opened: bool, sensitive: bool) -> bool:
    """Sensitive classes are hidden from previews, the laboratory's own apart."""
    may_preview = view.is_bench or not sensitive
    return may_preview and view.shows_values(signed=signed, opened=opened, sensitive=sensitive)


def _event(event: dict[str, Any]) -> dict[str, Any]:
    name_pt, name_en = EVENT_NAMES[event["type"]]
    return {"type_pt": name_pt, "type_en": name_en, "at": event["at"], "actor_name": event["actor_name"]}


def _report(row: ExamRow, view: View) -> dict[str, Any] | None:
    """The released report; before that, for the laboratory's own people, the draft."""
    if row["draft_version"] is not None:
        if not view.is_bench:
            return None
        return {
            "version": row["draft_version"],
            "status": "preliminary",
            "released_at": None,
            "releaser": None,
            "file_id": row["draft_file_id"],
            "opened": False,
        }
    if not row["report_version"]:
        return None
    return {
        "version": row["report_version"],
        "status": "final",
        "released_at": row["released_at"],
        "releaser": {
            "id": row["releaser_id"],
            "name": row["releaser_name"],
            "council": row["releaser_council"],
            "number": row["releaser_number"],
            "uf": row["releaser_uf"],
        },
        "file_id": row["signed_file_id"] if _shows_values(row, view) else None,
        "opened": row["opened"],
    }
