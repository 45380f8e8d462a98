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
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants():
    children = {}
    for entry in os.listdir("/proc") if sys.platform == "linux" else []:
        if not entry.isdigit():
            continue
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
    signal_each({command.pid, *descendants()}, signal.SIGTERM)
    try:
        command.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    # Whoever is killed may leave children, which then become ours.
    while remaining := descendants():
        signal_each(remaining, signal.SIGKILL)
        for process in remaining:
            try:
                os.waitpid(process, os.WNOHANG)
            except ChildProcessError:
                pass
    if command.returncode is None:
        command.kill()
    os._exit(1)


def main():
    adopt_orphans()
    # An interrupt at the terminal reaches the parent, which closes the pipe.
    command = subprocess.Popen(
        sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True
    )

    def wait_for_parent():
        sys.stdin.buffer.read()
        end(command)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=wait_for_parent, daemon=True).start()
    status = command.wait()
    os._exit(status if status >= 0 else 128 - status)


main()
