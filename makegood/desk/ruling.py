"""Ruling: which authority.yaml holds, the file or the version that two people have signed last."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from makegood.core.authority import Authority
from makegood.core.errors import Refusal
from makegood.desk import warrants
from makegood.desk.desk import Desk
from makegood.desk.warrants import Warrant
from makegood.library import read_authority, read_text
from makegood.store import authorities, people
from makegood.store.models import SignedAuthority
from makegood.store.store import Store
from makegood.store.transaction import Tx

SUBJECT = "authority.yaml"
_read = lru_cache(maxsize=4)(read_authority)


class Standing(StrEnum):
    """`file`: nobody is enrolled yet who could sign. `unsigned`: two could, and nothing was ever signed.
    `signed`: the file is what holds. `not_obeyed`: the file is another than that which was signed last."""

    FILE = "file"
    UNSIGNED = "unsigned"
    SIGNED = "signed"
    NOT_OBEYED = "not_obeyed"

    @property
    def is_loud(self) -> bool:
        return self in (Standing.UNSIGNED, Standing.NOT_OBEYED)


class NobodySigns(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "authority.yaml holds as it is while nobody could sign it: enrol an administrator and one more"
            " person with `makegood people add`"
        )


class AlreadySigned(Refusal):
    def __init__(self, digest: str) -> None:
        super().__init__(f"authority.yaml ({digest[:12]}...) is signed already, and in force")


@dataclass(frozen=True, slots=True)
class Told:
    """`digest` is that of what is in force, `file` that of the file as it is on disk now, both in hex."""

    standing: Standing
    digest: str
    file: str
    signed: SignedAuthority | None
    changes: str

    @property
    def said(self) -> str:
        """What is the matter and how to mend it; empty where nothing is."""
        match self.standing:
            case Standing.NOT_OBEYED:
                return (
                    f"authority.yaml ({self.file[:12]}...) is not obeyed: {self.digest[:12]}... was signed"
                    " last and holds. `makegood authority show` says what differs, `makegood authority sign`"
                    " signs the file"
                )
            case Standing.UNSIGNED:
                return "authority.yaml holds unsigned, although two could sign it: `makegood authority sign`"
            case _:
                return ""


def current(desk: Desk) -> Desk:
    """The desk under the authority that is in force now. One short look for each leg, batch or command."""
    with desk.store.begin() as tx:
        last = authorities.newest(tx)
    if last is None or last.content == desk.library.authority_text:
        return desk
    library = replace(desk.library, authority=_read(last.content), authority_text=last.content)
    return replace(desk, library=library)


def in_force(desk: Desk) -> Authority:
    return current(desk).library.authority


def tell(desk: Desk) -> Told:
    return compare(desk.store, desk.library.authority_file)


def compare(store: Store, path: Path) -> Told:
    """The file is read anew: it may have changed since this process began."""
    text = read_text(path)
    with store.begin() as tx:
        last, governed = authorities.newest(tx), people.are_governed(tx)
    held, file = (last.content if last else text), authorities.digest(text).hex()
    if last is None:
        standing = Standing.UNSIGNED if governed else Standing.FILE
    else:
        standing = Standing.SIGNED if last.content == text else Standing.NOT_OBEYED
    lines = difflib.unified_diff(held.splitlines(), text.splitlines(), "in force", SUBJECT, lineterm="", n=2)
    return Told(standing, authorities.digest(held).hex(), file, last, "\n".join(lines))


def sign(desk: Desk, warrant: Warrant) -> Told:
    """The file as this process has read and checked it is in force from now on, for open questions, too.

    Raises NobodySigns, AlreadySigned, NeedsTwo, WarrantRefused.
    """
    text = desk.library.authority_text
    with desk.store.begin() as tx:
        last, governed = authorities.newest(tx), people.are_governed(tx)
    if not governed:
        raise NobodySigns
    if last is not None and last.content == text and last.by is not None:
        raise AlreadySigned(authorities.digest(text).hex())
    warranted = warrants.check(desk, warrant, SUBJECT)
    assert warranted is not None, "two are there, and both have signed"
    with desk.store.begin() as tx:
        authorities.add(tx, text, datetime.now(UTC), by=warranted.by, second=warranted.second)
    return tell(desk)


def keep_first(tx: Tx, desk: Desk) -> None:
    """From the moment on at which two could sign, what holds is changed by their signatures only."""
    if people.are_governed(tx) and authorities.newest(tx) is None:
        authorities.add(tx, desk.library.authority_text, datetime.now(UTC))
