"""What does not depend on the machine's mood, and the micro-benchmarks."""

import json
import os
import subprocess

from paired import BUILD, PROGRAM, ROOT


def counts(_):
    print("\nWork per message that does not depend on the machine's mood")
    script = os.path.join(ROOT, "tests", "bench", "cost_gate.py")
    out = subprocess.run([script, PROGRAM, "--report"], capture_output=True, text=True, check=False)
    print(out.stdout, end="")
    return {"text": out.stdout, "reached": out.returncode == 0}


def micro(_):
    print("\nMicro-benchmarks")
    out = subprocess.run([os.path.join(BUILD, "smtpgauge_bench"), "--benchmark_min_time=0.1",
                          "--benchmark_format=json"], capture_output=True, text=True, check=True)
    result = json.loads(out.stdout)
    for row in result["benchmarks"]:
        print(f"     {row['name']:46} {row['cpu_time']:12.1f} {row['time_unit']}")
    return [{"name": row["name"], "cpu_time": row["cpu_time"], "unit": row["time_unit"]}
            for row in result["benchmarks"]]
