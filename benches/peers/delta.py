"""The same keyed deltas in drillcore, DuckDB, Polars and chDB. See README.md.

    cargo run --release --bin delta-dump -- /tmp/delta
    python benches/peers/delta.py /tmp/delta
"""

import argparse
import json
import math
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

COLUMNS = {
    "id": "Int64",
    "created_at": "DateTime64(6, 'UTC')",
    "updated_at": "DateTime64(6, 'UTC')",
    "status": "String",
    "mode": "String",
    "part": "Int64",
    "quantity": "Float64",
    "price": "Float64",
    "discount": "Float64",
    "items": "Int64",
}
CHECKED = "count(*), sum(items), sum(price)"
# The query that follows a delta.
NEXT = "status, count(*), sum(quantity), sum(price)"


def sync(path):
    """Makes a file or folder durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class DuckDb:
    """A database file. A commit syncs its log."""

    KEY = ""
    NAME = "delete and insert"
    STATEMENTS = ["DELETE FROM lines WHERE id IN (SELECT id FROM {delta})", "INSERT INTO lines SELECT * FROM {delta}"]

    def __init__(self, folder, threads):
        import duckdb

        self.title = f"DuckDB {duckdb.__version__}, {self.NAME}"
        self.db = duckdb.connect(str(folder / "lines.duckdb"), config={"threads": threads})

    def load(self, file):
        self.db.execute(f"CREATE TABLE lines AS SELECT * FROM '{file}'")
        if self.KEY:
            self.db.execute(self.KEY)
        self.db.execute("CHECKPOINT")

    def apply(self, file):
        self.db.execute("BEGIN")
        for statement in self.STATEMENTS:
            self.db.execute(statement.format(delta=f"'{file}'"))
        self.db.execute("COMMIT")

    def checked(self):
        return self.db.execute(f"SELECT {CHECKED} FROM lines").fetchone()

    def ask(self):
        return self.db.execute(f"SELECT {NEXT} FROM lines GROUP BY 1 ORDER BY 1").fetchall()

    def close(self):
        self.db.close()


class DuckDbMerge(DuckDb):
    """The key is found by a join."""

    NAME = "MERGE INTO"
    STATEMENTS = [
        "MERGE INTO lines USING (FROM {delta}) AS delta USING (id) WHEN MATCHED THEN UPDATE "
        "WHEN NOT MATCHED THEN INSERT"
    ]


class DuckDbConflict(DuckDb):
    """The key is found in the index of a primary key."""

    NAME = "INSERT ON CONFLICT, primary key"
    KEY = "ALTER TABLE lines ADD PRIMARY KEY (id)"
    STATEMENTS = [
        "INSERT INTO lines SELECT * FROM {delta} ON CONFLICT (id) DO UPDATE SET "
        + ", ".join(f"{column} = excluded.{column}" for column in COLUMNS if column != "id")
    ]


class Polars:
    """A Parquet file that is written anew, synced, and put in place of the one before."""

    def __init__(self, folder, threads):
        os.environ["POLARS_MAX_THREADS"] = str(threads)
        import polars

        self.pl = polars
        self.title = f"Polars {polars.__version__}, rewrite of a Parquet file"
        self.file = folder / "lines.parquet"

    def write(self, frame):
        written = self.file.with_suffix(".new")
        frame.sink_parquet(written, compression="zstd", compression_level=3)
        sync(written)
        written.rename(self.file)
        sync(self.file.parent)

    def load(self, file):
        self.write(self.pl.scan_parquet(file))

    def apply(self, file):
        delta = self.pl.scan_parquet(file)
        held = self.pl.scan_parquet(self.file).join(delta, on="id", how="anti")
        self.write(self.pl.concat([held, delta]))

    def checked(self):
        pl = self.pl
        frame = pl.scan_parquet(self.file).select(pl.len(), pl.col("items").sum(), pl.col("price").sum())
        return frame.collect().row(0)

    def ask(self):
        pl = self.pl
        measures = [pl.len(), pl.col("quantity").sum(), pl.col("price").sum()]
        return pl.scan_parquet(self.file).group_by("status").agg(measures).sort("status").collect().rows()

    def close(self):
        pass


class ChDb:
    """Rows of one key meet when parts are merged, and in queries with FINAL. Inserts are synced."""

    def __init__(self, folder, threads):
        import chdb
        from chdb import session

        self.title = f"chDB {chdb.__version__}, ReplacingMergeTree, FINAL"
        self.session = session.Session(str(folder / "chdb"))
        self.settings = f"SETTINGS max_threads = {threads}, output_format_json_quote_64bit_integers = 0"

    def insert(self, file):
        columns = ", ".join(COLUMNS)
        self.session.query(f"INSERT INTO lines SELECT {columns} FROM file('{file}', Parquet) {self.settings}")

    def load(self, file):
        columns = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
        engine = "ReplacingMergeTree(updated_at) ORDER BY id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
        self.session.query("CREATE DATABASE delta")
        self.session.query("USE delta")
        self.session.query(f"CREATE TABLE lines ({columns}) ENGINE = {engine}")
        self.insert(file)

    def apply(self, file):
        self.insert(file)

    def rows(self, text):
        return json.loads(self.session.query(f"{text} {self.settings}", "JSONCompact").bytes())["data"]

    def checked(self):
        return self.rows(f"SELECT {CHECKED} FROM lines FINAL")[0]

    def ask(self):
        return self.rows(f"SELECT {NEXT} FROM lines FINAL GROUP BY 1 ORDER BY 1")

    def close(self):
        self.session.close()


PEERS = {
    "duckdb-delete": DuckDb,
    "duckdb-merge": DuckDbMerge,
    "duckdb-conflict": DuckDbConflict,
    "polars": Polars,
    "chdb": ChDb,
}


def timed(work, *arguments):
    """In milliseconds, with what came of it."""
    start = time.perf_counter()
    outcome = work(*arguments)
    return (time.perf_counter() - start) * 1000, outcome


def agree(ours, theirs):
    """Counts and sums of integers are the same, sums of floats but for how they are rounded."""
    return all(
        math.isclose(one, other, rel_tol=1e-9) if float in (type(one), type(other)) else one == int(other)
        for one, other in zip(ours, theirs, strict=True)
    )


def measured(make, folder, dump, threads):
    """A row of the table. The first delta is not measured."""
    figures = json.loads((dump / "drillcore.json").read_text())
    with tempfile.TemporaryDirectory(dir=folder) as place:
        peer = make(Path(place), threads)
        loaded, _ = timed(peer.load, dump / "base.parquet")
        asked = []
        deltas = []
        for delta in figures["deltas"]:
            took, _ = timed(peer.apply, dump / delta["file"])
            next_query, _ = timed(peer.ask)
            deltas.append(took)
            asked.append(next_query)
            checked = list(peer.checked())
            if not agree(delta["answer"][0], checked):
                sys.exit(f"{peer.title}: {checked} after {delta['file']}, drillcore has {delta['answer'][0]}")
        peer.close()
        return peer.title, loaded / 1000, deltas[1:], asked[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dump", type=Path, help="the folder that delta-dump has written")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of each engine")
    parser.add_argument("--peers", default=",".join(PEERS), help="which, separated by commas: " + ", ".join(PEERS))
    parser.add_argument("--folder", type=Path, help="where tables are kept; on the disk that is to be measured")
    args = parser.parse_args()

    dump = args.dump.resolve()
    ours = json.loads((dump / "drillcore.json").read_text())
    counted = ours["deltas"][1:]
    times = [delta["milliseconds"] for delta in counted]
    asked = [delta["query_milliseconds"] for delta in counted]
    table = [("drillcore", ours["full_seconds"], times, asked)]
    for name in args.peers.split(","):
        table.append(measured(PEERS[name], (args.folder or dump).resolve(), dump, args.threads))

    print(f"{len(counted)} deltas of {ours['delta_rows']:,} keys at random on {ours['rows']:,} rows,", end=" ")
    print(f"{args.threads} threads, drillcore {ours['threads']}. All agree on the count and two sums after each.\n")
    print("| engine | full load, s | delta, median ms | slowest ms | next query, median ms |")
    print("|---|---:|---:|---:|---:|")
    for title, loaded, times, asked in table:
        middle, slowest, query = statistics.median(times), max(times), statistics.median(asked)
        print(f"| {title} | {loaded:.1f} | {middle:.1f} | {slowest:.1f} | {query:.1f} |")


if __name__ == "__main__":
    main()
