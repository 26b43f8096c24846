"""CPU time of processes as the bench reads it."""

import os
import resource
import subprocess
import sys

import pytest

from bench import processor

BURN = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\n"
# starts one that burns and ends, then one that burns and stays; says so, and stays itself
FAMILY = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", '''{BURN.format(seconds=0.3)}'''], check=True)
stays = subprocess.Popen([sys.executable, "-c", '''{BURN.format(seconds=0.2)}print(flush=True)\ninput()'''],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
stays.stdout.readline()
print(stays.pid, flush=True)
input()
stays.communicate(b"\\n")
"""


@pytest.fixture
def family():
    """(pid, pid of the child that lives)"""
    with subprocess.Popen([sys.executable, "-c", FAMILY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process, int(process.stdout.readline())
        if process.poll() is None:
            process.communicate(b"\n")


def test_a_family_is_the_process_its_children_and_those_that_ended(family):
    process, child = family
    total = processor.family_seconds(process.pid)
    assert total == pytest.approx(
        sum(map(processor.own_seconds, (process.pid, child))) + processor.ended_children_seconds(process.pid), abs=0.05)
    assert processor.ended_children_seconds(process.pid) >= 0.3
    assert processor.own_seconds(child) >= 0.2
    assert processor.family_seconds(process.pid, without=(child,)) <= total - 0.2


def test_it_agrees_with_what_the_kernel_says_when_all_has_ended(family):
    process, _ = family
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seen = processor.family_seconds(process.pid)
    process.communicate(b"\n")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert seen <= told + 0.02
    assert told - seen < 0.2  # what it took them to end


def test_the_peak_of_memory_is_at_least_what_was_held_once():
    held = bytearray(os.urandom(1)) * (64 << 20)
    del held
    assert processor.peak_bytes(os.getpid()) >= 64 << 20
