"""watch.py NAME SECONDS PROCESS: what a process and its children take meanwhile, as NAMEProcessor= (share of a core),
NAMEMegabytes= (resident, of all of them; they are one program, so the pages that they share with files count once) and
NAMEPrivateMegabytes= (of the process, without the pages that it shares with files). Prints where the memory is to
standard error."""

import os
import sys
import time


def processor_seconds(process):
    """By the process's own clock: ticks in /proc are too coarse for what is nearly nothing."""
    return time.clock_gettime((~process << 3) | 2)


def children(process):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == process:
            found.append(int(name))
    return found


def sizes(process):
    with open(f"/proc/{process}/status") as file:
        fields = dict(line.split(":", 1) for line in file)
    return {name: int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon", "RssFile")}


def threads(process):
    """Name and processor seconds of each thread."""
    result = {}
    for task in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{task}/stat") as file:
            name, fields = file.read().split("(", 1)[1].rsplit(")", 1)
        fields = fields.split()
        ticks = int(fields[11]) + int(fields[12])
        result[int(task)] = name, ticks / os.sysconf("SC_CLK_TCK")
    return result


name, seconds, process = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
family = [process] + children(process)
before = sum(processor_seconds(member) for member in family)
busy = threads(process)
start = time.monotonic()
time.sleep(seconds)
elapsed = time.monotonic() - start
print(f"{name}Processor={(sum(processor_seconds(member) for member in family) - before) / elapsed}")
held = {member: sizes(member) for member in family}
anonymous = sum(size["VmRSS"] - size["RssFile"] for size in held.values())
print(f"{name}Megabytes={anonymous + max(size['RssFile'] for size in held.values())}")
print(f"{name}PrivateMegabytes={held[process]['RssAnon']}")

for task, (comm, seconds) in threads(process).items():
    share = (seconds - busy.get(task, (comm, 0))[1]) / elapsed
    print(f"# {name}: thread {comm}: {share:.2%} of a core", file=sys.stderr)
for size in held.values():
    print(f"# {name}: {size['RssAnon']:.1f} MB own, {size['RssFile']:.1f} MB of files", file=sys.stderr)
