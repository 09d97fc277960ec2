"""The queries of tests/search/, by the name of their list."""

import yaml

from support.project import ROOT

LISTS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted((ROOT / "tests" / "search").glob("*.yml"))}
