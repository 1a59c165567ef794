"""Every way in which an exam command or question can fail, each with the next step for the person."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"exam_results.{code}", category, pt, en)


UNKNOWN_CODE = _kind(
    "unknown_code",
    Category.INVALID,
    "Este exame não está no catálogo. Escolha um exame da lista.",
    "This exam is not in the catalogue. Choose one from the list.",
)
PATIENT_NOT_KNOWN = _kind(
    "patient_not_known",
    Category.CONFLICT,
    "O cadastro deste paciente ainda não chegou aqui. Aguarde alguns segundos e tente de novo; "
    "se continuar, confira se o paciente é desta clínica.",
    "This patient's record has not arrived here yet. Wait a few seconds and try again; "
    "if it goes on, check that the patient belongs to this clinic.",
)
PATIENT_MERGED = _kind(
    "patient_merged",
    Category.CONFLICT,
    "Este cadastro foi unificado com outro da mesma pessoa. Abra o cadastro que ficou e registre o exame nele.",
    "This record was merged into another of the same person. Open the one that remains and register the exam there.",
)
REQUESTER_NOT_KNOWN = _kind(
    "requester_not_known",
    Category.CONFLICT,
    "O cadastro do médico solicitante ainda não chegou aqui. Aguarde alguns segundos e tente de novo; "
    "se continuar, confira o médico escolhido.",
    "The requesting doctor's record has not arrived here yet. Wait a few seconds and try again; "
    "if it goes on, check the doctor chosen.",
)
RELEASER_NOT_KNOWN = _kind(
    "releaser_not_known",
    Category.CONFLICT,
    "Seu registro no conselho profissional ainda não chegou aqui. Aguarde alguns segundos e tente de novo.",
    "Your professional council registration has not arrived here yet. Wait a few seconds and try again.",
)
RELEASER_NOT_VERIFIED = _kind(
    "releaser_not_verified",
    Category.FORBIDDEN,
    "Seu registro no conselho profissional ainda não foi conferido. Fale com o administrador.",
    "Your professional council registration has not been verified yet. Talk to the administrator.",
)
PROTOCOL_CLASH = _kind(
    "protocol_clash",
    Category.UNAVAILABLE,
    "O número de protocolo sorteado já existia. Nada foi gravado; envie de novo.",
    "The protocol number drawn existed already. Nothing was saved; send again.",
)
REQUESTER_REQUIRED = _kind(
    "requester_required",
    Category.INVALID,
    "Informe o médico solicitante.",
    "State the requesting doctor.",
)
NOT_FOR_PATIENT = _kind(
    "not_for_patient",
    Category.INVALID,
    "Este cálculo só vale para pessoas de 18 anos ou mais com sexo feminino ou masculino no cadastro.",
    "This calculation holds only for people of 18 or more with sex female or male on record.",
)
SCHEDULE_IN_PAST = _kind(
    "schedule_in_past",
    Category.INVALID,
    "A data do agendamento precisa estar no futuro.",
    "The appointment must lie in the future.",
)
CLINIC_NOT_SET_UP = _kind(
    "clinic_not_set_up",
    Category.CONFLICT,
    "Os dados do laboratório desta clínica ainda não foram cadastrados. Fale com o administrador.",
    "This clinic's laboratory data has not been set up yet. Talk to the administrator.",
)
WRONG_STATE = _kind(
    "wrong_state",
    Category.CONFLICT,
    "O exame está na situação “{state_pt}” e esta ação não cabe nela. Atualize a página.",
    "The exam is in state “{state_en}”, where this action does not apply. Reload the page.",
)
VERSION_CONFLICT = _kind(
    "version_conflict",
    Category.CONFLICT,
    "Outra pessoa alterou este exame depois que você o abriu. Atualize a página e confira antes de repetir.",
    "Somebody else changed this exam after you opened it. Reload the page and check before you repeat.",
)
ACCESS_CLOSED = _kind(
    "access_closed",
    Category.FORBIDDEN,
    "Esta conta foi encerrada. Fale com a clínica.",
    "This account has been closed. Talk to the clinic.",
)
REASON_REQUIRED = _kind("reason_required", Category.INVALID, "Informe o motivo.", "State the reason.")
BARCODE_INVALID = _kind(
    "barcode_invalid",
    Category.INVALID,
    "Código de barras inválido: use de 4 a 40 letras, números ou hífens.",
    "Invalid barcode: use 4 to 40 letters, digits or hyphens.",
)
BARCODE_IN_USE = _kind(
    "barcode_in_use",
    Category.CONFLICT,
    "Este código de barras já identifica outra amostra. Confira a etiqueta.",
    "This barcode already identifies another specimen. Check the label.",
)
COLLECTED_AT_INVALID = _kind(
    "collected_at_invalid",
    Category.INVALID,
    "A data da coleta não pode estar no futuro nem antes do nascimento do paciente.",
    "The collection time can be neither in the future nor before the patient's birth.",
)
TWO_FACTORS = _kind(
    "two_factors",
    Category.INVALID,
    "Identifique o paciente por dois dados diferentes (por exemplo, nome e data de nascimento).",
    "Identify the patient by two different facts (for instance name and birth date).",
)
UNKNOWN_COMPONENT = _kind(
    "unknown_component",
    Category.INVALID,
    "Este item não faz parte do exame.",
    "This item is not part of the exam.",
)
DUPLICATE_COMPONENT = _kind(
    "duplicate_component",
    Category.INVALID,
    "Este item foi enviado mais de uma vez.",
    "This item was sent more than once.",
)
DERIVED_COMPONENT = _kind(
    "derived_component",
    Category.INVALID,
    "Este item é calculado pelo sistema; não o digite.",
    "This item is calculated by the system; do not type it.",
)
NOT_A_NUMBER = _kind(
    "not_a_number",
    Category.INVALID,
    "Digite só algarismos, com vírgula ou ponto decimal (ex.: 13,5) e sem separador de milhar.",
    "Type digits only, with a decimal comma or point (e.g. 13.5) and no thousands separator.",
)
IMPOSSIBLE_VALUE = _kind(
    "impossible_value",
    Category.INVALID,
    "Valor impossível nesta unidade. Confira a vírgula e a unidade.",
    "Impossible value in this unit. Check the decimal separator and the unit.",
)
WRONG_UNIT = _kind(
    "wrong_unit",
    Category.INVALID,
    "Unidade diferente da do catálogo ({unit}). Converta o valor antes de digitar.",
    "The unit differs from the catalogue's ({unit}). Convert the value before typing it.",
)
NOT_AN_OPTION = _kind(
    "not_an_option",
    Category.INVALID,
    "Escolha uma das opções deste item.",
    "Choose one of this item's options.",
)
TEXT_INVALID = _kind(
    "text_invalid",
    Category.INVALID,
    "Escreva até 4000 caracteres, sem caracteres de controle ou invisíveis.",
    "Write up to 4000 characters, without control or invisible characters.",
)
VALUES_MISSING = _kind(
    "values_missing",
    Category.INVALID,
    "Faltam valores. Preencha todos os itens antes de concluir.",
    "Values are missing. Fill in every item before completing.",
)
VALUE_MISSING = _kind(
    "value_missing", Category.INVALID, "Falta o valor deste item.", "This item has no value."
)
CRITICALS_NOT_REPEATED = _kind(
    "criticals_not_repeated",
    Category.INVALID,
    "Há valores críticos. Repita a dosagem e confirme antes de concluir.",
    "There are critical values. Repeat the measurement and confirm it before completing.",
)
CRITICAL_NOT_REPEATED = _kind(
    "critical_not_repeated",
    Category.INVALID,
    "Valor crítico: repita a dosagem e confirme.",
    "Critical value: repeat the measurement and confirm.",
)
OWN_VALUES = _kind(
    "own_values",
    Category.FORBIDDEN,
    "Quem digitou os valores não pode liberar o resultado. Peça a outro responsável.",
    "Whoever typed the values cannot release the result. Ask another releaser.",
)
STEP_UP_REQUIRED = _kind(
    "step_up_required",
    Category.FORBIDDEN,
    "Confirme sua identidade com um novo código do autenticador para liberar.",
    "Confirm your identity with a new authenticator code in order to release.",
)
DRAFT_OUTDATED = _kind(
    "draft_outdated",
    Category.CONFLICT,
    "A tabela de referência ou o cadastro do paciente mudou depois do rascunho. "
    "Devolva o exame para análise e conclua de novo.",
    "The reference table or the patient's record changed after the draft. "
    "Send the exam back to analysis and complete it again.",
)
EMERGENCY_STEP_UP = _kind(
    "emergency_step_up",
    Category.FORBIDDEN,
    "Confirme sua identidade com um novo código do autenticador para abrir um acesso de emergência.",
    "Confirm your identity with a new authenticator code in order to open an emergency access.",
)
EMERGENCY_REASON = _kind(
    "emergency_reason",
    Category.INVALID,
    "Descreva o motivo da emergência com 20 a 500 caracteres. O paciente e a auditoria vão lê-lo.",
    "Describe the reason of the emergency in 20 to 500 characters. The patient and the auditor will read it.",
)
NOT_VERIFIED = _kind(
    "not_verified",
    Category.FORBIDDEN,
    "Seu registro no conselho profissional ainda não foi conferido. Fale com o administrador.",
    "Your professional council registration has not been verified yet. Talk to the administrator.",
)
DOCTOR_NOT_FOUND = _kind(
    "doctor_not_found",
    Category.INVALID,
    "Não encontramos um médico com este registro. Confira o conselho, o número e a UF.",
    "We found no doctor with this registration. Check council, number and state.",
)
SHARE_END = _kind(
    "share_end",
    Category.INVALID,
    "Escolha uma data final no futuro, até um ano a partir de hoje.",
    "Choose an end date in the future, at most one year from today.",
)
SHARE_WHAT = _kind(
    "share_what",
    Category.INVALID,
    "Escolha um exame ou uma clínica: um dos dois.",
    "Choose an exam or a clinic: one of the two.",
)
LIST_NEEDS_PATIENT = _kind(
    "list_needs_patient",
    Category.INVALID,
    "Informe o paciente: o acesso de emergência vale para um paciente de cada vez.",
    "Name the patient: an emergency access holds for one patient at a time.",
)
