"""The commands that the yardstick runs, as they are typed, a line each."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

OFFLINE = {"download"}
"""Commands that would ask a server."""
NETWORKS = ("mlp", "neumf", "two-tower")
TIMED = ("by-time", "leave-last")
"""Protocols that are measured on the table with times."""
CASES = "cases"
"""The folder of files as readers have them."""


def lines(text: str) -> list[str]:
    """The lines of a table of commands or options."""
    return [line.strip() for line in text.splitlines() if line.strip()]


WHO = lines("""
    --reader 21
    --history my-books.csv
    --history my-books.json
    --like "The Hobbit"
    --like 7 --like 19
    --library my-library.csv
    --library large-library.csv -n 1
""")
RULES = lines("""
    -n 3
    --exclude 12 --exclude 40
    --from stock.csv
    --no-editions
    --series
    --no-series
    --sets
    --no-sets
    --by-author 1
    --language en
    --language fr
    --since 1950
    --until 1900
    --since -750 --until 1950
    --tag fantasy
    --tag romance --tag classic
    --without-tag fantasy
    --series --sets --by-author 2 --language en --since 1900
""")
DIALS = lines("""
    --gems 0.5
    --gems -1
    --gems 1
    --adventure 0.5
    --adventure -0.7
    --adventure 1
    --more "The Hobbit"
    --less 7
    --more 33 --less "Pride and Prejudice"
    --mood funny
    --mood dark --mood romantic
    --mood fantasy
    --gems 0.3 --adventure 0.3 --mood magical
    --gems 0.5 --by-author 1 --series
""")
STARS = lines("""
    --at-least 4
    --at-least 3.5 --sure 0.5
    --at-least 5 --sure 0.99
    --avoid
    --avoid -n 3
""")
TOGETHER = lines("""
    --library my-library.csv --library partner.csv
    --library partner.csv --library friend.csv --library large-library.csv -n 5
    --library partner.csv --library friend.csv --exclude 12 --by-author 1 --from stock.csv
    --library partner.csv --library friend.csv --no-series --no-sets
""")
SEARCHES = lines("""
    "garcia marquez"
    "the hobbit"
    hobit
    dune
    "austen, jane"
    "émile zola"
    7
    "tolkien ring"
    "harry potter"
    "war and peace / tolstoy"
    1984
    "nothing of the kind at all"
""")
EXPLAINED = lines("""
    --by-author 1
    --series --sets
    --language fr
    --gems 0.5 --adventure 0.3
    --mood dark --less 7
    --exclude 33
    --from stock.csv
""")


def answers() -> Iterator[str]:
    """Everything that a model is asked, as JSON and as text, with every option."""
    for who in WHO:
        yield from both(f"recommend model {who}")
    for who, wish in itertools.product(("--reader 21", "--library partner.csv"), RULES + DIALS):
        yield f"recommend model {who} {wish} --json"
    for who, wish in itertools.product(("--reader 21", "--history my-books.csv"), STARS):
        yield from both(f"recommend model {who} {wish}")
    yield from lines("""
        recommend model --library large-library.csv
        recommend model --library large-library.csv --from to-read
        recommend model --library large-library.csv --from stock.csv
        recommend model --library large-library.csv --gems 0.5 --mood funny
        recommend model --all --out lists.parquet
        recommend model --all --out lists.parquet --json
        recommend model --all --out lists.parquet -n 3
        recommend model --all --out lists.parquet --series --sets
        recommend model --all --out lists.parquet --by-author 1 --language en
        recommend model --all --out lists.parquet --no-editions --since 1950
    """)
    for together in TOGETHER:
        yield from both(f"recommend model {together}")
    for text in SEARCHES:
        yield f"search model {text}"
        yield f"search model {text} -n 3 --json"
    for book in ("7", '"The Hobbit"', "dune", "120"):
        yield f"similar model {book}"
        yield f"similar model {book} -n 4 --json"
    readers = ("--reader 21", "--like 7 --like 40", "--library large-library.csv")
    for book, who in itertools.product(("33", '"The Hobbit"', "250"), readers):
        yield from both(f"explain model {book} {who}")
    yield "explain model 64 --library partner.csv"
    for wish in EXPLAINED:
        yield f"explain model 33 --reader 21 {wish} --json"
        yield f"explain model 64 --library partner.csv {wish}"
    for who in ("", "--reader 21", "--history my-books.csv"):
        yield from both(f'forecast model 7 "The Hobbit" 250 {who}')
    yield from lines("""
        import large-library.csv --model model --json
        import large-library.csv --model model --report report.csv
        import large-library.csv --model model --report report.json
        import large-library.csv --model model --report report.html
        import large-library.csv --model model --corrections corrections.csv
        recommend model --library large-library.csv --corrections corrections.csv -n 1 --json
    """)


def both(line: str) -> tuple[str, str]:
    """A command that is answered as text and as JSON."""
    return line, f"{line} --json"


PLAIN = lines("""
    --version
    --help
    algorithms
    add-books --help
    algorithms --help
    compare --help
    demo --help
    doctor --help
    download --help
    evaluate --help
    explain --help
    forecast --help
    import --help
    import-keras --help
    recommend --help
    search --help
    similar --help
    train --help
    tune --help
