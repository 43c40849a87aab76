"""The queries of data/queries in DuckDB, Polars and chDB, over the same files. See README.md."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ZONE = "America/New_York"
TABLES = ["airlines", "airports", "planes", "weather", "flights"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
QUERIES = [
    "by_month_and_carrier",
    "key_figures",
    "by_weekday",
    "july_at_kennedy",
    "late_destinations",
    "rainy_days",
    "latest_arrivals",
    "top_routes",
]

# One text for both dialects. What differs stands in braces; `day`, `month` and `weekday` are those of New York.
SQL = {
    "by_month_and_carrier": """
        SELECT {month}, a.name, count(*)
        FROM flights f LEFT JOIN airlines a ON f.carrier = a.carrier GROUP BY 1, 2 ORDER BY 1, 2 NULLS LAST""",
    "key_figures": """
        SELECT count(*), count(*) FILTER (WHERE dep_time IS NULL), avg(arr_delay), count(DISTINCT tailnum)
        FROM flights f""",
    "by_weekday": """
        SELECT {weekday}, count(*), avg(arr_delay) FROM flights f GROUP BY 1 ORDER BY 1""",
    "july_at_kennedy": """
        SELECT {day}, avg(arr_delay) FROM flights f
        WHERE origin = 'JFK' AND {month} = '2013-07-01' GROUP BY 1 ORDER BY 1""",
    "late_destinations": """
        SELECT d.name, count(*) AS flights, avg(f.arr_delay) AS delay
        FROM flights f LEFT JOIN airports d ON f.dest = d.faa
        WHERE d.name IS NOT NULL GROUP BY 1 HAVING flights >= 1000 AND delay > 10 ORDER BY delay DESC, 1""",
    "rainy_days": """
        SELECT o.name, count(*) FILTER (WHERE w.precip = 0), avg(f.dep_delay) FILTER (WHERE w.precip = 0),
               count(*) FILTER (WHERE w.precip > 0), avg(f.dep_delay) FILTER (WHERE w.precip > 0) AS rain_delay
        FROM flights f
        LEFT JOIN airports o ON f.origin = o.faa
        LEFT JOIN weather w ON f.origin = w.origin AND f.time_hour = w.time_hour
        GROUP BY 1 ORDER BY rain_delay DESC NULLS LAST, 1""",
    "latest_arrivals": """
        SELECT {day}, a.name, f.flight, f.origin, f.dest, p.model, f.arr_delay
        FROM flights f
        LEFT JOIN airlines a ON f.carrier = a.carrier
        LEFT JOIN planes p ON f.tailnum = p.tailnum
        WHERE f.arr_delay >= 600 ORDER BY f.arr_delay DESC LIMIT 10""",
    "top_routes": """
        SELECT o.name, d.name, count(*) AS flights, max(f.distance), {median}(f.arr_delay)
        FROM flights f LEFT JOIN airports o ON f.origin = o.faa LEFT JOIN airports d ON f.dest = d.faa
        WHERE d.name IS NOT NULL GROUP BY 1, 2 ORDER BY flights DESC, 1, 2 LIMIT 10""",
}

# The engine takes the first row of a link's target that matches, SQL takes all. Both are the same only while no flight
# matches two rows.
MATCHES = """
    SELECT count(*) FROM flights f
    LEFT JOIN airlines a ON f.carrier = a.carrier
    LEFT JOIN planes p ON f.tailnum = p.tailnum
    LEFT JOIN airports o ON f.origin = o.faa
    LEFT JOIN airports d ON f.dest = d.faa
    LEFT JOIN weather w ON f.origin = w.origin AND f.time_hour = w.time_hour"""
FLIGHTS = 336_776


def path(data, table):
    """The file of a table."""
    return data / f"{table}.{'parquet' if table in ('weather', 'flights') else 'csv'}"


class DuckDb:
    """Files: views over them. Tables: a database file of its own."""

    def __init__(self, data, threads, folder):
        import duckdb

        self.version = duckdb.__version__
        self.data = data
        self.db = None
        self.connect = lambda name: duckdb.connect(str(folder / name), config={"threads": threads})
        local = f"f.time_hour AT TIME ZONE '{ZONE}'"
        self.words = {
            "day": f"CAST(({local})::DATE AS VARCHAR)",
            "month": f"CAST(date_trunc('month', {local})::DATE AS VARCHAR)",
            "weekday": f"isodow({local})",
            "median": "median",
        }

    def open(self, place):
        if self.db:
            self.db.close()
        self.db = self.connect(f"{place}.duckdb")
        kind = "VIEW" if place == "files" else "TABLE"
        for table in TABLES:
            file = path(self.data, table)
            reader = f"read_csv('{file}', nullstr='NA')" if file.suffix == ".csv" else f"'{file}'"
            order = " ORDER BY time_hour" if (kind, table) == ("TABLE", "flights") else ""
            self.db.execute(f"CREATE {kind} {table} AS SELECT * FROM {reader}{order}")

    def sql(self, text):
        return self.db.execute(text).fetchall()

    def ask(self, name):
        return self.sql(SQL[name].format(**self.words))

    def matches(self):
        return self.sql(MATCHES)[0][0]


class ChDb:
    """Files: views over them. Tables: MergeTree, flights in the order of time_hour."""

    def __init__(self, data, threads, folder):
        import chdb
        from chdb import session

        self.version = chdb.__version__
        self.data = data
        self.threads = threads
        # A process has one session; the two places are two databases.
        self.session = session.Session(str(folder / "chdb"))
        local = f"toTimeZone(f.time_hour, '{ZONE}')"
        self.words = {
            "day": f"toString(toDate({local}))",
            "month": f"toString(toStartOfMonth({local}))",
            "weekday": f"toDayOfWeek({local})",
            "median": "quantileExactInclusive(0.5)",
        }

    def open(self, place):
        self.session.query(f"CREATE DATABASE {place}")
        for table in TABLES:
            file = path(self.data, table)
            form = "CSVWithNames" if file.suffix == ".csv" else "Parquet"
            reader = f"SELECT {self.columns(table)} FROM file('{file}', {form})"
            name = f"{place}.{table}"
            if place == "files":
                self.session.query(f"CREATE VIEW {name} AS {reader}")
            else:
                order = "time_hour" if table == "flights" else "tuple()"
                kind = f"ENGINE = MergeTree ORDER BY {order} SETTINGS allow_nullable_key = 1"
                self.session.query(f"CREATE TABLE {name} {kind} AS {reader}")
        self.session.query(f"USE {place}")

    @staticmethod
    def columns(table):
        """What the queries need; NA becomes NULL."""
        texts = {"airlines": ["carrier", "name"], "airports": ["faa", "name"], "planes": ["tailnum", "model"]}
        return ", ".join(f"nullIf({column}, 'NA') AS {column}" for column in texts.get(table, [])) or "*"

    def sql(self, text):
        # join_use_nulls: what is not found is NULL, as in SQL, not an empty text.
        settings = f"join_use_nulls = 1, max_threads = {self.threads}, output_format_json_quote_64bit_integers = 0"
        return json.loads(self.session.query(f"{text} SETTINGS {settings}", "JSONCompact").bytes())["data"]

    def ask(self, name):
        return self.sql(SQL[name].format(**self.words))

    def matches(self):
        return self.sql(MATCHES)[0][0]


class Polars:
    """Files: scanned. Tables: data frames in memory."""

    def __init__(self, data, threads, _folder):
        os.environ["POLARS_MAX_THREADS"] = str(threads)
        import polars

        self.version = polars.__version__
        self.pl = polars
        self.data = data

    def open(self, place):
        for table in TABLES:
            file = path(self.data, table)
            if file.suffix == ".parquet":
                frame = self.pl.scan_parquet(file)
            else:
                frame = self.pl.scan_csv(file, null_values="NA", infer_schema_length=None)
            if place == "tables":
                frame = frame.collect()
                frame = frame.sort("time_hour").lazy() if table == "flights" else frame.lazy()
            setattr(self, table, frame)

    def linked(self, target, on, columns, prefix):
        """Flights beside the columns of a target, under names with a prefix."""
        pl = self.pl
        keys = [f"{prefix}{key}" for key in on.values()]
        target = target.select([pl.col(key).alias(f"{prefix}{key}") for key in [*on.values(), *columns]])
        return lambda frame: frame.join(target, how="left", left_on=list(on), right_on=keys)

    def ask(self, name):
        return getattr(self, name)().collect().rows()

    def matches(self):
        pl = self.pl
        links = [
            self.linked(self.airlines, {"carrier": "carrier"}, [], "a_"),
            self.linked(self.planes, {"tailnum": "tailnum"}, [], "p_"),
            self.linked(self.airports, {"origin": "faa"}, [], "o_"),
            self.linked(self.airports, {"dest": "faa"}, [], "d_"),
            self.linked(self.weather, {"origin": "origin", "time_hour": "time_hour"}, [], "w_"),
        ]
        frame = self.flights
        for link in links:
            frame = link(frame)
        return frame.select(pl.len()).collect().item()

    def local(self):
        return self.pl.col("time_hour").dt.convert_time_zone(ZONE)

    def day(self):
        return self.local().dt.date().cast(self.pl.String)

    def month(self):
        return self.local().dt.date().dt.month_start().cast(self.pl.String)

    def by_month_and_carrier(self):
        pl = self.pl
        flights = self.linked(self.airlines, {"carrier": "carrier"}, ["name"], "a_")(self.flights)
        grouped = flights.group_by(self.month().alias("month"), "a_name").agg(pl.len())
        return grouped.sort("month", "a_name", nulls_last=True)

    def key_figures(self):
        pl = self.pl
        # A unique count takes NULL for a value; the query does not.
        planes = pl.col("tailnum").drop_nulls().n_unique()
        cancelled = pl.col("dep_time").is_null().sum()
        return self.flights.select(pl.len(), cancelled, pl.col("arr_delay").mean(), planes.alias("planes"))

    def by_weekday(self):
        pl = self.pl
        day = self.local().dt.weekday().alias("weekday")
        return self.flights.group_by(day).agg(pl.len(), pl.col("arr_delay").mean()).sort("weekday")

    def july_at_kennedy(self):
        pl = self.pl
        rows = self.flights.filter(pl.col("origin") == "JFK", self.month() == "2013-07-01")
        return rows.group_by(self.day().alias("day")).agg(pl.col("arr_delay").mean()).sort("day")

    def late_destinations(self):
        pl = self.pl
        flights = self.linked(self.airports, {"dest": "faa"}, ["name"], "d_")(self.flights)
        grouped = flights.filter(pl.col("d_name").is_not_null()).group_by("d_name")
        grouped = grouped.agg(pl.len().alias("flights"), pl.col("arr_delay").mean().alias("delay"))
        late = grouped.filter(pl.col("flights") >= 1000, pl.col("delay") > 10)
        return late.sort("delay", "d_name", descending=[True, False])

    def rainy_days(self):
        pl = self.pl
        flights = self.linked(self.airports, {"origin": "faa"}, ["name"], "o_")(self.flights)
        on = {"origin": "origin", "time_hour": "time_hour"}
        flights = self.linked(self.weather, on, ["precip"], "w_")(flights)
        dry, rain = pl.col("w_precip") == 0, pl.col("w_precip") > 0
        delay = pl.col("dep_delay")
        measures = [dry.sum().alias("dry"), delay.filter(dry).mean().alias("dry_delay")]
        measures += [rain.sum().alias("rain"), delay.filter(rain).mean().alias("rain_delay")]
        grouped = flights.group_by("o_name").agg(measures)
        return grouped.sort("rain_delay", "o_name", descending=[True, False], nulls_last=True)

    def latest_arrivals(self):
        pl = self.pl
        flights = self.flights.filter(pl.col("arr_delay") >= 600)
        flights = self.linked(self.airlines, {"carrier": "carrier"}, ["name"], "a_")(flights)
        flights = self.linked(self.planes, {"tailnum": "tailnum"}, ["model"], "p_")(flights)
        columns = [self.day().alias("day"), "a_name", "flight", "origin", "dest", "p_model", "arr_delay"]
        return flights.select(columns).sort("arr_delay", descending=True).head(10)

    def top_routes(self):
        pl = self.pl
        flights = self.linked(self.airports, {"origin": "faa"}, ["name"], "o_")(self.flights)
        flights = self.linked(self.airports, {"dest": "faa"}, ["name"], "d_")(flights)
        grouped = flights.filter(pl.col("d_name").is_not_null()).group_by("o_name", "d_name")
        measures = [pl.len().alias("flights"), pl.col("distance").max(), pl.col("arr_delay").median()]
        routes = grouped.agg(measures)
        return routes.sort("flights", "o_name", "d_name", descending=[True, False, False]).head(10)


PEERS = {"duckdb": DuckDb, "polars": Polars, "chdb": ChDb}


def comparable(name, rows):
    """The rows with numbers rounded to nine digits and weekdays by name."""
    def cell(value):
        return float(f"{value:.9g}") if isinstance(value, (int, float)) else value

    rows = [list(row) for row in rows]
    if name == "by_weekday":
        rows = [[row[0] if isinstance(row[0], str) else DAYS[int(row[0]) - 1], *row[1:]] for row in rows]
    return [tuple(cell(value) for value in row) for row in rows]


def engine_answers(binary, store):
    """What drillcore answers, by the name of the query."""
    answers = {}
    for file in sorted((ROOT / "data/queries").glob("*.json")):
        names = [query["as"] for query in json.loads(file.read_text())["queries"]]
        command = [binary, "--store", store, "query", str(file), "--format", "json"]
        document = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        for name, result in zip(names, document.get("results", [document]), strict=True):
            answers[name] = comparable(name, result["data"])
    return answers


def measured(peer, name, runs):
    """The answer, and the median time of a run in milliseconds after one that is not measured."""
    rows = peer.ask(name)
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        rows = peer.ask(name)
        times.append((time.perf_counter() - start) * 1000)
    return comparable(name, rows), statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "data/nycflights13", help="the folder of the tables")
    parser.add_argument("--runs", type=int, default=21, help="measured runs of each query")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of each engine")
    parser.add_argument("--peers", default=",".join(PEERS), help="which, separated by commas")
    parser.add_argument("--drillcore", help="the command line tool, to compare its answers too")
    parser.add_argument("--store", default="drillcore-store", help="a store in which `drillcore demo` was run")
    args = parser.parse_args()

    answers = engine_answers(args.drillcore, args.store) if args.drillcore else {}
    checked = {name: "drillcore" for name in answers}
    columns = []
    with tempfile.TemporaryDirectory() as folder:
        for name in args.peers.split(","):
            peer = PEERS[name](args.data.resolve(), args.threads, Path(folder))
            for place in ["files", "tables"]:
                peer.open(place)
                if peer.matches() != FLIGHTS:
                    sys.exit(f"{name}: a flight matches several rows of a link's target")
                medians = []
                for query in QUERIES:
                    rows, median = measured(peer, query, args.runs)
                    known = answers.setdefault(query, rows)
                    other = checked.setdefault(query, name)
                    if len(rows) != len(known):
                        sys.exit(f"{query}: {name} has {len(rows)} rows and {other} has {len(known)}")
                    if rows != known:
                        sys.exit(f"{query}: {name} and {other} differ\n{rows}\n{known}")
                    medians.append(median)
                columns.append((f"{name} {peer.version}, {place}", medians))

    print(f"Medians of {args.runs} runs in milliseconds, {args.threads} threads. All answers agree.\n")
    print("| query | rows | " + " | ".join(title for title, _ in columns) + " |")
    print("|---|---:|" + "---:|" * len(columns))
    for index, query in enumerate(QUERIES):
        times = " | ".join(f"{medians[index]:.2f}" for _, medians in columns)
        print(f"| {query} | {len(answers[query])} | {times} |")


if __name__ == "__main__":
    main()
