"""Whether a redesign left the behaviour as it was: records what the program does, and compares.

python benchmarks/same_behaviour.py record OUT.json [--source PATH/src] [--only PART ...] [--quick]
[--all]: runs the command line on a made-up world and on goodbooks-10k (READALIKE_DATA or
../shared/data; left out where it is not there) and keeps of each command the exit code, both
outputs and the files that it wrote: texts as they are; of model folders a hash of each array; of
Parquet files a hash of each column. What differs from run to run by nature (seconds, dates) is
left out. The documentation's commands are those beside the source.

python benchmarks/same_behaviour.py compare BEFORE.json AFTER.json [--renamed FILE] [--lines N]:
prints what differs, by its name, and exits with 1 where anything does. FILE says which words were
renamed on purpose, a line `old -> new` each; they are put into BEFORE first, and texts that then
differ only in blanks, line breaks, the borders of boxes and the order of the names in JSON are the
same: another name moves them.
benchmarks/renames.txt has the renames since the release before.

It knows nothing of the library's modules: only `readalike.cli.main`, options, and files. Each
command is run in a fork, so it needs a system that has them.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import hashlib
import importlib
import json
import os
import platform
import re
import shlex
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import same_behaviour_cases as cases
from environments import DATA, ROOT
from same_behaviour_world import TABLES, write_real_export, write_world

Record = dict[str, Any]
PARTS = (
    "plain", "answers", "read", "matching", "fits", "protocols", "figures", "tuning", "documented",
    "demo", "goodbooks",
)  # fmt: skip
KEPT = 500_000
"""Characters of a text that are kept as they are; of a longer one the beginning and a hash."""
WAIT = 1800
"""Seconds after which a command is ended."""
DROPPED = ("created", "library_version", "sha256", "bytes")
"""Fields of JSON files that say when and by what they were written, or repeat other hashes."""
NORMAL = (
    (re.compile(r"-[0-9a-f]{12}(?=\.(?:safetensors|parquet)\b)"), ""),
    (re.compile(r"readalike \d+\.\d+\.\d+\b"), "readalike VERSION"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)?"), "TIME"),
    (re.compile(r'("\w*(?:seconds|minutes_spent)\w*": )[-\d.e]+'), r"\g<1>0"),
)
TIME = re.compile(r"(?:(?:<|&lt;) )?\b\d[\d.,]* (?:ms|s|min)\b(?: \d\d s\b)?")
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
LAYOUT = re.compile(r"[\s\u2500-\u257f]+")
"""What separates words in a printed table or a box, and moves where one of them is longer."""
Tree = Any
"""What a record holds: dictionaries by name, and texts and numbers as leaves."""


# Recording


def normal(text: str, place: Path | None = None) -> str:
    """A text without what differs from run to run by nature: seconds, dates, the folder."""
    if place is not None:
        text = text.replace(f"{place}/", "").replace(str(place), "ROOM")
    for pattern, instead in NORMAL:
        text = pattern.sub(instead, text)
    text, times = TIME.subn("N s", text)
    return re.sub(" {2,}", "  ", text) if times else text  # a column is as wide as its times


def digest(*parts: bytes) -> str:
    """The first 20 letters of the SHA-256 of all parts."""
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(part)
    return hashed.hexdigest()[:20]


def kept(text: str) -> Tree:
    """A text as it is, or a long one's beginning and hash."""
    if len(text) <= KEPT:
        return text
    return {"sha256": digest(text.encode()), "length": len(text), "begins": text[: KEPT // 50]}


def arrays(path: Path) -> Tree:
    """A hash of each array of a safetensors file, over type, shape and bytes."""
    from safetensors import safe_open

    found: dict[str, str] = {}
    with safe_open(path, framework="np") as file:
        for name in sorted(file.keys()):
            array = file.get_tensor(name)
            what = f"{array.dtype} {'x'.join(map(str, array.shape))}"
            found[name] = f"{what} {digest(what.encode(), array.tobytes())}"
    return found


def columns(path: Path) -> Tree:
    """A hash of each column of a Parquet file, in the order of its rows."""
    import duckdb

    with duckdb.connect() as base:
        base.execute("SET threads = 1")
        table = f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
        found: dict[str, str] = {}
        for name, kind, *_ in base.execute(f"DESCRIBE SELECT * FROM {table}").fetchall():
            column = '"' + name.replace('"', '""') + '"'
            cell = f"coalesce({column}::VARCHAR, chr(1))"
            counted = f"SELECT count(*), sha256(string_agg({cell}, chr(31))) FROM {table}"
            rows, hashed = base.execute(counted).fetchone() or (0, None)
            found[name] = f"{kind} {rows} {(hashed or '')[:20]}"
    return found


def without(value: Any, fields: Iterable[str]) -> Any:
    """JSON without some fields, wherever they are."""
    if isinstance(value, dict):
        return {k: without(v, fields) for k, v in value.items() if k not in fields}
    return [without(each, fields) for each in value] if isinstance(value, list) else value


def content(path: Path, place: Path) -> Tree:
    """What a written file holds, by its kind."""
    if path.suffix == ".safetensors":
        return arrays(path)
    if path.suffix == ".parquet":
        return columns(path)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return "binary"
    if path.suffix == ".json":
        with contextlib.suppress(ValueError):
            text = json.dumps(without(json.loads(text), DROPPED), indent=1, ensure_ascii=False)
    if path.suffix == ".html":
        text = DRAWING.sub(drawn, text)
    return kept(normal(text, place))


def drawn(drawing: re.Match[str]) -> str:
    """A hash in the place of a drawing; that of seconds is another each time."""
    return f"<svg {'of seconds' if '-time-' in drawing[0] else digest(drawing[0].encode())}>"


def file_name(path: Path) -> str:
    """A name without the hash that model folders put into it."""
    return re.sub(r"-[0-9a-f]{12}(?=\.)", "", str(path))


def files_of(place: Path) -> dict[str, tuple[int, int]]:
    """When each file below a folder was written, and how long it is."""
    found = {}
    for folder, _, names in os.walk(place):
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                state = path.stat()
                found[str(path.relative_to(place))] = (state.st_mtime_ns, state.st_size)
    return found


def apart(work: Callable[[], int], out: Path, err: Path, place: Path) -> int:
    """Runs work in a fork of this process with streams of its own; returns its exit code.

    A fork begins with all that is imported already, and leaves nothing behind: 0.1 s in place of
    the second that a new Python needs.
    """
    sys.stdout.flush()
    child = os.fork()
    if child:
        return waited(child)
    code = 70
    try:
        os.chdir(place)
        for number, path in ((0, os.devnull), (1, out), (2, err)):
            flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            os.dup2(os.open(path, flags, 0o600), number)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        code = work()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def waited(child: int) -> int:
    """The exit code of a child; one that takes too long is ended."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return -9


def command(words: Iterable[str]) -> Callable[[], int]:
    """The command line as work for a fork."""

    def work() -> int:
        from readalike.cli import main

        sys.argv = ["readalike", *words]
        try:
            main()
        except SystemExit as left:
            return left.code if isinstance(left.code, int) else 0
        return 0

    return work


def done(words: list[str], place: Path, aside: Path) -> Record:
    """Runs one command in its folder and returns what it said and wrote."""
    before = files_of(place)
    out, err, written_files = aside / "out", aside / "err", aside / "files"
    code = apart(command(words), out, err, place)
    texts = [
        kept(normal(path.read_text(encoding="utf-8", errors="replace"), place))
        for path in (out, err)
    ]
    written = sorted(name for name, state in files_of(place).items() if before.get(name) != state)

    def hashed() -> int:
        found = {file_name(Path(name)): content(place / name, place) for name in written}
        written_files.write_text(json.dumps(found), encoding="utf-8")
        return 0

    files = {}
    if written:
        if apart(hashed, aside / "ignored", err, place) != 0:
            raise SystemExit(f"{shlex.join(words)}: its files cannot be read: {err.read_text()}")
        files = json.loads(written_files.read_text(encoding="utf-8"))
    return {"code": code, "out": texts[0], "err": texts[1], "files": files}


def warm(source: Path) -> None:
    """Imports what the forks share, and sets what output depends on."""
    os.environ["PYTHONPATH"] = str(source)
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        os.environ.pop(name, None)
    os.environ |= {"COLUMNS": "100", "TERM": "dumb", "PYTHONHASHSEED": "0"}
    sys.path.insert(0, str(source))
    for name in ("numpy", "scipy.sparse", "scipy.linalg", "numba", "duckdb", "rapidfuzz", "rich"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    import readalike

    if Path(readalike.__file__ or "").resolve().parent != source / "readalike":
        raise SystemExit(f"readalike must come from {source}, got {readalike.__file__}")
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        command(["algorithms", "--json"])()
    sys.argv[1:] = []


class Recorder:
    """Runs commands one after the other, each in its room, and keeps what they did."""

    def __init__(self, work: Path, source: Path, out: Path) -> None:
        self.work, self.out = work, out
        self.found: dict[str, Record] = {}
        self.seconds: dict[str, float] = {}
        self.world, self.aside = work / "world", work / "aside"
        self.aside.mkdir()
        write_world(self.world, source)
        for file in shared_files():
            place = self.world / cases.CASES / file.parent.name
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place / file.name)

    def room(self, name: str) -> Path:
        """The folder of that name, at first a copy of the world."""
        place = self.work / name
        if not place.exists():
            shutil.copytree(self.world, place)
        return place

    def run(self, part: str, room: str, line: str) -> Record:
        """Runs a command and keeps what it did, under its words."""
        words = shlex.split(line, comments=True)
        name = shlex.join(words)
        into = self.found.setdefault(part, {})
        while name in into:
            name += " (again)"
        started = time.perf_counter()
        into[name] = done(words, self.room(room), self.aside)
        took = self.seconds[f"{part}: {name}"] = round(time.perf_counter() - started, 2)
        print(f"{part:16} {len(into):3} {took:6.1f} s  {name[:100]}", flush=True)
        return into[name]

    def save(self) -> None:
        """Writes what was recorded so far."""
        found = {"made_of": made_of(), "runs": self.found, "seconds": self.seconds}
        self.out.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")

    def names(self) -> tuple[list[str], list[str]]:
        """Names of all algorithms and of all that forecasts stars."""
        listed = json.loads(self.run("learnt", "learnt", "algorithms --json")["out"])
        tables = [[next(iter(row.values())) for row in rows] for rows in listed.values()]
        return tables[0], tables[1]

    def goodbooks(self, data: Path) -> bool:
        """Makes the room in which the tables are the real ones; False where they are not there."""
        real = data / "goodbooks-10k"
        if not (real / "ratings.csv").is_file():
            print(f"goodbooks is left out: it is not in {data} (READALIKE_DATA)", flush=True)
            return False
        left_out = shutil.ignore_patterns(TABLES, "model")
        place = shutil.copytree(self.world, self.work / "goodbooks", ignore=left_out)
        (place / TABLES).symlink_to(real)
        write_real_export(place / "large-library.csv", real)
        return True


def shared_files() -> list[Path]:
    """The files that readers have, where the machine has them."""
    return sorted(path for path in (DATA.parent / "cases").glob("files*/*") if path.is_file())


def pages(root: Path) -> list[Path]:
    """The documentation beside a source."""
    return [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]


def record_all(recorder: Recorder, chosen: Iterable[str], root: Path, everything: bool) -> None:
    """Records the chosen parts; the model that they ask is learnt first.

    Args:
        recorder: Runs the commands.
        chosen: Names of parts.
        root: Where the documentation is.
        everything: Whether networks, which are slow, are recorded on goodbooks too.
    """
    algorithms, predictors = recorder.names()
    recorder.run("learnt", "learnt", f"train {TABLES} --model model")
    shutil.copytree(recorder.work / "learnt" / "model", recorder.world / "model")
    plain = [name for name in algorithms if name not in cases.NETWORKS]
    real = algorithms if everything else plain
    if "goodbooks" in chosen and not everything:
        print(f"goodbooks without {', '.join(cases.NETWORKS)}, which --all adds", flush=True)
    matching = list(cases.matching(shared_files()))
    parts: dict[str, Iterable[str]] = {
        "plain": [*cases.PLAIN, *cases.REFUSED],
        "answers": cases.answers(),
        "read": cases.READ,
        "matching": matching,
        "fits": cases.fits(algorithms, predictors),
        "protocols": cases.protocols(),
        "figures": cases.figures(plain, predictors),
        "tuning": cases.TUNING,
        "demo": cases.DEMO,
        "goodbooks": [
            *(f"doctor {TABLES} --json", f"train {TABLES} --model model"),
            *(
                *cases.answers(),
                *matching,
                *cases.fits(real, predictors),
            ),
        ],
    }
    for part in (part for part in PARTS if part in chosen):
        started = time.perf_counter()
        if part == "documented":
            for page in pages(root):
                room = "-".join(page.relative_to(root).parts)
                for line in cases.documented(page):
                    recorder.run(f"documented in {room}", room, line)
        elif part != "goodbooks" or recorder.goodbooks(DATA):
            for line in parts[part]:
                recorder.run(part, part, line)
        recorder.save()
        shutil.rmtree(recorder.work / part, ignore_errors=True)
        print(f"{part}: {time.perf_counter() - started:.0f} s", flush=True)


def made_of() -> dict[str, str]:
    """What the bits hang on besides the source."""
    packages = ("numpy", "scipy", "numba", "duckdb", "rapidfuzz", "keras", "jax", "optuna", "typer")
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in packages:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found | {"cores": str(len(os.sched_getaffinity(0)))}


def record(options: argparse.Namespace) -> int:
    """Records the behaviour of a source."""
    source = options.source.resolve()
    warm(source)
    chosen = options.only or PARTS[: -1 if options.quick else None]
    with tempfile.TemporaryDirectory(prefix="same-behaviour-") as folder:
        recorder = Recorder(Path(folder), source, options.out)
        record_all(recorder, chosen, source.parent, options.all)
    count = sum(len(runs) for runs in recorder.found.values())
    print(f"Recorded {count} commands in {options.out}.")
    return 0


# Comparing


def renames_of(text: str) -> dict[str, str]:
    """The lines `old -> new` of a list of renames; `#` begins a remark."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            old, arrow, new = (part.strip() for part in line.partition("->"))
            if not (old and arrow):
                raise SystemExit(f"line {number} must be 'old -> new', got {line!r}")
            found[old] = new
    return found


def renamed(tree: Tree, renames: Mapping[str, str]) -> Tree:
    """The same with whole words put in the place of others, in names and in texts.

    A blank between the words of a rename stands for any run of blanks and line breaks.
    """
    if not renames:
        return tree
    longest_first = sorted(renames, key=len, reverse=True)
    spaced = (r"\s+".join(map(re.escape, words.split(" "))) for words in longest_first)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(spaced)})(?![\w-])")

    def put(text: str) -> str:
        return pattern.sub(lambda found: renames[" ".join(found[0].split())], text)

    def walk(node: Tree) -> Tree:
        if isinstance(node, dict):
            return {put(name): walk(value) for name, value in node.items()}
        if isinstance(node, list):
            return [walk(each) for each in node]
        return put(node) if isinstance(node, str) else node

    return walk(tree)


