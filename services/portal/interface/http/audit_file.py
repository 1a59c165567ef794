"""The audit as a CSV file that a spreadsheet opens as data and never as a formula.

OWASP, CSV Injection: a cell that begins with = + - @ or a control character is taken for a formula by spreadsheet
programs; such a cell gets an apostrophe in front. Every cell is quoted.
"""

import csv
import io
from collections.abc import Sequence

from services.portal.application.audit_trail import AuditLine
from services.portal.interface.http import formats
from services.portal.interface.http.texts import text
from services.portal.interface.http.words import known

COLUMNS = (
    *("at", "at_local", "service", "who", "name", "roles", "action", "action_words", "purpose", "emergency"),
    *("record_number", "patient_id", "resource", "address", "actor_id", "trace_id", "id"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SEPARATOR = {"pt-BR": ";", "en": ","}  # what spreadsheets of each language expect


def audit_file(lines: Sequence[AuditLine], locale: str) -> bytes:
    """Return it in UTF-8 with a byte order mark, which spreadsheets need to read accents."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=_SEPARATOR[locale], quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(text(locale, f"audit_column.{name}") for name in COLUMNS)
    writer.writerows(map(harmless, _cells(line, locale)) for line in lines)
    return written.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _cells(line: AuditLine, locale: str) -> Sequence[str]:
    row = line.row
    return (
        row["at"],
        formats.moment(row["at"], locale),
        known(locale, "service", row["service"]),
        text(locale, f"audit_who.{line.who}"),
        line.name or "",
        ", ".join(known(locale, "role", role) for role in row["actor_roles"]),
        row["action"],
        known(locale, "audit_action", row["action"]),
        known(locale, "access_purpose", row["purpose"]),
        text(locale, "audit.yes") if line.is_emergency else "",
        line.record_number or "",
        row["patient_id"] or "",
        row["resource"] or "",
        row["address"] or "",
        row["actor_id"],
        row["trace_id"] or "",
        row["id"],
    )
