"""Make the virtual environment `.venv` here, also where Python comes without the means: `python3 make_venv.py`.

Debian and Ubuntu ship Python without `ensurepip` unless python3-venv is installed. Then the environment is made without
pip, and pip's own wheel, fetched from the package index, installs itself into it.
"""

import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import venv
from pathlib import Path

FOLDER = Path(".venv")
INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")


def has_ensurepip() -> bool:
    """Whether this Python can put pip into an environment by itself."""
    return subprocess.run([sys.executable, "-m", "ensurepip", "--version"], capture_output=True).returncode == 0


def newest_pip() -> str:
    """The address of pip's newest wheel, from the index's page of links (PEP 503)."""
    page = f"{INDEX}/pip/"
    with urllib.request.urlopen(page, timeout=60) as answer:
        links = re.findall(r'href="([^"]+/pip-(\d+(?:\.\d+)*)-[^"/]+\.whl)[#"]', answer.read().decode())
    address, _ = max(links, key=lambda link: tuple(map(int, link[1].split("."))))
    return str(urllib.parse.urljoin(page, address))


def bring_pip(python: Path) -> None:
    """Install pip into the environment from its own wheel, which can run without being installed."""
    with tempfile.TemporaryDirectory() as folder:
        address = newest_pip()
        wheel = Path(folder, address.rsplit("/", 1)[1])
        with urllib.request.urlopen(address, timeout=300) as answer:
            wheel.write_bytes(answer.read())
        subprocess.run([python, f"{wheel}/pip", "install", "--quiet", wheel], check=True)


def main() -> None:
    with_pip = has_ensurepip()
    venv.create(FOLDER, with_pip=with_pip)
    if not with_pip:
        bring_pip(next(FOLDER.glob("[bS]*/python*")))


if __name__ == "__main__":
    main()
