"""The same work three ways: the portal over HTTP, its SQL by pgbench, its bytes by nginx."""

import contextlib
import http.client
import os
import pathlib
import re
import shutil
import subprocess
import time

import psycopg

from peers import front

from peers import front

PGBENCH = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"))[-1]
NGINX = """
{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off; keepalive_requests 1000000; sendfile on; default_type text/html;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d;
  scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def http_seconds(port, path, cookie, count):
    """Of each of so many requests on one connection; the first that is not answered by the page ends it."""
    took = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(connection):
        for _ in range(count):
            start = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            body = answer.read()
            took.append(time.perf_counter() - start)
            if answer.status != 200 or b'id="comptes"' not in body:
                raise RuntimeError(f"{path}: {answer.status}, no list")
    return took


def page_bytes(port, path, cookie):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body


def pgbench_script(queries, values):
    """One script of prepared statements: {name: query}, in order, [(name, [value…])]; and its variables."""
    lines, variables = [], {}
    for number, (name, given) in enumerate(values):
        query = queries[name]
        types = [one.strip() for one in query["types"].split(",")]

        def parameter(found, number=number, types=types):
            place = int(found[1])
            return f"substr(nullif(:q{number}p{place}, '-'), 2)::{types[place - 1]}"

        lines.append(re.sub(r"\s+", " ", re.sub(r"\$(\d+)", parameter, query["text"])).strip() + ";")
        for place, value in enumerate(given, 1):
            variables[f"q{number}p{place}"] = "-" if value is None else f"={value}"  # none may be empty
    return "\n".join(lines) + "\n", variables


def pgbench_seconds(conninfo, folder, script, variables, count):
    """Of each of so many runs of the script on one connection, as pgbench logs them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "script.sql").write_text(script)
    defined = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    done = subprocess.run([PGBENCH, "-n", "-M", "prepared", "-c", "1", "-t", str(count), "-f", folder / "script.sql", "--log",
                    f"--log-prefix={folder}/log", *defined, "-h", parts["host"], "-p", str(parts.get("port", 5432)), "-U", parts["user"],
                    parts["dbname"]], capture_output=True, text=True, cwd=folder)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return [int(line.split()[2]) / 1e6 for log in folder.glob("log*") for line in log.read_text().splitlines()]


def ab_rate(port, path, cookie, count, clients=8):
    """Requests answered in a second, over connections kept open; RuntimeError when not all were answered alike."""
    done = subprocess.run(["ab", "-q", "-k", "-l", "-c", str(clients), "-n", str(count), *(["-C", cookie] if cookie else []),
                           f"http://127.0.0.1:{port}{path}"], check=True, capture_output=True, text=True)
    if not re.search(r"Failed requests:\s+0\n", done.stdout) or "Non-2xx" in done.stdout:
        raise RuntimeError(done.stdout)
    return float(re.search(r"Requests per second:\s+([\d.]+)", done.stdout)[1])


@contextlib.contextmanager
def nginx(folder, port, content):
    """Serves these bytes as /page.html."""
    (folder / "www").mkdir(parents=True)
    (folder / "www/page.html").write_bytes(content)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user="user root; " if os.getuid() == 0 else ""))
    with subprocess.Popen([front.NGINX, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
                    connection.connect()
                    break
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
