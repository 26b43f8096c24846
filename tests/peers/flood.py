"""Strangers who sign in again and again, all at once, each from a network of its own.

    with flood(site.portal_url, 12) as told:
        …
    told                    # [(status, headers)] of what each was answered
"""

import concurrent.futures
import contextlib
import itertools
import threading

import requests

from .web import Page

NETWORKS = itertools.count(1)


def _go(url, over, told):
    with requests.Session() as session:
        page = Page(session.get(f"{url}/connexion", timeout=30))
        form = dict(page.form("/connexion").fields)
        while not over.is_set():
            number = next(NETWORKS)
            session.headers["X-Forwarded-For"] = f"198.19.{number // 250 % 250}.{number % 250 + 1}"
            given = {**form, "identifiant": f"n.personne{number}", "mot_de_passe": "personne ne devine cela 7"}
            answer = session.post(f"{url}/connexion", data=given, timeout=30)
            told.append((answer.status_code, answer.headers))


@contextlib.contextmanager
def flood(url, strangers):
    over, told = threading.Event(), []
    with concurrent.futures.ThreadPoolExecutor(strangers) as pool:
        going = [pool.submit(_go, url, over, told) for _ in range(strangers)]
        try:
            yield told
        finally:
            over.set()
    for one in going:
        one.result()
