-- What the statements need beside plain SQL. Times are TIMESTAMP: instants in UTC, or what a clock on the wall shows.

-- What the clocks of a zone show at an instant.
CREATE OR REPLACE MACRO wall(point, zone) AS timezone(zone, timezone('UTC', point));
-- The last instant at which the clocks of a zone show a time; a time they skip is moved on by the gap.
CREATE OR REPLACE MACRO last_instant(shown, zone) AS timezone('UTC', timezone(zone, shown));
-- The same under the offset of the day before.
CREATE OR REPLACE MACRO day_before(shown, zone) AS last_instant(shown - INTERVAL 1 DAY, zone) + INTERVAL 1 DAY;
-- The first instant of the offset that holds at an instant, if it began within the last days.
CREATE OR REPLACE MACRO offset_start(point, zone) AS list_min(list_filter(
    generate_series(date_trunc('day', point) - INTERVAL 2 DAY, point, INTERVAL 15 MINUTE),
    lambda t: wall(t, zone) - t = wall(point, zone) - point));
-- The earliest instant at which the clocks of a zone show a time or, where they skip it, the first after the gap.
CREATE OR REPLACE MACRO instant(shown, zone) AS CASE
    WHEN wall(day_before(shown, zone), zone) = shown THEN day_before(shown, zone)
    WHEN wall(last_instant(shown, zone), zone) = shown THEN last_instant(shown, zone)
    ELSE offset_start(last_instant(shown, zone), zone) END;
-- The first instant of a day; clocks that skip midnight skip the time from there on.
CREATE OR REPLACE MACRO day_start(day, zone) AS CASE
    WHEN wall(day_before(CAST(day AS TIMESTAMP), zone), zone) = day THEN day_before(CAST(day AS TIMESTAMP), zone)
    ELSE last_instant(CAST(day AS TIMESTAMP), zone) END;
-- The start of the hour, minute, .. of an instant: as far back as the clock is past it.
CREATE OR REPLACE MACRO instant_floor(unit, point, zone) AS
    point - (wall(point, zone) - date_trunc(unit, wall(point, zone)));
-- The time of day.
CREATE OR REPLACE MACRO clock(shown) AS shown - date_trunc('day', shown);

-- First days of buckets. `fiscal` is the first month of the year, `first` the first weekday, in days after Monday.
CREATE OR REPLACE MACRO year_start(day, fiscal) AS
    CAST(date_trunc('year', day - to_months(fiscal - 1)) + to_months(fiscal - 1) AS DATE);
CREATE OR REPLACE MACRO quarter_start(day, fiscal) AS
    CAST(date_trunc('quarter', day - to_months(fiscal - 1)) + to_months(fiscal - 1) AS DATE);
CREATE OR REPLACE MACRO month_start(day) AS CAST(date_trunc('month', day) AS DATE);
CREATE OR REPLACE MACRO week_start(day, first) AS day - CAST((isodow(day) + 6 - first) % 7 AS INTEGER);
-- The number of a week is that of its fourth day's seven days in the year.
CREATE OR REPLACE MACRO week_number(day, first) AS (dayofyear(week_start(day, first) + 3) - 1) // 7 + 1;
CREATE OR REPLACE MACRO quarter_number(day, fiscal) AS (month(day) + 12 - fiscal) % 12 // 3 + 1;
CREATE OR REPLACE MACRO weekday_number(day, first) AS (isodow(day) + 6 - first) % 7 + 1;
CREATE OR REPLACE MACRO weekday_name(number, first) AS
    dayname(DATE '2024-01-01' + CAST((number - 1 + first) % 7 AS INTEGER));
CREATE OR REPLACE MACRO month_name(number) AS monthname(make_date(2024, number, 1));

-- Days so far on: months end where they are too short, or there is no such day, or it is the first of the next month.
CREATE OR REPLACE MACRO clamped(day, months) AS CAST(day + to_months(months) AS DATE);
CREATE OR REPLACE MACRO same_day(day, months) AS
    CASE WHEN day(clamped(day, months)) = day(day) THEN clamped(day, months) END;
CREATE OR REPLACE MACRO day_or_next(day, months) AS COALESCE(same_day(day, months), clamped(day, months) + 1);
-- The week of the same number so many years on; none if that year has no such week.
CREATE OR REPLACE MACRO week_one(year, first) AS week_start(make_date(year, 1, 4), first);
CREATE OR REPLACE MACRO week_of_year(year, number, first) AS CASE
    WHEN week_one(year, first) + CAST(7 * (number - 1) AS INTEGER) < week_one(year + 1, first)
    THEN week_one(year, first) + CAST(7 * (number - 1) AS INTEGER) END;
CREATE OR REPLACE MACRO same_week(start, years, first) AS
    week_of_year(year(start + 3) + years, week_number(start, first), first);
-- The instant with the same time of the clock on another day, and of two such instants the same.
CREATE OR REPLACE MACRO shown_again(point, shown, zone) AS CASE
    WHEN wall(last_instant(shown, zone), zone) <> shown THEN NULL
    WHEN instant(wall(point, zone), zone) = point THEN instant(shown, zone)
    WHEN instant(shown, zone) <> last_instant(shown, zone) THEN last_instant(shown, zone) END;
