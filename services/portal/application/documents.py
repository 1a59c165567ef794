"""Which file of an exam a person means: the current signed report, or the present draft."""

from collections.abc import Iterable

from services.portal.application.ports import Json


def signed_report(files: Iterable[Json], report_version: int | None = None) -> Json | None:
    """Return the signed report of that version; without one, the newest that no other has replaced."""
    signed = [file for file in files if file["kind"] == "signed_report"]
    if report_version is not None:
        signed = [file for file in signed if file["report_version"] == report_version]
    else:
        signed = [file for file in signed if not file.get("replaced")]
    return _newest(signed)


def draft_report(files: Iterable[Json], exam_version: int) -> Json | None:
    """Return the draft of a completed exam as it is now; none while only an older one is there.

    An exam that was sent back and completed again keeps its report version, and for some seconds its old draft.
    """
    drafts = [file for file in files if file["kind"] == "draft_report"]
    return _newest([file for file in drafts if file["exam_version"] >= exam_version])


def _newest(files: list[Json]) -> Json | None:
    return max(files, key=lambda file: (file["report_version"] or 0, file["created_at"]), default=None)
