"""Which files are the project's: what git tracks, or would track."""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

_TOOL_FOLDERS = frozenset(
    {"build", "dist", "htmlcov", "node_modules", "__pycache__", "reference"}  # docs/reference
)


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


def copy(target, *left_out):
    """Copy the project into a folder, without some of its own."""
    for path in project_files():
        if not any(path.is_relative_to(folder) for folder in left_out):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, target / path)


def _is_ours(path):
    folders = path.relative_to(ROOT).parts[:-1]
    return not any(
        folder in _TOOL_FOLDERS
        or folder.endswith(".egg-info")
        or (folder.startswith(".") and folder != ".ci")
        for folder in folders
    )


if __name__ == "__main__":
    copy(*map(pathlib.Path, sys.argv[1:]))
