"""Random queries asked of drillcore and of DuckDB.

    cargo run --release --bin duel-dump -- /tmp/duel 100000
    python benches/peers/duel.py /tmp/duel

`duel-dump` writes worlds, queries, drillcore's answers and SQL; this script asks DuckDB and compares rows and totals
cell by cell. A known difference is a rule below, with an example that `--rules` checks in DuckDB alone. Anything else
ends the run with an error.
"""

import argparse
import datetime
import json
import math
import sys
from decimal import Decimal
from pathlib import Path

import duckdb

# Statements are small: one thread, and plans as they are written. The optimizer takes longer than it saves, and that of
# DuckDB 2.0.0 mixes up columns where it shares parts of a plan (`common_subplan`).
SETTINGS = ["SET threads = 1", "PRAGMA disable_optimizer"]

EPOCH = datetime.datetime(1970, 1, 1)
MICROSECOND = datetime.timedelta(microseconds=1)


def rule_rounded_steps(kind, ours, theirs):
    """Floats: drillcore computes exactly where it can and rounds once, DuckDB at every step."""
    return kind == "float" and math.isclose(float(ours), float(theirs), rel_tol=1e-9, abs_tol=1e-12)


def rule_interpolated(kind, ours, theirs):
    """A value between two others that nearly cancel out: it is as exact as the greater of them."""
    return kind == "between" and abs(float(ours) - theirs[0]) <= 1e-12 * theirs[1]


RULES = {
    "rounded_steps": (rule_rounded_steps, "float", "SELECT 0.1::DOUBLE + 0.2::DOUBLE", Decimal("0.3")),
    "interpolated": (
        rule_interpolated,
        "between",
        "SELECT [quantile_cont(x, 0.5), 9999999990.66] FROM (VALUES (-9999999990.0::DOUBLE), (9999999990.66)) t(x)",
        Decimal("0.33"),
    ),
}


def check_rules(db):
    for name, (rule, kind, sql, ours) in RULES.items():
        theirs = db.execute(sql).fetchone()[0]
        described = not same(kind, ours, theirs) and rule(kind, ours, theirs)
        assert described, f"{name} no longer describes DuckDB: {theirs!r}"
    print(f"{len(RULES)} rules hold")


def load(db, folder, world):
    for table in world["tables"]:
        columns = {"_row": "BIGINT"} | dict(table["columns"])
        db.execute(f'DROP TABLE IF EXISTS "{table["name"]}"')
        db.execute(
            f'CREATE TABLE "{table["name"]}" AS SELECT * FROM read_csv(?, header=true, quote=\'"\', escape=\'"\', '
            "nullstr='', allow_quoted_nulls=false, auto_detect=false, columns="
            + json.dumps(columns).replace('"', "'")
            + ")",
            [str(folder / table["file"])],
        )
    db.execute(world["rows"])


