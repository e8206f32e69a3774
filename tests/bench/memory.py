"""Memory of load: of many open sessions, and over many messages."""

import os
import re
import resource
import subprocess
import time

from paired import DONE, Server, load_command, mark, pinned


def memory(_):
    """Sessions held open: resident memory of the client."""
    print("\nOpen sessions held")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    sessions = min(15000, hard - 200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with Server("smtpgauge") as server:
        process = subprocess.Popen(
            load_command(server.port, "--sessions", str(sessions), "--ramp", "5s", "--duration",
                         "30s", "--think", "1h", "--source", "127.0.0.2-127.0.0.9"),
            stdout=subprocess.DEVNULL)
        peak, open_files, first = 0, 0, None
        for _ in range(100):
            time.sleep(0.25)
            try:
                with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
                    resident = int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))
                open_files = max(open_files, len(os.listdir(f"/proc/{process.pid}/fd")))
            except (OSError, AttributeError):
                break
            first = resident if first is None else min(first, resident)
            peak = max(peak, resident)
            if open_files >= sessions:
                break
        process.terminate()
        process.wait()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    each = (peak - first) * 1024 / sessions
    reached = open_files >= sessions and each <= 4096 and peak <= 100 * 1024
    print(f"{mark(reached)} {open_files} descriptors, {peak / 1024:.1f} MB in all, "
          f"{each:.0f} octets a session (goal 4096)", flush=True)
    return {"sessions": sessions, "descriptors": open_files, "peak_kib": peak,
            "octets_per_session": each, "reached": reached}


def private_kib(pid):
    """What the process has written to: its anonymous memory; None when it is gone."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"Private_Dirty:\s+(\d+)", file.read()).group(1))
    except (OSError, AttributeError):
        return None


def growth(arguments):
    """What memory does behind the first tenth of the messages, all statistics on."""
    messages = 200_000 if arguments.quick else 2_222_000
    print(f"\nMemory growth over {messages * 9 // 10:,} messages")
    samples = []
    with Server("smtpgauge", "--accept-all") as server:
        process = subprocess.Popen(
            load_command(server.port, "--sessions", "50", "--messages", str(messages),
                         "--pipelining", "on", "--chunking", "on", "--bdat-group", "20"),
            stdout=subprocess.DEVNULL, preexec_fn=pinned(0))
        while process.poll() is None:
            used = private_kib(process.pid)
            if used:
                samples.append(used)
            time.sleep(0.02)
    # Work is even over the time: the first tenth of the samples is the first tenth of the messages.
    warm = samples[len(samples) // 10:]
    grown = max(warm) - warm[0]
    reached = process.returncode in DONE and len(warm) > 10 and grown < 1024
    print(f"{mark(reached)} {warm[0]} KiB behind the first tenth, {grown} KiB more at most "
          f"(goal 1024), {len(warm)} samples", flush=True)
    return {"messages": messages, "warm_kib": warm[0], "grown_kib": grown, "samples": len(warm),
            "reached": reached}
