#!/usr/bin/env python3
"""Servers that nobody should meet: each must end in bounded time and memory, with a clear sentence.

usage: hostile_servers_test.py PATH_TO_SMTPGAUGE
Every server listens on a free loopback port of its own and lives in a thread of this process.
"""
import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = ""
GREETING = b"220 mx.example.test ESMTP\r\n"


class Server:
    """Accepts connections and hands each to `behave(connection)`."""

    def __init__(self, behave):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.behave = behave
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            self.behave(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def close(self):
        self.listener.close()


def dialogue(connection, answer):
    """Greets, then answers each command line with answer(verb, line) until that returns None."""
    connection.sendall(GREETING)
    buffered = b""
    in_data = False
    while True:
        received = connection.recv(65536)
        if not received:
            return
        buffered += received
        while b"\r\n" in buffered:
            line, buffered = buffered.split(b"\r\n", 1)
            if in_data:
                if line == b".":
                    in_data = False
                    connection.sendall(b"250 Ok\r\n")
                continue
            verb = line.split(b" ")[0].split(b":")[0].upper()
            reply = answer(verb, line)
            if reply is None:
                return
            in_data = verb == b"DATA" and reply.startswith(b"354")
            connection.sendall(reply)
            if verb == b"QUIT":
                return


def sane(verb, _line):
    return {b"EHLO": b"250-mx.example.test\r\n250 PIPELINING\r\n", b"DATA": b"354 Go on\r\n",
            b"QUIT": b"221 mx.example.test Bye\r\n"}.get(verb, b"250 Ok\r\n")


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def check(port, *options, timeout=60):
    """Runs a short check; returns (exit status, stdout, stderr, seconds, peak MiB of all runs so far)."""
    command = [PROGRAM, "check", f"127.0.0.1:{port}", "--recipient", "user@example.test", "--timeout-scale", "0.005",
               "--only", "5321-4.1.1.5-*", "-v", *options]
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, timeout=timeout, check=False)
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return done.returncode, done.stdout, done.stderr, seconds, peak


class HostileServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """MiB that the plan of the whole suite takes before any server was spoken to."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        cls.plan_alone = check(port)[4]

    def run_against(self, behave, *options):
        server = Server(behave)
        try:
            return check(server.port, *options)
        finally:
            server.close()

    def expect_unreachable(self, behave, sentence):
        status, out, err, seconds, peak = self.run_against(behave)
        self.assertEqual(status, 3, (out + err)[:600])
        self.assertRegex(err.decode(), sentence)
        self.assert_bounded(out + err, seconds, peak)

    def assert_bounded(self, printed, seconds, peak):
        self.assertLess(seconds, 45)
        self.assertLess(peak, self.plan_alone + 100)
        raw = re.sub(rb"[\n\t\x20-\x7e]", b"", printed)
        # UTF-8 of our own is fine; control octets and bare high octets of the server are not.
        self.assertEqual([octet for octet in raw if octet < 0x20 or octet == 0x7f], [], printed[:400])
        printed.decode("utf-8")

    def test_closed_port(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        time_before = time.monotonic()
        status, _, err, _, _ = check(port)
        self.assertEqual(status, 3)
        self.assertRegex(err.decode(), "refused")
        self.assertLess(time.monotonic() - time_before, 10)

    def test_http_server(self):
        def behave(connection):
            connection.recv(1)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>no</html>")
        def eager(connection):
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>no</html>")
        self.expect_unreachable(eager, "HTTP")
        self.expect_unreachable(behave, "does not greet")

    def test_tls_port_spoken_to_in_clear(self):
        def behave(connection):
            connection.recv(10)
            connection.sendall(b"\x15\x03\x01\x00\x02\x02\x46")
        self.expect_unreachable(behave, "TLS from the start")

    def test_silent_server(self):
        self.expect_unreachable(lambda connection: time.sleep(30), "no reply within")

    def test_closes_at_once(self):
        self.expect_unreachable(lambda connection: None, "does not greet")

    def test_resets_at_once(self):
        self.expect_unreachable(reset, "does not greet|reset")

    def test_endless_line(self):
        def behave(connection):
            while True:
                connection.sendall(b"2" * 65536)
        self.expect_unreachable(behave, "does not greet|end")

    def test_endless_multiline_greeting(self):
        def behave(connection):
            while True:
                connection.sendall(b"220-and so on\r\n" * 4000)
        self.expect_unreachable(behave, "does not greet|end")

    def test_random_octets(self):
        def behave(connection):
            while True:
                connection.sendall(os.urandom(4096))
        self.expect_unreachable(behave, "does not greet")

    def test_an_octet_a_second(self):
        def behave(connection):
            for octet in GREETING * 100:
                connection.sendall(bytes([octet]))
                time.sleep(1)
        self.expect_unreachable(behave, "no reply within")

    def judge(self, behave):
        """A server that greets: there must be verdicts, whatever they are."""
        status, out, err, seconds, peak = self.run_against(behave)
        self.assertIn(status, (0, 1, 3), (out + err)[:600])
        self.assert_bounded(out + err, seconds, peak)
        return status, out.decode(), err.decode()

    def test_sane_server_passes(self):
        status, out, err = self.judge(lambda connection: dialogue(connection, sane))
        self.assertIn(status, (0, 1), (out + err)[:600])
        self.assertRegex(out, r"\d+ pass")

    def test_a_limit_to_connections_is_met_one_by_one(self):
        free = threading.Semaphore(2)
        turned_away = []

        def behave(connection):
            if not free.acquire(blocking=False):
                turned_away.append(1)
                connection.sendall(b"421 4.7.0 mx.example.test Too many connections\r\n")
                return
            try:
                dialogue(connection, sane)
            finally:
                connection.close()
                free.release()

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "check.json")
            self.run_against(behave, "--jobs", "16", "--only", "5321-4.1.1*", "--json", path)
            with open(path, encoding="utf-8") as file:
                results = json.load(file)["results"]
        self.assertGreater(len(turned_away), 3)
        blocked = [result["id"] for result in results if result["actual"].startswith("421")]
        self.assertEqual(blocked, [])

    def test_greylisting_is_met_by_a_second_try(self):
        """Whoever comes for the first time is put off: of each sender's cases one has to come again."""
        known = set()

        def behave(connection):
            sender = []

            def answer(verb, line):
                if verb == b"MAIL":
                    sender[:] = [line]
                if verb == b"RCPT" and (*sender, line) not in known:
                    known.add((*sender, line))
                    return b"450 4.2.0 Greylisted\r\n"
                return sane(verb, line)
            dialogue(connection, answer)

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "check.json")
            self.run_against(behave, "--jobs", "16", "--only", "5321-4.1.1.5-rset-clears*", "--only",
                             "5321-4.1.1.4-*", "--json", path)
            with open(path, encoding="utf-8") as file:
                results = json.load(file)["results"]
        self.assertGreater(len(known), 0)
        put_off = [result["id"] for result in results if result["actual"].startswith("450")]
        self.assertEqual(put_off, [])

    def test_endless_reply_to_rset(self):
        def answer(verb, line):
            return b"250-more\r\n" * 200000 if verb == b"RSET" else sane(verb, line)
        status, out, err = self.judge(lambda connection: dialogue(connection, answer))
        self.assertEqual(status, 1, (out + err)[:600])

    def test_reset_at_any_point(self):
        for when in (b"EHLO", b"MAIL", b"RCPT", b"RSET", b"DATA", b"NOOP", b"QUIT"):
            with self.subTest(when=when):
                def behave(connection, when=when):
                    def answer(verb, line):
                        if verb == when:
                            reset(connection)
                            raise OSError
                        return sane(verb, line)
                    dialogue(connection, answer)
                self.judge(behave)

    def test_escape_sequences_in_replies(self):
        def answer(verb, line):
            if verb == b"RSET":
                return b"550 \x1b]0;owned\x07\x1b[2J\x9b31m \xff\xfe</script>\r\n"
            return sane(verb, line)
        status, out, _ = self.judge(lambda connection: dialogue(connection, answer))
        self.assertEqual(status, 1)
        self.assertIn("owned", out)

    def test_no_reply_to_one_verb(self):
        def answer(verb, line):
            return b"" if verb == b"RSET" else sane(verb, line)
        status, out, _ = self.judge(lambda connection: dialogue(connection, answer))
        self.assertEqual(status, 1)
        self.assertIn("no reply within", out)

    def test_stuck_behind_a_probe(self):
        """A server that was quick until then gets a third of the limit of 1.5 s."""
        def behave(connection):
            seen = []

            def answer(verb, line):
                seen.append(verb)
                return b"" if verb == b"NOOP" and b"RSET" in seen else sane(verb, line)
            dialogue(connection, answer)
        status, out, _ = self.judge(behave)
        self.assertEqual(status, 1)
        self.assertIn("the server did not answer NOOP and QUIT behind the probe", out)
        self.assertRegex(out, r"no reply within 0\.5\d* s")

    def test_nothing_but_refusals_is_no_pass(self):
        """Every envelope is refused: whatever needs one is blocked, and that is not conformance."""
        def answer(verb, line):
            return b"450 4.7.1 Later\r\n" if verb in (b"MAIL", b"RCPT", b"DATA") else sane(verb, line)
        server = Server(lambda connection: dialogue(connection, answer))
        done = subprocess.run([PROGRAM, "check", f"127.0.0.1:{server.port}", "--recipient", "user@example.test",
                               "--only", "5321-4.1.1.5-rset-clears*", "--timeout-scale", "0.01"],
                              capture_output=True, text=True, timeout=60, check=False)
        server.close()
        self.assertRegex(done.stdout, r"0 pass, 0 warn, 0 fail, .* [1-9]\d* blocked")
        printed = " ".join(done.stdout.split())
        self.assertIn("was not taken (MAIL: 450 4.7.1 Later)", printed)
        self.assertIn("run again when the server takes it", printed)
        self.assertEqual(done.returncode, 3, done.stdout[:600])

    def test_an_interrupt_leaves_a_partial_report(self):
        under_way = threading.Event()

        def answer(verb, line):
            if verb != b"RSET":
                return sane(verb, line)
            under_way.set()
            return b""
        server = Server(lambda connection: dialogue(connection, answer))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "result.json")
            process = subprocess.Popen([PROGRAM, "check", f"127.0.0.1:{server.port}", "--recipient", "user@example.test",
                                        "--only", "5321-4.1.1.5-*", "--json", path],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.assertTrue(under_way.wait(30))
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.wait(10)
            self.assertEqual(process.returncode, 130)
            self.assertLess(time.monotonic() - began, 2)
            with open(path, encoding="utf-8") as file:
                result = json.load(file)
        server.close()
        self.assertTrue(result["partial"])
        self.assertEqual(result["summary"]["total"], len(result["results"]))


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
