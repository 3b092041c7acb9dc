"""Alive or dead: the name by which a lease tells its driver's process, and whether that one still lives."""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from pathlib import Path

import psutil


def this_process() -> str:
    """`host:pid:born`: a recycled id is another process. Containers that share a name number apart."""
    return _name(os.getpid())


@lru_cache(maxsize=1)
def _here() -> str:
    try:
        return f"{socket.gethostname()}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:  # no Linux: no containers on it either
        return socket.gethostname()


@lru_cache(maxsize=4)
def _name(pid: int) -> str:
    return f"{_here()}:{pid}:{psutil.Process(pid).create_time():.0f}"


def has_died(process: str) -> bool:
    """One of another machine that let its lease run out counts as dead: nobody here can see it."""
    return not _is_of_here(process) or is_gone(process)


def is_gone(process: str) -> bool:
    """Surely: it ran here, and does not any more."""
    _, pid, born = process.rsplit(":", 2)
    if not _is_of_here(process):
        return False
    try:
        found = psutil.Process(int(pid))
        # the system's clock ticks are coarse
        return abs(found.create_time() - float(born)) > 2 or found.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _is_of_here(process: str) -> bool:
    return process.rsplit(":", 2)[0] == _here()
