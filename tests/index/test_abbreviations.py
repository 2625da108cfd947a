"""Where a sentence ends behind an abbreviation, and where it goes on; `¦` stands at its end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.abbreviations import LANGUAGES
from index.sentences import sentences

CASES = {
    "en": """
        The update came at 6:04 p.m. | Indian time on Monday.
        He came at 6 p.m. ¦The mayor left.
        He came at 6 p.m. on Monday.
        He came at 6 p.m. Monday with his wife.
        The doors open at 9 a.m. ¦They close at noon.
        The doors open at 9 a.m. Eastern time.
        It starts at 5 P.M. ET on Friday.
        The U.S. Senate voted on Monday.
        She lives in the U.S. ¦The Senate voted.
        She lives in the U.S. and works there.
        He works for the U.S. Army Corps of Engineers.
        They came back to the U.S. ¦But nobody cared.
        He met Gen. Smith on Monday.
        He met Rear Adm. Jones at sea.
        Lt. Col. Ann Reed and Sgt. Ben Ode spoke.
        Sen. Bob Ode and Rep. Ann Reed voted no.
        Gov. Wes Moore spoke first.
        It was No. 5 on the list.
        Is it true? ¦No. ¦He left.
        They live in St. Louis.
        The house is on Main St. ¦It is old.
        Dr. Ann Reed met Mr. Ode and Mrs. Malm.
        Prof. Malm and Rev. Ode came.
        The case Reed v. Ode was closed.
        Acme Inc. said it would close.
        He worked at Acme Inc. ¦She did not.
        Acme Corp. Chairman Bob Ode left.
        It was founded on Jan. 5 and closed on Sept. 9.
        It closed on Dec. 31, 2020.
        Bring apples, pears, etc. ¦We will cook.
        He likes fruit, e.g. Apples from Kent.
        J. K. Malm wrote it.
        It was signed by George W. Malm.
        Washington, D.C. Mayor Ann Reed spoke.
        He moved to Washington, D.C. ¦She stayed.
        The U.N. Security Council met.
        He has a Ph.D. in physics.
        He has a Ph.D. ¦She has none.
        Ben Ode Jr. was there.
        It is approx. 5 miles away.
        See Fig. 3 and p. 12.
        It was 3.5 million. ¦Nobody paid.
        The ship left at 1:30 a.m. local time.
        It fell at 1:30 a.m. ¦"We heard it," she said.
        At 11 p.m. Dr. Reed left.
        Capt. Ode and Cmdr. Malm, of the U.S. Navy, agreed.
        Maj. Gen. Ode said so.
        Supt. Ode and Det. Malm came.
        Updated 6:04 p.m. (Indian time) on Monday.
        He slept until 9 a.m. ¦A dog barked.
        The ship of the U.S.-led force sank.
        He joined Acme Ltd. ¦They paid well.
        Take vitamin D. ¦It helps.
        Is it Gen. Smith? ¦No, it is Col. Malm.
    """,
    "de": """
        Das Treffen war um 18 Uhr. ¦Dann ging er.
        Am 3. Oktober kam Dr. Müller an.
        Er kaufte Äpfel, Birnen usw. ¦Dann ging er.
        Das gilt z. B. Für den Rat nicht.
        Das gilt z.B. für Ämter.
        Die Nr. 5 gewann.
        Prof. Dr. Malm sprach.
        St. Pauli gewann am 1. Mai.
        Das kostet ca. 5 Mio. Euro.
        Es kostet 5 Mio. ¦Der Rat zahlt.
        Gen. Müller und Lt. Ode kamen.
        Vgl. Abs. 3 des Gesetzes.
        Er trank Wasser etc. ¦Der Rat schwieg.
        Er wohnt in der Langen Str. ¦Sie ist alt.
    """,
    "es": """
        El Sr. Pérez llegó a las 6 p. m. ¦El alcalde se fue.
        Llegó a las 6 p.m. del lunes.
        La Sra. Gómez y el Dr. Ruiz vinieron.
        EE. UU. votó el lunes.
        Vive en EE.UU. ¦La familia trabaja allí.
        Es el núm. 5 de la lista.
        El Gral. Pérez habló.
        La Av. Libertad está cerrada.
        Toma vitamina D. ¦La leche la tiene.
        Llegó a las 6 a.m. ¦El perro ladró.
        La empresa S.A. ¦No respondió.
    """,
    "fr": """
        M. Dupont est venu à 18 h. ¦Le maire est parti.
        Mme. Dupont et le Dr. Petit parlent.
        Le no. 5 a gagné.
        Il vit av. Foch à Paris.
        Le gén. Petit a parlé.
        J.-C. Petit est venu.
        Il aime les fruits, etc. ¦Il mange bien.
        St. Malo est fermé.
        En 50 av. J.-C. ¦Le roi est mort.
        L'art. 5 et la p. 12 suffisent.
        Il parle de M. Petit et de Mlle. Roux.
    """,
}


def cut(text: str, language: str) -> list[str]:
    return [span.of(text) for span in sentences(text, language, lambda words: True)]


@pytest.mark.parametrize(
    ("language", "marked"),
    [(code, line.strip()) for code, lines in CASES.items() for line in lines.strip().splitlines()],
)
def test_a_full_stop_ends_a_sentence_or_an_abbreviation(language: str, marked: str) -> None:
    assert cut(marked.replace("¦", ""), language) == marked.split("¦")


def test_a_paragraph_ends_its_sentence() -> None:
    assert cut("It is signed by the Gen.\n\nSmith left.", "en")[1:] == ["Smith left."]


WORDS = [
    *(
        "Gen. ",
        "No. ",
        "5 p.m. ",
        "U.S. ",
        "The ",
        "Monday ",
        "J.-C. ",
        "z. B. ",
        "EE. UU. ",
        "etc. ",
    ),
    *("“He ", "| ", "\n\n", " ", "said. ", "x", "(", "7 "),
]


@given(st.lists(st.sampled_from(WORDS)).map("".join), st.sampled_from([*LANGUAGES, "uk", "en-gb"]))
def test_sentences_tile_whatever_is_abbreviated(text: str, language: str) -> None:
    parts = cut(text, language)
    assert "".join(parts) == text
    assert all(parts)
