"""CPU of the embedded server per message, against smtp-sink and against raw_sink."""

import statistics

from paired import Server, raw, report_row

GOALS = {"smtp-sink": 0.55, "raw": 1.2}


def sinks(arguments):
    print("\nServer CPU per message, kept connections, lock-step; against smtp-sink and raw_sink")
    messages = 6000 if arguments.quick else 30000
    samples = []
    for _ in range(arguments.repetitions):
        sample = {}
        for kind in ("smtpgauge", *GOALS):
            with Server(kind) as server:
                raw(server.port, messages, "")
            sample[kind] = server.cpu / messages * 1e6
        samples.append(sample)
    ratios = [statistics.median(s["smtpgauge"] / s[peer] for s in samples) for peer in GOALS]
    micros = {kind: statistics.median(s[kind] for s in samples) for kind in samples[0]}
    ok = report_row(f"sink [{micros['smtpgauge']:.1f} us]", ratios, tuple(GOALS.values()))
    return {"cpu_us_per_message": micros, "against_smtp_sink": ratios[0], "against_raw": ratios[1],
            "goals": list(GOALS.values()), "reached": ok, "samples": samples}
