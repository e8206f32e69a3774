"""`smtpgauge report` on stored results: the golden reports come out again, errors have their status.

usage: report_command_test.py SMTPGAUGE GOLDEN_FOLDER
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
GOLDEN = pathlib.Path(sys.argv[2])


def report(*arguments, stdin=b""):
    return subprocess.run([PROGRAM, "report", *map(str, arguments)], input=stdin,
                          capture_output=True, timeout=60)


class ReportCommand(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_makes_every_report_again(self):
        for result in ("check", "load"):
            stored = GOLDEN / f"{result}.json"
            for name, extension in (("html", "html"), ("junit", "xml"), ("json", "json")):
                golden = (GOLDEN / f"{result}.{extension}").read_bytes()
                run = report(stored, "--to", name)
                self.assertEqual((run.returncode, run.stderr), (0, b""))
                self.assertEqual(run.stdout, golden, name)
                file = self.folder / f"again.{extension}"
                self.assertEqual(report(stored, "--output", file).returncode, 0)
                self.assertEqual(file.read_bytes(), golden, name)
        self.assertEqual(report(GOLDEN / "check.json").stdout, (GOLDEN / "check.txt").read_bytes())
        self.assertEqual(report(GOLDEN / "check.json", "-v").stdout,
                         (GOLDEN / "check_full.txt").read_bytes())

    def test_reads_standard_input(self):
        run = report("-", "--to", "junit", stdin=(GOLDEN / "check.json").read_bytes())
        self.assertEqual(run.stdout, (GOLDEN / "check.xml").read_bytes())

    def test_says_what_is_wrong(self):
        stored = GOLDEN / "check.json"
        for arguments, message in (
                ((stored, "--to", "pdf"), "text, json, junit, html"),
                ((stored, "--output", self.folder / "x.pdf"), "no format has this extension"),
                ((stored, "--output", self.folder / "none" / "x.html"), "No such file or directory"),
                ((stored, "--to", "html", "--output", "/dev/full"), "No space left on device"),
                ((self.folder / "none.json",), "No such file or directory"),
                ((GOLDEN / "check.xml",), "not JSON"),
                ((), "RESULT")):
            run = report(*arguments)
            self.assertEqual(run.returncode, 2, run)
            self.assertIn(message, (run.stderr + run.stdout).decode())

    def test_notices_a_full_disk_on_standard_output(self):
        with open("/dev/full", "wb") as full:
            run = subprocess.run([PROGRAM, "report", GOLDEN / "check.json"], stdout=full,
                                 stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(run.returncode, 2)
        self.assertIn(b"standard output", run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
