"""Code pages by what the words are, in the lists of a few books that people have."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.exports import write
from readalike.errors import InputError, SettingError
from readalike.libraries.reading import read_library
from readalike.tables.code_pages import code_page_of, known_codec, mended
from readalike.tables.dataset import read

LISTS = {
    "Polish": (
        "cp1250",
        (
            "Wieża Jaskółki|Krew elfów|Miecz przeznaczenia|Chrzest ognia, Andrzej Sapkowski|"
            "Lalka, Bolesław Prus|Ogniem i mieczem|Zażółć gęślą jaźń"
        ),
    ),
    "Czech": (
        "cp1250",
        (
            "Nesnesitelná lehkost bytí|Osudy dobrého vojáka Švejka|Válka s mloky|"
            "Příliš hlučná samota|Babička, Božena Němcová"
        ),
    ),
    "Hungarian": (
        "cp1250",
        (
            "A Gyűrűk Ura|Egri csillagok|Szerelem, Gárdonyi Géza|Tűz és víz|"
            "Sorstalanság, Kertész Imre|A hét, Erdős"
        ),
    ),
    "one Hungarian title": ("cp1250", "A Gyűrűk Ura"),
    "Russian": ("cp1251", "Мастер и Маргарита|Война и мир"),
    "Ukrainian": ("cp1251", "Тіні забутих предків|Кобзар, Тарас Шевченко|Їжак"),
    "Russian of Unix": ("koi8_r", "Мастер и Маргарита|Война и мир|Преступление и наказание"),
    "Russian of DOS": ("cp866", "Мастер и Маргарита|Война и мир|Преступление и наказание"),
    "Greek": (
        "cp1253",
        "Βίος και Πολιτεία του Αλέξη Ζορμπά|Ο Χριστός ξανασταυρώνεται, Νίκος Καζαντζάκης",
    ),
    "Turkish": (
        "cp1254",
        (
            "Kırmızı, Orhan Pamuk|Benim Adım Kırmızı|İnce Memed, Yaşar Kemal|"
            "Masumiyet Müzesi|Kürk Mantolu Madonna"
        ),
    ),
    "Lithuanian": (
        "cp1257",
        "Altorių šešėly|Mažasis princas, Žemė|Baltaragio malūnas|Dievų miškas|ąžuolas",
    ),
    "Japanese": ("cp932", "海辺のカフカ|ノルウェイの森|村上春樹|こころ, 夏目漱石"),
    "Japanese of Unix": ("euc_jp", "海辺のカフカ|ノルウェイの森|村上春樹|こころ, 夏目漱石"),
    "Chinese": ("gb18030", "三体|红楼梦|活着, 余华|百年孤独, 加西亚·马尔克斯"),
    "Chinese of Taiwan": ("big5", "三體|紅樓夢|活著, 余華|百年孤寂"),
    "Korean": ("cp949", "채식주의자|한강|82년생 김지영|소년이 온다"),
    "German": (
        "cp1252",
        "Die Verwandlung|Der Schwarm, Frank Schätzing|Größe|Über den Wolken|Tschick",
    ),
    "French": (
        "cp1252",
        (
            "Les Misérables|L'Étranger|À la recherche du temps perdu|Le Père Goriot|Où es-tu|"
            "Œuvres complètes|brûlé"
        ),
    ),
    "Spanish": (
        "cp1252",
        "Cien años de soledad|El Señor de los Anillos|¿Quién?|Gabriel García Márquez",
    ),
    "Portuguese": (
        "cp1252",
        (
            "Ensaio sobre a cegueira|O Alquimista|Memórias Póstumas de Brás Cubas|João|"
            "Capitães da Areia|lições"
        ),
    ),
    "Swedish": ("cp1252", "Män som hatar kvinnor|Åsa Larsson|Röda rummet"),
    "Danish": ("cp1252", "Frøken Smillas fornemmelse for sne|Peter Høeg|Ærlighed"),
    "Icelandic": ("cp1252", "Sjálfstætt fólk|Halldór Laxness|Þórður|Íslandsklukkan"),
    "English with names of others": (
        "cp1252",
        (
            "The Martian|Les Misérables|Gabriel García Márquez|José Saramago|Jo Nesbø|"
            "Haruki Murakami|Stieg Larsson|Zoë Heller|Patrick Süskind|"
            "The Girl’s Book – Part 1|naïve café"
        ),
    ),
    "one French title": ("cp1252", "Les Misérables"),
    "one Norwegian name": ("cp1252", "Jo Nesbø, The Snowman"),
    "typographic quotes": ("cp1252", "The Girl’s Book “x”|Don’t"),
    "Croatian": ("cp1250", "Na Drini ćuprija|Kiklop, Ranko Marinković|Črna mati zemla|đak"),
    "Romanian": ("cp1250", "Mircea Cărtărescu|Maitreyi|Pădurea spânzuraţilor|Ţara"),
}
"""The code page and the titles of some short lists."""


def listed(titles: str) -> str:
    rows = (f"{row},{title},5" for row, title in enumerate(titles.split("|")))
    return "\n".join(["user,book,rating", *rows]) + "\n"


@pytest.mark.parametrize("name", LISTS)
def test_the_letters_of_a_short_list_are_right(name: str) -> None:
    codec, titles = LISTS[name]
    content = listed(titles).encode(codec)
    found = code_page_of(content)
    assert content.decode(found.codec) == listed(titles)
    assert found.words > 0.5


@pytest.mark.parametrize("name", ["Polish", "Russian", "Japanese", "Turkish"])
def test_tables_are_read_by_their_code_page(tmp_path: Path, name: str) -> None:
    codec, titles = LISTS[name]
    path = tmp_path / "ratings.csv"
    path.write_bytes(listed(titles).encode(codec))
    dataset = read(path)
    assert {*dataset.ratings.items} == {title.split(",")[0] for title in titles.split("|")} or (
        "," in titles
    )
    assert any(note.startswith("read as ") for note in dataset.intake.files[0].notes)


def test_a_named_encoding_is_believed_and_said(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes("title,author,rating\nWieża Jaskółki,A,5\n".encode("cp1250"))
    assert "read as cp1250" in read_library(path).notes
    named = read_library(path, encoding="cp1252")
    assert named.entries[0].title == "Wie¿a Jaskó³ki"
    assert "read as cp1252, as was said" in named.notes


def test_bytes_that_a_named_encoding_has_not_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes(b"title,author,rating\nA,B,5\n\xff\xfeC,D,4\n")
    with pytest.raises(InputError, match="must be text in utf-8, as --encoding says") as caught:
        read_library(path, encoding="utf-8")
    assert caught.value.line == 3
    path.write_bytes(b"user,book,rating\n1,2,5\n1,\xff,4\n")
    with pytest.raises(InputError, match="must be text in utf-8, as --encoding says"):
        read(path, encoding="utf-8")


@pytest.mark.parametrize("name", ["odd", "", "base64", "utf-9"])
def test_an_encoding_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(SettingError, match="encoding must be one such as utf-8"):
        known_codec(name)


@pytest.mark.parametrize(
    ("once", "count"),
    [("García Márquez", 2), ("’Salem’s Lot", 2), ("мама", 4), ("海辺", 2), ("Größe", 2)],
)
def test_letters_that_were_encoded_twice_are_mended(once: str, count: int) -> None:
    twice = "".join(
        letter if letter.isascii() else letter.encode().decode("cp1252", "replace")
        for letter in once
    )
    if "\ufffd" in twice:
        twice = once.encode().decode("latin-1")
    assert mended(twice) == (once, count)


@pytest.mark.parametrize(
    "text",
    ["SÃO PAULO", "AÇÃO", "João", "Ñandú", "Âmbar", "Ã propos", "Ångström", "“quoted” – ½", "â"],
)
def test_text_that_was_encoded_once_is_left_alone(text: str) -> None:
    assert mended(text) == (text, 0)


@given(st.text("abc éüñõß’“ж海", max_size=30))
def test_mending_undoes_what_was_done(text: str) -> None:
    assert mended(text.encode().decode("latin-1"))[0] == text


def test_a_library_that_was_encoded_twice_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "b.csv", "title,author,rating\nÃ‰mile,JosÃ© Saramago,5\n")
    library = read_library(path)
    assert library.entries[0].authors == ("José Saramago",)
    assert any("2 letters that were encoded twice" in note for note in library.notes)
    table = write(tmp_path / "r.csv", "user,book,rating\nJosÃ©,Ã‰mile,5\n")
    dataset = read(table)
    assert {*dataset.ratings.items} == {"Émile"}
    assert any("2 letters that were encoded twice" in n for n in dataset.intake.files[0].notes)
