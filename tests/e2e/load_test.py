#!/usr/bin/env python3
"""smtpgauge load against the embedded server and against servers that fail: exact counts, honest
times, faults survived. Usage: load_test.py SMTPGAUGE [NAME...]"""

import json
import os
import socket
import sys
import tempfile
import threading
import time

from loading import Sink, expect, expect_equal, expect_exit, load, run_tests


def counts_what_the_server_counted():
    dialogues = [
        ("--pipelining", "off"), ("--pipelining", "on"),
        ("--chunking", "on", "--pipelining", "on", "--bdat-group", "20"),
        ("--messages-per-connection", "1", "--close", "rst"),
        ("--messages-per-connection", "0", "--jobs", "2"),
        ("--tls", "starttls", "--messages-per-connection", "10"),
        ("--rate", "2000/s", "--arrivals", "poisson"),
    ]
    for dialogue in dialogues:
        with Sink() as sink:
            result = load(sink.port, "--messages", "200", "--sessions", "7", "--size", "2k",
                          "--recipients-per-message", "3", *dialogue)
            sink.stop()
        expect_exit(result, 0, f"{dialogue} exit status")
        expect_equal(result.messages("accepted"), 200, f"{dialogue} accepted")
        expect_equal(sink.counts["messages"], 200, f"{dialogue} at the server")
        expect_equal(result.messages("recipients_accepted"), sink.counts["recipients"],
                     f"{dialogue} recipients")
        expect_equal(result.messages("content_octets"), sink.counts["bytes"], f"{dialogue} octets")
        expect_equal(result.json["sessions"]["completed"], sink.counts["connections"],
                     f"{dialogue} sessions")


def refusals_are_measured():
    with Sink("--reject", "rcpt=450:0.3", "--reject", "data=554:0.2") as sink:
        result = load(sink.port, "--messages", "300", "--sessions", "5")
        sink.stop()
    expect_exit(result, 0, "4yz and 5yz do not end a run")
    expect_equal(result.messages("accepted"), sink.counts["messages"], "accepted")
    expect_equal(result.messages("accepted") + result.messages("rejected"), 300, "every message")
    expect(result.messages("rejected") > 50, "some were refused")
    expect(len(result.json["examples"]) > 0, "examples of what did not pass")


def thresholds_decide_the_exit_status():
    with Sink("--latency", "20ms") as sink:
        base = ("--messages", "40", "--sessions", "4")
        expect_exit(load(sink.port, *base, "--threshold", "p99(eod) < 5s"), 0, "held")
        missed = load(sink.port, *base, "--threshold", "p50(eod) < 1ms")
        expect_exit(missed, 4, "missed")
        began = time.monotonic()
        aborted = load(sink.port, "--sessions", "4", "--duration", "30s", "--abort-on",
                       "p50(eod) < 1ms")
        expect_exit(aborted, 4, "aborted")
        expect(time.monotonic() - began < 10, "the run ended early")
        expect_equal(load(sink.port, "--threshold", "p99(eod) <").code, 2, "usage")


def a_stall_is_seen_by_all_who_waited():
    # Asleep 0.2 s in every 1 s: a fifth of the arrivals waits 0..0.2 s, which makes 20 ms on average.
    with Sink("--stall", "200ms/1s") as sink:
        result = load(sink.port, "--rate", "300/s", "--duration", "4s", "--messages-per-connection",
                      "0", "--size", "1k", "--max-in-flight", "400")
    expect(result.code in (0, 5), result.err)
    mean = result.percentile("message", "response", "mean")
    p99 = result.percentile("message", "response", "p99")
    expect(14_000 < mean < 45_000, f"mean {mean}")
    expect(150_000 < p99 < 330_000, f"p99 {p99}")


def a_known_capacity_is_found():
    with Sink("--capacity", "200/s") as sink:
        result = load(sink.port, "--sessions", "40", "--duration", "3s", "--warmup", "1s",
                      "--messages-per-connection", "0")
    rate = result.messages("accepted") / (result.json["measured_ns"] / 1e9)
    expect(194 < rate < 206, f"{rate} messages a second")


