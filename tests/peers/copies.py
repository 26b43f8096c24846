"""Further copies of a daemon beside the site's own, as on other hosts: one configuration, one database, addresses of their own.

    with Copies(site, "preau-notifyd", 2) as copies:
        copies[0].kill()
        copies.start(0)
"""

import requests

from . import ports
from .metrics import series_of
from .process import Process


class Copies:
    def __init__(self, site, name, count, program=None, settings=None):
        """program: another than the site's own, with other settings: {"PREAU_SECTION_KEY": value}."""
        self.site, self.name, self.program, self.settings = site, name, program or site.program(name), settings or {}
        self.short = name.removeprefix("preau-").removesuffix("d")
        taken = ports.remember(site.folder / f"ports-{self.short}.json", tuple(f"status_{number}" for number in range(count)), {})
        self.ports = [taken[f"status_{number}"] for number in range(count)]
        self.processes = [Process(f"{name}-{number}", site.folder / "logs") for number in range(count)]

    def __enter__(self):
        for number in range(len(self.processes)):
            self.start(number)
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.stop()

    def __getitem__(self, number):
        return self.processes[number]

    def __len__(self):
        return len(self.processes)

    def start(self, number, ready=True, **environment):
        socket = f"ipc://{self.site.sockets}/{self.short}-{number}"
        own = {"PREAU_BUS_LISTEN": f"{socket}.sock", "PREAU_BUS_EVENTS_LISTEN": f"{socket}-events.sock",
               f"PREAU_STATUS_{self.short.upper()}": f"127.0.0.1:{self.ports[number]}"}
        self.processes[number].start(self.program, "--config", self.site.config,
                                     environment={**own, **self.settings, **environment})
        if ready:
            self.processes[number].until(lambda: self.is_ready(number), 30, "ready")

    def metrics(self, number):
        """As of Site.metrics."""
        return series_of(requests.get(f"http://127.0.0.1:{self.ports[number]}/metrics", timeout=5).text)

    def is_ready(self, number):
        try:
            return requests.get(f"http://127.0.0.1:{self.ports[number]}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False
