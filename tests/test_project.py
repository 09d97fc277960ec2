"""The project itself: what a newcomer, an editor and CI rely on."""

import json
import re
import tomllib
from pathlib import Path

import contributing
import pytest
from patientguide.content import documents
from patientguide.content.json_schema import models
from patientguide.core import yaml
from patientguide.model.entries import Article, Faq, Glossary, Medication, Page, Phase, Term, Therapy, model_of
from patientguide.model.fields import meanings
from patientguide.model.reference import Reference
from support.project import ROOT
from support.workflows import has_least_rights

MADE = {".git", ".hypothesis", ".venv", "site", "build", "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache"}
TRACKED = [
    path.relative_to(ROOT).as_posix()
    for path in sorted(ROOT.rglob("*"))
    if path.is_file() and not MADE & set(path.relative_to(ROOT).parts)
]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def text(path: str) -> str:
    try:
        return (ROOT / path).read_text()
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_machine_or_a_package_host() -> None:
    hosts = ("files.pythonhosted" + ".org", "pypi.org/" + "simple", "registry.npmjs" + ".org", "deb.debian" + ".org")
    for path in TRACKED:
        content = text(path)
        assert not re.search(r"(?<![\w.])/(work|farm|root)/\w", content), path
        assert not any(host in content for host in hosts), path


def test_every_dependency_is_pinned_and_hashed() -> None:
    lock = text("requirements.lock")
    entries = re.split(r"\n(?=[a-z])", lock.split("\n", 2)[2])
    assert len(entries) > 40
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==[\w.]+ ", entry), entry[:60]
        assert "--hash=sha256:" in entry, entry[:60]
    named = tomllib.loads(text("pyproject.toml"))
    wanted = named["project"]["dependencies"] + named["dependency-groups"]["dev"]
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9-]+", requirement)[0].lower()
        assert f"\n{name}==" in lock, name


def test_owners_are_named_for_files_that_exist() -> None:
    lines = [line for line in text(".github/CODEOWNERS").splitlines() if line and not line.startswith("#")]
    assert {line.split()[0] for line in lines} >= {"/content/"}
    for line in lines:
        pattern, *owners = line.split()
        assert list(ROOT.glob(pattern.lstrip("/"))), pattern
        assert owners
        assert all(owner.startswith("@") for owner in owners), line


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "DEVELOPING.md"])
def test_links_of_the_project_lead_somewhere(page: str) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text(page).split("<!-- begin examples")[0]):
        if not link.startswith("../"):
            assert (ROOT / link).exists(), link


def test_the_readme_shows_every_package_once() -> None:
    picture = re.search(r"^## How it is built\n+```\n(.*?)```", text("README.md"), re.M | re.S)
    assert picture
    packages = {path.parent.name for path in (ROOT / "hooks" / "patientguide").glob("*/__init__.py")}
    assert sorted(re.findall(r"\b(\w+)/", picture[1])) == sorted(packages)


# -- CONTRIBUTING holds one example of each kind, and each is valid

MODELS = (Phase, Therapy, Medication, Article, Faq, Reference, Page, Glossary, Term)
EXAMPLES = re.findall(
    r"^### .*?`((?:content|docs)/[^`]+)`\n.*?```(?:markdown|yaml)\n(.*?)```", text("CONTRIBUTING.md"), re.M | re.S
)


@pytest.mark.parametrize(("path", "example"), EXAMPLES, ids=[path for path, _ in EXAMPLES])
def test_examples_for_editors_are_valid(path: str, example: str) -> None:
    if path.endswith("glossary.yml"):
        file, problems = yaml.read_yaml(example, path)
        assert file is not None
        glossary, more = documents.validate(Glossary, file)
        assert glossary
    elif path.endswith(".yml"):
        file, problems = yaml.read_yaml(example, path)
        assert file is not None
        _, more = documents.validate(Reference, file)
    else:
        model = Page if path.startswith("docs/") else model_of(path.split("/")[1])
        document, problems = documents.read_front_matter(example, path)
        assert document is not None
        _, more = documents.validate(model, document.facts)
    assert problems + more == []


def test_every_field_is_explained_to_editors() -> None:
    for model in MODELS:
        for name, field in model.model_fields.items():
            assert meanings(model).get(name) or name == "custom", f"{model.__name__}.{name}"
            assert (field.alias or name) in text("CONTRIBUTING.md"), f"{model.__name__}.{name} is in no example"


def test_the_rules_in_contributing_are_those_of_the_code() -> None:
    assert contributing.FILE.read_text() == contributing.renewed(), "run: make contributing"


def test_every_code_that_a_test_has_seen_is_on_the_rules_page() -> None:
    listed = set(re.findall(r"`([a-z-]+)`", contributing.renewed()))
    files = [*(ROOT / "tests" / "broken").glob("*.yml"), *(ROOT / "tests" / "rules").glob("*.yml")]
    seen = {code for path in files for code in re.findall(r"(?:error|warning|waived)\[([a-z-]+)\]", path.read_text())}
    assert len(seen) > 50
    assert seen <= listed


def test_the_schemas_of_the_editor_are_wired_to_files_that_exist() -> None:
    wired = json.loads(text(".vscode/settings.json"))["yaml.schemas"]
    for schema, pattern in wired.items():
        assert Path(schema).stem in models(), schema
        assert list(ROOT.glob(pattern)), pattern


# -- workflows


def test_there_are_workflows() -> None:
    assert {path.name for path in WORKFLOWS} == {"check.yml", "publish.yml", "release.yml", "watch.yml"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_least_rights(path: Path) -> None:
    has_least_rights(path)