def the_server_may_die_and_come_back():
    first = Sink()
    port = first.port
    second = []

    def restart():
        time.sleep(1)
        first.process.kill()
        first.process.wait()
        time.sleep(0.5)
        second.append(Sink(port=port))

    thread = threading.Thread(target=restart)
    thread.start()
    result = load(port, "--sessions", "5", "--duration", "4s", "--messages-per-connection", "0",
                  "--think", "5ms")
    thread.join()
    second[0].stop()
    expect_exit(result, 0, "exit status")
    expect(second[0].counts["messages"] > 0, "the new server was used")
    expect(result.json["sessions"]["failed"] >= 5, "the break was counted")
    expect(result.json["sessions"]["started"] < 200, "nobody spun while the server was away")


def nobody_there():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))  # bound, not listening: refused
        result = load(listener.getsockname()[1], "--sessions", "3", "--duration", "60s")
    expect_equal(result.code, 3, "exit status")
    expect(result.json["sessions"]["started"] < 100, "no spinning")


def a_full_listen_queue():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        result = load(listener.getsockname()[1], "--sessions", "6", "--duration", "2s",
                      "--timeout-scale", "0.003", "--graceful-stop", "1s")
    expect_equal(result.code, 3, "nothing was established")
    expect(result.json["sessions"]["failed"] >= 6, "every session failed")


def a_server_that_never_answers():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        began = time.monotonic()
        result = load(listener.getsockname()[1], "--sessions", "4", "--duration", "2s",
                      "--graceful-stop", "1s", "--timeout-scale", "0.002")
    expect(time.monotonic() - began < 10, "the run ended")
    expect_equal(result.code, 3, "exit status")
    outcomes = {(row["phase"], row["outcome"]) for row in result.json["phases"]}
    expect(("greeting", "timeout") in outcomes, f"timeouts at the greeting: {outcomes}")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        result = load(listener.getsockname()[1], "--sessions", "4", "--duration", "300ms",
                      "--graceful-stop", "300ms")
    found = {(row["phase"], row["outcome"]): row["service_time_us"] for row in result.json["phases"]}
    expect(("greeting", "timeout") in found, f"what the run waited for in vain: {found.keys()}")
    expect(found["greeting", "timeout"]["min"] > 500_000, "as long as it was waited for")


def public_targets_are_refused():
    process = load("192.0.2.1:25", "--messages", "1")
    expect_equal(process.code, 2, "exit status")
    expect("--i-may-load 192.0.2.1" in process.err, process.err)


def load_is_seeded_and_capped():
    with Sink() as sink:
        result = load(sink.port, "--duration", "20s", "--max-messages", "50", "--sessions", "3")
        sink.stop()
    expect_equal(result.messages("accepted"), 50, "the cap")
    expect_equal(sink.counts["messages"], 50, "the cap at the server")


def messages_carry_the_mark_of_the_run():
    with tempfile.TemporaryDirectory() as folder:
        with Sink("--maildir", folder) as sink:
            load(sink.port, "--messages", "5", "--sessions", "2", "--size", "100")
        found = []
        for place, _, names in os.walk(folder):
            found += [open(os.path.join(place, name), encoding="ascii").read() for name in names]
    tokens = {line for text in found for line in text.splitlines()
              if line.startswith("X-Smtpgauge-Run: ")}
    expect_equal(len(found), 5, "messages stored")
    expect_equal(len(tokens), 5, "a token each")


def every_connection_logs_in():
    os.environ["SMTPGAUGE_TEST_PASSWORD"] = "correct-horse"
    with Sink("--user", "tester", "--password-env", "SMTPGAUGE_TEST_PASSWORD", "--auth-in-clear",
              "--profile", "submission") as sink:
        base = ("--messages", "40", "--messages-per-connection", "10", "--sessions", "2",
                "--profile", "submission", "--tls", "off", "--user", "tester", "--password-env",
                "SMTPGAUGE_TEST_PASSWORD")
        result = load(sink.port, *base)
        expect_exit(result, 0, "exit status")
        expect_equal(result.messages("accepted"), 40, "accepted behind AUTH")
        logins = sum(row["service_time_us"]["count"] for row in result.json["phases"]
                     if row["phase"] == "auth")
        expect(logins >= result.json["sessions"]["completed"], "an AUTH for each session")
        expect("correct-horse" not in json.dumps(result.json), "no password in a report")
        os.environ["SMTPGAUGE_TEST_PASSWORD"] = "wrong"
        refused = load(sink.port, *base)
        expect_equal(refused.messages("accepted"), 0, "accepted with a wrong password")
        expect_equal(refused.code, 3, "exit status with a wrong password")
        expect("535" in json.dumps(refused.json["examples"]), "the reply is shown")


