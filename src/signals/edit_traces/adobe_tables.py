#!/usr/bin/env python3
"""Measures the quantisation tables that Adobe's programs write, from JPEG files that name their writer themselves.

    python3 adobe_tables.py FOLDER_OR_FILE... > adobe_tables.csv

A file counts if Adobe's encoder left its segment in it (APP14, `Adobe`, version 100) and the file names the program: in
Photoshop's resource 0x0406 with the quality, in the segment `Ducky` of "Save for Web", or as Lightroom in its metadata.
Left out are tables that are those of libjpeg at some quality, since everybody writes them, the one of Pillow's preset "low",
which only files that name Lightroom without a quality have, and pictures of 16 pixels or
fewer on a side, into which test suites transplant the metadata of others. Every file counts once, by its SHA-256.

A row holds the first 16 hex digits of the SHA-256 of the tables: for each, in the order of their numbers, the number, the
bytes in a value (1 or 2), and the 64 values as they are stored.
"""

import hashlib
import os
import re
import sys
from collections import Counter, defaultdict

LUMA = [16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60,
        57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112,
        100, 120, 92, 101, 103, 99]
CHROMA = [17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66] + [99] * 50


LEFT_OUT = {"18eab096c69799fb"}


def libjpeg():
    """Every table that libjpeg makes, for luma and for chroma."""
    for quality in range(1, 101):
        scale = 5000 // quality if quality < 50 else 200 - 2 * quality
        for table in (LUMA, CHROMA):
            yield bytes(min(max((value * scale + 50) // 100, 1), 255) for value in table)


COMMON = set(libjpeg())


def segments(data):
    """Markers and bodies up to the first scan."""
    at = 2
    while at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF or marker == 0xFF:
            at += 1
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            at += 2
        elif marker in (0xDA, 0xD9):
            return
        else:
            length = int.from_bytes(data[at + 2:at + 4], "big")
            yield marker, data[at + 4:at + 2 + length]
            at += 2 + max(length, 2)


def tables_of(bodies):
    tables = {}
    for body in bodies:
        while body:
            width, number = (body[0] >> 4) + 1, body[0] & 15
            values = body[1:1 + 64 * width]
            if width > 2 or number > 3 or len(values) < 64 * width:
                break
            tables[number] = (width, values)
            body = body[1 + 64 * width:]
    return sorted((number, width, values) for number, (width, values) in tables.items())


def resource(body, wanted):
    """An image resource of Photoshop."""
    at = body.find(b"8BIM")
    while at >= 0 and body[at:at + 4] == b"8BIM" and at + 12 <= len(body):
        name = body[at + 6] + 1
        size_at = at + 6 + name + name % 2
        size = int.from_bytes(body[size_at:size_at + 4], "big")
        if int.from_bytes(body[at + 4:at + 6], "big") == wanted:
            return body[size_at + 4:size_at + 4 + size]
        at = size_at + 4 + size + size % 2
    return None


def ducky(body):
    """The quality that "Save for Web" was set to."""
    if body.startswith(b"Ducky\0\x01\0\x04"):
        return int.from_bytes(body[9:13], "big")
    return None


def writer(found, data):
    """Who wrote it and at which quality, by the file's own words."""
    for marker, body in found:
        if marker == 0xEC and ducky(body) is not None:
            return "Photoshop Save for Web", str(ducky(body))
    head = data[:200_000]
    agents = re.findall(rb"softwareAgent=\"([^\"]*)\"", head) or re.findall(rb"CreatorTool=\"([^\"]*)\"", head)
    if agents and b"Lightroom" in agents[-1]:
        return "Lightroom", ""
    for marker, body in found:
        quality = resource(body, 0x0406) if marker == 0xED else None
        if quality and len(quality) >= 2:
            return "Photoshop", str(int.from_bytes(quality[:2], "big", signed=True) + 4)
    return None, ""


def look(path, rows, seen):
    with open(path, "rb") as file:
        data = file.read(3)
        if data != b"\xff\xd8\xff":
            return
        data += file.read()
    digest = hashlib.sha256(data).digest()
    if digest in seen:
        return
    seen.add(digest)
    found = list(segments(data))
    tables = tables_of(body for marker, body in found if marker == 0xDB)
    sizes = [body[1:5] for marker, body in found if 0xC0 <= marker <= 0xC2]
    small = any(min(int.from_bytes(size[:2], "big"), int.from_bytes(size[2:], "big")) <= 16 for size in sizes)
    if not tables or small or all(values in COMMON for _, _, values in tables):
        return
    key = b"".join(bytes([number, width]) + values for number, width, values in tables)
    adobe = any(marker == 0xEE and body.startswith(b"Adobe\0d") for marker, body in found)
    rows[hashlib.sha256(key).hexdigest()[:16]].append(writer(found, data) if adobe else (None, ""))


def paths(arguments):
    for argument in arguments:
        if os.path.isfile(argument):
            yield argument
        for folder, _, files in os.walk(argument):
            yield from filter(os.path.isfile, (os.path.join(folder, file) for file in files))


def main():
    rows, seen = defaultdict(list), set()
    for path in paths(sys.argv[1:]):
        look(path, rows, seen)
    print("tables,writer,quality,files")
    lines = []
    for digest, writers in rows.items():
        if digest in LEFT_OUT:
            continue
        named = Counter(who for who in writers if who[0])
        if named:
            (program, quality), _ = min(named.items(), key=lambda row: (-row[1], row[0]))
            lines.append((program, int(quality or -1), digest, quality, sum(named.values())))
    for program, _, digest, quality, files in sorted(lines):
        print(f"{digest},{program},{quality},{files}")


if __name__ == "__main__":
    main()
