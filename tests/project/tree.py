"""Which files are the project's: what git tracks, or would track."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

_TOOL_FOLDERS = frozenset({"build", "dist", "htmlcov", "node_modules", "__pycache__"})


def project_files():
    """List every file of the project, relative to the root, in alphabetical order."""
    if (ROOT / ".git").exists():
        names = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        paths = [pathlib.Path(name) for name in names]
    else:  # unpacked from an archive: nothing is there but the project and what its tools made
        paths = [path.relative_to(ROOT) for path in ROOT.rglob("*") if _is_ours(path)]
    return sorted(path for path in set(paths) if (ROOT / path).is_file())


def _is_ours(path):
    folders = path.relative_to(ROOT).parts[:-1]
    return not any(
        folder in _TOOL_FOLDERS
        or folder.endswith(".egg-info")
        or (folder.startswith(".") and folder != ".ci")
        for folder in folders
    )