def handshakes_resume_when_asked():
    for version in ("on", "off"):
        with Sink() as sink:
            result = load(sink.port, "--messages", "30", "--messages-per-connection", "1",
                          "--sessions", "1", "--tls", "starttls", "--tls-resume", version)
        sessions = result.json["sessions"]
        expect_exit(result, 0, "exit status")
        expect_equal(sessions["tls_handshakes"], sessions["completed"], "a handshake for each")
        resumed = sessions["tls_resumed"]
        expect(resumed >= 25 if version == "on" else resumed == 0, f"{resumed} resumed")


def a_corpus_arrives_octet_by_octet():
    mail = b"From: <a@example.test>\r\nSubject: corpus\r\n\r\n.leading dot\r\n..two\r\nlast line\r\n"
    with tempfile.TemporaryDirectory() as corpus, tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(corpus, "one.eml"), "wb") as file:
            file.write(mail)
        for chunking in ("off", "on"):
            with Sink("--maildir", folder) as sink:
                result = load(sink.port, "--messages", "4", "--sessions", "2", "--size",
                              f"file:{corpus}", "--chunking", chunking)
            expect_equal(result.messages("accepted"), 4, f"accepted ({result.err})")
        stored = [open(os.path.join(place, name), "rb").read()
                  for place, _, names in os.walk(folder) for name in names]
        expect_equal(len(stored), 8, "messages stored")
        body = mail.replace(b"\r\n", b"\n")
        expect(all(body in text.replace(b"\r\n", b"\n") for text in stored), "octets as given")


def waiting_arrivals_are_counted():
    with Sink("--latency", "100ms") as sink:
        result = load(sink.port, "--rate", "50/s", "--duration", "2s", "--max-in-flight", "1",
                      "--graceful-stop", "0s")
    messages = result.messages
    expect_equal(messages("offered"), 100, "offered")
    expect(messages("delayed") > 80, f"{messages('delayed')} had to wait")
    expect(messages("missed") > 50, f"{messages('missed')} were never started")
    expect(messages("offered") <= messages("started") + messages("missed") + 1, "none is dropped")


def what_is_under_way_at_the_end_is_still_served():
    # Connections that take longer than the run: their arrivals were due in time.
    greeted = []

    def serve(listener):
        connections = [listener.accept()[0] for _ in range(5)]
        time.sleep(0.8)
        for connection in connections:
            with connection, connection.makefile("rwb") as stream:
                stream.write(b"220 late\r\n")
                stream.flush()
                for line in stream:
                    reply = {b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}.get(line.strip())
                    if line.startswith((b"EHLO", b"MAIL", b"RCPT", b".\r\n")):
                        reply = b"250 ok\r\n"
                    stream.write(reply or b"")
                    stream.flush()
                    greeted.extend([1] if line == b".\r\n" else [])

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(10)
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        result = load(listener.getsockname()[1], "--rate", "10/s", "--duration", "500ms",
                      "--messages-per-connection", "1", "--size", "100")
        thread.join()
    expect_equal(len(greeted), 5, "messages at the server")
    expect_equal(result.messages("accepted"), 5, "accepted")
    expect_equal(result.messages("missed"), 0, "missed")
    expect_equal(result.json["in_window"]["accepted"], 0, "none of them in the window")


TESTS = [counts_what_the_server_counted, refusals_are_measured, thresholds_decide_the_exit_status,
         a_stall_is_seen_by_all_who_waited, a_known_capacity_is_found,
         the_server_may_die_and_come_back, nobody_there, a_full_listen_queue,
         a_server_that_never_answers, public_targets_are_refused, load_is_seeded_and_capped,
         messages_carry_the_mark_of_the_run, every_connection_logs_in, handshakes_resume_when_asked,
         a_corpus_arrives_octet_by_octet, waiting_arrivals_are_counted,
         what_is_under_way_at_the_end_is_still_served]

if __name__ == "__main__":
    sys.exit(run_tests(TESTS))
