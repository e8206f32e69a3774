"""What every part of ci/bench needs: where things lie, servers, and CPU of a child process."""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build", "release")
PLACE = os.path.join(ROOT, "build", "bench")
PROGRAM = os.path.join(BUILD, "smtpgauge")
BLIND = os.path.join(BUILD, "smtpgauge_blind")
RAW = os.path.join(BUILD, "raw_client")
RAW_TLS = os.path.join(BUILD, "raw_tls_client")
RAW_SINK = os.path.join(BUILD, "raw_sink")
POSTFIX = os.path.join(PLACE, "postfix")
RECIPIENT = "user@example.test"
SESSIONS = 50
CPUS = sorted(os.sched_getaffinity(0))
# A busy machine makes a run INVALID (5): its times mean nothing, its CPU does.
DONE = (0, 5)


def run(*command, **options):
    subprocess.run(command, check=True, **options)


def build():
    for tool in ("cmake", "ninja"):
        if shutil.which(tool) is None:
            sys.exit(f"ci/bench: {tool} is missing; run ci/install build test")
    run("cmake", "--preset", "release", cwd=ROOT, stdout=subprocess.DEVNULL)
    run("cmake", "--build", BUILD, "--target", "smtpgauge", "smtpgauge_blind", "raw_client",
        "raw_tls_client", "raw_sink", "smtpgauge_bench", cwd=ROOT)


def unpack_postfix():
    if os.path.exists(os.path.join(POSTFIX, "usr/sbin/smtp-source")):
        return
    os.makedirs(POSTFIX, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run("apt-get", "download", "-qq", "postfix", cwd=folder)
        for name in os.listdir(folder):
            run("dpkg", "-x", os.path.join(folder, name), POSTFIX)


def postfix_environment():
    return {**os.environ, "LD_LIBRARY_PATH": os.path.join(POSTFIX, "usr/lib/postfix")}


def pinned(cpu):
    """Clients on the first core, servers on the second, when there are two."""
    return lambda: os.sched_setaffinity(0, {CPUS[cpu % len(CPUS)]})


def cpu_of(command, env=None):
    """User and system seconds of one command, its children included."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env,
                               preexec_fn=pinned(0))
    errors = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in DONE:
        raise RuntimeError(f"{' '.join(command)}: status {process.returncode}: {errors.strip()}")
    return usage.ru_utime + usage.ru_stime


class Server:
    """A server on a free port; `cpu` is what it used once it was stopped."""

    def __init__(self, kind="smtpgauge", *options, cpu=1):
        if kind == "smtp-sink":
            self.start_smtp_sink()
        else:
            command = {"smtpgauge": [PROGRAM, "sink", "--listen", "127.0.0.1:0", *options],
                       "raw": [RAW_SINK]}[kind]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                            preexec_fn=None if cpu is None else pinned(cpu))
            self.port = self.next_port()
            self.tls_port = self.next_port() if "--tls-listen" in options else None
        self.cpu = None

    def next_port(self):
        return int(self.process.stdout.readline().rsplit(":", 1)[1])

    def start_smtp_sink(self):
        as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [os.path.join(POSTFIX, "usr/sbin/smtp-sink"), *as_nobody,
             f"inet:127.0.0.1:{self.port}", "1000"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=postfix_environment(),
            preexec_fn=pinned(1))
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        self.cpu = usage.ru_utime + usage.ru_stime


def raw(port, messages, options, sessions=SESSIONS):
    return cpu_of([RAW, str(port), "--sessions", str(sessions), "--messages", str(messages),
                   *options.split()])


def load_command(port, *options, program=PROGRAM):
    """`load` against that port; 1 KiB bodies on kept connections unless the options differ."""
    words = list(options)
    for name, value in (("--messages-per-connection", "0"), ("--size", "1024")):
        if name not in words:
            words += [name, value]
    return [program, "load", f"127.0.0.1:{port}", "--recipient", RECIPIENT, "--quiet", *words]


def ours(port, messages, options, sessions=SESSIONS, program=PROGRAM):
    return cpu_of(load_command(port, "--sessions", str(sessions), "--messages", str(messages),
                               *options.split(), program=program))


def mark(reached):
    return "ok  " if reached else "over"


def report_row(name, values, goals):
    """One line: values with their goals, None for a value without one."""
    ok = all(goal is None or value <= goal for value, goal in zip(values, goals))
    cells = "  ".join(f"{value:6.2f} (goal {goal:4.2f})" if goal is not None else f"{value:6.2f}"
                      for value, goal in zip(values, goals))
    print(f"{mark(ok)} {name:46} {cells}", flush=True)
    return ok


def load_json(port, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "load.json")
        process = subprocess.run(load_command(port, "--json", path, *options), check=False,
                                 capture_output=True, text=True)
        with open(path, encoding="utf-8") as file:
            return process.returncode, json.load(file)
