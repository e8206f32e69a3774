"""What the tests of load share: the embedded server, a run and its report, expectations."""

import json
import os
import subprocess
import sys
import tempfile
import time

PROGRAM = sys.argv[1]
RECIPIENT = "user@example.test"


class Sink:
    """The embedded server on a free port, with what it counted."""

    def __init__(self, *options, port=0):
        self.process = subprocess.Popen(
            [PROGRAM, "sink", "--listen", f"127.0.0.1:{port}", *options],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.counts = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.stdout.closed:
            return
        self.process.terminate()
        for line in self.process.communicate()[0].splitlines():
            name, _, value = line.rpartition(" ")
            if value.isdigit():
                self.counts[name.strip()] = int(value)


class Result:
    def __init__(self, process, folder):
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr
        path = os.path.join(folder, "load.json")
        self.json = json.load(open(path)) if os.path.exists(path) else None

    def messages(self, name):
        return self.json["messages"][name]

    def percentile(self, phase, which, name):
        for row in self.json["phases"]:
            if row["phase"] == phase and row["outcome"] == "2xx":
                return row[f"{which}_time_us"][name]
        raise KeyError(phase)


def load(target, *options, preexec=None, timeout=60, env=None):
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.run(
            [PROGRAM, "load", f"127.0.0.1:{target}" if isinstance(target, int) else target,
             "--recipient", RECIPIENT, "--quiet", "--json", os.path.join(folder, "load.json"),
             *options],
            capture_output=True, text=True, timeout=timeout, preexec_fn=preexec,
            check=False, env=env)
        return Result(process, folder)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def expect_equal(actual, wanted, what):
    expect(actual == wanted, f"{what}: {actual!r}, expected {wanted!r}")


def expect_exit(result, wanted, what):
    """On a busy machine a run is INVALID, and rightly so: that is no fault of what is tested."""
    reasons = result.json["generator"]["reasons"] if result.json else []
    busy = result.code == 5 and not any("ran out" in reason for reason in reasons)
    expect(busy or result.code == wanted, f"{what}: {result.code}, expected {wanted} {reasons} {result.err}")


class Skipped(Exception):
    """This machine does not allow what the test needs."""


def run_tests(tests):
    """Those named behind the program, or all; the exit status."""
    names = sys.argv[2:]
    failed = 0
    for test in tests:
        if names and test.__name__ not in names:
            continue
        began = time.monotonic()
        try:
            test()
            verdict = "ok"
        except Skipped as reason:
            verdict = f"SKIPPED: {reason}"
        except Exception as error:  # a failed test must not keep the others from running
            verdict = f"FAILED: {type(error).__name__}: {error}"
            failed += 1
        print(f"{test.__name__}: {verdict} ({time.monotonic() - began:.1f} s)", flush=True)
    return 1 if failed else 0
