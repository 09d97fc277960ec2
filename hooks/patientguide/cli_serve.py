"""The command that shows a guide while it is written, for whoever has the program and no make."""

import os
import subprocess
import sys
from pathlib import Path

import click


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Where on this computer.")
def serve(port: int) -> None:
    """Show the guide of this folder on this computer, and renew it when a file is saved. Control-C ends it."""
    if not Path("mkdocs.yml").is_file():
        raise click.UsageError("There is no mkdocs.yml here. Go to the folder of the guide first.")
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    try:
        done = subprocess.run(command, env={"NO_MKDOCS_2_WARNING": "1", **os.environ}, check=False)  # noqa: S603
    except KeyboardInterrupt:
        return
    sys.exit(done.returncode)
