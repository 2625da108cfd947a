"""Child processes of the project's own modules, for what may crash or hang."""

import sys
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parent.parent)

SAFE_FOLDER = sys.prefix
"""Where a child has to be started: an empty entry of PYTHONPATH means the current folder."""


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs `main()` of a module with these arguments.

    The current folder's files are no modules for it, as they are for `python -m`: a `json.py` there
    would be run. The project itself is found last, also where it is not installed.
    """
    program = f"import sys; sys.path.append({_ROOT!r}); from {module} import main; main()"
    return [sys.executable, "-P", "-c", program, *arguments]
