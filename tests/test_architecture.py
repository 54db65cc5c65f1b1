"""The rules of the house that a machine can check: layers, narrow `except`, short functions, no state at import."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([ROOT / "app.py", *(ROOT / "glacia_ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
LONGEST_FILE, LONGEST_FUNCTION = 300, 40

BROAD_EXCEPT = {
    # place: why nothing narrower will do
    "glacia_ui/services/run.py": "the edge of a background task: an error of ours must end in a refund",
    "glacia_ui/services/runner.py": "the same edge, for what happens before and after the model is asked",
    "glacia_ui/web/catch_errors.py": "the outermost edge of a request: it becomes a 500 problem and a line in the log",
}
"""Where `except Exception` or `except BaseException` may stand. Everything else names what it can handle."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Each source file by its path in the repository."""
    for path in SOURCES:
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def names(node: ast.expr | None) -> list[str]:
    """The exception classes that an `except` names; none for a bare one."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [ast.unparse(part) for part in parts if part is not None]


def test_layers() -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = subprocess.run(
        [sys.executable, "-c", command, "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_demo_model_imports_nothing_of_ours_but_the_core() -> None:
    package = "glacia_ui.claude.demo"
    found = []
    for path, tree in trees():
        if not path.startswith("glacia_ui/claude/demo/"):
            continue
        for node in ast.walk(tree):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            ours = [module for module in modules if module.split(".")[0] == "glacia_ui"]
            found += [(path, module) for module in ours if not module.startswith((package, "glacia_ui.core"))]
    assert found == []


def test_broad_excepts_stand_only_where_a_reason_is_given() -> None:
    found = {
        path
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (not names(node.type) or {"Exception", "BaseException"} & {*names(node.type)})
    }
    assert found <= BROAD_EXCEPT.keys(), f"no reason is given for {sorted(found - BROAD_EXCEPT.keys())}"
    assert found >= BROAD_EXCEPT.keys(), f"no longer needed: {sorted(BROAD_EXCEPT.keys() - found)}"


def test_files_and_functions_are_short() -> None:
    long = []
    for path, tree in trees():
        lines = (ROOT / path).read_text("utf-8").count("\n")
        long += [(lines, path)] if lines > LONGEST_FILE else []
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                long += [(size, f"{path}:{node.lineno} {node.name}")] if size > LONGEST_FUNCTION else []
    assert long == []


def test_every_module_says_what_it_is() -> None:
    assert [path for path, tree in trees() if tree.body and not ast.get_docstring(tree)] == []


def test_nothing_is_opened_at_import() -> None:
    """At module level a call may only make a constant: no client, no connection, no file, no thread."""
    harmful = ("open(", "connect(", "Client(", "Anthropic(", "create_client(", "Pool(", "Thread(", "Popen(", "run(")
    found = []
    for path, tree in trees():
        for statement in tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr):
                calls = [ast.unparse(n.func) + "(" for n in ast.walk(statement) if isinstance(n, ast.Call)]
                found += [(path, call) for call in calls if call.endswith(harmful)]
    assert found == []


def test_the_clock_is_not_read_in_the_core() -> None:
    calls = {
        (path, ast.unparse(node.func))
        for path, tree in trees()
        if path.startswith("glacia_ui/core/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    clocks = ("datetime.now", "datetime.utcnow", "date.today", "time.time", "time.monotonic", "open", "uuid4")
    assert [(path, call) for path, call in sorted(calls) if call.endswith(clocks) and not call.endswith(".open")] == []


def test_sql_is_kept_out_of_python() -> None:
    """One door: Python calls functions. Only the embedded server's own set-up speaks SQL, in `db/`."""
    verbs = ("select ", "insert into ", "update ", "delete from ", "create table ", "alter ")
    found = [
        (path, node.lineno)
        for path, tree in trees()
        if not path.startswith("glacia_ui/db/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.lower().startswith(verbs)
        and " from " in f"{node.value.lower()} "
        and not is_docstring(tree, node)
    ]
    assert found == []


def is_docstring(tree: ast.Module, node: ast.Constant) -> bool:
    """Whether a text only stands there to be read."""
    return any(isinstance(n, ast.Expr) and n.value is node for n in ast.walk(tree))


@pytest.mark.parametrize("folder", ["glacia_ui/ui", "glacia_ui/web"])
def test_front_end_code_has_no_inline_handlers_and_no_html_from_strings(folder: str) -> None:
    """Text goes through `textContent`; one function places HTML, and only what the server has sanitised."""
    wrong = []
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix not in (".js", ".html") or not path.is_file():
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            unsafe = any(word in line for word in (" onclick=", " onload=", " onsubmit=", "eval(", "document.write"))
            unsafe |= any(w in line for w in ("innerHTML", "insertAdjacentHTML", "outerHTML")) and path.name != "dom.js"
            wrong += [(path.relative_to(ROOT).as_posix(), number, line.strip())] if unsafe else []
    assert wrong == []