""")
REFUSED = lines("""
    nosuch
    recommend
    recommend model
    recommend nowhere --reader 1
    recommend model --nosuch
    recommend model --reader nobody
    recommend model --reader 21 --like 7
    recommend model --like Hobitt
    recommend model --like Qqq
    recommend model --reader 21 -n 0
    recommend model --reader 21 --gems 2
    recommend model --reader 21 --language xx1
    recommend model --reader 21 --mood nosuch
    recommend model --reader 21 --tag nosuchtag
    recommend model --reader 21 --sure 0.5
    recommend model --reader 21 --since 2000 --until 1900
    recommend model --reader 21 --avoid --gems 1
    recommend model --reader 21 --from to-read
    recommend model --all
    recommend model --history bad.csv
    similar model nosuchbook
    similar model 7 -n -1
    search model ""
    explain model 7
    forecast model nosuchbook
    train nowhere --model x
    train bad.csv --model x --strict
    train goodbooks-10k --model x --algorithm no
    train goodbooks-10k --model x --set neighbours=-1
    train goodbooks-10k --model x --set nosuch=1
    train goodbooks-10k --model x --predictor no
    train goodbooks-10k --model x --scale 9..1
    train goodbooks-10k --model my-library.csv
    train marks.txt --model x --user-column nosuch
    evaluate goodbooks-10k --protocol nosuch
    evaluate goodbooks-10k --protocol new-readers
    evaluate goodbooks-10k --protocol by-time
    evaluate goodbooks-10k --protocol k-fold --save-split s
    evaluate goodbooks-10k --measure nosuch@5
    evaluate goodbooks-10k --split nowhere
    compare nowhere.json nowhere.json
    tune goodbooks-10k --algorithm popularity --trials 1
    import bad.csv --model nowhere
    import bad.csv --model model
    import nowhere.csv --model model
    import-keras my-books.csv --ratings goodbooks-10k --model x
    add-books model my-books.csv
    doctor nowhere
    download nosuch
    download --from nowhere.zip
""")
MARKS = "--user-column reader --book-column 2 --rating-column mark --separator ';'"
READ = lines(f"""
    doctor goodbooks-10k
    doctor goodbooks-10k --json
    doctor timed.csv
    doctor timed.csv --json
    doctor bad.csv
    doctor bad.csv --json
    doctor complete-histories.csv --json
    doctor marks.txt
    doctor marks.txt {MARKS} --json
    doctor marks.txt {MARKS} --scale 1..10
    doctor timed.csv --repeats last --json
    doctor timed.csv --repeats mean --strict --json
    train bad.csv --model bad
    train marks.txt --model marks {MARKS} --scale 1..10 --algorithm cosine \
        --predictor baseline --json
    recommend marks --reader r21 --json
    train timed.csv --books goodbooks-10k/books.csv --model timed --algorithm ridge \
        --set neighbours=30 --predictor mf --predictor-set factors=4
    recommend timed --reader 21
    train goodbooks-10k --model bare --algorithm cosine --predictor none --without-histories \
        --repeats mean
    train goodbooks-10k --model bare --algorithm cosine --predictor none --without-histories \
        --repeats mean --json
    train goodbooks-10k --model bare --algorithm cosine --predictor none --retrain --json
    recommend bare --like 7
    import-keras regression_model.h5 --ratings goodbooks-10k --model keras --json
    import-keras regression_model.h5 --ratings goodbooks-10k --model keras2 --predictor baseline
    recommend keras --reader 314 --json
    recommend keras --like 7 --json
    add-books model new-books.csv --json
    add-books model new-books.csv
    similar model 20001
    recommend model --like 20001 --json
    explain model 20001 --reader 21
