"""Providers of SMS that do as a test says: by Kannel's interface over HTTP, or by one of their own over TLS. They run in the test's process.

    with SmsProvider(folder, tls=True) as provider:
        provider.answers(503)                 # until told otherwise
        provider.taken                        # what it took: {"path", "headers", "body"}
    provider.report(url, "json", status="delivered")    # what became of it, told as a provider does
"""

import contextlib
import http.server
import socket
import ssl
import threading
import time

import requests

from . import certificates, ports


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        provider = self.server.provider
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
        if not provider.tls and "X-Kannel-To" not in self.headers:  # a probe
            self._say(400, "Missing receiver number, rejected")
            return
        provider.asked.append(asked)
        status, text, delay = provider.way
        end = time.monotonic() + delay
        while time.monotonic() < end and not provider.is_stopping:
            time.sleep(0.05)
        if status is None:  # it dies in the middle
            self.close_connection = True
            return
        if status < 300:
            provider.taken.append(asked)
        with contextlib.suppress(OSError):
            self._say(status, text)

    do_GET = do_PUT = do_POST

    def _say(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    streams = ()

    def get_request(self):
        stream, address = super().get_request()
        self.streams = (*self.streams, stream)
        return stream, address

    def handle_error(self, request, client_address):
        pass


class SmsProvider:
    OK = (202, '{"status": "queued", "id": "1"}', 0)

    def __init__(self, folder, tls=False, port=None):
        self.tls, self.is_stopping = tls, False
        self.authority, self.key, self.certificate = certificates.make(folder) if tls else (None, None, None)
        self.port = port or ports.any_port()
        self.asked, self.taken, self.way, self.server = [], [], self.OK, None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        return f"http{'s' * self.tls}://127.0.0.1:{self.port}/send"

    def answers(self, status=202, text=OK[1], delay=0):
        """status None: the connection is closed without an answer."""
        self.way = (status, text, delay)

    def forget(self):
        self.asked, self.taken, self.way = [], [], self.OK

    @staticmethod
    def report(address, way="form", **fields):
        """The answer. way: query, form or json."""
        given = {"query": {"params": fields}, "form": {"data": fields}, "json": {"json": fields}}[way]
        return requests.request("GET" if way == "query" else "POST", address, timeout=20, **given)

    def start(self):
        self.server, self.is_stopping = Server(("127.0.0.1", self.port), Handler), False
        self.server.provider = self
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, self.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self.is_stopping = True
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            for stream in self.server.streams:  # those that are kept open would go on answering
                with contextlib.suppress(OSError):
                    stream.shutdown(socket.SHUT_RDWR)
            self.server = None
