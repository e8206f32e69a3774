"""What measuring costs: smtpgauge against smtpgauge_blind, in which a Recorder that only counts
messages was linked instead of the real one. The blind one still looks a reply's verdict up (an array
access by its code); everything that is kept of it is gone."""

import os
import re
import statistics
import subprocess
import sys

from paired import BLIND, PROGRAM, ROOT, Server, ours, report_row

# (name, messages, smtpgauge load, goal: share of the CPU per message)
CELLS = [
    ("judgement and histograms: kept, lock-step", 40000, "--pipelining off", 0.10),
    ("judgement and histograms: pipelining", 120000, "--pipelining on", None),
]


def user_instructions(program):
    out = subprocess.run(
        [sys.executable, os.path.join(ROOT, "tests", "bench", "cost_gate.py"), program, "--report",
         "--only", "instructions"], capture_output=True, text=True, check=False).stdout
    return float(re.search(r"lock-step\s+([\d.]+)", out).group(1))


def cost(arguments):
    print("\nShare of the client's CPU per message that measuring takes")
    rows = []
    with Server("smtpgauge", "--accept-all") as server:
        for name, messages, options, goal in CELLS:
            messages //= 5 if arguments.quick else 1
            samples = []
            # The effect is small: twice as many pairs as elsewhere.
            for _ in range(2 * arguments.repetitions):
                samples.append({
                    who: ours(server.port, messages, options, program=program) / messages * 1e6
                    for who, program in (("smtpgauge", PROGRAM), ("blind", BLIND))})
            share = statistics.median(1 - s["blind"] / s["smtpgauge"] for s in samples)
            ok = report_row(name, (share,), (goal,))
            rows.append({"cell": name, "share": share, "goal": goal, "reached": ok,
                         "samples": samples})
    whole, blind = user_instructions(PROGRAM), user_instructions(BLIND)
    print(f"     user instructions per message, kept, lock-step: {whole:.0f}, without {blind:.0f}")
    rows.append({"cell": "user instructions per message", "whole": whole, "blind": blind,
                 "reached": None})  # no goal
    return rows
