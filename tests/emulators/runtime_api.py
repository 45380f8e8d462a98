"""The Lambda Runtime API for one `bootstrap` that runs as a host process."""

import concurrent.futures
import http.server
import json
import os
import queue
import subprocess
import threading
import time
from dataclasses import dataclass, field

API = "/2018-06-01/runtime/"
INIT_SECONDS = 10


@dataclass
class Invocation:
    """One event on its way through the function."""

    id: str
    payload: bytes
    function_arn: str
    trace: str
    taken: threading.Event = field(default_factory=threading.Event)
    answer: concurrent.futures.Future = field(default_factory=concurrent.futures.Future)

    def resolve(self, failed, body):
        """Takes the first answer: a process that answers may exit next."""
        try:
            self.answer.set_result((failed, body))
        except concurrent.futures.InvalidStateError:
            pass


def failure(kind, message):
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


class Runtime:
    """One execution environment: one process, one invocation at a time."""

    def __init__(self, folder, environment, timeout):
        self.folder = folder
        self.timeout = timeout
        self.process = None
        self.current = None
        self.init_error = None
        self.waiting = queue.SimpleQueue()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.runtime = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        host, port = self.server.server_address
        # Nothing of the host's environment but the search path: what a
        # function sees here is what it would see in Lambda.
        self.environment = {
            "PATH": os.environ["PATH"],
            **{name: str(value) for name, value in environment.items()},
            "AWS_LAMBDA_RUNTIME_API": f"{host}:{port}",
            "LAMBDA_TASK_ROOT": str(folder),
        }

    def start(self):
        self.init_error = None
        # A new queue, so that a request of the last process takes nothing.
        self.waiting.put(None)
        self.waiting = queue.SimpleQueue()
        self.process = subprocess.Popen(
            [self.folder / "bootstrap"], cwd=self.folder, env=self.environment
        )
        threading.Thread(target=self._watch, args=[self.process], daemon=True).start()

    def invoke(self, invocation):
        """Whether the invocation failed, and the body of its answer."""
        self.current = invocation
        if self.process is None or self.process.poll() is not None:
            self.start()
        self.waiting.put(invocation)
        if not self._taken(invocation):
            self._kill()
            return True, failure("Sandbox.Timedout", "the function did not start in time")
        try:
            return invocation.answer.result(self.timeout)
        except concurrent.futures.TimeoutError:
            self._kill()
            text = f"RequestId: {invocation.id} Error: Task timed out after {self.timeout:.2f} seconds"
            return True, failure("Sandbox.Timedout", text)

    def stop(self):
        self._kill()
        self.server.shutdown()
        self.server.server_close()

    def next(self):
        """The next event, waiting for it; `None` when this process is done with."""
        invocation = self.waiting.get()
        if invocation:
            invocation.taken.set()
        return invocation

    def answered(self, id, failed, body):
        if self.current is None or self.current.id != id:
            return False
        self.current.resolve(failed, body)
        return True

    def _taken(self, invocation):
        """Waits for the process to ask for the event, or to end without."""
        invocation.answer.add_done_callback(lambda _: invocation.taken.set())
        return invocation.taken.wait(INIT_SECONDS)

    def _watch(self, process):
        status = process.wait()
        if self.process is process and self.current:
            text = f"RequestId: {self.current.id} Error: Runtime exited with exit status: {status}"
            self.current.resolve(True, self.init_error or failure("Runtime.ExitError", text))

    def _kill(self):
        process, self.process = self.process, None
        if process:
            process.kill()
            process.wait()
        self.waiting.put(None)


class Handler(http.server.BaseHTTPRequestHandler):
    """The HTTP side: three routes, kept alive."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        invocation = self.server.runtime.next()
        if invocation is None:
            self.close_connection = True
            return
        deadline = time.time() + self.server.runtime.timeout
        self._answer(
            200,
            invocation.payload,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.id,
                "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace,
            },
        )

    def do_POST(self):
        body = self._body()
        match self.path.removeprefix(API).split("/"):
            case ["init", "error"]:
                self.server.runtime.init_error = body
                known = True
            case ["invocation", id, "response"]:
                known = self.server.runtime.answered(id, False, body)
            case ["invocation", id, "error"]:
                known = self.server.runtime.answered(id, True, body)
            case _:
                known = False
        self._answer(202 if known else 400, b'{"status":"OK"}' if known else b"{}")

    def _body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def _answer(self, status, body, headers=None):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
