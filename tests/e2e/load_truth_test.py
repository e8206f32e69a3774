#!/usr/bin/env python3
"""smtpgauge load against servers whose truth is known from their own count: what belongs to the measured window,
what a refusal of everything means, what is said of a run that was cut short or of a generator that stood still.
Usage: load_truth_test.py SMTPGAUGE [NAME...]"""

import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

from loading import PROGRAM, RECIPIENT, Sink, expect, expect_equal, expect_exit, load, run_tests


class Server(socketserver.ThreadingTCPServer):
    """Answers every command as it should, but for `act(verb, number)`: a reply of its own, or a sleep. While one
    command sleeps `asleep` none is answered: the server as a whole stands still."""

    daemon_threads = True
    request_queue_size = 200

    def __init__(self, act=lambda verb, number: None):
        self.act = act
        self.turn = threading.Lock()
        self.seen = {}
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def answer(self, verb, usual):
        with self.turn:
            self.seen[verb] = self.seen.get(verb, 0) + 1
            return self.act(verb, self.seen[verb]) or usual

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Dialogue(socketserver.StreamRequestHandler):
    USUAL = {"DATA": "354 go on", "QUIT": "221 bye"}

    def setup(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def handle(self):
        try:
            self.say("connect", "220 ready")
            while line := self.rfile.readline():
                verb = line[:4].decode("ascii", "replace").strip().upper()
                if self.say(verb, self.USUAL.get(verb, "250 ok")).startswith("354"):
                    while self.rfile.readline() not in (b".\r\n", b""):
                        pass
                    self.say(".", "250 taken")
                if verb == "QUIT":
                    return
        except ConnectionError:
            pass

    def say(self, verb, usual):
        reply = self.server.answer(verb, usual)
        self.wfile.write(reply.encode() + b"\r\n")
        return reply


def sleeping(seconds, verb, number=None):
    def act(its_verb, its_number):
        if its_verb == verb and number in (None, its_number):
            time.sleep(seconds)
    return act


def count(result, phase):
    return sum(row["service_time_us"]["count"] for row in result.json["phases"] if row["phase"] == phase)


def a_stall_across_the_end_of_the_warmup():
    # The 40th message is due at 0.78 s; whoever is due before the end of the warm-up at 1 s is not measured, though
    # all of them end behind it.
    with Server(sleeping(0.6, ".", 40)) as server:
        result = load(server.port, "--rate", "50/s", "--warmup", "1s", "--duration", "1s", "--size", "100",
                      "--messages-per-connection", "0")
    for name in ("offered", "started", "completed", "accepted"):
        expect_equal(result.messages(name), 50, name)
    for phase in ("mail", "rcpt", "data", "eod", "message"):
        expect_equal(count(result, phase), 50, f"exchanges of {phase}")
    expect(result.json["in_window"]["accepted"] > 50, "the rate counts those that waited too")
    expect_equal(sum(second["messages"]["accepted"] for second in result.json["series"]), 100, "in the series")


def the_window_of_so_many_messages():
    with Server(sleeping(1.5, "QUIT")) as server:
        result = load(server.port, "--messages", "4", "--sessions", "1", "--size", "100")
        expect(result.json["measured_ns"] < 1.4e9, f"the goodbye is no part of it: {result.json['measured_ns']}")
        expect(result.json["elapsed_ns"] >= 1.5e9, "but of the run")
    with Server() as server:
        result = load(server.port, "--messages", "10", "--rate", "20/s", "--size", "100")
    expect(19 < result.json["offered_per_s"] <= 20, f"offered {result.json['offered_per_s']}/s")


REFUSING = """{"id": "spam", "title": "Nobody wants it", "load": {"messages_per_connection": 10},
 "open": [{"use": "session"}],
 "steps": [{"send": "MAIL FROM:<${sender}>", "expect": "250"}, {"send": "RCPT TO:<${recipient}>", "expect": "5yz"}],
 "close": [{"send": "QUIT", "expect": "221"}]}"""


def a_run_in_which_all_is_refused_is_no_success():
    for where in ("rcpt=550:1", "data=554:1", "rcpt=451:1"):
        with Sink("--reject", where) as sink:
            result = load(sink.port, "--messages", "20", "--sessions", "2", "--size", "100")
        expect_exit(result, 3, f"{where}: exit status")
        expect_equal(result.messages("rejected"), 20, f"{where}: rejected")
    with Sink("--reject", "rcpt=550:1") as sink:
        shown = subprocess.run([PROGRAM, "load", f"127.0.0.1:{sink.port}", "--recipient", RECIPIENT, "--messages",
                                "20"], capture_output=True, text=True, timeout=30, check=False)
    expect("NOTHING WAS ACCEPTED" in shown.stdout.split("\n\n")[1], f"on top: {shown.stdout[:600]}")


def refusals_that_the_scenario_expects_are_a_success():
    with tempfile.TemporaryDirectory() as folder, Sink("--reject", "rcpt=550:1") as sink:
        scenario = os.path.join(folder, "spam.json")
        with open(scenario, "w", encoding="ascii") as file:
            file.write(REFUSING)
        result = load(sink.port, "--messages", "20", "--sessions", "2", "--scenario", scenario)
    expect_exit(result, 0, "exit status")


def what_is_under_way_at_an_interrupt_is_no_failure():
    with Server(sleeping(3, ".", 5)) as server, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "load.json")
        process = subprocess.Popen([PROGRAM, "load", f"127.0.0.1:{server.port}", "--recipient", RECIPIENT, "--quiet",
                                    "--duration", "60s", "--sessions", "3", "--size", "100", "--json", path])
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        expect_equal(process.wait(timeout=10), 130, "exit status")
        with open(path, encoding="ascii") as file:
            result = json.load(file)
    messages = result["messages"]
    expect_equal(messages["failed"], 0, "failed")
    expect_equal(result["sessions"]["failed"], 0, "failed sessions")
    expect_equal(result["unfinished"], messages["started"] - messages["accepted"], "unfinished")
    expect(1 <= result["unfinished"] <= 3, f"{result['unfinished']} unfinished")


