"""Runs whose numbers are known beforehand: they show that what load reports is true."""

from paired import Server, load_json, mark


def message_times(result, which):
    for row in result["phases"]:
        if row["phase"] == "message" and row["outcome"] == "2xx":
            return row[f"{which}_time_us"]
    raise RuntimeError("no message was accepted")


def stalled_mean_ms(rate, served_per_s, undisturbed_ms):
    """Mean response with the server asleep 1 s in every 10 s. Who comes in that second waits half of it
    on average, 50 ms over all; but then a second's arrivals stand in line, and are served no faster
    than the server can while others come in behind them. The first such second is warm-up: it opens
    the connections that the line needs."""
    drain_s = rate / (served_per_s - rate)
    return 50.0 * (1 + drain_s) + undisturbed_ms


def truth(arguments):
    print("\nNumbers that are known beforehand")
    rows = []
    length = 10 if arguments.quick else 30
    with Server("smtpgauge") as server:
        _, fastest = load_json(server.port, "--sessions", "1000", "--ramp", "1s", "--warmup", "2s", "--duration", "5s")
        _, calm = load_json(server.port, "--rate", "1000/s", "--duration", "5s")
    mean = stalled_mean_ms(1000, fastest["throughput_per_s"], message_times(calm, "response")["mean"] / 1e3)
    with Server("smtpgauge", "--stall", "1s/10s") as server:
        code, result = load_json(server.port, "--rate", "1000/s", "--warmup", "15s", "--duration",
                                 f"{length}s", "--max-in-flight", "2000")
    response, service = message_times(result, "response"), message_times(result, "service")
    rows.append({"cell": "asleep 1 s in 10 s at 1,000/s", "exit": code,
                 "response_p99_ms": response["p99"] / 1e3, "response_mean_ms": response["mean"] / 1e3,
                 "service_p99_ms": service["p99"] / 1e3, "analytic_mean_ms": mean,
                 "reached": 850 <= response["p99"] / 1e3 <= 1050
                            and abs(response["mean"] / 1e3 - mean) <= 0.05 * mean})
    with Server("smtpgauge", "--capacity", "400/s") as server:
        code, result = load_json(server.port, "--sessions", "80", "--warmup", "2s", "--duration",
                                 f"{length}s")
    rate = result["throughput_per_s"]
    rows.append({"cell": "capacity of 400/s", "exit": code, "accepted_per_s": rate,
                 "reached": abs(rate - 400) <= 4})
    with Server("smtpgauge") as server:
        code, result = load_json(server.port, "--rate", "10000/s", "--duration",
                                 f"{min(length, 10)}s")
    lateness = result["generator"]["lateness_us"]
    rows.append({"cell": "10,000 arrivals/s", "exit": code, "lateness_p50_us": lateness["p50"],
                 "lateness_p99_us": lateness["p99"], "valid": result["generator"]["valid"],
                 "reached": lateness["p50"] <= 100})
    for row in rows:
        shown = ", ".join(f"{key} {value:.1f}" if isinstance(value, float) else f"{key} {value}"
                          for key, value in row.items() if key not in ("cell", "reached"))
        print(f"{mark(row['reached'])} {row['cell']:46} {shown}", flush=True)
    return rows
