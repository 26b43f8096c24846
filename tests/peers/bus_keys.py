"""A site whose daemons speak over tcp with CURVE keys, as those of several hosts do."""

from . import ports

SERVICES = ("import", "notify", "link", "statistics")


def bus_settings(folder):
    names = [name for service in SERVICES for name in (service, f"events_{service}")]
    chosen = ports.remember(folder / "bus-ports.json", names, {})
    return {**{name: [f"tcp://127.0.0.1:{port}"] for name, port in chosen.items()}, "curve_secret_file": folder / "bus.key",
            "curve_server_public_file": folder / "bus.pub", "curve_clients_directory": folder / "bus-clients", "timeout": "15s"}


def make_bus_keys(site):
    """As the page says of the first ones."""
    site.run_ctl("key", "curve", site.folder / "bus.key")
    public = (site.folder / "bus.key.pub").read_text()
    (site.folder / "bus-clients").mkdir()
    for name in ("bus.pub", "bus-clients/actuelle.pub"):
        (site.folder / name).write_text(public)
