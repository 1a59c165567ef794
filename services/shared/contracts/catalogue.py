"""Every published event and command by its wire type: the one list that schemas, validation and docs come from."""

from pydantic import BaseModel

from services.shared.contracts import accounts, commands, exam_results, file_management

EVENTS: dict[str, type[BaseModel]] = {
    "account.created": accounts.AccountCreated,
    "account.updated": accounts.AccountUpdated,
    "account.deleted": accounts.AccountDeleted,
    "doctor.registered": accounts.DoctorRegistered,
    "patient.registered": accounts.PatientRegistered,
    "exam.created": exam_results.ExamCreated,
    "exam.updated": exam_results.ExamUpdated,
    "exam.completed": exam_results.ExamCompleted,
    "exam.result.ready": exam_results.ExamResultReady,
    "file.uploaded": file_management.FileUploaded,
    "file.processed": file_management.FileProcessed,
    "file.deleted": file_management.FileDeleted,
}
COMMANDS: dict[str, type[BaseModel]] = {
    "notification.command.one_time_code": commands.SendOneTimeCode,
    "notification.command.emergency_access": commands.SendEmergencyAccess,
    "notification.command.sign_in_alert": commands.SendSignInAlert,
    "notification.command.to_address": commands.SendToAddress,
}
MESSAGES = EVENTS | COMMANDS


def dataschema(message_type: str) -> str:
    """Return the `dataschema` URI of a message type, version 1."""
    return f"urn:laudo:schema:{message_type}:1"
