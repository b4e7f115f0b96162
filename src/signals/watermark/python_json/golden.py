"""Writes golden.jsonl: JSON texts, and what Python makes of them. Run it with any Python 3.10 or later."""

import json
import random
from pathlib import Path

random.seed(20260610)

KEYS = ["prompt", "steps", "scale", "uc", "seed", "sampler", "noise", "a\\u00e9", "caf\u00e9", "", "\\n", "\\ud83d\\ude00",
        "v4_prompt", "char_captions", "centers", "x", "y", "signed_hash"]
PARTS = ["a", "masterpiece, ", "{{", "}}", "\u00e9", "\u65e5\u672c", "\U0001f600", "\\u00e9", "\\u00E9", "\\ud83d\\ude00",
         "\\ud83d", "\\ude00", "\\ude00\\ud83d", "\\n", "\\t", "\\r", "\\b", "\\f", "\\/", "/", "\\\"", "\\\\", "\u007f", "\\u007f",
         "\\u001f", "\\u0000", "\u2028", "\ufeff", "'", "&", "<", " "]
NUMBERS = ["0", "-0", "1", "-1", "28", "4294967295", "123456789012345678901234567890", "0.0", "-0.0", "1.0", "5.50", "0.1",
           "0.10", "7.000", "1e5", "1E5", "1e+5", "1e-5", "1e-4", "0.0001", "0.00001", "1e15", "1e16", "1e17", "123456789012345.6",
           "1234567890123456.7", "12345678901234567.8", "1e22", "1e23", "9007199254740993.0", "5e-324", "2.5e-324", "1e-400", "1e400",
           "-1e400", "1.7976931348623157e308", "0.30000000000000004", "0.69999999999999996", "2.2250738585072014e-308", "1.5E-7",
           "-2.5e-05", "100000.0", "0.02", "3.141592653589793238462643"]
SPACES = ["", "", "", " ", "  ", "\n", "\t", "\r\n"]
WRONG = ["", "{", "{}x", "[1]", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":1e}", "{\"a\":-}", "{\"a\":tru}", "{a:1}",
         "{\"a\":1,}", "{\"a\":[1,]}", "{\"a\" 1}", "{'a':1}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\u+123\"}", "{\"a\":\"\n\"}",
         "{\"a\":\"\u0001\"}", "{\"a\":nan}", "{\"a\":--1}", "{\"a\":0x10}", "{\"a\":1_000}", "{,}", "{\"a\":1 2}", "\u00a0{}", "{\u00a0}",
         "{\"a\":\u0661}", "{\"a\":1e5.5}", "{\"a\":Infinit}", "{\"a\":1}}", "null", "{\"a\":\"b}"]


def space():
    return random.choice(SPACES)


def string(parts):
    return '"' + "".join(parts) + '"'


def value(depth):
    kind = random.randrange(8 if depth < 4 else 5)
    if kind < 2:
        return string(random.choices(PARTS, k=random.randrange(6)))
    if kind < 4:
        return random.choice(NUMBERS) if random.random() < 0.7 else repr(random.uniform(-1, 1) * 10 ** random.randrange(-8, 20))
    if kind == 4:
        return random.choice(["true", "false", "null", "NaN", "Infinity", "-Infinity"])
    if kind == 5:
        return "[" + (space() + "," + space()).join(value(depth + 1) for _ in range(random.randrange(4))) + "]"
    return any_object(depth + 1)


def any_object(depth):
    fields = [space() + string([random.choice(KEYS)]) + space() + ":" + space() + value(depth) + space()
              for _ in range(random.randrange(7))]
    return "{" + ",".join(fields) + space() + "}"


def row(text):
    try:
        read = json.loads(text)
        if not isinstance(read, dict):
            raise ValueError(text)
        return [text, json.dumps(read)]
    except (ValueError, RecursionError):
        return [text, None]


texts = WRONG + [space() + any_object(0) + space() for _ in range(400)]
texts += [f'{{"n": {number}, "l": [{number},{number}]}}' for number in NUMBERS]
out = Path(__file__).with_name("golden.jsonl")
out.write_text("".join(json.dumps(row(text)) + "\n" for text in texts), encoding="utf-8")
