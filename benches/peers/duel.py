"""Random queries asked of drillcore and of DuckDB.

    cargo run --release -p drillcore-tests --bin duel-dump -- /tmp/duel 100000
    python benches/peers/duel.py /tmp/duel

`duel-dump` writes worlds, queries, drillcore's answers and SQL; this script asks DuckDB and compares row by row. A known
difference is a rule below, with an example that `--rules` checks in DuckDB alone. Anything else ends the run with an
error.
"""

import argparse
import datetime
import json
import math
import sys
from decimal import Decimal
from pathlib import Path

import duckdb

RELATIVE = 1e-9


def close(one, other):
    """Floats: drillcore rounds exact sums once, DuckDB at every step."""
    one, other = float(one), float(other)
    return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=1e-12)


def rule_float_steps(ours, theirs, scale, _):
    """Sums of floats that nearly cancel out: what is left is smaller than the rounding of the values."""
    numbers = isinstance(ours, (int, Decimal)) and isinstance(theirs, float)
    return numbers and abs(float(ours) - theirs) <= 1e-7 * max(scale, 1.0)


def rule_beyond_floats(ours, theirs, *_):
    """A sum or spread that no float holds is NULL in drillcore, infinite or NaN in DuckDB."""
    return ours is None and isinstance(theirs, float) and not math.isfinite(theirs)


def rule_one_pass_variance(ours, theirs, _, aggregation):
    """The spread of floats that are large against it: DuckDB's one pass loses digits, drillcore squares exactly."""
    spread = aggregation.startswith(("variance", "stddev"))
    return spread and isinstance(theirs, float) and ours is not None and math.isclose(float(ours), theirs, rel_tol=1e-3)


RULES = {
    "float_steps": (rule_float_steps, "SELECT sum(x) FROM (VALUES (0.1::DOUBLE), (0.2), (-0.3)) t(x)", 0),
    "beyond_floats": (
        rule_beyond_floats,
        "SELECT sum(x) FROM (VALUES (1.7e308::DOUBLE), (1.7e308)) t(x)",
        None,
    ),
    "one_pass_variance": (
        rule_one_pass_variance,
        "SELECT var_pop(x) FROM (VALUES (1e7::DOUBLE + 0.1), (1e7 + 0.2), (1e7 + 0.4)) t(x)",
        Decimal("0.0155555555555"),
    ),
}


def check_rules(db):
    for name, (rule, sql, ours) in RULES.items():
        theirs = db.execute(sql).fetchone()[0]
        assert rule(ours, theirs, 1.0, "variance"), f"{name} no longer describes DuckDB: {theirs!r}"
    print(f"{len(RULES)} rules hold")


def load(db, folder, tables):
    for table in tables:
        columns = {"_row": "BIGINT"} | dict(table["columns"])
        db.execute(f'DROP TABLE IF EXISTS "{table["name"]}"')
        db.execute(
            f'CREATE TABLE "{table["name"]}" AS SELECT * FROM read_csv(?, header=true, quote=\'"\', escape=\'"\', '
            "nullstr='', allow_quoted_nulls=false, auto_detect=false, columns=" + json.dumps(columns).replace('"', "'") + ")",
            [str(folder / table["file"])],
        )


def same(ours, theirs):
    if ours is None or theirs is None:
        return ours is theirs
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours == theirs
    if isinstance(theirs, (datetime.date, datetime.datetime)):
        return ours == theirs.isoformat()[:10]
    if isinstance(ours, str):
        return ours == theirs
    if isinstance(theirs, float):
        return close(ours, theirs)
    return Decimal(ours) == Decimal(theirs)


def aggregation_of(measure):
    found = measure.get("aggregation", "")
    return found["type"] if isinstance(found, dict) else found


def compare(query, ours, theirs, used):
    columns = ["" for _ in query.get("dimensions", [])] + [aggregation_of(one) for one in query.get("measures", [])]
    if len(ours) != len(theirs):
        return f"{len(ours)} rows in drillcore, {len(theirs)} in DuckDB"
    scale = max((abs(float(cell)) for row in theirs for cell in row if isinstance(cell, (int, float)) and cell == cell
                 and abs(cell) != math.inf), default=1.0)
    for number, (one, other) in enumerate(zip(ours, theirs)):
        for ours_cell, theirs_cell, column in zip(one, other, columns):
            if same(ours_cell, theirs_cell):
                continue
            rule = next((name for name, (rule, _, _) in RULES.items() if rule(ours_cell, theirs_cell, scale, column)), None)
            if rule is None:
                return f"row {number}: {ours_cell!r} in drillcore, {theirs_cell!r} in DuckDB\n{one}\n{other}"
            used[rule] = used.get(rule, 0) + 1
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", action="store_true", help="check the rules only")
    arguments = parser.parse_args()
    db = duckdb.connect()
    check_rules(db)
    if arguments.rules:
        return
    asked, used, differences = 0, {}, 0
    with open(arguments.folder / "queries.jsonl", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line, parse_float=Decimal)
            if "world" in item:
                load(db, arguments.folder, item["tables"])
                world = item["world"]
                continue
            asked += 1
            try:
                theirs = db.execute(item["sql"]).fetchall()
            except duckdb.Error as error:
                raise SystemExit(f"{world}: {error}\n{item['sql']}") from error
            found = compare(item["query"], item["answer"], theirs, used)
            if found:
                differences += 1
                print(f"{world}: {found}\n{json.dumps(item['query'], default=str)}\n{item['sql']}\n", file=sys.stderr)
                if differences == 20:
                    break
    print(f"{asked} queries, {differences} unexplained differences; known ones: {used}")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
