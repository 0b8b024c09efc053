"""The lifecycle is the import order: what imports cannot show is tested here."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "src" / "chiron" / "site"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = {contract["id"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
STAGES = list(reversed(CONTRACTS["lifecycle"]["layers"]))


def stage_of(module: str) -> int | None:
    """Return a module's place in the lifecycle, or None outside the site."""
    if not module.startswith("chiron.site."):
        return None
    return STAGES.index(module.split(".")[2])


def test_foreign_keys_point_to_the_same_stage_or_an_earlier_one():
    backwards = [
        f"{model.__module__}.{model.__name__}.{field.name} -> {field.related_model.__module__}"
        for model in apps.get_models()
        for field in model._meta.get_fields(include_hidden=True)
        if field.concrete and field.is_relation and field.related_model is not None
        if (here := stage_of(model.__module__)) is not None
        if (there := stage_of(field.related_model.__module__)) is not None and there > here
    ]

    assert backwards == []


def test_every_capability_is_in_the_shape_contract():
    capabilities = {
        f"chiron.site.{folder.name}"
        for folder in SITE.iterdir()
        if (folder / "__init__.py").exists() and folder.name != "shared"
    }

    assert capabilities | {"chiron.site.shared.jobs", "chiron.site.shared.keeping"} == set(
        CONTRACTS["shape"]["containers"]
    )


@pytest.mark.parametrize(("module", "home"), [("bridge", "matching"), ("schemas", "api")])
def test_module_has_one_home(module, home):
    found = {path.parent.name for path in SITE.glob(f"*/{module}*") if path.suffix in {"", ".py"}}

    assert found <= {home}


def modules_after(statement: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter has loaded after one statement."""
    code = f"import sys; {statement}; print(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_engine_loads_without_a_framework():
    loaded = modules_after("import chiron.pairing.solve, chiron.pairing.rules.scoring, chiron.pairing.proof.referee")

    assert loaded.isdisjoint({"django", "pydantic", "openpyxl", "rich", "pandas", "scipy"})


def test_package_loads_nothing_until_asked():
    loaded = modules_after("import chiron")

    assert loaded.isdisjoint({"django", "pydantic", "openpyxl", "rich", "numpy", "ortools"})


def test_spreadsheets_are_matched_without_django_or_pandas():
    loaded = modules_after("from chiron import match")

    assert loaded.isdisjoint({"django", "pandas", "scipy"})
