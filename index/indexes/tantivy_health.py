"""Tantivy's folder: are its files what was written to them?

Tantivy survives a crash, but reads a damaged file without looking at its checksum, and then finds
nothing or panics. Its Python binding does not offer the check, so it is made here.
"""

import json
import struct
import zlib
from pathlib import Path

_ENDING = struct.Struct("<II")
"""The length of the footer, which is JSON, and a number that is always the same."""

_MAGIC = 1337


def is_sound(folder: Path) -> bool:
    """Whether each file of a segment that the index names has the checksum in its footer."""
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        names = [one["segment_id"].replace("-", "") for one in meta["segments"]]
        return all(_is_whole(file) for name in names for file in folder.glob(f"{name}.*"))
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return False


def _is_whole(file: Path) -> bool:
    held = file.read_bytes()
    length, magic = _ENDING.unpack(held[-_ENDING.size :])
    footer = len(held) - _ENDING.size - length
    told = json.loads(held[footer:][:length])
    return bool(magic == _MAGIC and told["crc"] == zlib.crc32(held[:footer]))