def micros(text):
    """A time of the clock in microseconds; an instant and the time of the clock there."""
    at = datetime.datetime.fromisoformat(text)
    shown = (at.replace(tzinfo=None) - EPOCH) // MICROSECOND
    return shown if at.utcoffset() is None else [shown - at.utcoffset() // MICROSECOND, shown]


def ends(label):
    """`< b`, `a - b` or `>= a` as its two ends."""
    if label.startswith("< "):
        return [None, Decimal(label[2:])]
    if label.startswith(">= "):
        return [Decimal(label[3:]), None]
    return [Decimal(end) for end in label.split(" - ")]


def same(kind, ours, theirs):
    if kind in ("between", "bounds") and theirs == [None, None]:
        theirs = None
    if ours is None or theirs is None:
        return ours is theirs
    if kind == "day":
        return ours.removeprefix("+") == theirs
    if kind in ("instant", "local"):
        return micros(ours) == theirs
    if kind == "exact":
        return Decimal(ours) == Decimal(theirs)
    if kind == "float":
        return float(ours) == theirs
    if kind == "between":
        return float(ours) == theirs[0]
    if kind == "bounds":
        return float(theirs[0]) <= float(ours) <= float(theirs[1])
    if kind == "about":
        return abs(ours - theirs) <= max(0.06 * theirs, 2)
    if kind == "edges":
        return ends(ours) == theirs
    if kind == "bins":
        return [[Decimal(number) for number in one] for one in ours] == theirs
    return ours == theirs


def rule_for(kind, ours, theirs):
    if ours is None or theirs is None:
        return None
    return next((name for name, (rule, *_) in RULES.items() if rule(kind, ours, theirs)), None)


def compare(kinds, other, ours, theirs, used):
    """The first difference; the last column of `theirs` says which rows are a remainder, if there may be one."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows in drillcore, {len(theirs)} in DuckDB\n{ours[:5]}\n{theirs[:5]}"
    for number, (one, another) in enumerate(zip(ours, theirs)):
        remainder = other is not None and another[len(kinds)]
        for column, kind in enumerate(kinds):
            our_cell, their_cell = one[column], another[column]
            if remainder and column == other:
                if our_cell == {"other": True} and their_cell is None:
                    continue
            elif not isinstance(our_cell, dict):
                if same(kind, our_cell, their_cell):
                    continue
                rule = rule_for(kind, our_cell, their_cell)
                if rule is not None:
                    used[rule] = used.get(rule, 0) + 1
                    continue
            what = f"row {number}, column {column} ({kind})"
            return f"{what}: {our_cell!r} in drillcore, {their_cell!r} in DuckDB\n{one}\n{another}"
        if len(one) != len(kinds):
            return f"row {number} has {len(one)} cells instead of {len(kinds)}"
    return None


def pivoted(asked, rows):
    """One row for each tuple of the dimensions that stay, with the cells of each combination of the others."""
    count, other = asked["dimensions"], asked["other"]
    beside = [index for index in range(count) if index not in asked["pivot"]]
    width = len(asked["columns"]) - count
    places = max((row[-1] for row in rows), default=0)
    lines = {}
    for row in rows:
        remainder = other in beside and row[-2]
        members = [row[index] for index in beside]
        _, cells, _ = lines.setdefault(repr((members, remainder)), (members, [None] * width * places, remainder))
        cells[(row[-1] - 1) * width : row[-1] * width] = row[count : count + width]
    kinds = [asked["columns"][index] for index in beside] + asked["columns"][count:] * places
    laid_out = [[*members, *cells, remainder] for members, cells, remainder in lines.values()]
    return kinds, beside.index(other) if other in beside else None, laid_out


def difference(db, asked, answer, used):
    rows, kinds, other = db.execute(asked["rows"]).fetchall(), asked["columns"], asked["other"]
    if asked["pivot"]:
        kinds, other, rows = pivoted(asked, rows)
    if asked["total_rows"] and answer["total_rows"] != len(rows):
        return f"{answer['total_rows']} rows in all in drillcore, {len(rows)} in DuckDB"
    if asked["limit"]:
        most, skipped = asked["limit"]
        rows = rows[skipped : skipped + most]
    found = compare(kinds, other, answer["data"], rows, used)
    levels = answer.get("totals", [])
    if not found and len(levels) != len(asked["totals"]):
        found = f"{len(levels)} levels of totals instead of {len(asked['totals'])}"
    for level, total in zip(levels, asked["totals"]):
        if found:
            break
        if level["keys"] != [f"d{key}" for key in total["keys"]]:
            return f"totals of {level['keys']} instead of {total['keys']}"
        theirs = db.execute(total["sql"]).fetchall()
        found = compare(asked["columns"], asked["other"], level["data"], theirs, used)
        found = found and f"totals of {level['keys']}: {found}\n{total['sql']}"
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rules", action="store_true", help="check the rules only")
    arguments = parser.parse_args()
    db = duckdb.connect()
    for setting in SETTINGS:
        db.execute(setting)
    check_rules(db)
    if arguments.rules:
        return
    asked, used, differences = 0, {}, 0
    with open(arguments.folder / "queries.jsonl", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line, parse_float=Decimal)
            if "macros" in item:
                db.execute(item["macros"])
                continue
            if "world" in item:
                load(db, arguments.folder, item)
                world = item["world"]
                continue
            asked += 1
            try:
                found = difference(db, item["asked"], item["answer"], used)
            except duckdb.Error as error:
                found = f"DuckDB says: {error}"
            if found:
                differences += 1
                query = json.dumps(item["query"], default=float, ensure_ascii=False)
                print(f"{world}: {found}\n{query}\n{item['asked']['rows']}\n", file=sys.stderr)
                if differences == 20:
                    break
    print(f"{asked} queries, {differences} unexplained differences; known ones: {used}")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
