#!/usr/bin/env python3
"""`smtpgauge resolve` against knot with the zone that ci/servers/knot serves.

usage: resolve_command_test.py PATH_TO_SMTPGAUGE PATH_TO_CI_SERVERS_KNOT
"""
import json
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
KNOT = ""


class Resolve(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        started = subprocess.run([KNOT, "start", cls.directory.name], check=True, timeout=120,
                                 capture_output=True, text=True)
        facts = dict(line.split("=", 1) for line in started.stdout.splitlines() if "=" in line)
        cls.server = "127.0.0.1:" + facts["port"]

    @classmethod
    def tearDownClass(cls):
        subprocess.run([KNOT, "stop", cls.directory.name], check=True, timeout=120,
                       capture_output=True)
        cls.directory.cleanup()

    def resolve(self, *arguments):
        return subprocess.run([PROGRAM, "resolve", *arguments], timeout=60, capture_output=True,
                              text=True)

    def plan(self, domain, status=0):
        done = self.resolve(domain, "--dns", self.server, "--json")
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def findings(self, plan):
        return {(finding["id"], finding["host"]) for finding in plan["findings"]}

    def test_hosts_come_in_order_of_preference(self):
        plan = self.plan("example.test")
        self.assertEqual([host["preference"] for host in plan["hosts"]], [10, 20, 20, 30])
        self.assertEqual(plan["hosts"][0]["host"], "mail.example.test")
        self.assertEqual(plan["hosts"][0]["addresses"], [{"address": "127.0.0.1", "ttl_s": 60}])
        self.assertIn(("alias-target", "cname-mx.example.test"), self.findings(plan))

    def test_equal_preferences_are_mixed_by_the_seed(self):
        seen = set()
        for seed in range(16):
            done = self.resolve("example.test", "--dns", self.server, "--json",
                                "--seed", str(seed))
            seen.add(json.loads(done.stdout)["hosts"][1]["host"])
        self.assertEqual(seen, {"backup.example.test", "backup2.example.test"})

    def test_an_answer_too_large_for_udp_is_whole(self):
        self.assertEqual(len(self.plan("many.example.test")["hosts"]), 60)

    def test_domains_without_a_way_give_3_and_a_reason(self):
        self.assertTrue(self.plan("null.example.test", 3)["null_mx"])
        self.assertEqual(self.plan("nowhere.example.test", 3)["status"], "no-domain")
        self.assertTrue(self.plan("nomail.example.test", 3)["implicit"])
        self.assertIn(("no-address", "absent.example.test"),
                      self.findings(self.plan("lost.example.test", 3)))

    def test_the_domain_itself_stands_in_for_its_mx(self):
        self.assertTrue(self.plan("user@implicit.example.test")["implicit"])

    def test_text_names_host_address_and_finding(self):
        done = self.resolve("mx:badmx.example.test", "--dns", self.server)
        self.assertEqual(done.returncode, 0)
        for part in ("cname-mx.example.test", "127.0.0.1", "alias of mail.example.test",
                     "RFC 2181 10.3"):
            self.assertIn(part, done.stdout)

    def test_usage_errors_give_2_and_say_what_is_expected(self):
        for arguments in (["a b"], ["192.0.2.1"], ["example.test", "--dns", "ns.example"], []):
            done = self.resolve(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertNotEqual(done.stderr, "")


if __name__ == "__main__":
    PROGRAM, KNOT = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
