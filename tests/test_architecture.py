"""The shape of the project: what may load what, how large a part may be, what must be said."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import readalike
from cli.running import book_id, write_world
from readalike.algorithms import ALGORITHMS
from readalike.algorithms.settings import Settings
from readalike.errors import ReadalikeError
from readalike.models import MODEL_KINDS, PREDICTOR_KINDS, NetworkModel
from readalike.predictors import PREDICTORS
from readalike.recommend.recommender import Recommender
from shapes import model_of

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "readalike"
IMPORT_LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]

COMPILER = {"numba", "llvmlite"}
FRAMES_AND_FRAMEWORKS = {
    "jax",
    "keras",
    "matplotlib",
    "pandas",
    "polars",
    "pyarrow",
    "sklearn",
    "tensorflow",
    "torch",
}
HEAVY = COMPILER | FRAMES_AND_FRAMEWORKS

EXECUTES_WHAT_IT_READS = {
    "_pickle",
    "cloudpickle",
    "dill",
    "joblib",
    "marshal",
    "pickle",
    "shelve",
}
NETWORK = {
    "aiohttp",
    "asyncio",
    "ftplib",
    "http",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "urllib",
    "urllib3",
    "webbrowser",
    "xmlrpc",
}
SAYS_NOTHING = {
    "common",
    "helper",
    "helpers",
    "misc",
    "shared",
    "stuff",
    "tools",
    "util",
    "utils",
}
MANY_ARGUMENTS = 5

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def is_table_of_contents(self) -> bool:
        return self.path.name in ("__init__.py", "__main__.py")

    @property
    def is_compiled(self) -> bool:
        return "numba" in roots(self.tree) or self.makes_compiled

    @property
    def makes_compiled(self) -> bool:
        """Whether it has functions that `numerics/compiled.py` compiles."""
        return any(
            isinstance(node, ast.Name) and node.id in ("compiled", "compiled_parallel")
            for node in ast.walk(self.tree)
        )

    def within(self, package: str) -> bool:
        return f"{self.name}.".startswith(f"{package}.")


def read_modules() -> list[Module]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        text = path.read_text(encoding="utf-8")
        found.append(Module(name, path, text, ast.parse(text)))
    return found


MODULES = read_modules()


def imported(tree: ast.AST, *, when_loaded: bool = False) -> Iterator[str]:
    """Dotted names of what is imported anywhere, or only of what loading the module imports."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif when_loaded and (
            isinstance(node, Function)
            or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
        ):
            continue
        else:
            yield from imported(node, when_loaded=when_loaded)


def roots(tree: ast.AST) -> set[str]:
    return {name.split(".")[0] for name in imported(tree)}


def dangers(tree: ast.AST) -> set[str]:
    """Everything that would run what it reads."""
    found = roots(tree) & EXECUTES_WHAT_IT_READS
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        arguments = {argument.arg: ast.unparse(argument.value) for argument in node.keywords}
        if called in ("eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec"):
            found.add(called)
        if called.rpartition(".")[2] in ("read_pickle", "to_pickle"):
            found.add(called)
        if called in ("np.load", "numpy.load") and arguments.get("allow_pickle") != "False":
            found.add(called)
        if arguments.get("allow_pickle", "False") != "False":
            found.add("allow_pickle")
    if "numpy.load" in imported(tree):
        found.add("numpy.load")
    return found


def public_definitions(node: ast.Module | ast.ClassDef, of: str) -> Iterator[tuple[str, Any]]:
    """Name and node of every public function, class and method."""
    for child in node.body:
        if isinstance(child, Definition) and not child.name.startswith("_"):
            name = f"{of}.{child.name}"
            yield name, child
            if isinstance(child, ast.ClassDef):
                yield from public_definitions(child, name)


PUBLIC: list[tuple[str, Any]] = [
    found for module in MODULES for found in public_definitions(module.tree, module.name)
]


