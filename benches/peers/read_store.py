"""DuckDB, Polars and pyarrow read the data files of a store. See README.md.

    cargo run --release -- demo
    python benches/peers/read_store.py drillcore-store --drillcore target/release/drillcore

Goes by docs/format.md alone: manifests are JSON, data files are Parquet, deleted rows are Roaring sets.
"""

import argparse
import json
import math
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

MAGIC = 1681511377
NUMBERS = ("int", "uint", "float", "decimal")
# What readers may be required to know.
FEATURES = {"deletion_vectors"}


def newest(folder):
    """The body of the newest version in a folder of sealed JSON, without checking its digest."""
    files = sorted(file for file in folder.glob("*.json") if file.stem.isdigit())
    if not files:
        return None
    content = json.loads(files[-1].read_text())["content"]
    unknown = set(content["header"].get("reader_features", [])) - FEATURES
    if unknown:
        sys.exit(f"{files[-1]} cannot be read without knowing {', '.join(unknown)}")
    return content["body"]


def read_array(data, at, count):
    return list(struct.unpack_from(f"<{count}H", data, at)), at + 2 * count


def read_bits(data, at):
    words = struct.unpack_from("<1024Q", data, at)
    rows = [64 * place + bit for place, word in enumerate(words) if word for bit in range(64) if word >> bit & 1]
    return rows, at + 8192


def read_runs(data, at):
    (count,) = struct.unpack_from("<H", data, at)
    pairs = struct.unpack_from(f"<{2 * count}H", data, at + 2)
    rows = [start + more for start, length in zip(pairs[::2], pairs[1::2]) for more in range(length + 1)]
    return rows, at + 2 + 4 * count


