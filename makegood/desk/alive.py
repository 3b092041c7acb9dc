"""Alive or dead: the name by which a lease tells its driver's process, and whether that one still lives."""

from __future__ import annotations

import os
import socket
from functools import lru_cache

import psutil


def this_process() -> str:
    """`host:pid:born`: a recycled id is another process."""
    return _name(os.getpid())


@lru_cache(maxsize=4)
def _name(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:{psutil.Process(pid).create_time():.0f}"


def has_died(process: str) -> bool:
    """One of another machine that let its lease run out counts as dead: nobody here can see it."""
    host, pid, born = process.rsplit(":", 2)
    if host != socket.gethostname():
        return True
    try:
        found = psutil.Process(int(pid))
        # the system's clock ticks are coarse
        return abs(found.create_time() - float(born)) > 2 or found.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