def section(text: str | None, heading: str) -> list[str] | None:
    """The names that a section of a docstring explains; None where there is no such section."""
    found = re.search(rf"^{heading}:\n((?: {{4}}.*\n|\n)+)", f"{text or ''}\n", re.MULTILINE)
    if found is None:
        return None
    return re.findall(r"^ {4}\*{0,2}(\w+):", found[1], re.MULTILINE)


def arguments_of(function: Function | None) -> list[str]:
    if function is None:
        return []
    given = function.args
    every = [
        *given.posonlyargs,
        *given.args,
        *([given.vararg] if given.vararg else []),
        *given.kwonlyargs,
        *([given.kwarg] if given.kwarg else []),
    ]
    return [argument.arg for argument in every if argument.arg not in ("self", "cls")]


def makes_one(definition: Definition) -> Function | None:
    """The function that is called by this name; None for a class without one of its own."""
    if isinstance(definition, Function):
        return definition
    return next(
        (n for n in definition.body if isinstance(n, Function) and n.name == "__init__"), None
    )


def fields_of(definition: ast.ClassDef) -> list[str]:
    return [
        line.target.id
        for line in definition.body
        if isinstance(line, ast.AnnAssign)
        and isinstance(line.target, ast.Name)
        and "ClassVar" not in ast.unparse(line.annotation)
    ]


def in_a_python_of_its_own(code: str, *words: object) -> Any:
    """What the code printed last, which is JSON."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


SHAPED = {
    "item-item": ("blend", {}),
    "item-scores": ("popularity", {}),
    "item-factors": ("als", {"factors": 4, "iterations": 2}),
    "embedding": ("notebook", {"epochs": 1}),
    "two-tower": ("two-tower", {"epochs": 1, "factors": 4, "hidden": 4, "batch_size": 16}),
}
"""An algorithm for each shape of model; a network is imported here, as fewer can be trained."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def models(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder of each shape, named like it."""
    folder = tmp_path_factory.mktemp("models")
    for shape, (algorithm, settings) in SHAPED.items():
        readalike.train(world, folder / shape, algorithm=algorithm, settings=settings)
    imported = import_a_network(world)
    predictor = readalike.load(folder / "embedding").forecaster
    dataclasses.replace(imported, forecaster=predictor).save(folder / "network")
    return folder


def import_a_network(world: Path) -> Recommender:
    """A network of random weights, as an import would make it of this world."""
    recommender = readalike.train(world, algorithm="popularity", predictor=None).recommender
    assert recommender.readers is not None
    network = model_of(
        NetworkModel.kind, len(recommender.catalogue), len(recommender.readers.users)
    )
    return dataclasses.replace(recommender, model=network)


# What is loaded


def test_importing_the_package_loads_nothing_but_its_version() -> None:
    loaded = in_a_python_of_its_own(
        "import json, sys; import readalike; print(json.dumps(sorted(sys.modules)))"
    )
    assert [name for name in loaded if name.split(".")[0] == "readalike"] == [
        "readalike",
        "readalike.version",
    ]
    assert {"numpy", "scipy", "duckdb"} & set(loaded) == set()
    assert set(loaded) & HEAVY == set()


STARTS = """
import contextlib, io, json, sys
from readalike.cli import main
sys.argv = ["readalike", *sys.argv[1:]]
out = io.TextIOWrapper(io.BytesIO())
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(out):
    main()
out.flush()
print(json.dumps([out.buffer.getvalue().decode(), sorted(sys.modules)]))
"""


def test_a_command_line_that_asks_nothing_of_a_model_loads_next_to_nothing() -> None:
    text, loaded = in_a_python_of_its_own(STARTS, "--version")
    assert text == f"readalike {readalike.__version__}\n"
    ours = {name for name in loaded if name.startswith("readalike")}
    light = {"cli", "cli.process", "errors", "version"}
    assert ours == {"readalike", *(f"readalike.{name}" for name in light)}
    assert {"typer", "typing", "numpy", "pathlib"} & set(loaded) == set()
    text, loaded = in_a_python_of_its_own(STARTS, "--help")
    assert "recommend " in text
    ours = {name for name in loaded if name.startswith("readalike")}
    assert ours == {"readalike", *(f"readalike.{name}" for name in {*light, "cli.app"})}
    assert {"numpy", "scipy", "duckdb", "rich"} & set(loaded) == set()


