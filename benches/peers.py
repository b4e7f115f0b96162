#!/usr/bin/env python3
"""What a scan costs beside the Python tools that match photographs with PDQ lists, in one run, as ratios of CPU time.

    pip install threatexchange
    cargo build --release --ignore-rust-version
    python3 benches/peers.py FOLDER_OF_PHOTOGRAPHS [FILES [ENTRIES [ROUNDS]]]

Every way gets the same photographs and the same list of random hashes, of which none matches. A scan looks up all eight
turns of every picture and everything else that it looks for; `tx match` does so for the turns only with --rotations.
`pdqhash` is measured as a loop that decodes with Pillow and hashes once, without looking anything up. Starting Python is
measured apart, and taken off; preparing the index is part of a run of `tx`, as opening the list is part of a scan.
"""

import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = Path(__file__).parent.parent / "target/release/provscan"

LOOP = """
import sys
import numpy, pdqhash
from PIL import Image
for path in sys.argv[1:]:
    pdqhash.compute(numpy.asarray(Image.open(path).convert("RGB")))
"""

IMPORTS = "import numpy, pdqhash; from PIL import Image"


def cpu_seconds(command, home):
    """User and system time of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        command,
        env={**os.environ, "HOME": str(home), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode not in (0, 1, 3):
        sys.exit(f"{command[:4]} ended with {ended.returncode}: {ended.stderr.decode()[-500:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def prepare(folder, entries):
    """The list in both programs' forms; `tx` fetches it and builds its index here."""
    numbers = random.Random(1)
    hashes = [numbers.randbytes(32).hex() for _ in range(entries)]
    ours, theirs = folder / "list.txt", folder / "list.tx"
    ours.write_text("".join(f"pdq {one}\n" for one in hashes))
    theirs.write_text("".join(f"pdq {one}\n" for one in hashes))
    compiled = folder / "list.provlist"
    setup = [
        [PROGRAM, "list", "import", ours, "-o", compiled],
        ["tx", "config", "collab", "edit", "local_file", "--create", "list", "--filename", theirs],
        ["tx", "fetch"],
    ]
    for command in setup:
        cpu_seconds(list(map(str, command)), folder)
    return compiled


def main(photographs, files=100, entries=1_000_000, rounds=3):
    for needed in ["tx", "python3"]:
        if shutil.which(needed) is None:
            sys.exit(f"{needed} is not there: pip install threatexchange")
    paths = sorted(str(path) for path in Path(photographs).glob("*.jpg"))[: int(files)]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        compiled = prepare(folder, int(entries))
        scan = [str(PROGRAM), "scan", "-q", "-j1", "--format", "jsonl", "--list", str(compiled)]
        ways = {
            "provscan scan": scan + paths,
            "tx match --rotations": ["tx", "match", "-S", "pdq", "--rotations", "photo", *paths],
            "tx match": ["tx", "match", "-S", "pdq", "photo", *paths],
            "pdqhash and Pillow": ["python3", "-c", LOOP, *paths],
        }
        starts = {"pdqhash and Pillow": ["python3", "-c", IMPORTS]}
        times = {name: [] for name in ways}
        for _ in range(int(rounds)):
            for name, command in ways.items():
                start = cpu_seconds(starts[name], folder) if name in starts else 0
                times[name].append(cpu_seconds(command, folder) - start)
    ours = statistics.median(times["provscan scan"])
    print(f"{len(paths)} photographs, {entries} entries, CPU time, median of {rounds}")
    for name, seconds in times.items():
        each = statistics.median(seconds) / len(paths)
        spread = (max(seconds) - min(seconds)) / statistics.median(seconds)
        ratio = statistics.median(seconds) / ours
        print(f"  {name:22} {each * 1000:8.2f} ms a file  ({spread:.0%} spread)  {ratio:6.2f} times a scan")


if __name__ == "__main__":
    main(*sys.argv[1:])
