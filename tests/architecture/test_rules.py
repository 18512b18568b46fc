"""The rules of the house that a list of module names in pyproject.toml cannot say."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

_ROOT = Path(__file__).parents[2]
_PACKAGES = ("drivers", "station")
_LONGEST_FILE = 400

_PURE_STDLIB = {
    "base64",
    "bisect",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "string",
    "types",
    "typing",
    "unicodedata",
}
_IMPURE_BUILTINS = {"breakpoint", "eval", "exec", "hash", "id", "input", "open", "print"}
_IMPURE_CONTRACT = {"drivers.contract.clock", "drivers.contract.tools"}
_HEAVY = ("cv2", "onnxruntime", "paho", "pymodbus", "serial", "sqlalchemy")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*_PACKAGES, include_external_packages=True, cache_dir=None)


def _sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((_ROOT / folder).rglob("*.py"))


def _own_modules(graph: grimp.ImportGraph, *endings: str) -> list[str]:
    return sorted(name for name in graph.modules if name.startswith("drivers.") and name.endswith(endings))


def test_the_core_imports_only_itself_the_contract_and_pure_stdlib(graph: grimp.ImportGraph) -> None:
    core = {"station.core"} | graph.find_descendants("station.core")
    imported = set().union(*(graph.find_modules_directly_imported_by(module) for module in core)) - core
    contract = {name for name in imported if name.startswith("drivers.contract.")}
    assert contract & _IMPURE_CONTRACT == set()
    assert imported - contract - _PURE_STDLIB == set()


def test_the_core_calls_no_impure_builtin() -> None:
    for path in _sources("station/core"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Name) and node.id in _IMPURE_BUILTINS:
                pytest.fail(f"{path.relative_to(_ROOT)}:{node.lineno}: {node.id}() is not pure")


def test_only_the_catalog_and_the_simulation_know_peers_and_models(graph: grimp.ImportGraph) -> None:
    for module in _own_modules(graph, "_peer", "_model"):
        for importer in graph.find_modules_that_directly_import(module):
            family, is_far_end = module.rpartition(".")[0], importer.endswith(("_peer", "_model"))
            is_kin = is_far_end and family in (importer.rpartition(".")[0], "drivers.links")  # links: what peers share
            allowed = is_kin or importer == "drivers.catalog" or importer.startswith("station.simulate")
            assert allowed, f"{importer} imports {module}"


def test_a_peer_is_a_second_opinion(graph: grimp.ImportGraph) -> None:
    """It imports no codec and no driver, so a misread of the vendor's document is not made twice."""
    for peer in _own_modules(graph, "_peer"):
        for imported in graph.find_modules_directly_imported_by(peer):
            own = imported.startswith(_PACKAGES)
            allowed = imported.startswith("drivers.contract") or imported.endswith(("_peer", "_model"))
            assert allowed or not own, f"{peer} imports {imported}"


def test_a_model_knows_no_wire(graph: grimp.ImportGraph) -> None:
    for model in _own_modules(graph, "_model"):
        for imported in graph.find_modules_directly_imported_by(model):
            own = imported.startswith(_PACKAGES)
            assert not own or imported.startswith("drivers.contract") or imported.endswith("_model"), (
                f"{model} imports {imported}"
            )


def test_nobody_runs_on_the_systems_sqlite() -> None:
    """Its version on Debian 12 can corrupt a WAL file; its module may serve as a type only."""
    runtime = grimp.build_graph(
        *_PACKAGES, include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
    )
    assert "sqlite3" not in runtime.modules or runtime.find_modules_that_directly_import("sqlite3") == set()


def test_package_files_are_empty() -> None:
    filled = [path for path in _sources(*_PACKAGES) if path.name == "__init__.py" and path.read_text()]
    assert filled == []


def test_no_file_outgrows_a_reader() -> None:
    long = {
        str(path.relative_to(_ROOT)): lines
        for path in _sources("drivers", "station", "models", "tests")
        if (lines := len(path.read_text().splitlines())) > _LONGEST_FILE
    }
    assert long == {}


def test_the_catalog_loads_no_heavy_library() -> None:
    """A worker pays only for the wire it drives: heavy libraries are imported when a device is opened."""
    script = f"import sys, drivers.catalog; print(*sorted(set({_HEAVY!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], cwd=_ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == []
