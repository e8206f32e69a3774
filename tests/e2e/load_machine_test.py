#!/usr/bin/env python3
"""smtpgauge load on a machine that fails it: limits, a full disk, signals, a clock that jumps.
Usage: load_machine_test.py SMTPGAUGE [NAME...]"""

import ctypes
import datetime
import fcntl
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from loading import PROGRAM, RECIPIENT, Sink, Skipped, expect, expect_equal, load, run_tests


def descriptors_run_out():
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))

    with Sink() as sink:
        result = load(sink.port, "--sessions", "100", "--duration", "1s", preexec=limit)
    expect_equal(result.code, 5, "the run is INVALID")
    reasons = " ".join(result.json["generator"]["reasons"])
    expect("ulimit -n" in reasons, f"the limit is named: {reasons}")


def signals_leave_a_partial_report():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Sink() as sink, tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "load.json")
            process = subprocess.Popen(
                [PROGRAM, "load", f"127.0.0.1:{sink.port}", "--recipient", RECIPIENT, "--quiet",
                 "--duration", "60s", "--json", path, "--sessions", "3", "--think", "1ms"])
            time.sleep(1)
            began = time.monotonic()
            process.send_signal(number)
            code = process.wait(timeout=10)
            expect(time.monotonic() - began < 2, "within two seconds")
            expect_equal(code, 128 + number, "exit status")
            result = json.load(open(path))
            expect_equal(result["partial"], True, "marked")
            expect(result["messages"]["accepted"] > 0, "what was measured is in it")


def a_full_disk():
    with Sink() as sink, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "load.json")

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        process = subprocess.run(
            [PROGRAM, "load", f"127.0.0.1:{sink.port}", "--recipient", RECIPIENT, "--quiet",
             "--messages", "10", "--size", "1k", "--json", path],
            capture_output=True, text=True, preexec_fn=limit, timeout=30, check=False)
        expect(process.returncode != 0, "not a success")
        expect("load.json" in process.stderr, f"the file is named: {process.stderr}")
        expect_equal(os.listdir(folder), [], "nothing under the final name, nothing left behind")


def narrow_network():
    """A network of this process's own, with twenty ports for connections."""
    new_user, new_network = 0x10000000, 0x40000000
    flags = new_network | (0 if os.geteuid() == 0 else new_user)
    if ctypes.CDLL(None, use_errno=True).unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    set_flags, up_and_running = 0x8914, 0x41
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", up_and_running))
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w", encoding="ascii") as file:
        file.write("40000 40019")


def ports_run_out():
    try:
        inside = subprocess.run([sys.executable, __file__, PROGRAM, "among_twenty_ports"],
                                preexec_fn=narrow_network, capture_output=True, text=True, timeout=60,
                                check=False)
    except subprocess.SubprocessError as error:
        raise Skipped("no network namespace can be made here") from error
    expect_equal(inside.returncode, 0, f"inside: {inside.stdout}{inside.stderr}")


def among_twenty_ports():
    with Sink() as sink:
        result = load(sink.port, "--sessions", "40", "--duration", "1s", "--size", "1k", "--think",
                      "100ms", "--messages-per-connection", "0")
    expect_equal(result.code, 5, f"the run is INVALID ({result.err})")
    reasons = " ".join(result.json["generator"]["reasons"])
    expect("ip_local_port_range" in reasons, f"the limit is named: {reasons}")
    expect("--source" in reasons, f"the remedy is named: {reasons}")
    expect(result.messages("accepted") > 0, "those that had a port went on")


# The wall clock jumps by two days at every look at it; steady clocks are as they are.
JUMPING_CLOCK = r"""
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static _Thread_local int looks;
static time_t jump(void) { return looks++ % 2 ? -86400 : 86400; }
int clock_gettime(clockid_t clock, struct timespec *into) {
  int result = (int)syscall(SYS_clock_gettime, clock, into);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) into->tv_sec += jump();
  return result;
}
int gettimeofday(struct timeval *restrict into, void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  into->tv_sec = now.tv_sec;
  into->tv_usec = now.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *into) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (into) *into = now.tv_sec;
  return now.tv_sec;
}
"""


def the_clock_jumps():
    with tempfile.TemporaryDirectory() as folder, Sink("--latency", "30ms") as sink:
        library = os.path.join(folder, "clock.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library],
                       input=JUMPING_CLOCK, text=True, check=True)
        began = time.monotonic()
        result = load(sink.port, "--rate", "100/s", "--duration", "1s", "--size", "1k",
                      env={**os.environ, "LD_PRELOAD": library})
        took = time.monotonic() - began
    expect(result.code in (0, 5), result.err)
    started = datetime.datetime.fromisoformat(result.json["started"][:19] + "+00:00")
    away = abs((datetime.datetime.now(datetime.timezone.utc) - started).total_seconds())
    expect(away > 80_000, f"the clock did jump: {away} s")
    expect(1 <= took < 5, f"{took} s for a run of one")
    expect(1e9 <= result.json["elapsed_ns"] < 5e9, "elapsed")
    expect_equal(result.messages("accepted"), 100, "accepted")
    expect(len(result.json["series"]) < 6, "seconds in the series")
    for which in ("service", "response"):
        slowest = result.percentile("eod", which, "max")
        expect(30_000 <= slowest < 2_000_000, f"slowest {which} {slowest} us")


TESTS = [descriptors_run_out, ports_run_out, signals_leave_a_partial_report, a_full_disk,
         the_clock_jumps]

if __name__ == "__main__":
    inner = [among_twenty_ports] if "among_twenty_ports" in sys.argv else []
    sys.exit(run_tests(TESTS + inner))
