"""The administrator's pages about staff, and the invited person's way in."""

import pytest

from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.people import ADMINISTRATOR, AUDITOR, CODE, DOCTOR, RECEPTIONIST
from tests.unit.portal.fake.staff import INVITATION_CODE, SECRET
from tests.unit.portal.fake.state import World

NEW = {"name": "Íris Novais", "email": "nova@teste.test", "locale": "pt-BR"}
CRM = {"council": "CRM", "council_number": "123456", "council_uf": "SP"}
CHOSEN = "quatro palavras bem longas"


def id_of(world: World, name: str) -> str:
    return next(str(one["id"]) for one in world.staff.values() if name in one["name"])


async def test_the_list_shows_who_is_unverified_and_the_name_looked_for_is_in_no_address(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(ADMINISTRATOR)
    page = await browser.open("/equipe")
    assert "Dra. Beatriz Nogueira" in page.text
    assert "Registro a conferir" in page.text
    page = await browser.send("/equipe", {"q": "caio"})
    assert "Dr. Caio Brandão" in page.text
    assert "Beatriz" not in page.text
    assert "caio" not in str(page.url)
    assert not [call.url for call in world.calls if "portal" in call.url and "caio" in call.url]


async def test_an_invitation_is_sent_once_listed_sent_again_and_withdrawn(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(ADMINISTRATOR)
    await browser.open("/equipe/convidar")
    once = browser.hidden("/equipe/convidar")
    page = await browser.send("/equipe/convidar", NEW | CRM | {"roles": ["doctor", "releaser"]})
    assert "Convite enviado por e-mail." in page.text
    assert "n***@teste.test" in page.text
    await browser.client.post("/equipe/convidar", data=once | NEW | CRM | {"roles": ["doctor", "releaser"]})
    [invitation] = world.invitations.values()
    assert invitation["roles"] == ["doctor", "releaser"]
    page = await browser.send(f"/equipe/convites/{invitation['id']}/reenvio")
    assert invitation["mails"] == 2
    page = await browser.send(f"/equipe/convites/{invitation['id']}/retirada")
    assert "Convite retirado." in page.text
    assert world.invitations == {}


async def test_what_is_missing_is_told_beside_its_field_and_the_rest_is_kept(browser: Browser) -> None:
    await browser.sign_in(ADMINISTRATOR)
    await browser.open("/equipe/convidar")
    page = await browser.send("/equipe/convidar", NEW | {"roles": ["doctor"]})
    assert page.status_code == 422
    assert 'id="e-council">Falta o conselho.' in page.text
    assert 'value="Íris Novais"' in page.text
    assert 'value="doctor" checked' in page.text


async def test_a_registration_is_verified_and_says_by_whom(browser: Browser, world: World) -> None:
    await browser.sign_in(ADMINISTRATOR)
    releaser = id_of(world, "Caio")
    page = await browser.open(f"/equipe/{releaser}")
    assert "não pode liberar resultados" in page.text
    page = await browser.send(
        f"/equipe/{releaser}/conferencia", {"how": "council_register", "note": "regular"}
    )
    assert "Registro profissional conferido." in page.text
    assert "por Fátima Reis" in page.text
    page = await browser.send(f"/equipe/{releaser}/conferencia")
    assert "Conferência desfeita." in page.text
    assert not world.staff[releaser]["verified"]


async def test_roles_change_and_access_ends_and_comes_back(browser: Browser, world: World) -> None:
    await browser.sign_in(ADMINISTRATOR)
    technician = id_of(world, "Daniela")
    await browser.open(f"/equipe/{technician}")
    await browser.send(f"/equipe/{technician}/perfis", {"roles": ["receptionist"]})
    assert world.staff[technician]["roles"] == ["receptionist"]
    page = await browser.send(f"/equipe/{technician}/perfis")
    assert page.status_code == 422
    assert "Escolha um perfil." in page.text
    page = await browser.send(f"/equipe/{technician}/encerramento")
    assert "Sem acesso" in page.text
    page = await browser.send(f"/equipe/{technician}/retorno")
    assert "Acesso devolvido." in page.text


async def test_the_own_page_says_why_not(browser: Browser, world: World) -> None:
    await browser.sign_in(ADMINISTRATOR)
    own = id_of(world, "Fátima")
    await browser.open(f"/equipe/{own}")
    page = await browser.send(f"/equipe/{own}/perfis", {"roles": ["administrator", "auditor"]})
    assert (page.status_code, "Ninguém dá perfis a si mesmo." in page.text) == (403, True)
    page = await browser.send(f"/equipe/{own}/encerramento")
    assert (page.status_code, "única pessoa que administra" in page.text) == (409, True)


@pytest.mark.parametrize("who", [DOCTOR, RECEPTIONIST])
async def test_other_staff_have_no_such_page(browser: Browser, world: World, who: str) -> None:
    await browser.sign_in(who)
    assert "/equipe" not in browser.links()
    for path in ("/equipe", "/equipe/convidar", f"/equipe/{id_of(world, 'Caio')}"):
        assert (await browser.open(path)).status_code == 403


async def test_an_auditor_reads_and_changes_nothing(browser: Browser, world: World) -> None:
    await browser.sign_in(AUDITOR)
    member = id_of(world, "Caio")
    page = await browser.open(f"/equipe/{member}")
    assert "Dr. Caio Brandão" in page.text
    assert not [action for action in ("perfis", "encerramento", "conferencia") if f"/{action}" in page.text]
    assert (await browser.open("/equipe/convidar")).status_code == 403


async def test_an_invited_person_sets_password_and_authenticator(browser: Browser, world: World) -> None:
    await browser.open("/convite")
    page = await browser.send("/convite", {"invitation_code": INVITATION_CODE.lower()})
    assert page.url.path == "/convite/aceite"
    assert "Laboratório Aurora" in page.text
    assert "<svg" in page.text
    assert SECRET in page.text
    page = await browser.send("/convite/aceite", {"password": CHOSEN, "repeated": "outra", "code": CODE})
    assert "As duas senhas são diferentes" in page.text
    page = await browser.send("/convite/aceite", {"password": CHOSEN, "repeated": CHOSEN, "code": "000000"})
    assert page.status_code == 401
    assert "Código incorreto." in page.text
    page = await browser.send("/convite/aceite", {"password": CHOSEN, "repeated": CHOSEN, "code": "123 456"})
    assert page.url.path == "/entrar"
    assert "Convite aceito." in page.text
    assert world.accepted[0]["password"] == CHOSEN
    assert (await browser.open("/convite/aceite")).headers["location"] == "/convite"


async def test_who_works_elsewhere_is_asked_for_the_password_they_have(
    browser: Browser, world: World
) -> None:
    world.invited_is_known = True
    await browser.open("/convite")
    page = await browser.send("/convite", {"invitation_code": INVITATION_CODE})
    assert "já tem acesso a outra clínica" in page.text
    assert 'name="repeated"' not in page.text
    page = await browser.send("/convite/aceite", {"password": "a de sempre", "code": CODE})
    assert page.url.path == "/entrar"


async def test_a_wrong_code_says_what_to_do(browser: Browser) -> None:
    await browser.open("/convite")
    page = await browser.send("/convite", {"invitation_code": "AAAA"})
    assert (page.status_code, "Convite desconhecido" in page.text) == (422, True)
    assert "AAAA" not in page.text


async def test_an_administrator_signs_a_member_out_everywhere(browser: Browser, world: World) -> None:
    await browser.sign_in(ADMINISTRATOR)
    member = next(id_ for id_, each in world.staff.items() if each["active"])
    await browser.open(f"/equipe/{member}")
    page = await browser.send(f"/equipe/{member}/desconexao")
    assert "Todas as sessões foram encerradas." in page.text
    assert world.signed_out == [member]
