"""The services that the examples call over HTTP."""

import http.server
import threading


class Services:
    """All of them at one address; takes requests from its making on."""

    def __init__(self):
        self.sold_out = set()
        self.done = []
        self.bodies = []
        self.lock = threading.Lock()
        services = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(services.put(self.path.partition("?")[0], body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_PUT

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def put(self, path, body):
        with self.lock:
            if path in self.sold_out:
                return 503
            self.done.append(path)
            self.bodies.append(body)
            return 200

    def times(self, path):
        with self.lock:
            return self.done.count(path)
