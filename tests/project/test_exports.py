"""The public surface is what it says it is. Ruff keeps every `__all__` in order (RUF022)."""

import importlib
import inspect
import pickle
import pickletools
import subprocess
import sys
import types
import typing

import pytest

import transactscope
from tests.project.tree import ROOT
from transactscope import RetryPolicy, ScopeState
from transactscope.errors import ThrottledError
from transactscope.types import BatchEntry

# A name that several of them export says that it is from the first.
PUBLIC_MODULES = (
    "transactscope",
    "transactscope.errors",
    "transactscope.ext.breaker",
    "transactscope.ext.lease",
    "transactscope.ext.logs",
    "transactscope.ext.otel",
    "transactscope.ext.pages",
    "transactscope.ext.statistics",
    "transactscope.fields",
    "transactscope.ext.encryption",  # it exports a marker of the one before
    "transactscope.indexes",
    "transactscope.testing",
    "transactscope.types",
    "transactscope.values",
)
EXPORTS = [
    (name, export) for name in PUBLIC_MODULES for export in importlib.import_module(name).__all__
]
EXPORTED_CLASSES = list(
    dict.fromkeys(
        value
        for name, export in EXPORTS
        if isinstance(value := getattr(importlib.import_module(name), export), type)
        and value.__module__.startswith("transactscope")
    )
)
# Values without a docstring of their own; the text beside them says what they are.
PLAIN = (str, tuple, dict, types.GenericAlias)


@pytest.mark.parametrize("module_name", PUBLIC_MODULES)
def test_every_public_name_is_exported(module_name):
    """A name without an underscore that is not exported is neither public nor private."""
    module = importlib.import_module(module_name)
    here = {name for name, value in vars(module).items() if _belongs_to(module, name, value)}

    assert set() == here - set(module.__all__)


@pytest.mark.parametrize("module_name", PUBLIC_MODULES)
def test_every_exported_name_is_there_once(module_name):
    """Also the ones that are loaded when they are first asked for; and `dir` knows them."""
    module = importlib.import_module(module_name)

    assert len(module.__all__) == len(set(module.__all__))
    assert set(module.__all__) <= set(dir(module))
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize(("module_name", "name"), EXPORTS)
def test_exported_names_say_what_they_are(module_name, name):
    """Every class and function has a docstring that begins with a sentence."""
    value = getattr(importlib.import_module(module_name), name)
    if isinstance(value, PLAIN) or not value.__module__.startswith("transactscope"):
        return  # what boto3 says of its own names is boto3's affair
    first_line = (inspect.getdoc(value) or "").partition("\n")[0]

    assert first_line.strip()


@pytest.mark.parametrize(("module_name", "name"), EXPORTS)
def test_exported_names_can_be_found_where_they_say(module_name, name):
    """Pickle and tracebacks go by `__module__`."""
    value = getattr(importlib.import_module(module_name), name)
    if not inspect.isclass(value) and not inspect.isfunction(value):
        return

    home = importlib.import_module(value.__module__)
    assert value is getattr(home, value.__qualname__)


@pytest.mark.parametrize(("module_name", "name"), EXPORTS)
def test_exported_names_say_where_they_are_imported_from(module_name, name):
    """Representations, tracebacks and pickles show what a reader can import."""
    value = getattr(importlib.import_module(module_name), name)
    if isinstance(value, PLAIN) or value.__module__ == "boto3.dynamodb.conditions":
        return

    assert value.__module__ == next(module for module, export in EXPORTS if export == name)


@pytest.mark.parametrize(
    "kind",
    [value for value in EXPORTED_CLASSES if "__annotations__" in vars(value)],
    ids=lambda kind: kind.__name__,
)
def test_annotations_of_exported_classes_can_be_resolved(kind):
    """Whoever reads annotations looks for their names where a class says that it is from."""
    hints = typing.get_type_hints(kind)

    assert set(vars(kind)["__annotations__"]) <= set(hints)
    assert all(not isinstance(hint, str | typing.ForwardRef) for hint in hints.values())


@pytest.mark.parametrize(("module_name", "name"), EXPORTS)
def test_the_source_of_exported_functions_can_be_found(module_name, name):
    """Who looks one up in an editor or a notebook sees what is written, wherever it is."""
    value = getattr(importlib.import_module(module_name), name)
    if not inspect.isfunction(value):
        return

    assert f"def {name}(" in inspect.getsource(value)


def test_a_pickle_names_public_modules_only():
    """What is stored must be readable when what is private has been moved."""
    values = [RetryPolicy(), ScopeState.ACTIVE, BatchEntry("put", None), ThrottledError("later")]
    read = [argument for _, argument, _ in pickletools.genops(pickle.dumps(values))]
    named = {text for text in read if isinstance(text, str) and text.startswith("transactscope")}

    assert {"transactscope", "transactscope.errors", "transactscope.types"} == named


def test_names_say_where_they_are_from_whatever_was_loaded_first():
    """What an internal module loads is the same as what a program asks the package for."""
    program = "import transactscope.aio.scope as private; print(private.AsyncTransactScope)"

    assert "<class 'transactscope.AsyncTransactScope'>\n" == _printed(program)


LOADED_BY = {
    "import transactscope": (),
    "import transactscope; transactscope.errors": ("attrs",),
    "from transactscope import Attr": ("boto3",),
    "from transactscope import Database, TransactScope, entity": ("attrs", "boto3"),
}
DEAR = ("asyncio", "attrs", "boto3", "cattrs", "opentelemetry")
SELDOM = tuple(f"transactscope.{name}" for name in ("aio", "batches", "queries", "tables"))


@pytest.mark.parametrize("statement", LOADED_BY)
def test_a_program_loads_only_what_it_names(statement):
    """A function that starts anew for a request waits for every module that is loaded."""
    names = f"[name for name in {DEAR + SELDOM} if name in sys.modules]"
    program = f"{statement}; import sys; print(*{names})"

    assert LOADED_BY[statement] == tuple(_printed(program).split())


def test_public_modules_are_there_as_if_they_were_imported():
    """`except transactscope.errors.NotSentError` needs no import of its own."""
    program = "import transactscope as ts; print(ts.errors.__name__, 'fields' in dir(ts))"

    assert "transactscope.errors True\n" == _printed(program)


def test_an_unknown_name_is_an_attribute_error():
    """Names that are loaded late must not make every name look there."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = transactscope.no_such_name


def _printed(program):
    """Return what a program prints that has loaded nothing before."""
    outcome = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return outcome.stdout


def _belongs_to(module, name, value):
    if name.startswith("_") or inspect.ismodule(value) or name == "annotations":
        return False
    # What was imported from elsewhere for use inside is not the module's own.
    return module is transactscope or getattr(value, "__module__", None) == module.__name__