def roaring(data):
    """The numbers of a 32-bit Roaring set in its portable form."""
    (cookie,) = struct.unpack_from("<I", data, 0)
    has_runs = cookie & 0xFFFF == 12347
    if has_runs:
        count, at = (cookie >> 16) + 1, 4
        flags = data[at : at + (count + 7) // 8]
        at += len(flags)
    elif cookie == 12346:
        (count,) = struct.unpack_from("<I", data, 4)
        flags, at = bytes((count + 7) // 8), 8
    else:
        sys.exit(f"not a Roaring set: {cookie}")
    heads = struct.unpack_from(f"<{2 * count}H", data, at)
    at += 4 * count
    if not has_runs or count >= 4:
        at += 4 * count  # where each container begins; they follow each other anyway
    rows = []
    for place in range(count):
        key, cardinality = heads[2 * place], heads[2 * place + 1] + 1
        if flags[place // 8] >> (place % 8) & 1:
            found, at = read_runs(data, at)
        elif cardinality > 4096:
            found, at = read_bits(data, at)
        else:
            found, at = read_array(data, at, cardinality)
        if len(found) != cardinality:
            sys.exit("a container has another number of rows than it says")
        rows += [key << 16 | low for low in found]
    if at != len(data):
        sys.exit("bytes are left behind a Roaring set")
    return rows


def deleted_rows(dataset, file):
    """The numbers of the rows of a data file that are gone."""
    where = file.get("deletions")
    if where is None:
        return []
    content = (dataset / where["path"]).read_bytes()
    (size,) = struct.unpack_from(">I", content, where["offset"])
    begin = where["offset"] + 4
    data = content[begin : begin + size]
    (checksum,) = struct.unpack_from(">I", content, begin + size)
    magic, buckets = struct.unpack_from("<IQ", data, 0)
    if content[0] != 1 or magic != MAGIC or checksum != zlib.crc32(data) or size != where["size"]:
        sys.exit(f"{where['path']} is not a file of deletion vectors")
    rows = roaring(data[16:]) if buckets else []
    if len(rows) != where["cardinality"]:
        sys.exit(f"{where['path']} deletes {len(rows)} rows, its manifest says {where['cardinality']}")
    return rows


def by_duckdb(path, columns, gone):
    db = duckdb.connect()
    db.register("gone", pa.table({"row": pa.array(gone, pa.int64())}))
    sums = "".join(f', sum("{column}")' for column in columns)
    rows = f"read_parquet('{path}', file_row_number = true)"
    return db.execute(f"SELECT count(*){sums} FROM {rows} WHERE file_row_number NOT IN (FROM gone)").fetchone()


def by_polars(path, columns, gone):
    rows = pl.scan_parquet(path, row_index_name="#row")
    dead = pl.LazyFrame({"#row": pl.Series(gone, dtype=pl.get_index_type())})
    living = rows.join(dead, on="#row", how="anti")
    return living.select(pl.len().alias("#count"), *(pl.col(column).sum() for column in columns)).collect().row(0)


def by_pyarrow(path, columns, gone):
    file = pq.ParquetFile(path)
    kept = pa.array(range(file.metadata.num_rows), pa.int64())
    kept = kept.filter(pc.invert(pc.is_in(kept, pa.array(gone, pa.int64()))))
    table = file.read(columns=columns).take(kept) if columns else None
    return [len(kept), *(pc.sum(table[column]).as_py() for column in columns)]


READERS = {
    f"DuckDB {duckdb.__version__}": by_duckdb,
    f"Polars {pl.__version__}": by_polars,
    f"pyarrow {pa.__version__}": by_pyarrow,
}


def read(dataset, manifest, columns, reader):
    """The number of rows and the sums of a version. A column that a file lacks is NULL in all of its rows."""
    rows, sums = 0, dict.fromkeys(columns, 0)
    for file in manifest["files"]:
        path = dataset / file["path"]
        held = set(pq.read_schema(path).names)
        present = [column for column in columns if column in held]
        count, *found = reader(str(path), present, deleted_rows(dataset, file))
        rows += count
        for column, value in zip(present, found, strict=True):
            sums[column] += value or 0
    return {"rows": rows} | sums


def asked(binary, store, name, columns):
    """What drillcore answers to the same question, and how many rows it says there are."""
    run = [binary, "--store", str(store)]
    described = subprocess.run([*run, "describe", name, "--format", "json"], check=True, capture_output=True).stdout
    measures = [{"dataset_id": name, "column_id": column, "aggregation": "sum"} for column in columns]
    measures.insert(0, {"dataset_id": name, "column_id": "*", "aggregation": "count"})
    query = json.dumps({"queries": [{"as": "sums", "measures": measures}]}).encode()
    command = [*run, "query", "-", "--format", "json"]
    answer = json.loads(subprocess.run(command, input=query, check=True, capture_output=True).stdout)
    (row,) = answer.get("results", [answer])[0]["data"]
    rows = json.loads(described)["snapshot"]["rows"]
    if row[0] != rows:
        sys.exit(f"{name}: {row[0]} rows in the answer, {rows} in the description")
    return {"rows": rows} | {column: value or 0 for column, value in zip(columns, row[1:], strict=True)}


def same(one, other):
    return math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-9)


def compare(title, wanted, found, name):
    for column, value in wanted.items():
        exact = column == "rows" or type(value) is int and type(found[column]) is int
        if not (value == found[column] if exact else same(value, found[column])):
            sys.exit(f"{name}: `{column}` is {value} by {title[0]} and {found[column]} by {title[1]}")


def check(arguments, name, dataset):
    """A dataset without a name is known to the process that made it only, and cannot be asked for."""
    manifest = newest(dataset / "manifest")
    fields = manifest["schema"]["fields"]
    columns = [field["name"] for field in fields if field["type"].startswith(NUMBERS) and field["name"][0] != "#"]
    answers = {title: read(dataset, manifest, columns, reader) for title, reader in READERS.items()}
    answers["the manifest"] = {"rows": manifest["rows"]}
    if arguments.drillcore and name:
        answers["drillcore"] = asked(arguments.drillcore, arguments.store, name, columns)
    name = name or dataset.name
    if arguments.figures:
        last = json.loads(arguments.figures.read_text())["deltas"][-1]["answer"][0]
        answers["delta-dump"] = dict(zip(["rows", "items", "price"], last, strict=True))
    (first, found), *others = answers.items()
    for title, other in others:
        compare((title, first), other, found, name)
    dead = sum(file["deletions"]["cardinality"] for file in manifest["files"] if file.get("deletions"))
    print(f"{name}: {found['rows']:,} rows, {dead:,} deleted ones left out, {len(manifest['files'])} files,", end=" ")
    print(f"{len(columns)} sums, all the same by {', '.join(answers)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store", type=Path, help="the folder of a store")
    parser.add_argument("--drillcore", help="the command line tool, to compare its answers too")
    parser.add_argument("--figures", type=Path, help="drillcore.json of delta-dump, to compare with its last answer")
    arguments = parser.parse_args()
    catalog = newest(arguments.store / "catalog") or {"datasets": {}}
    names = {entry["id"]: name for name, entry in catalog["datasets"].items()}
    found = [dataset for dataset in sorted((arguments.store / "datasets").iterdir()) if newest(dataset / "manifest")]
    for dataset in found:
        check(arguments, names.get(dataset.name), dataset)
    if not found:
        sys.exit(f"{arguments.store} has no versions of any dataset")


if __name__ == "__main__":
    main()
