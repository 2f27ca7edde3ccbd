"""Certificates for servers of tests, made with openssl."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_CONFIGURATION: Final = """\
[ca]
default_ca = tests
[tests]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = names
copy_extensions = copy
unique_subject = no
[names]
commonName = supplied
"""
_START: Final = "20200101000000Z"
_END: Final = "20991231000000Z"
_HERE: Final = "IP:127.0.0.1,DNS:localhost"


def authority(folder: Path) -> None:
    """Make an authority in a folder, `ca.pem`, and another one that signs nothing, `other.pem`."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    (folder / "openssl.cnf").write_text(_CONFIGURATION)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("01\n")
    for name in ("ca", "other"):
        _self_signed(folder, name, "DNS:authority.example")


def server(
    folder: Path, name: str = "server", *, names: str = _HERE, start: str = _START, end: str = _END
) -> None:
    """Make the certificate of a server that the authority of the folder signs."""
    request = ["-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=server"]
    _run(folder, ["req", "-new", *_KEY, *request, "-addext", f"subjectAltName={names}"])
    signing = ["-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{name}.csr", "-out", f"{name}.pem"]
    dates = ["-startdate", start, "-enddate", end]
    _run(folder, ["ca", "-batch", "-notext", "-config", "openssl.cnf", *signing, *dates])


def self_signed_server(folder: Path, name: str) -> None:
    """Make the certificate of a server that no authority signs."""
    _self_signed(folder, name, _HERE)


def _self_signed(folder: Path, name: str, names: str) -> None:
    made = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"]
    _run(folder, ["req", "-x509", *_KEY, "-days", "2", *made, "-addext", f"subjectAltName={names}"])


def _run(folder: Path, command: list[str]) -> None:
    subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
