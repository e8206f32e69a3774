#!/usr/bin/env python3
"""How much mail `smtpgauge check` leaves: a handful where it may be somebody's inbox.

usage: mail_amount_test.py SMTPGAUGE
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
HANDFUL = 12


class MailAmount(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.sink = subprocess.Popen(
            [PROGRAM, "sink", "--listen", "127.0.0.1:0", "--offer", "all",
             "--maildir", self.folder / "%n"], stdout=subprocess.PIPE, text=True)
        self.address = self.sink.stdout.readline().split()[-1]

    def tearDown(self):
        self.sink.terminate()
        self.sink.communicate(timeout=20)

    def check(self, *options):
        """The cases by id, and the number of messages in the recipient's and other mailboxes."""
        result = self.folder / "result.json"
        run = subprocess.run(
            [PROGRAM, "check", self.address, "--recipient", "user@example.test", "--quiet",
             "--unknown-recipient", "nobody@example.test", "--timeout-scale", "0.1", "--jobs", "8",
             "--json", result, *options], capture_output=True, timeout=200)
        self.assertEqual((run.returncode, run.stderr), (0, b""))
        cases = {case["id"]: case for case in json.loads(result.read_text())["results"]}
        mine = len(list(self.folder.glob("user/new/*")))
        return cases, mine, len(list(self.folder.glob("*/new/*"))) - mine

    def test_few_is_a_handful_to_the_recipient_only(self):
        cases, mine, others = self.check("--mail", "few")
        self.assertEqual(others, 0)
        self.assertLessEqual(mine, HANDFUL)
        self.assertGreaterEqual(mine, 3)
        skipped = [case for case in cases.values() if case.get("reason") == "needs --mail many"]
        self.assertGreater(len(skipped), 20)
        self.assertEqual({case["verdict"] for case in skipped}, {"skipped"})
        # What matters most is judged all the same.
        for case in ("5321-4.1.1.4-eod-only-crlf", "5321-4.1.1.4-state-after-eod"):
            self.assertEqual(cases[case]["verdict"], "pass", case)

    def test_a_server_of_this_machine_gets_all(self):
        cases, mine, others = self.check("--only", "5321-4.1.1.4-*", "--only", "5321-4.5.2-*")
        self.assertEqual(others, 0)
        self.assertGreater(mine, 3)
        self.assertNotIn("needs --mail many", [case.get("reason") for case in cases.values()])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
