#!/usr/bin/env bash
# Writes data-set.parquet as the Python library `datasets` writes images: a group of bytes and path. Needs pyarrow (pip install pyarrow).
set -euo pipefail
cd "$(dirname "$0")/.."
python3 - <<'PYTHON'
from pathlib import Path
import pyarrow as pa
import pyarrow.parquet as pq

kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
read = lambda path: {"bytes": Path(path).read_bytes(), "path": Path(path).name}
images = [read("plain/icon.bmp"), None, read("generator_metadata/flux.jpg"), {"bytes": None, "path": "elsewhere.jpg"}]
table = pa.table({"image": pa.array(images, kind), "label": pa.array([0, 0, 1, 1], pa.int64())})
pq.write_table(table, "archives/data-set.parquet", compression="snappy", row_group_size=2)
PYTHON