def test_completion_of_a_command_loads_no_command() -> None:
    words = "os.environ |= {'_READALIKE_COMPLETE': 'complete_bash', 'COMP_WORDS': 'readalike re', "
    asks = f"import os\n{words}'COMP_CWORD': '1'}}\n{STARTS}"
    text, loaded = in_a_python_of_its_own(asks)
    assert text.split() == ["recommend"]
    assert {"numpy", "scipy", "duckdb", "rich"} & set(loaded) == set()


def test_an_answer_loads_nothing_that_it_does_not_need(models: Path) -> None:
    words = ("recommend", models / "item-item", "--like", "Dune", "--json")
    text, loaded = in_a_python_of_its_own(STARTS, *words)
    assert json.loads(text)["recommendations"]
    idle = {
        "algorithms", "evaluation", "libraries.matching", "neural", "tables.dataset", "training",
        "tuning",
    }  # fmt: skip
    assert {f"readalike.{name}" for name in idle} & set(loaded) == set()
    heavy = {"numba", "rapidfuzz", "rich.progress", "scipy.linalg", "scipy.optimize", "scipy.stats"}
    assert heavy & set(loaded) == set()


ASKS_THE_LIBRARY = """
import json, sys
told, heavy = {}, set(json.loads(sys.argv[2]))
import readalike
for shape in json.loads(sys.argv[3]):
    recommender = readalike.load(f"{sys.argv[1]}/{shape}")
    lists = [
        recommender.recommend({"b02": 5, "b04": 3}, n=3),
        recommender.recommend(reader="7", n=3),
        recommender.recommend({}, n=3),
        recommender.similar("b02", n=3),
        recommender.forecast(["b02", "b03", "b05"], reader="7"),
        recommender.avoid({"b02": 1}, n=3),
    ]
    told[shape] = [[len(each) for each in lists], sorted(heavy & set(sys.modules))]
print(json.dumps(told))
"""


def test_a_saved_model_of_any_shape_answers_without_a_compiler(models: Path) -> None:
    told = in_a_python_of_its_own(
        ASKS_THE_LIBRARY, models, json.dumps(sorted(HEAVY)), json.dumps(list(MODEL_KINDS))
    )
    assert told == {shape: [[3] * 6, []] for shape in MODEL_KINDS}


RUNS_COMMANDS = """
import contextlib, io, json, sys
heavy, commands = set(json.loads(sys.argv[1])), json.loads(sys.argv[2])
from readalike.cli import main
told, at_first = [], set(sys.modules)
for words in commands:
    before = set(sys.modules)
    sys.argv = ["readalike", *words]
    out = io.TextIOWrapper(io.BytesIO())
    try:
        with contextlib.redirect_stdout(out):
            main()
    except SystemExit as left:
        out.flush()
        loaded = heavy & set(sys.modules) - before
        told.append([left.code, len(out.buffer.getvalue()) > 0, sorted(loaded)])
print(json.dumps([sorted(heavy & at_first), *told]))
"""


def test_of_the_commands_only_training_loads_the_compiler(
    models: Path, world: Path, tmp_path: Path
) -> None:
    history = tmp_path / "history.csv"
    history.write_text(f"book_id,rating\n{book_id(2)},5\n{book_id(4)},2\n")
    model = str(models / "item-item")
    answering = [
        ["recommend", model, "--like", "Dune"],
        ["recommend", model, "--reader", "7"],
        ["recommend", model, "--history", str(history), "--json"],
        ["recommend", model, "--all", "--out", str(tmp_path / "lists.parquet")],
        ["recommend", model, "--reader", "7", "--avoid"],
        ["forecast", model, "Dune", "--reader", "7"],
        ["similar", model, "Dune"],
        ["search", model, "faust"],
    ]
    counting = ["train", str(world), "--algorithm", "popularity", "--predictor", "none"]
    answering.append([*counting, "--model", str(tmp_path / "counted")])
    fitting = ["train", str(world), "--algorithm", "cosine", "--model", str(tmp_path / "fitted")]
    told = in_a_python_of_its_own(
        RUNS_COMMANDS, json.dumps(sorted(HEAVY)), json.dumps([*answering, fitting])
    )
    assert told[0] == [], "loaded by the command line itself"
    assert told[1:-1] == [[0, True, []]] * len(answering)
    assert told[-1] == [0, True, sorted(COMPILER)], "else this test would see nothing"


