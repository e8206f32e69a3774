#!/usr/bin/env python3
"""System calls (strace -c) and user instructions (callgrind) per message of smtpgauge load, as the
difference of two runs of different length, so that starting up does not count.

Usage: cost_gate.py SMTPGAUGE [--report] [--instructions LIMIT] [--only syscalls|instructions]"""

import argparse
import re
import subprocess
import sys
import tempfile

RECIPIENT = "user@example.test"
FEW, MANY = 400, 2400

KEPT = ["--pipelining", "off", "--messages-per-connection", "0"]
FRESH = ["--pipelining", "off", "--messages-per-connection", "1", "--close", "rst"]
GROUPED = ["--pipelining", "on", "--messages-per-connection", "0"]
MANY_RECIPIENTS = [*GROUPED, "--recipients-per-message", "100"]


def load(program, port, messages, dialogue, *wrapper):
    done = subprocess.run([*wrapper, program, "load", f"127.0.0.1:{port}", "--recipient", RECIPIENT,
                           "--quiet", "--sessions", "50", "--size", "1024", "--messages", str(messages),
                    *dialogue], check=False, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL)
    # 5: too slow a generator, which under such tools it is.
    if done.returncode not in (0, 5):
        raise RuntimeError(f"load under {wrapper[0]}: exit status {done.returncode}")


def system_calls(program, port, dialogue):
    def total(messages):
        with tempfile.NamedTemporaryFile("r") as out:
            load(program, port, messages, dialogue, "strace", "-f", "-c", "-o", out.name)
            return int(re.search(r"^100\.00\s+\S+\s+\S*\s+(\d+).* total$", out.read(), re.M).group(1))
    # What finds nothing depends on the scheduling of client and server: the least of three.
    return min((total(MANY) - total(FEW)) / (MANY - FEW) for _ in range(3))


def instructions(program, port, dialogue):
    def total(messages):
        with tempfile.NamedTemporaryFile("r") as out:
            load(program, port, messages, dialogue, "valgrind", "--tool=callgrind",
                 f"--callgrind-out-file={out.name}")
            return int(re.search(r"^(?:summary|totals): (\d+)", out.read(), re.M).group(1))
    return (total(MANY) - total(FEW)) / (MANY - FEW)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--instructions", type=float, default=9000)
    parser.add_argument("--only", choices=["syscalls", "instructions"])
    arguments = parser.parse_args()
    gates = [("syscalls", "system calls, kept, lock-step", system_calls, KEPT, 9.5),
             ("syscalls", "system calls, one per connection", system_calls, FRESH, 25),
             ("instructions", "user instructions, kept, lock-step", instructions, KEPT,
              arguments.instructions),
             ("instructions", "user instructions, kept, pipelining", instructions, GROUPED, None),
             # A hundred recipients may cost little more than the message itself.
             ("instructions", "user instructions, 100 recipients, pipelining", instructions,
              MANY_RECIPIENTS, 2.2 * arguments.instructions)]
    sink = subprocess.Popen([arguments.program, "sink", "--listen", "127.0.0.1:0"],
                            stdout=subprocess.PIPE, text=True)
    failed = False
    try:
        port = int(sink.stdout.readline().rsplit(":", 1)[1])
        for kind, name, measure, dialogue, limit in gates:
            if arguments.only not in (None, kind) or (limit is None and not arguments.report):
                continue
            value = measure(arguments.program, port, dialogue)
            over = limit is not None and value > limit
            failed = failed or over
            goal = "" if limit is None else f" (limit {limit:g})"
            print(f"{'over' if over else 'ok  '} {name:46} {value:10.1f}{goal}", flush=True)
    finally:
        sink.terminate()
        sink.communicate()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
