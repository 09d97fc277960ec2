"""Metadata of the wheel that depends on where it is built."""

import os
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class CustomMetadataHook(MetadataHookInterface):
    """The addresses of the project, if REPO_URL names the repository, as publishing and releasing do."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in `urls`. A fork that builds its own wheel names itself."""
        repository = os.environ.get("REPO_URL", "").rstrip("/")
        metadata["urls"] = (
            {
                "Repository": repository,
                "Issues": f"{repository}/issues",
                "Changelog": f"{repository}/blob/main/CHANGELOG.md",
            }
            if repository
            else {}
        )