WATCHES = """
import json, sys
seen = []
watched = ("socket.", "urllib.", "http.", "subprocess.", "os.system", "os.exec", "os.fork",
           "os.posix_spawn", "pickle.", "webbrowser.")
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith(watched) else None)
import readalike
recommender = readalike.load(sys.argv[1])
recommender.recommend({"b02": 5}, n=3)
recommender.similar("b02")
answering = sorted(set(seen))
import pickle, socket
pickle.loads(pickle.dumps(len))
socket.socket().close()
print(json.dumps([answering, sorted(set(seen))]))
"""


def test_answering_opens_no_connection_starts_no_program_and_unpickles_nothing(
    models: Path,
) -> None:
    answering, afterwards = in_a_python_of_its_own(WATCHES, models / "item-item")
    assert answering == []
    assert afterwards == ["pickle.find_class", "socket.__new__"], "what the hook can see"


def test_no_module_above_the_numerics_loads_a_compiled_one_when_it_is_loaded() -> None:
    compiled = {module.name for module in MODULES if module.is_compiled}
    assert compiled, "there is something to keep out"
    loading = [
        (module.name, name)
        for module in MODULES
        if not module.within("readalike.numerics")
        for name in imported(module.tree, when_loaded=True)
        if any(f"{name}.".startswith(f"{each}.") for each in compiled)
    ]
    assert loading == []


def test_only_the_numerics_are_compiled() -> None:
    compiled = {module.name for module in MODULES if module.makes_compiled}
    assert all(name.startswith("readalike.numerics.") for name in compiled), compiled
    assert {module.name for module in MODULES if "numba" in roots(module.tree)} <= {
        *compiled,
        "readalike.numerics.compiled",
    }
    naming = {
        module.name
        for module in MODULES
        for node in ast.walk(module.tree)
        if not module.within("readalike.neural")  # JAX compiles its own steps there
        and isinstance(node, ast.Name | ast.Attribute)
        and ast.unparse(node).rpartition(".")[2] in ("njit", "jit", "vectorize", "guvectorize")
    }
    assert naming == {"readalike.numerics.compiled"}


# What may not be there


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import pickle", {"pickle"}),
        ("def f():\n    from marshal import loads", {"marshal"}),
        ("import joblib.numpy_pickle as n", {"joblib"}),
        ("eval('1')", {"eval"}),
        ("exec(text)", {"exec"}),
        ("np.load(path)", {"np.load"}),
        ("np.load(path, allow_pickle=True)", {"np.load", "allow_pickle"}),
        ("from numpy import load", {"numpy.load"}),
        ("pd.read_pickle(path)", {"pd.read_pickle"}),
        ("np.load(path, allow_pickle=False)", set()),
        ("re.compile('a'); connection.execute('select 1'); json.load(file)", set()),
    ],
)
def test_code_that_would_run_what_it_reads_is_recognised(code: str, found: set[str]) -> None:
    assert dangers(ast.parse(code)) == found


def test_no_module_can_run_what_it_reads() -> None:
    assert {m.name: dangers(m.tree) for m in MODULES if dangers(m.tree)} == {}


