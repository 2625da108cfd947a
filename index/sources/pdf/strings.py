"""pdfium's strings -> Python's."""

import ctypes
from collections.abc import Callable
from typing import Any


def wide_string(fill: Callable[[Any, int], int]) -> str:
    """The UTF-16 string that `fill` writes into a buffer of so many bytes, as large as it says."""
    size = fill(None, 0)
    buffer = (ctypes.c_ushort * (size // 2))()
    fill(buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")
