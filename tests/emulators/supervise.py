"""Runs a command, and ends it and all it started when standard input closes.

The parent holds the other end of that pipe, so a test that panics, is
interrupted or is killed leaves no emulator and no function behind.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading

PR_SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 3


def adopt_orphans():
    """Makes orphaned grandchildren ours, so that they can be found and ended."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants():
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as stat:
                parent = int(stat.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry))
    found, todo = [], [os.getpid()]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def signal_each(processes, number):
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            pass


def end(command):
    signal_each(descendants(), signal.SIGTERM)
    try:
        command.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        command.kill()
        command.wait()
    # Whoever is killed may leave children, which then become ours.
    while remaining := descendants():
        signal_each(remaining, signal.SIGKILL)
        try:
            os.wait()
        except ChildProcessError:
            pass


def main():
    changed = threading.Event()
    over = threading.Event()

    def finish(*_):
        over.set()
        changed.set()

    def wait_for_parent():
        sys.stdin.buffer.read()
        finish()

    adopt_orphans()
    signal.signal(signal.SIGCHLD, lambda *_: changed.set())
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, finish)
    command = subprocess.Popen(
        sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True
    )
    threading.Thread(target=wait_for_parent, daemon=True).start()
    while command.poll() is None and not over.is_set():
        changed.wait()
        changed.clear()
    end(command)
    os._exit(command.returncode if command.returncode >= 0 else 1)


main()