-- Whether a time is at most as far into its period as now is into its own: by months, day and time, or by elapsed time.
CREATE OR REPLACE MACRO months_since(day, start) AS (year(day) - year(start)) * 12 + month(day) - month(start);
CREATE OR REPLACE MACRO within_months(shown, start, now, now_start) AS
    (months_since(shown, start), day(shown), clock(shown))
    <= (months_since(now, now_start), least(day(now), day(last_day(shown))), clock(now));
CREATE OR REPLACE MACRO within_days(shown, start, now, now_start) AS shown - start <= now - now_start;

-- Text without case, by simple folding: lower case, but for a letter that has none and two that are forms of others.
CREATE OR REPLACE MACRO fold(text) AS
    replace(translate(lower(replace(text, 'İ', chr(1))), 'ςſ', 'σs'), chr(1), 'İ');

-- Numbers: what no float holds is NULL, and zero has no sign.
CREATE OR REPLACE MACRO finite(number) AS CASE WHEN isfinite(number) THEN number + 0.0 END;
CREATE OR REPLACE MACRO nearest(number) AS CAST(CAST(number AS VARCHAR) AS DOUBLE);
-- Sums of floats without rounding on the way: in units of 2^-60 or of 2^-20, as far as they fit, and others as they are.
CREATE OR REPLACE MACRO fine(number) AS CASE WHEN abs(number) < 1e17 THEN CAST(number * 1152921504606846976 AS HUGEINT) END;
CREATE OR REPLACE MACRO coarse(number) AS CASE WHEN abs(number) < 1e29 THEN CAST(number * 1048576 AS HUGEINT) END;
CREATE OR REPLACE MACRO best_sum(greatest, fine_units, coarse_units, plain) AS finite(CASE
    WHEN greatest BETWEEN 1e-6 AND 1e17 THEN nearest(fine_units) / 1152921504606846976
    WHEN greatest BETWEEN 1e17 AND 1e29 THEN nearest(coarse_units) / 1048576
    ELSE plain END);
CREATE OR REPLACE MACRO float_sum(number) AS
    best_sum(max(abs(number)), sum(fine(number)), sum(coarse(number)), sum(number));

-- Bins: the border at or below a number.
CREATE OR REPLACE MACRO bin_exact(number, size, origin) AS
    number - ((number - origin) % size + CASE WHEN (number - origin) % size < 0 THEN size ELSE 0 END);
CREATE OR REPLACE MACRO border(number, size, origin, place) AS origin + size * CASE
    WHEN origin + size * place > number THEN place - 1
    WHEN origin + size * (place + 1) <= number THEN place + 1
    ELSE place END;
CREATE OR REPLACE MACRO bin_float(number, size, origin) AS
    finite(border(number, size, origin, floor((number - origin) / size)));
CREATE OR REPLACE MACRO bin_place(number, first, last, bins) AS CASE
    WHEN number IS NULL OR first IS NULL THEN NULL
    WHEN first = last THEN 0
    ELSE greatest(least((number - first) * bins // (last - first), bins - 1), 0) END;
CREATE OR REPLACE MACRO bin_border(place, first, last, bins) AS first + place * (last - first) / bins;

-- Of sorted lists: the value in the middle; numbers less the least of them, whose spread is the same but as small as they;
-- the least value with so many thousandths not above it; the greater of the two about that place; a value near it.
CREATE OR REPLACE MACRO halves(one, other) AS
    CASE WHEN isfinite(one + other) THEN (one + other) / 2 ELSE one / 2 + other / 2 END;
CREATE OR REPLACE MACRO middle(list) AS halves(list[(len(list) + 1) // 2], list[len(list) // 2 + 1]) + 0.0;
CREATE OR REPLACE MACRO middle_exact(list) AS nearest(list[(len(list) + 1) // 2] + list[len(list) // 2 + 1]) / 2;
CREATE OR REPLACE MACRO shifted(list) AS list_transform(list, lambda x: CAST(x - list[1] AS DOUBLE));
CREATE OR REPLACE MACRO discrete(list, share) AS list[greatest((share * len(list) + 999) // 1000, 1)];
CREATE OR REPLACE MACRO reach(list, share) AS greatest(
    abs(list[share * (len(list) - 1) // 1000 + 1]), abs(list[least(share * (len(list) - 1) // 1000 + 2, len(list))]));
CREATE OR REPLACE MACRO near(list, share, more) AS
    list[CAST(least(greatest(floor(share * len(list) / 1000) + more, 0), len(list) - 1) AS BIGINT) + 1];
CREATE OR REPLACE MACRO text_list(list, separator, most) AS
    array_to_string(list[1:most], separator) || CASE WHEN len(list) > most THEN separator || '…' ELSE '' END;
CREATE OR REPLACE MACRO histogram_of(places, size) AS list_transform(
    generate_series(list_min(places), list_max(places)),
    lambda n: [n * size, (n + 1) * size, len(list_filter(places, lambda place: place = n))]);
