"""Fake exam-results: the lifecycle of one exam, thin but in the contract's shapes."""

from typing import Any

from fastapi import APIRouter, Request

from tests.unit.portal.fake.blood_count import blank, catalogue, with_value
from tests.unit.portal.fake.people import Person
from tests.unit.portal.fake.state import STATES, Json, Refused, World, fresh_id, now

_NEXT = {
    "registered": {
        "technician": ["collection"],
        "doctor": ["cancellation"],
        "receptionist": ["cancellation"],
    },
    "collected": {"technician": ["analysis", "recollection"], "releaser": ["recollection", "cancellation"]},
    "in_analysis": {"technician": ["completion", "recollection", "results"], "releaser": ["cancellation"]},
    "completed": {"releaser": ["cancellation", "release", "return"]},
}
_EVENTS = {
    "registered": ("Exame registrado", "Exam registered"),
    "collected": ("Amostra coletada", "Specimen collected"),
    "in_analysis": ("Análise iniciada", "Analysis started"),
    "completed": ("Análise concluída", "Analysis completed"),
    "released": ("Resultado liberado", "Result released"),
}


def seen(world: World, exam: Json, person: Person) -> Json:
    """The exam as this caller may see it."""
    pt, en = STATES[exam["state"]]
    role = person.roles[0]
    opened = bool(exam["report"] and exam["report"]["opened"])
    shows = role in ("technician", "releaser") or (role in ("patient", "doctor") and opened)
    is_staff = person.clinic is not None
    typed_it = role == "releaser" and exam.get("typed_by") == person.id
    actions = [
        name for name in _NEXT.get(exam["state"], {}).get(role, []) if not (name == "release" and typed_it)
    ]
    return {name: value for name, value in exam.items() if name not in ("typed_by", "person_id")} | {
        "state_pt": pt,
        "state_en": en,
        "results": exam["results"] if shows else [],
        "events": exam["events"] if is_staff else [],
        "clinical_note": exam["clinical_note"] if is_staff else None,
        "report": exam["report"] if is_staff or exam["state"] == "released" else None,
        "flagged": None,
        "actions": actions,
    }


def exam_of(world: World, exam_id: str, person: Person) -> Json:
    exam = world.exams.get(exam_id)
    if exam is None or not _belongs(exam, person):
        raise Refused(404, "not_found", "Não encontramos o que você procura.")
    return exam


def _belongs(exam: Json, person: Person) -> bool:
    if person.clinic is None:
        return bool(exam["person_id"] == person.id)
    own = "doctor" not in person.roles or exam["requester"]["id"] == person.id
    return bool(exam["clinic"]["id"] == person.clinic["id"]) and own


def _let_in(world: World, exam: Json, person: Person) -> bool:
    readers = [each["reader_id"] for each in world.proxies if each["person_id"] == exam["person_id"]]
    readers += [each["reader"]["id"] for each in world.relations if each["person_id"] == exam["person_id"]]
    return person.id in readers


def move(world: World, exam: Json, state: str, person: Person) -> None:
    pt, en = _EVENTS[state]
    exam["state"] = state
    exam["version"] += 1
    exam["events"].append({"type_pt": pt, "type_en": en, "at": now(), "actor_name": person.name})


def exams(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/exams")
    readers = ("patient", "doctor", "receptionist", "technician", "releaser")

    @router.get("/catalogue")
    async def read_catalogue(request: Request) -> Json:
        world.caller(request)
        return {"items": catalogue(), "version": "test"}

    @router.post("", status_code=201)
    async def register(request: Request, body: dict[str, Any]) -> Json:
        person = world.caller(request, "doctor", "receptionist")
        if (answer := world.repeated(request)) is not None:
            return answer
        if not body.get("requester_id") and "doctor" not in person.roles:
            wrong = [{"field": "requester_id", "code": "x", "detail": "Informe o médico."}]
            raise Refused(422, "exam_results.requester_required", "Informe o médico.", errors=wrong)
        exam = new_exam(world, person, body)
        answer = {name: exam[name] for name in ("id", "protocol", "state", "version")}
        return world.once(request, answer)

    @router.get("")
    async def find(
        request: Request,
        q: str = "",
        state: str = "",
        patient_id: str = "",
        person_id: str = "",
        way: str = "",
    ) -> Json:
        person = world.caller(request, *readers)
        found = [
            seen(world, exam, person)
            for exam in world.exams.values()
            if (_let_in(world, exam, person) if person_id or way else _belongs(exam, person))
            and state in ("", exam["state"])
            and patient_id in ("", exam["patient"]["id"])
            and q.lower() in (exam["name_pt"] + exam["requester"]["name"] + exam["protocol"]).lower()
        ]
        return {"items": found, "next_cursor": "proxima" if len(found) > 20 else None}

    @router.get("/{exam_id}")
    async def read(request: Request, exam_id: str, person_id: str = "", way: str = "") -> Json:
        person = world.caller(request, *readers)
        if person_id or way:
            if exam_id not in world.exams or not _let_in(world, world.exams[exam_id], person):
                raise Refused(404, "not_found", "Não encontramos o que você procura.")
            return seen(world, world.exams[exam_id], person) | {"actions": []}
        if world.exams.get(exam_id, {}).get("sensitive") and not world.is_stepped_up(request):
            shown = seen(world, exam_of(world, exam_id, person), person)
            return shown | {"results": [], "step_up_needed": True}
        return seen(world, exam_of(world, exam_id, person), person)

    return router


def new_exam(world: World, person: Person, body: Json) -> Json:
    entry = next(entry for entry in catalogue() if entry["code"] == body["code"])
    record = world.records[body["patient_id"]]
    requester_id = body.get("requester_id") or person.id
    requester = next(one for one in world.people.values() if one.id == requester_id)
    assert person.clinic is not None
    exam: Json = {
        "id": fresh_id(),
        "protocol": f"7KQ4-M2XD-{next(world.numbers)}",
        "code": entry["code"],
        "name_pt": entry["name_pt"],
        "name_en": entry["name_en"],
        "state": "registered",
        "priority": body["priority"],
        "patient": {name: record[name] for name in ("id", "name", "birth_date", "record_number")},
        "person_id": record["person_id"],
        "requester": {"id": requester.id, "name": requester.name},
        "clinic": person.clinic,
        "created_at": now(),
        "scheduled_at": body.get("scheduled_at"),
        "released_at": None,
        "report_version": None,
        "sensitive": False,
        "version": 1,
        "events": [],
        "specimen": {
            "type_pt": entry["specimen_pt"],
            "type_en": entry["specimen_en"],
            "barcode": None,
            "collected_at": None,
        },
        "method": None,
        "clinical_note": body.get("clinical_note"),
        "report": None,
        "replaced_versions": [],
        "results": [blank(component) for component in entry["components"]],
    }
    world.exams[exam["id"]] = exam
    move(world, exam, "registered", person)
    return exam


def fill(exam: Json, values: dict[str, str]) -> None:
    exam["results"] = [
        with_value(row, values[row["code"]]) if row["code"] in values else row for row in exam["results"]
    ]
