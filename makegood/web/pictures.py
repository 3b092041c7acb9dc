"""Pictures: evidence as it is shown: small for a page, or as it was sent."""

from __future__ import annotations

import io
import logging
from typing import Literal

from fastapi import Response
from PIL import Image, ImageOps
from starlette.exceptions import HTTPException

from makegood.desk import evidence as kept
from makegood.store import cases, evidence
from makegood.web.site import Site

log = logging.getLogger(__name__)

Size = Literal["small", "whole"]
SMALL = (320, 320)
MOST_PIXELS = 80_000_000  # a stranger's small file may unpack to more than our memory
# those that browsers draw and that Pillow reads with its own code; the others are downloaded
DRAWN = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",  # whatever it is, it does nothing
    "Cache-Control": "private, max-age=600",
}


def is_drawn(media_type: str) -> bool:
    return media_type in DRAWN


def answer(site: Site, number: str, file: int, size: Size) -> Response:
    """404 for a file of another case: it is not said that there is one."""
    with site.desk.store.begin() as tx:
        case, row = cases.by_number(tx, number), evidence.get(tx, file)
        if case is None or row is None or row.case_id != case.id:
            raise HTTPException(404, "there is no such file")
        content = kept.read(tx, site.desk.blobs, row)
    if size == "small":
        return Response(_small(content, row.media_type), media_type="image/jpeg", headers=HEADERS)
    shown = "inline" if is_drawn(row.media_type) else "attachment"
    name = f"{case.number}-{row.id}.{row.media_type.partition('/')[2]}"
    headers = {**HEADERS, "Content-Disposition": f'{shown}; filename="{name}"'}
    return Response(content, media_type=row.media_type, headers=headers)


def _small(content: bytes, media_type: str) -> bytes:
    if media_type not in DRAWN:
        raise HTTPException(404, "there is no picture of it")
    try:
        with Image.open(io.BytesIO(content), formats=(DRAWN[media_type],)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            image.draft("RGB", SMALL)
            small = ImageOps.exif_transpose(image).convert("RGB")
            small.thumbnail(SMALL)
            out = io.BytesIO()
            small.save(out, "JPEG", quality=80)  # without the camera's notes
    except Exception as error:  # noqa: BLE001  # a stranger's file may break the reader in any way
        log.info("no small picture of %s: %s", media_type, type(error).__name__)
        raise HTTPException(404, "there is no picture of it") from None
    return out.getvalue()
