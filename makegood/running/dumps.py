"""Dumps of databases by PostgreSQL's own programs, and loading them again: all or nothing."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from makegood import postgres
from makegood.core.errors import Surprise

_WIPE = """
do $$ declare each record; begin
  for each in
    select format('drop %s if exists public.%I cascade', case relkind when 'v' then 'view'
        when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end, relname) as command
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
      and not exists (select 1 from pg_depend d where d.objid = pg_class.oid
        and (d.deptype = 'e' or relkind = 'S' and d.deptype in ('a', 'i')))
    union all
    select format('drop routine if exists %s cascade', oid::regprocedure)
      from pg_proc where pronamespace = 'public'::regnamespace
      and not exists (select 1 from pg_depend d where d.objid = pg_proc.oid and d.deptype = 'e')
    union all
    select format('drop type if exists public.%I cascade', typname)
      from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
      and not exists (select 1 from pg_depend d where d.objid = pg_type.oid and d.deptype = 'e')
  loop
    execute each.command;
  end loop;
end $$;
"""
"""Everything in the schema `public`, save extensions. Rights and the database itself stay as they are."""


class ProgramFailed(Surprise):
    """One of PostgreSQL's own programs; carries the end of what it said."""

    def __init__(self, program: str, output: str) -> None:
        self.program = program
        self.output = output
        super().__init__(f"{program} failed: {output.strip()[-600:]}")


def dump(url: str, of: str, into: Path) -> None:
    """In PostgreSQL's own format, compressed. `of` is a snapshot's name."""
    _run(url, "pg_dump", "--format=custom", f"--snapshot={of}", f"--file={into}")


def load(url: str, dumped: Path, after: str = "") -> None:
    """Replaces all that is in the database by what was dumped, with `after` run at the end."""
    with tempfile.TemporaryDirectory(dir=dumped.parent) as folder:
        script, wipe, last = (Path(folder) / name for name in ("dump.sql", "wipe.sql", "after.sql"))
        wipe.write_text(_WIPE)
        last.write_text(f"set search_path = public;\n{after}")
        options = ("--no-owner", "--no-privileges", "--no-comments", f"--file={script}")
        _run(None, "pg_restore", *options, str(dumped))
        files = [f"--file={file}" for file in (wipe, script, last)]
        _run(url, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", *files)


def _run(url: str | None, program: str, *arguments: str) -> None:
    """The password goes by the environment: arguments can be read by everybody on the machine."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "PGTZ": "UTC"}
    where: tuple[str, ...] = ()
    if url is not None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        plain = urlunsplit(("postgresql", f"{parts.username}@{host}", parts.path, parts.query, ""))
        environment["PGPASSWORD"] = unquote(parts.password or "")
        where = (f"--dbname={plain}",)
    done = subprocess.run(
        [postgres.binary(program), *where, *arguments],
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise ProgramFailed(program, done.stderr or done.stdout)
