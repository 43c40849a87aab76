"""Full loads of one Parquet file in DuckDB and chDB. See README.md.

    cargo run --release --bin load -- /tmp/load
    python benches/peers/load.py /tmp/load/lineitem-6001215.parquet
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKED = "count(*), sum(l_extendedprice), count(DISTINCT l_orderkey)"
KEY = "l_orderkey, l_linenumber"


class DuckDb:
    """A database file, written completely at the end."""

    ORDERS = {"unsorted": "", "sorted": "ORDER BY l_shipdate", "keyed": ""}

    def __init__(self, folder, threads):
        import duckdb

        self.name = f"DuckDB {duckdb.__version__}"
        self.db = duckdb.connect(str(folder / "lineitem.duckdb"), config={"threads": threads})

    def load(self, file, case):
        self.db.execute(f"CREATE TABLE lineitem AS SELECT * FROM '{file}' {self.ORDERS[case]}")
        if case == "keyed":
            self.db.execute(f"ALTER TABLE lineitem ADD PRIMARY KEY ({KEY})")
        self.db.execute("CHECKPOINT")

    def checked(self):
        return self.db.execute(f"SELECT {CHECKED} FROM lineitem").fetchone()

    def close(self):
        self.db.close()


class ChDb:
    """MergeTree, in which every part is sorted by the key. Parts are synced."""

    ORDERS = {"unsorted": "tuple()", "sorted": "l_shipdate", "keyed": f"({KEY})"}

    def __init__(self, folder, threads):
        import chdb
        from chdb import session

        self.name = f"chDB {chdb.__version__}"
        self.session = session.Session(str(folder / "chdb"))
        self.settings = f"SETTINGS max_threads = {threads}, max_insert_threads = {threads}"

    def load(self, file, case):
        source = f"file('{file}', Parquet)"
        engine = f"MergeTree ORDER BY {self.ORDERS[case]} SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
        self.session.query("CREATE DATABASE load")
        self.session.query("USE load")
        # The columns are those of the file; none of them has NULLs.
        inferred = "SETTINGS schema_inference_make_columns_nullable = 0"
        self.session.query(f"CREATE TABLE lineitem ENGINE = {engine} EMPTY AS SELECT * FROM {source} {inferred}")
        self.session.query(f"INSERT INTO lineitem SELECT * FROM {source} {self.settings}")

    def checked(self):
        settings = "SETTINGS output_format_json_quote_64bit_integers = 0"
        found = self.session.query(f"SELECT {CHECKED} FROM lineitem {settings}", "JSONCompact")
        return json.loads(found.bytes())["data"][0]

    def close(self):
        self.session.close()


PEERS = {"duckdb": DuckDb, "chdb": ChDb}
CASES = list(DuckDb.ORDERS)


def peak_memory():
    """Of this process, in bytes; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def bytes_below(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def load(peer, case, file, folder, threads):
    """One load in this process, as JSON."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        place = Path(place)
        loaded = PEERS[peer](place, threads)
        start = time.perf_counter()
        loaded.load(file, case)
        took = time.perf_counter() - start
        peak = peak_memory()
        rows, price, orders = loaded.checked()
        loaded.close()
        figures = {"name": loaded.name, "seconds": took, "peak": peak, "stored": bytes_below(place)}
        print(json.dumps(figures | {"checked": [int(rows), round(float(price), 2), int(orders)]}))


def load_apart(arguments, peer, case):
    """The same in a process of its own, so that its peak of memory is its own too."""
    command = [sys.executable, __file__, str(arguments.file), "--one", peer, case]
    command += ["--threads", str(arguments.threads), "--folder", str(arguments.folder)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="the Parquet file that `load` has written")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of each engine")
    parser.add_argument("--peers", default=",".join(PEERS), help="which, separated by commas")
    parser.add_argument("--cases", default=",".join(CASES), help="which, separated by commas")
    parser.add_argument("--runs", type=int, default=3, help="loads of a case; the median counts")
    parser.add_argument("--folder", type=Path, help="where tables are kept; on the disk that is to be measured")
    parser.add_argument("--one", nargs=2, metavar=("PEER", "CASE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.file = args.file.resolve()
    args.folder = (args.folder or args.file.parent).resolve()
    if args.one:
        load(*args.one, args.file, args.folder, args.threads)
        return

    checked, lines = None, []
    for peer in args.peers.split(","):
        for case in args.cases.split(","):
            runs = [load_apart(args, peer, case) for _ in range(args.runs)]
            for run in runs:
                checked = checked or run["checked"]
                if run["checked"] != checked:
                    sys.exit(f"{run['name']}, {case}: {run['checked']} and {checked} differ")
            lines.append((f"{runs[0]['name']}, {case}", runs))

    rows = checked[0]
    print(f"{rows:,} rows from Parquet, medians of {args.runs} loads, {args.threads} threads. All agree on the number of")
    print("rows, a sum, and the number of orders.\n")
    print("| engine | rows/s | seconds | most memory, MB | stored, MB |")
    print("|---|---:|---:|---:|---:|")
    for title, runs in lines:
        seconds = statistics.median(run["seconds"] for run in runs)
        peak, stored = (max(run[figure] for run in runs) / 1e6 for figure in ("peak", "stored"))
        print(f"| {title} | {rows / seconds:,.0f} | {seconds:.2f} | {peak:,.0f} | {stored:,.0f} |")


if __name__ == "__main__":
    main()