def test_modules_are_imported_by_name_and_only_names_and_commands_are_looked_up() -> None:
    looking = {m.name for m in MODULES if "import_module" in m.text or "__import__" in m.text}
    assert looking == {"readalike", "readalike.cli.app"}
    relative = [
        (module.name, node.lineno)
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_only_the_download_can_reach_a_network() -> None:
    reaching = {m.name for m in MODULES if roots(m.tree) & NETWORK}
    assert reaching, "there is something to find"
    assert [name for name in reaching if not name.startswith("readalike.datasets.")] == []


# What must be said


def public_object(name: str) -> Any:
    return getattr(readalike, name)


@pytest.mark.parametrize("name", readalike.__all__)
def test_a_public_name_is_there_and_says_what_it_is(name: str) -> None:
    found = public_object(name)
    if name == "__version__":
        assert re.fullmatch(r"\d+\.\d+\.\d+\S*", found)
        return
    home = next(m for m in MODULES if m.name == readalike._HOMES[name])
    if isinstance(found, type) or inspect.isfunction(found):
        assert found.__name__ == name
        told = found.__doc__ or ""
        assert not told.startswith(f"{name}("), "what dataclasses write says nothing"
    else:
        lines = home.tree.body
        at = next(
            i
            for i, line in enumerate(lines)
            if isinstance(line, ast.AnnAssign) and ast.unparse(line.target) == name
        )
        following = lines[at + 1]
        assert isinstance(following, ast.Expr)
        told = ast.literal_eval(following.value)
    assert len(told.partition("\n")[0]) > 10


def test_a_public_name_is_the_same_to_a_reader_a_type_checker_and_python() -> None:
    assert sorted([*readalike._HOMES, "__version__"]) == sorted(readalike.__all__)
    assert len(set(readalike.__all__)) == len(readalike.__all__)
    package = next(m for m in MODULES if m.name == "readalike")
    checked = next(node for node in package.tree.body if isinstance(node, ast.If))
    assert sorted(imported(checked)) == sorted(
        f"{home}.{name}" for name, home in readalike._HOMES.items()
    )
    assert set(readalike.__all__) <= set(dir(readalike))
    with pytest.raises(AttributeError, match="module 'readalike' has no attribute 'recommender_'"):
        public_object("recommender_")


def test_no_public_name_is_that_of_a_module() -> None:
    """Once the module is imported, the name would mean the module."""
    modules = {name.rpartition(".")[2] for name in children(PACKAGE)}
    assert modules & set(readalike.__all__) == set()


def test_every_module_and_public_definition_has_a_docstring() -> None:
    modules = [module.name for module in MODULES if not ast.get_docstring(module.tree)]
    assert modules == []
    assert [name for name, node in PUBLIC if not ast.get_docstring(node)] == []
    assert len(PUBLIC) > 200, "they were looked at"


def test_docstrings_start_with_one_whole_line() -> None:
    texts = {m.name: ast.get_docstring(m.tree) for m in MODULES}
    texts |= {name: ast.get_docstring(node) for name, node in PUBLIC}
    ragged = [
        name
        for name, text in texts.items()
        if text and not re.match(r"\S.{5,110}[.:?](\n\n|$)", text)
    ]
    assert ragged == []


def test_what_a_docstring_says_of_arguments_and_fields_is_what_there_is() -> None:
    wrong: list[tuple[str, list[str], list[str]]] = []
    compared = 0
    for name, node in PUBLIC:
        text = ast.get_docstring(node)
        pairs = [(section(text, "Args"), arguments_of(makes_one(node)))]
        if isinstance(node, ast.ClassDef) and fields_of(node):
            explained = section(text, "Attributes")
            pairs += [(explained and sorted(explained), sorted(fields_of(node)))]
        for told, there in pairs:
            if told is not None:
                compared += 1
                if told != there:
                    wrong.append((name, told, there))
    assert wrong == []
    assert compared > 80


def test_numeric_functions_of_many_arguments_explain_each() -> None:
    unexplained = {
        name
        for name, node in PUBLIC
        if name.startswith("readalike.numerics.")
        and isinstance(node, Function)
        and len(arguments_of(node)) >= MANY_ARGUMENTS
        and section(ast.get_docstring(node), "Args") is None
    }
    assert unexplained == set()


# Size and form


def test_no_module_is_named_after_nothing() -> None:
    words = {word for m in MODULES for part in m.name.split(".") for word in part.split("_")}
    assert words & SAYS_NOTHING == set()


def test_classes_do_not_build_towers() -> None:
    """A class has at most one of ours above it; an error its kind and the base of all."""
    kinds = [
        kind
        for module in MODULES
        if not module.name.endswith("__main__")
        for kind in vars(importlib.import_module(module.name)).values()
        if isinstance(kind, type) and kind.__module__ == module.name
    ]
    known = {*ALGORITHMS.values(), *PREDICTORS.values(), *MODEL_KINDS.values(), ReadalikeError}
    assert known <= set(kinds)
    towers = {}
    for kind in kinds:
        above = [base for base in kind.__mro__[1:] if base.__module__.startswith("readalike")]
        if len(above) > (2 if issubclass(kind, ReadalikeError) else 1):
            towers[kind.__qualname__] = [base.__qualname__ for base in above]
    assert towers == {}


# Tables that nothing may be missing from


def contracts(kind: str) -> list[dict[str, Any]]:
    return [each for each in IMPORT_LINTER["contracts"] if each["type"] == kind]


def children(package: Path) -> set[str]:
    """Dotted names of the modules and packages right inside a package."""
    within = ".".join(package.relative_to(PACKAGE.parent).parts)
    return {
        f"{within}.{path.stem}"
        for path in package.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").is_file()
    }


def test_every_top_level_module_has_its_floor() -> None:
    (layers,) = contracts("layers")
    floors = [name.strip() for each in layers["layers"] for name in re.split("[|:]", each)]
    assert len(floors) == len(set(floors))
    assert set(floors) == children(PACKAGE)
    exceptions = {
        "readalike.recommend.recommender -> readalike.model_folder.store",  # rec.save("model")
    }
    assert set(layers["ignore_imports"]) == exceptions


def test_every_package_is_one() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_every_algorithm_is_held_apart_from_the_others() -> None:
    apart = {name for each in contracts("independence") for name in each["modules"]}
    predictors = {kind.__module__ for kind in PREDICTORS.values()}
    assert apart == {"readalike.algorithms.*"} | predictors


def test_what_must_not_be_loaded_must_not_be_imported_either() -> None:
    (forbidden,) = contracts("forbidden")
    assert FRAMES_AND_FRAMEWORKS - set(forbidden["forbidden_modules"]) == set()
    assert forbidden["source_modules"] == ["readalike"]


def test_every_algorithm_stands_in_the_table_under_the_name_of_its_file() -> None:
    files = children(PACKAGE / "algorithms") - {"readalike.algorithms.settings"}
    assert {kind.__module__ for kind in ALGORITHMS.values()} == files
    for name, kind in ALGORITHMS.items():
        assert kind.__module__ == f"readalike.algorithms.{name.replace('-', '_')}"
        assert kind.__mro__[1] is Settings


def test_every_shape_of_model_can_be_saved_and_is_tried_here() -> None:
    every = MODEL_KINDS | PREDICTOR_KINDS
    homes = {kind.__module__ for kind in every.values()}
    parts = {"linear", "interface", "readembedding", "readerspread", "stars", "steps", "weights"}
    assert homes == children(PACKAGE / "models") - {f"readalike.models.{part}" for part in parts}
    assert all(kind.kind == shape for shape, kind in every.items())
    assert {*SHAPED, "network"} == set(MODEL_KINDS)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_setting_declares_its_help_and_its_range(name: str) -> None:
    fields = dataclasses.fields(ALGORITHMS[name])
    assert fields
    for field in fields:
        declared = field.metadata
        assert declared["help"].strip()
        default: Any = field.default
        low, high, choices = declared["low"], declared["high"], declared["choices"]
        if isinstance(default, bool):
            assert (low, high, choices) == (None, None, ()), field.name
        elif isinstance(default, str):
            assert len(choices) > 1, field.name
            assert default in choices
        else:
            assert low is not None, f"{name} {field.name}: a number needs a least value"
            assert low <= default <= (default if high is None else high)
            assert high is None or low < high
