#!/usr/bin/env python3
"""Reads our .hlog with HdrHistogram's own HistogramLogProcessor and compares every row it prints.

usage: hlog_java_test.py HLOG_SAMPLE_PROGRAM
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

JAR = "/usr/share/java/hdrhistogram.jar"  # Debian's libhdrhistogram-java
PROCESSOR = ["java", "-cp", JAR, "org.HdrHistogram.HistogramLogProcessor"]
ROW = re.compile(r"^\s*([0-9.]+)\s+([0-9.]+)\s+(\d+)(?:\s+(?:[0-9.]+|Infinity|inf))?\s*$")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def read_expectations(text):
    """{tag: {count, min, max, cumulative {highest value of a slot: values up to it}, quantiles by text}}"""
    tags = {}
    for line in text.splitlines():
        kind, first, *rest = line.split()
        if kind == "tag":
            total = 0
            entry = tags[first] = {"cumulative": {}, "quantiles": {}}
            entry["count"], entry["min"], entry["max"] = map(int, rest)
        elif kind == "slot":
            total += int(rest[0])
            entry["cumulative"][int(first)] = total
        else:
            entry["quantiles"][first] = int(rest[0])
    return tags


def check_tag(log, tag, expected):
    output = run(*PROCESSOR, "-i", log, "-tag", tag, "-outputValueUnitRatio", "1")
    rows = [match for match in map(ROW.match, output.splitlines()) if match]
    problems = []
    quantiles = 0
    for number, row in enumerate(rows, 1):
        value, total = round(float(row[1])), int(row[3])
        if number > 1 and expected["cumulative"].get(value) != total:
            ours = expected["cumulative"].get(value)
            problems.append(f"value {value}: Java counts {total} up to it, we {ours}")
        # Among rows rounded to 1.000000000000 only the last one is the maximum.
        if row[2] in expected["quantiles"] and (float(row[2]) < 1 or number == len(rows)):
            quantiles += 1
            # Ours is never above the maximum; theirs is the highest value of the slot.
            ours = expected["quantiles"][row[2]]
            if ours != min(value, expected["max"]):
                problems.append(f"quantile {row[2]}: Java {value}, we {ours}")
    found = re.search(r"Total count\s*=\s*(\d+)", output)
    if not found or int(found[1]) != expected["count"]:
        problems.append(f"Java counts {found and found[1]} values, we {expected['count']}")
    if quantiles < 2:
        problems.append(f"only {len(rows)} rows, {quantiles} known quantiles in:\n{output[:2000]}")
    print(f"{tag}: {len(rows)} rows, {quantiles} quantiles compared, {len(problems)} problems")
    return [f"{tag}: {problem}" for problem in problems]


def main():
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        log = str(Path(folder) / "sample.hlog")
        expectations = read_expectations(run(sys.argv[1], log))
        listed = set(run(*PROCESSOR, "-i", log, "-listtags").split())
        if not set(expectations) <= listed:
            problems.append(f"tags: Java lists {sorted(listed)}, we wrote {sorted(expectations)}")
        for tag, expected in expectations.items():
            problems += check_tag(log, tag, expected)
    print("\n".join(problems))
    return 1 if problems or not expectations else 0


if __name__ == "__main__":
    sys.exit(main())
