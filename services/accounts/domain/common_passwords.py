"""Passwords that are tried first, of eight characters or more; shorter ones fall by length.

Gathered from published lists of the most used passwords and their Brazilian kind; a breached list comes later.
"""

_WORDS = """
    password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword pa$$word 1234567890
    123456789a 12345678a 123456789q a12345678 a123456789 0987654321 987654321 0123456789 11111111 111111111
    1111111111 12341234 12344321 123123123 123321123 147258369 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2
    zaq12wsx qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwert12345 asdfghjk asdfghjkl zxcvbnm1
    asdf1234 abcd1234 abc12345 abc123456 abcd12345 aaaaaaaa aa123456 aa12345678 iloveyou iloveyou1 sunshine
    princess football baseball superman batman123 whatever trustno1 starwars computer michelle jennifer
    internet letmein1 welcome1 welcome123 admin123 admin1234 administrator changeme changeme1 default1
    secret123 master123 dragon123 monkey123 shadow123 google123 facebook instagram senha123 senha1234
    senha12345 senha123456 minhasenha minhasenha1 suasenha novasenha trocarsenha mudar123 mudar1234
    mudarsenha 123mudar brasil123 brasil10 brasil2014 brasil2022 brasil2026 flamengo flamengo1 corinthians
    palmeiras saopaulo saopaulo1 vascodagama gremio123 internacional cruzeiro santos123 fluminense botafogo1
    teamo123 euteamo1 amorzinho meuamor1 deusefiel deusefiel1 jesus123 jesuscristo jesusteama familia1
    familia123 mariajose gabriel1 gabriela fernanda1 rodrigo1 carlos123 amanda123 camila123 rafael123
    bruno123 lucas123 felipe123 juliana1 mariana1 leonardo larissa1 leticia1 beatriz1 chocolate borboleta
    cachorro1 felicidade esperanca liberdade acesso123 sistema123 usuario1 cliente1 paciente paciente1
    paciente123 resultado resultado1 exame123 exames123 laudo123 laudo1234 laboratorio laboratorio1 clinica1
    clinica123 hospital hospital1 hospital123 medico123 doutor123 saude123 enfermeira
"""
COMMON = frozenset(_WORDS.split())