def without_layout(tree: Tree) -> Tree:
    """The same with one blank for any run of blanks, line breaks or borders, JSON as values."""
    if (value := as_json(tree)) is not None:
        return without_layout(value)
    if isinstance(tree, dict):
        return {name: without_layout(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [without_layout(each) for each in tree]
    return LAYOUT.sub(" ", tree).strip() if isinstance(tree, str) else tree


def shown(value: Tree) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else f"{text[:150]} ..."


def as_json(text: Tree) -> Tree:
    """The value of a text that is a JSON object or list; None of any other."""
    if isinstance(text, str) and text.lstrip()[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            return json.loads(text)
    return None


def differences(old: Tree, new: Tree, name: str = "") -> Iterator[str]:
    """Every difference of two records: its name, what was and what is."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            inner = f"{name} / {key}" if name else str(key)
            if key not in new:
                yield f"{inner}: is gone, was {shown(old[key])}"
            elif key not in old:
                yield f"{inner}: is new, {shown(new[key])}"
            else:
                yield from differences(old[key], new[key], inner)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (was, now) in enumerate(zip(old, new, strict=True)):
            yield from differences(was, now, f"{name} / {place}")
    elif (was := as_json(old)) is not None and (now := as_json(new)) is not None:
        found = list(differences(was, now, name))
        yield from found or [f"{name}: the same values in another order or spacing"]
    elif isinstance(old, str) and isinstance(new, str) and "\n" in old + new:
        lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
        changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
        yield "\n    ".join([f"{name}:", *(changed or ["another end of its lines"])])
    else:
        yield f"{name}: was {shown(old)}, is {shown(new)}"


def compare(options: argparse.Namespace) -> int:
    """Prints what differs between two records."""
    records = [json.loads(p.read_text(encoding="utf-8")) for p in (options.before, options.after)]
    for difference in differences(*(each["made_of"] for each in records)):
        print(f"Made of something else: {difference}")
    old, new = (each["runs"] for each in records)
    if options.renamed is not None:
        old = renamed(old, renames_of(options.renamed.read_text(encoding="utf-8")))
    for part in sorted(old.keys() ^ new.keys()):
        print(f"{part}: is only in {options.before if part in old else options.after}")
    count = changed = 0
    for part in (part for part in old if part in new):
        for name in {**old[part], **new[part]}:
            one, other = (
                {name: runs[part][name]} if name in runs[part] else {} for runs in (old, new)
            )
            same = options.renamed is not None and without_layout(one) == without_layout(other)
            lines = [] if same else "\n".join(differences(one, other, part)).splitlines()
            print(*lines[: options.lines], sep="\n", end="\n" if lines else "")
            if len(lines) > options.lines:
                print(f"    ... {len(lines) - options.lines} lines more")
            count, changed = count + 1, changed + bool(lines)
    print(f"{changed} of {count} commands differ.")
    return 1 if changed else 0


def main() -> int:
    """Records or compares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    tasks = parser.add_subparsers(required=True)
    recording = tasks.add_parser("record", help="run everything and keep what it did")
    recording.add_argument("out", type=Path)
    recording.add_argument("--source", type=Path, default=ROOT / "src", help="another checkout")
    recording.add_argument(
        "--only", nargs="+", choices=PARTS, metavar="PART", help=", ".join(PARTS)
    )
    recording.add_argument("--quick", action="store_true", help="all but goodbooks")
    recording.add_argument("--all", action="store_true", help="networks on goodbooks as well")
    recording.set_defaults(work=record)
    comparing = tasks.add_parser("compare", help="print what differs between two records")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--renamed", type=Path, help="accepted renames, `old -> new` a line")
    comparing.add_argument("--lines", type=int, default=14, help="most lines of a command")
    comparing.set_defaults(work=compare)
    options = parser.parse_args()
    code: int = options.work(options)
    return code


if __name__ == "__main__":
    sys.exit(main())
