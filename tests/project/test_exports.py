"""The public surface is what it says it is. Ruff keeps every `__all__` in order (RUF022)."""

import importlib
import inspect
import types

import pytest

import transactscope

PUBLIC_MODULES = (
    "transactscope",
    "transactscope.errors",
    "transactscope.ext.breaker",
    "transactscope.ext.encryption",
    "transactscope.ext.pages",
    "transactscope.fields",
    "transactscope.indexes",
    "transactscope.testing",
    "transactscope.types",
    "transactscope.values",
)
EXPORTS = [
    (name, export) for name in PUBLIC_MODULES for export in importlib.import_module(name).__all__
]
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


def test_an_unknown_name_is_an_attribute_error():
    """Names that are loaded late must not make every name look there."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = transactscope.no_such_name


def _belongs_to(module, name, value):
    if name.startswith("_") or inspect.ismodule(value) or name == "annotations":
        return False
    # What was imported from elsewhere for use inside is not the module's own.
    return module is transactscope or getattr(value, "__module__", None) == module.__name__
