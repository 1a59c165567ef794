"""What a page of the report costs: the CPU time of rendering, in a process as warm as the worker's."""

import time

from services.file_management.domain.snapshot import Identifiers
from services.file_management.domain.verification import ReleaseMark
from services.file_management.infrastructure.report import jobs


def cpu_ms_per_page(document: dict[str, object], mark: ReleaseMark | None, rounds: int) -> list[float]:
    import pypdfium2

    jobs.warm_up()
    identifiers = Identifiers(cpf=None, cns=None)
    pages = len(pypdfium2.PdfDocument(jobs.render(document, identifiers, mark)))
    found = []
    for _ in range(rounds):
        began = time.process_time()
        jobs.render(document, identifiers, mark)
        found.append((time.process_time() - began) * 1000 / pages)
    return found
