"""Client CPU per message against smtp-source, against raw_client, and over TLS against
raw_tls_client."""

import os
import statistics

from paired import (POSTFIX, RAW_TLS, RECIPIENT, SESSIONS, Server, cpu_of, ours, postfix_environment,
                    raw, report_row)

# (name, messages, smtp-source, raw, smtpgauge load, goal against smtp-source, goal against raw). So many
# messages that 50 ms of start-up (options, scenarios, histograms) are no more than some percent.
CELLS = [
    ("kept, lock-step", 60000, "-d", "", "--pipelining off", 0.68, 1.20),
    ("pipelining, dot and next envelope together", 200000, "-d", "--mode group", "--pipelining on",
     0.21, 1.20),
    ("bdat, groups of 20", 600000, "-d", "--mode bdat --group 20",
     "--pipelining on --chunking on --bdat-group 20", 0.06, 3.0),
    ("one per connection, lock-step, RST", 30000, "", "--per-connection --rst",
     "--pipelining off --messages-per-connection 1 --close rst", 0.62, 1.20),
    ("one per connection, pipelining", 30000, "", "--per-connection --rst --mode pipeline",
     "--pipelining on --messages-per-connection 1 --close rst", 0.50, 1.25),
    ("10 recipients, pipelining", 200000, "-d -r 10", "--mode group --recipients 10",
     "--pipelining on --recipients-per-message 10", 0.07, 1.3),
    ("100 recipients, pipelining", 60000, "-d -r 100", "--mode group --recipients 100",
     "--pipelining on --recipients-per-message 100", 0.03, 1.5),
    ("100 KiB bodies, kept, lock-step", 20000, "-d -l 102400", "--size 102400",
     "--pipelining off --size 102400", 0.70, 1.2),
    ("1 MiB bodies, kept, lock-step", 3000, "-d -l 1048576", "--size 1048576",
     "--pipelining off --size 1048576", 0.80, 1.2),
]

# (name, messages, raw_tls_client, smtpgauge load, goal against raw_tls_client)
TLS_CELLS = [
    ("TLS 1.3, kept, lock-step", 60000, "", "", 1.25),
    ("TLS 1.3, full handshake for each message", 16000, "--per-connection",
     "--messages-per-connection 1", 1.10),
    ("TLS 1.3, resumed for each message", 8000, "--per-connection",
     "--messages-per-connection 1 --tls-resume on", None),
]


def source(port, messages, options, sessions=SESSIONS):
    words = options.split()
    if "-l" not in words:
        words += ["-l", "1024"]
    return cpu_of([os.path.join(POSTFIX, "usr/sbin/smtp-source"), "-s", str(sessions), "-m",
                   str(messages), "-f", "sender@example.test", "-t", RECIPIENT, *words,
                   f"inet:127.0.0.1:{port}"], postfix_environment())


def clients(arguments):
    print("\nClient CPU per message; median of paired ratios against smtp-source and raw")
    rows = []
    for name, messages, source_options, raw_options, our_options, goal, raw_goal in CELLS:
        if arguments.cell and not any(name.startswith(cell) for cell in arguments.cell):
            continue
        messages = max(200, messages // (5 if arguments.quick else 1))
        # smtp-source needs far fewer messages for a stable figure; it is up to 50 times slower.
        few = max(200, min(messages, 4000) // (10 if "-r 100" in source_options else 1))
        samples = []
        with Server("smtpgauge", "--accept-all") as server:
            for _ in range(arguments.repetitions):
                samples.append({
                    "smtp_source": source(server.port, few, source_options) / few * 1e6,
                    "raw": raw(server.port, messages, raw_options) / messages * 1e6,
                    "smtpgauge": ours(server.port, messages, our_options) / messages * 1e6})
        ratios = [statistics.median(s["smtpgauge"] / s[peer] for s in samples)
                  for peer in ("smtp_source", "raw")]
        micros = {peer: statistics.median(s[peer] for s in samples) for peer in samples[0]}
        ok = report_row(f"{name} [{micros['smtpgauge']:.1f} us]", ratios, (goal, raw_goal))
        rows.append({"cell": name, "cpu_us_per_message": micros, "against_smtp_source": ratios[0],
                     "against_raw": ratios[1], "goals": [goal, raw_goal], "reached": ok,
                     "samples": samples})
    return rows


def raw_tls(port, messages, options):
    return cpu_of([RAW_TLS, str(port), "--sessions", str(SESSIONS), "--messages", str(messages),
                   *options.split()])


def tls(arguments):
    """Both without verification. Resumed handshakes stand beside raw's full ones and have no goal."""
    print("\nClient CPU per message over implicit TLS; median of paired ratios against raw OpenSSL")
    rows = []
    with Server("smtpgauge", "--tls-listen", "127.0.0.1:0", "--accept-all") as server:
        for name, messages, raw_options, our_options, goal in TLS_CELLS:
            messages //= 5 if arguments.quick else 1
            samples = []
            for _ in range(arguments.repetitions):
                samples.append({
                    "raw": raw_tls(server.tls_port, messages, raw_options) / messages * 1e6,
                    "smtpgauge": ours(server.tls_port, messages, "--tls implicit --insecure "
                                      f"--pipelining off {our_options}") / messages * 1e6})
            ratio = statistics.median(s["smtpgauge"] / s["raw"] for s in samples)
            micros = {who: statistics.median(s[who] for s in samples) for who in samples[0]}
            ok = report_row(f"{name} [{micros['smtpgauge']:.1f} us]", (ratio,), (goal,))
            rows.append({"cell": name, "cpu_us_per_message": micros, "against_raw": ratio,
                         "goal": goal, "reached": ok, "samples": samples})
    return rows
