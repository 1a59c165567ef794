"""The four services' API in one process, in the shapes of their contract: for the portal's unit tests."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, FastAPI, Request, Response

from services.shared.platform.http.limits import LIMITED
from tests.unit.portal.fake.access_logs import access_logs
from tests.unit.portal.fake.accounts import accounts
from tests.unit.portal.fake.audit import audit
from tests.unit.portal.fake.bench import bench
from tests.unit.portal.fake.consents import consents
from tests.unit.portal.fake.dead_letters import dead_letters
from tests.unit.portal.fake.exams import exam_of, exams
from tests.unit.portal.fake.identity import identity
from tests.unit.portal.fake.machines import machines
from tests.unit.portal.fake.merges import merges
from tests.unit.portal.fake.privacy import privacy
from tests.unit.portal.fake.relations import proxies, relations
from tests.unit.portal.fake.security import security
from tests.unit.portal.fake.staff import staff
from tests.unit.portal.fake.state import Call, Json, Refused, World, refusal


def fake_api(world: World) -> FastAPI:
    app = FastAPI()
    for service in world.letters:
        app.include_router(dead_letters(world, service))
    for router in (
        access_logs(world),
        audit(world),
        machines(world),
        proxies(world),
        relations(world),
        accounts(world),
        security(world),
        staff(world),
        identity(world),
        merges(world),
        privacy(world),
        consents(world),
        exams(world),
        bench(world),
        files(world),
        notifications(world),
    ):
        app.include_router(router)
    app.add_exception_handler(Refused, refusal)

    @app.middleware("http")
    async def note(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        world.calls.append(Call(request.method, str(request.url), dict(request.headers)))
        if request.url.path.split("/")[3] in world.down:
            return refusal(request, Refused(503, "unavailable", "Indisponível."))
        if request.url.path in world.needs_step_up and not world.is_stepped_up(request):
            return refusal(request, Refused(403, "exam_results.step_up_required", "Confirme."))
        if request.url.path.split("/")[3] in world.overrun:
            spoken = LIMITED.en if request.headers["accept-language"] == "en" else LIMITED.pt
            return refusal(request, Refused(429, LIMITED.code, spoken.format(wait_seconds=30)))
        return await call_next(request)

    return app


def files(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/files")

    @router.get("")
    async def of_exam(request: Request, exam_id: str) -> Json:
        person = world.caller(request)
        exam_of(world, exam_id, person)
        found = [file for file in world.files.values() if file["exam_id"] == exam_id]
        if person.clinic is None:
            found = [file for file in found if file["status"] == "opened"]
        return {"items": found, "next_cursor": None}

    @router.get("/verification/{code}")
    async def check_code(code: str) -> Json:
        nothing = {"report_version": None, "sha256": None, "signed_at": None, "signer": None}
        return world.printed.get(code, {"outcome": "unknown", **nothing})

    @router.get("/{file_id}/download")
    async def download(request: Request, file_id: str) -> Json:
        exam_of(world, world.files[file_id]["exam_id"], world.caller(request))
        assert request.query_params["as"] == "json"
        return {
            "url": f"https://store.test/{file_id}?signature=x",
            "expires_in": 60,
            "file_name": "laudo.pdf",
        }

    return router


def notifications(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/notifications")

    @router.get("")
    async def log(request: Request, exam_id: str = "") -> Json:
        person = world.caller(request, "patient", "administrator", "receptionist")
        found = [one for one in world.notices if exam_id in ("", one["exam_id"])]
        if person.clinic is None:
            found = [one for one in found if one["person_id"] == person.id]
        return {"items": found, "next_cursor": None}

    @router.get("/preferences")
    async def preferences(request: Request) -> Json:
        return dict(world.caller(request, "patient").preferences)

    @router.put("/preferences")
    async def choose(request: Request, body: dict[str, bool]) -> Json:
        world.caller(request, "patient").preferences = body
        return dict(body)

    return router
