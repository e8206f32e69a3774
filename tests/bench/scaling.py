"""Two threads against one.

With two cores the target takes its share of them, so that two threads can at best show
2 C / (C + S), with C and S the CPU of client and target for one message. What is needed is work that
costs the client many times as much as the target: full TLS handshakes in which the client verifies a
chain of certificates with P-384 keys, which the target only sends. The target's share is measured and
shown. Two cores of a shared machine are seldom twice one, so the same work in two processes of one
thread, which share nothing, stands beside it: what the machine gave. And CPU per message of kept
connections may not grow, or the threads would share something."""

import os
import statistics
import subprocess
import tempfile
import time

from paired import CPUS, DONE, Server, load_command, mark, ours

INTERMEDIATES = 10
GOAL = 1.7


def openssl(*words, folder):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_chain(folder):
    """root.pem, and chain.pem with a P-256 leaf for 127.0.0.1, its intermediates and its key."""
    def path(name):
        return os.path.join(folder, name)

    def issue(name, subject, curve, extension, issuer):
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-nodes",
                "-keyout", f"{name}.key", "-subj", f"/CN={subject}", "-out", f"{name}.csr",
                folder=folder)
        with open(path("extension"), "w", encoding="ascii") as file:
            file.write(extension + "\n")
        signer = (["-key", f"{name}.key"] if issuer is None else
                  ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"])
        kind = ["-signkey", f"{name}.key"] if issuer is None else signer
        openssl("x509", "-req", "-in", f"{name}.csr", "-days", "2", "-extfile", "extension", *kind,
                "-out", f"{name}.pem", folder=folder)

    authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign"
    issue("root", "benchmark root", "P-384", authority, None)
    issuer, names = "root", []
    for i in range(INTERMEDIATES):
        issue(f"ca{i}", f"benchmark authority {i}", "P-384", authority, issuer)
        issuer = f"ca{i}"
        names.insert(0, issuer)
    issue("leaf", "mx.example.test", "P-256", "subjectAltName=IP:127.0.0.1", issuer)
    with open(path("chain.pem"), "w", encoding="ascii") as chain:
        for name in ("leaf.pem", *(f"{name}.pem" for name in names), "leaf.key"):
            with open(path(name), encoding="ascii") as part:
                chain.write(part.read())
    return path("root.pem"), path("chain.pem")


def handshakes(messages, root, chain, jobs=1, processes=1):
    """Wall seconds of that many handshakes in all, nobody pinned, and the target's CPU seconds."""
    with Server("smtpgauge", "--tls-listen", "127.0.0.1:0", "--accept-all", "--cert", chain,
                cpu=None) as server:
        command = load_command(server.tls_port, "--sessions", str(20 // processes), "--messages",
                               str(messages // processes), "--jobs", str(jobs),
                               "--messages-per-connection", "1", "--tls", "implicit", "--ca-file",
                               root)
        began = time.monotonic()
        running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(processes)]
        statuses = [process.wait() for process in running]
        elapsed = time.monotonic() - began
    if not set(statuses) <= set(DONE):
        raise RuntimeError(f"load over TLS: exit status {statuses}")
    return elapsed, server.cpu


def scaling(arguments):
    print("\nTwo threads against one")
    if len(CPUS) < 2:
        print("     one core: nothing to be shown")
        return {"reached": None, "skipped": "one core"}
    messages = 400 if arguments.quick else 4000  # starting and stopping take a third of a second of wall time
    samples = []
    with tempfile.TemporaryDirectory() as folder:
        root, chain = make_chain(folder)
        for _ in range(arguments.repetitions):
            one, _ = handshakes(messages, root, chain)
            two, target = handshakes(messages, root, chain, jobs=2)
            apart, _ = handshakes(messages, root, chain, processes=2)
            samples.append({"speed_up": one / two, "two_processes": one / apart, "one_s": one,
                            "two_s": two, "target_cpu_share": target / two})
    speed_up = statistics.median(s["speed_up"] for s in samples)
    apart = statistics.median(s["two_processes"] for s in samples)
    target = statistics.median(s["target_cpu_share"] for s in samples)
    print(f"{mark(speed_up >= GOAL)} verified TLS handshakes per second, 2 threads / 1: "
          f"{speed_up:.2f} (goal {GOAL}); two processes: {apart:.2f}; the target had {target:.2f} "
          "of a core meanwhile", flush=True)

    with Server("smtpgauge", "--accept-all", cpu=None) as server:
        many = 60_000 if arguments.quick else 300_000
        grown = []
        for _ in range(arguments.repetitions):
            one, two = (ours(server.port, many, f"--pipelining on --jobs {jobs}") for jobs in (1, 2))
            grown.append(two / one)
    print(f"     CPU per message of kept connections, pipelining, 2 threads / 1: "
          f"{statistics.median(grown):.2f}", flush=True)
    return {"speed_up": speed_up, "goal": GOAL, "reached": speed_up >= GOAL,
            "two_processes": apart, "target_cpu_share": target, "cpu_per_message": statistics.median(grown),
            "samples": samples}
