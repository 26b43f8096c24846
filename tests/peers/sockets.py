"""A folder for sockets whose paths fit into the 107 bytes that a socket's name has."""

import os
import pathlib
import shutil
import tempfile

LONGEST_PATH = 107
LONGEST_NAME = len("/statistics-events.sock")


def socket_folder(folder):
    """`folder/run`; where that would be too long, a short folder of ours that `folder/run` leads to."""
    run = pathlib.Path(folder) / "run"
    if len(os.fsencode(run)) + LONGEST_NAME <= LONGEST_PATH:
        run.mkdir(exist_ok=True)
        return run
    if run.is_symlink() and run.is_dir() and run.stat().st_uid == os.getuid():
        return pathlib.Path(os.readlink(run))
    run.unlink(missing_ok=True)
    short = pathlib.Path(tempfile.mkdtemp(prefix="preau-", dir="/tmp"))
    short.chmod(0o711)
    run.symlink_to(short)
    return short


def remove_socket_folder(folder):
    run = pathlib.Path(folder) / "run"
    if run.is_symlink():
        shutil.rmtree(os.readlink(run), ignore_errors=True)
        run.unlink()