""")
TUNING = lines("""
    tune goodbooks-10k --algorithm cosine --trials 2 --out cosine.json --json
    tune goodbooks-10k --algorithm cosine --trials 3 --out cosine.json
    tune goodbooks-10k --algorithm ridge --trials 2 --seed 3 --measure recall@20 --json
    tune goodbooks-10k --predictor mf --trials 2 --out mf.json --json
    tune goodbooks-10k --predictor baseline --measure mae --trials 2
    train goodbooks-10k --model tuned --settings cosine.json --predictor-settings mf.json --json
""")
DEMO = both("demo --model demo")[::-1]
FITTED = lines("""
    recommend MODEL --reader 21 --json
    recommend MODEL --history my-books.csv -n 5 --gems 0.4 --json
    similar MODEL 7 -n 5 --json
    explain MODEL 33 --reader 21 --json
""")


def fits(algorithms: Iterable[str], predictors: Iterable[str]) -> Iterator[str]:
    """Every algorithm and every predictor, trained, and what each of them answers."""
    for name in algorithms:
        less = " --set epochs=2" if name in NETWORKS else ""
        train = (
            f"train goodbooks-10k --model {name} --algorithm {name} --predictor none{less} --json"
        )
        yield from (line.replace("MODEL", name) for line in (train, *FITTED))
    for name in predictors:
        model = f"predictor-{name}"
        chosen = f"--algorithm popularity --predictor {name}"
        yield f"train goodbooks-10k --model {model} {chosen} --json"
        for who in ("--reader 21", "--history my-books.csv", ""):
            yield f"forecast {model} 7 33 250 {who} --json"


PROTOCOLS = lines("""
    notebook-split
    held-out
    held-out:test_share=0.2,seed=1
    leave-last
    by-time
    strong
    strong:seed=3
    cold-books
    new-readers --readers complete-histories.csv --given 0,5,20
""")


def protocols() -> Iterator[str]:
    """The split of each protocol, written and read, and an evaluation of it."""
    compared = "--algorithm cosine --algorithm content"
    yield f"evaluate goodbooks-10k --protocol k-fold {compared} --algorithm baseline --json"
    for protocol in PROTOCOLS:
        timed = protocol in TIMED
        table = "timed.csv --books goodbooks-10k/books.csv" if timed else "goodbooks-10k"
        split = re.sub(r"\W", "-", f"split-{protocol.split()[0]}")
        yield f"evaluate {table} --protocol {protocol} {compared} --save-split {split} --json"
        yield f"evaluate {table} --split {split} --algorithm cosine --json"


def figures(algorithms: Iterable[str], predictors: Iterable[str]) -> Iterator[str]:
    """The measured figures of algorithms and predictors; reports, pages and comparisons."""
    rankers, stars = (
        " ".join(f"--algorithm {n}" for n in names) for names in (algorithms, predictors)
    )
    yield from lines(f"""
        evaluate goodbooks-10k --protocol new-readers --readers complete-histories.csv \
            {rankers} --json
        evaluate goodbooks-10k --protocol strong {rankers} --out a.json --html a.html
        evaluate goodbooks-10k --protocol strong --algorithm cosine:neighbours=30 \
            --algorithm ridge --out b.json --seed 4
        evaluate goodbooks-10k --protocol held-out {stars} --out c.json --json
        evaluate goodbooks-10k --protocol held-out:seed=2 {stars} --seed 7
        evaluate goodbooks-10k --algorithm ridge --measure ndcg@5 --measure recall@20 --json
        train goodbooks-10k --model measured --algorithm cosine --predictor none
        evaluate goodbooks-10k --protocol held-out --algorithm cosine --model measured
        compare a.json b.json
        compare a.json b.json --json
        compare a.json b.json --measure recall@20
        compare a.json b.json --algorithm blend --against ridge --json
    """)


def matching(files: Iterable[Path]) -> Iterator[str]:
    """What is made of each file that a reader may have: the report of each of its rows."""
    for file in files:
        name = f"{CASES}/{file.parent.name}/{file.name}"
        yield f"import {name} --model model --report {file.name}.csv --json"
        yield f"import {name} --model model"
        yield f"doctor {name} --json"


def documented(page: Path) -> Iterator[str]:
    """The commands in the code blocks of a page."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    for line in "\n".join(blocks).splitlines():
        program, _, words = line.partition(" ")
        if program == "readalike" and words.split()[0] not in OFFLINE:
            yield words
