"""What columns of a table of books are called, in ten languages.

English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian and Japanese, and some
of others. Of several columns that may have a role, the one whose name stands first has it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from readalike.tables.layouts import key, roles

_NAMES = {
    "title": """
        title booktitle name bookname titel buchtitel titre titulo titolo tytuł tytułksiążki
        название заглавие наименование названиекниги タイトル 書名 題名 作品名 titulodellibro
        titulodolivro boektitel titeldesbuches tittel book buch livre libro livro boek książka книга
        başlık kitapadı název 书名 書名 标题
    """,
    "authors": """
        author authors authorname bookauthor by writer authordetails authortext autor autoren
        autorin verfasser schriftsteller auteur auteurs autores autora escritor escritora autore
        autori scrittore schrijver schrijvers autorzy pisarz автор авторы писатель 著者 作者 著者名
        作家 creator creators författare forfatter yazar yazarı 作者名
    """,
    "series": """
        series seriesname seriesnames seriestitle seriesdetails reihe serie série saga ciclo seria
        cykl серия цикл シリーズ
    """,
    "volume": """
        volume seriesnumber seriesindex seriesorder seriesposition seriessequence numberinseries
        band bandnummer tome tomo numero deel tom том 巻 巻数
    """,
    "id:goodreads": "goodreadsbookid goodreadsid grid",
    "id:book": "bookid id",
    "isbn:any": "isbn isbnuid isbnasin isbnissn",
    "isbn:13": "isbn13 ean ean13 eanisbn13",
    "isbn:10": "isbn10 upcisbn10",
    "isbn:asin": "asin audibleproductid",
    "stars": """
        myrating yourrating userrating personalrating myratingoverall ownrating meinebewertung
        eigenebewertung mynote manote manotation mavaloración mivaloración mipuntuación
        micalificación miavalutazione ilmiovoto minhanota minhaavaliação mijnbeoordeling
        mijnwaardering mojaocena моярейтинг мояоценка マイ評価 我的评分 我的評分 mystars
        mystarrating rating stars starrating score bewertung wertung sterne punkte évaluation
        évaluations étoiles appréciation notation valoración puntuación calificación estrellas
        valutazione voto stelle punteggio avaliação classificação estrelas pontuação beoordeling
        waardering sterren cijfer ocena gwiazdki оценка рейтинг звезды звёзды 評価 星 点数
        レーティング betyg vurdering puan değerlendirme hodnocení 评分 評分 grade nota note overall
        thumbs         liked
    """,
    "status": """
        exclusiveshelf readstatus readingstatus status readingstate lastreadingevent state shelf
        bookshelf bookshelves lesestatus leseliste regal statut statutdelecture étatdelecture
        étagère étagères estado estadodelectura estantería estante stato statodilettura statolettura
        scaffale libreria situação statusdeleitura estadodeleitura prateleira leesstatus plank
        boekenplank statusczytania półka stan статус полка состояние статусчтения 状態 ステータス
        読書状況 本棚 lässtatus hylla durum okumadurumu raf stav 状态 狀態 阅读状态
    """,
    "flag": """
        read isread readit haveread finished isfinished completed iscompleted gelesen lu déjàlu
        leído letto lido gelezen przeczytane przeczytana прочитано прочитана 既読 已读
    """,
    "progress": """
        percentcomplete percentread progress readprogress readpercentage percentage fortschritt
        progression progreso progresso postęp прогресс 進捗
    """,
    "wanted": "toread wanttoread wanted wishlist iswishlist",
    "begun": """
        startedreading datestarted starteddate startdate startedon began begun started readstart
        begonnen begonnenam commencéle empezadoel iniziatoil datadeinício rozpoczęto начато
        読書開始日
    """,
    "reads": "readcount timesread readcounts",
    "read:on": """
        dateread datefinished finisheddate readon finishedon dateended datecompleted enddate readend
        dateend lastread finishedreading gelesenam beendetam leseende datumgelesen datedelecture
        datedefin datefin lule fechadelectura fechalectura fechafin leídoel dataletto datalettura
        datadilettura datafine finitoil datadeleitura dataleitura lidoem datafim leesdatum gelezenop
        uitgelezenop dataprzeczytania przeczytanodnia датапрочтения датаокончания 読了日
        読み終わった日 finished beendet terminéle completed
    """,
    "added": """
        dateadded added addedon datedajout hinzugefügtam datumhinzugefügt dateajout ajoutéle
        fechaagregado dataaggiunta dataadição datatoegevoegd datadodania датадобавления 登録日
        登録日時
    """,
    "shelves": """
        shelves tags lists bookshelves collections schlagwörter étiquettes etiquetas etichette tagi
        теги タグ
    """,
}
COLUMN_NAMES = {role: [key(name) for name in names.split()] for role, names in _NAMES.items()}
"""Names of the column of each role, as `key` writes them, the best first."""

BY_A_WORD = ("title", "authors", "stars", "status")
"""Roles whose column may be called by one of their names and more, as in `Personal rating`."""
_PUBLIC = """
    average avg mean community global public count number num total votes goodreads amazon imdb
    performance story narration sort date last previous durchschnitt moyenne media promedio media
    gemiddeld średnia средняя средний
"""
PUBLIC = frozenset(map(key, _PUBLIC.split()))
"""Words of names whose column holds something else."""
_WORDS = re.compile(r"[^\W\d_]+")


def roles_by_name(names: Sequence[str]) -> dict[str, int]:
    """The position of each role in a table of books, by the names of its columns.

    A role that no column is named for goes to the first column with one of its names as a word.
    """
    found = roles(names, COLUMN_NAMES)
    taken = set(found.values())
    words = [{key(word) for word in _WORDS.findall(name)} for name in names]
    for role in (role for role in BY_A_WORD if role not in found):
        wanted = set(COLUMN_NAMES[role])
        may = (
            at
            for at, said in enumerate(words)
            if at not in taken and said & wanted and not said & PUBLIC
        )
        at = next(may, None)
        if at is not None:
            found[role] = at
            taken.add(at)
    return found