def a_generator_that_was_stopped_is_not_valid():
    with Sink("--latency", "5ms") as sink, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "load.json")
        process = subprocess.Popen([PROGRAM, "load", f"127.0.0.1:{sink.port}", "--recipient", RECIPIENT, "--quiet",
                                    "--duration", "1500ms", "--sessions", "2", "--size", "100", "--json", path])
        time.sleep(0.5)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        process.send_signal(signal.SIGCONT)
        expect_equal(process.wait(timeout=20), 5, "exit status")
        with open(path, encoding="ascii") as file:
            generator = json.load(file)["generator"]
    expect(300e6 < generator["paused_ns"] < 1e9, f"paused {generator['paused_ns']} ns")
    expect("stood still" in " ".join(generator["reasons"]), f"{generator['reasons']}")


def what_is_under_way_does_not_miss_a_threshold():
    with Sink("--latency", "500ms") as sink:
        result = load(sink.port, "--rate", "20/s", "--duration", "1500ms", "--abort-on", "rate(accepted) > 95%",
                      "--abort-on", "throughput > 1/s", "--size", "100", "--messages-per-connection", "0")
    expect(result.code in (0, 5), f"exit status {result.code} ({result.json['thresholds']})")
    expect_equal(result.messages("accepted"), 30, "accepted")


def connections_that_a_server_does_not_want_are_told():
    def act(verb, number):
        return "421 too many" if verb == "connect" and number % 2 == 0 else None

    with Server(act) as server:
        result = load(server.port, "--rate", "50/s", "--messages", "20", "--messages-per-connection", "1", "--size",
                      "100")
    messages, sessions = result.json["messages"], result.json["sessions"]
    expect_equal(messages["accepted"] + messages["rejected"] + messages["failed"], 20, "every arrival has an end")
    expect_equal(messages["started"], messages["accepted"], "started")
    expect_equal(messages["accepted"], sessions["completed"], "one for each session that came about")
    expect(sessions["failed"] >= 5, f"failed sessions: {sessions['failed']}")


def whoever_is_never_let_in_has_failed():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        result = load(listener.getsockname()[1], "--rate", "10/s", "--duration", "1s", "--graceful-stop", "500ms")
    expect_equal(result.code, 3, "exit status")
    expect_equal(result.messages("failed"), 10, "failed")
    expect_equal(result.messages("missed"), 0, "missed: there was a session for each")
    expect_equal(sum(row["service_time_us"]["count"] for row in result.json["phases"]
                     if (row["phase"], row["outcome"]) == ("message", "timeout")), 10, "timeouts")


TESTS = [a_stall_across_the_end_of_the_warmup, the_window_of_so_many_messages,
         a_run_in_which_all_is_refused_is_no_success, refusals_that_the_scenario_expects_are_a_success,
         what_is_under_way_at_an_interrupt_is_no_failure, a_generator_that_was_stopped_is_not_valid,
         what_is_under_way_does_not_miss_a_threshold, connections_that_a_server_does_not_want_are_told,
         whoever_is_never_let_in_has_failed]

if __name__ == "__main__":
    sys.exit(run_tests(TESTS))
