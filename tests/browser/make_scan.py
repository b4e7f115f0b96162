"""Writes a stored scan of many inputs that nobody scanned: `make_scan.py ROWS SAMPLES > scan.jsonl`.

Records are those of the samples, over and over under other names, so that all that the program can say is among them.
"""

import json
import pathlib
import sys

HOSTILE = [
    "a</script><script>alert(document.domain)</script>.jpg",
    "<img src=x onerror=alert(1)>.png",
    "photo\u202egpj.exe",
    "line\nbreak \x1b[31mred.jpg",
    "javascript:alert(1)",
    "=cmd|'/c calc'!A1.jpg",
    "\u05e2\u05d1\u05e8\u05d9\u05ea.jpg",
]


def records(samples):
    for path in sorted(pathlib.Path(samples).glob("*/*.json")):
        record = json.loads(path.read_text())
        if record.get("type") == "image":
            yield record


def share(number):
    """Which template the input with this number has: most inputs of a real scan have nothing in them."""
    return number * 2654435761 % 2**32 / 2**32


def main(rows, samples):
    templates = list(records(samples))
    plain = [one for one in templates if one["verdict"] == "no-evidence" and not one["evidence"]]
    folders = ["uploads/2026-%02d" % month for month in range(1, 13)] + ["partners/agency", "partners/desk", "inbox"]
    counts = {"verdicts": {}, "actions": {}, "bytes": 0, "incomplete": 0}
    for number in range(rows):
        chosen = share(number)
        few = plain if chosen < 0.8 else templates
        record = dict(few[int(chosen * 1e6) % len(few)])
        folder = folders[int(share(number * 7 + 1) * len(folders))]
        ending = record["path"].rsplit(".", 1)[-1]
        record["path"] = f"/data/{folder}/{number % 97:02d}/IMG_{number:06d}.{ending}"
        if number < len(HOSTILE):
            record["path"] = "/data/inbox/" + HOSTILE[number]
        if number % 211 < 3:
            record["group"] = {"id": f"{number // 211:016x}", "size": 3}
        counts["bytes"] += record.get("bytes", 0)
        counts["incomplete"] += bool(record.get("errors"))
        for key in ("verdict", "action"):
            words = counts[key + "s"]
            words[record[key]] = words.get(record[key], 0) + 1
        print(json.dumps(record, ensure_ascii=False))
    verdicts = "known tampered ai-generated ai-edited ai-ingredient edited captured may-contain-ai no-evidence unchecked other-file".split()
    print(json.dumps({
        "schema": "provscan/1", "type": "summary", "inputs": rows, "bytes": counts["bytes"], "incomplete": counts["incomplete"],
        "other_files": 0,
        "verdicts": {word: counts["verdicts"].get(word, 0) for word in verdicts},
        "actions": {word: counts["actions"].get(word, 0) for word in ("pass", "label", "review", "block")},
    }))


main(int(sys.argv[1]), sys.argv[2])
