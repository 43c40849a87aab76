use super::refused;
use crate::parse;

#[test]
fn what_is_missing_or_too_much() {
    refused("", "", "expected a value, found the end");
    refused("1 +", "", "expected a value, found the end");
    refused("1 2", "2", "expected an operator or the end, found `2`");
    refused("(1", "", "expected an operator or `)`, found the end");
    refused("1)", ")", "expected an operator or the end, found `)`");
    refused("1 + * 2", "*", "expected a value, found `*`");
    refused("SUM({a},)", ")", "expected a value, found `)`");
    refused("SUM({a} {b})", "{b}", "expected an operator, `,` or `)`, found a reference");
    refused("1 = 2 = 3", "=", "put brackets around the comparison before `=`");
    refused("{a} LIKE 'x' LIKE 'y'", "LIKE", "put brackets around the comparison before `LIKE`");
    refused("{a} IS NULL + 1", "+", "put brackets around the comparison before `+`");
    refused("1 = NOT {a}", "NOT", "put brackets around NOT and what it applies to");
    refused("{a} NOT 1", "1", "expected IN, BETWEEN or LIKE behind NOT, found `1`");
    refused("{a} IN ()", ")", "expected a value, found `)`");
    refused("{a} IN 1", "1", "expected `(` and a list behind IN, found `1`");
    refused("{a} IN (1 2)", "2", "expected an operator, `,` or `)`, found `2`");
    refused("{a} IS 1", "1", "expected NULL, found `1`");
    refused("{a} BETWEEN 1 OR 2", "OR", "expected AND, found OR");
    refused("1\n+ 'ab", "'", "the text is not closed: `'` is missing");
    refused("1 {a:b:c}", "{a:b", "a reference has one `:`; put names that hold one in double quotes");
    refused("1e999", "1e999", "the number is too large for a float");
    refused("{a} > @2024-13-01", "13", "there is no month 13");
    refused("@2024-03-01 + @5", "@5", "this is no date and no duration; they are written as @2024-03-01 and @1d12h");
}

#[test]
fn choices() {
    refused("CASE ELSE 1 END", "ELSE", "expected WHEN and a condition, found ELSE");
    refused("CASE {a} ELSE 1 END", "ELSE", "expected WHEN and a value, found ELSE");
    refused("CASE {a} WHEN 1", "", "expected THEN, found the end");
    refused("CASE WHEN {a} THEN 1", "", "expected END, found the end");
    let brackets =
        "IF takes its parts in brackets: IF(condition, value, otherwise); or write CASE WHEN .. THEN .. ELSE .. END";
    refused("IF {a} > 1 THEN 2 ELSE 3 END", "IF", brackets);
    refused("1 + if ({a} > 1) then 2 end", "then", brackets);
    refused("ROUND(IF ({a}) THEN 2 END)", "THEN", brackets);
}

#[test]
fn conversions() {
    refused("CAST({a}, hierarhcy)", "hierarhcy", "there is no type `hierarhcy`; did you mean `hierarchy`?");
    refused("CAST({a}, string)", "string", "there is no type `string`; did you mean `text`?");
    refused("CAST({a}, VarChar(10))", "VarChar", "there is no type `VarChar`; did you mean `text`?");
    refused("CAST({a}, bigint)", "bigint", "there is no type `bigint`; did you mean `integer`?");
    refused("CAST({a}, timestamp)", "timestamp", "there is no type `timestamp`; did you mean `datetime`?");
    refused("CAST({a}, qqqqqq)", "qqqqqq", "there is no type `qqqqqq`");
    refused("CAST({a}, decimal)", "decimal", "a decimal needs the number of its digits: decimal(10, 2)");
    refused("CAST({a}, decimal(77, 2))", "77", "a decimal has 1 to 76 digits");
    refused("CAST({a}, decimal(0))", "0", "a decimal has 1 to 76 digits");
    refused("CAST({a}, decimal(1e1))", "1e1", "a decimal has 1 to 76 digits");
    refused("CAST({a}, decimal(10, 11))", "11", "a decimal has 0 to all of its digits behind the point");
    refused("CAST({a}, decimal(10, -1))", "-", "expected a number of digits, found `-`");
    refused("CAST({a}, decimal(10, 1)", "", "expected `)`, found the end");
    let types = "expected a type such as text, numeric, integer, decimal(10, 2), boolean, date or datetime";
    refused("CAST({a}, 'text')", "'text'", &format!("{types}, found a text"));
    refused("CAST({a})", ")", "expected `,` and a type, found `)`");
    refused("CAST({a} AS text)", "AS", "a comma stands before the type: CAST(value, type)");
    refused("CAST {a}", "{a}", "expected `(` behind CAST, found a reference");
    refused("{a}::text", "::", "`::` has no meaning here; CAST(a, type) converts");
}

#[test]
fn names_that_do_not_exist_are_told_with_what_was_meant() {
    refused("SUMM({a})", "SUMM", "there is no function `SUMM`; did you mean `SUM`?");
    refused("qqqqqqqq(1)", "qqqqqqqq", "there is no function `qqqqqqqq`");
    let braces = "`distance` has no meaning here; names of columns are written in braces: {distance}";
    refused("distance + 1", "distance", braces);
    let function = "`total` is the name of a function; `(` is missing behind it, or braces around it: {total}";
    refused("1 / total", "total", function);
}

#[test]
fn what_other_languages_write() {
    refused("{a} % 2", "%", "`%` has no meaning here; MOD(a, b) is the remainder of a division");
    refused("{a} ^ 2", "^", "`^` has no meaning here; POWER(a, b) raises a to b");
    refused("{a} ** 2", "**", "`**` has no meaning here; POWER(a, b) raises a to b");
    refused("{a} == 2", "==", "`==` has no meaning here; write `=`");
    refused("{a} && {b}", "&&", "`&&` has no meaning here; write AND for and, `||` to join texts");
    refused("[a] + 1", "[", "`[` has no meaning here; a reference is written in braces");
    refused("COUNT(*)", "*", "`*` is no value; COUNTR() counts the rows");
    let distinct = "DISTINCT does not stand here; COUNTD(a) counts the different values";
    refused("COUNT(DISTINCT {a})", "DISTINCT", distinct);
    refused("sum(distinct({a}))", "distinct", distinct);
    refused("DATE '2024-03-01' + 1", "DATE", "a date is written as @2024-03-01");
    refused("{a} < timestamp '2024-03-01'", "timestamp", "a time is written as @2024-03-01T10:30");
    refused("{a} + INTERVAL '1 day'", "INTERVAL", "a duration is written as @1d12h");
    let operator = "expected an operator or the end, found";
    refused(
        "SUM({a}) OVER (PARTITION BY {b})",
        "OVER",
        &format!("{operator} `OVER`; PARTITION BY and ORDER BY stand inside the brackets of a window function"),
    );
    refused(
        "SUM({a}) FILTER (WHERE {b})",
        "FILTER",
        &format!("{operator} `FILTER`; the condition of an aggregate stands inside its brackets: SUM(a WHERE b)"),
    );
    refused("{a} ilike 'x'", "ilike", &format!("{operator} `ilike`; LIKE_ANY_CASE(a, 'x%') is a function"));
    refused("{a} MATCHES 'x'", "MATCHES", &format!("{operator} `MATCHES`; REGEX_MATCHES(a, 'pattern') is a function"));
    refused(
        "{a} NOT REGEXP 'x'",
        "REGEXP",
        "expected IN, BETWEEN or LIKE behind NOT, found `REGEXP`; REGEX_MATCHES(a, 'pattern') is a function",
    );
    refused(
        "{a} round 2",
        "round",
        &format!("{operator} `round`; ROUND is a function and stands before its brackets: ROUND(..)"),
    );
    refused("SUM({a}) AS total", "AS", &format!("{operator} `AS`; a formula does not name its value"));
}

#[test]
fn a_message_holds_no_more_than_a_name() {
    let long = "x".repeat(5000);
    for source in [
        format!("{long}(1)"),
        long.clone(),
        format!("1 {long}"),
        format!("CAST(1, {long})"),
        format!("SUM(1 FIXED {long})"),
        format!("@1{long}"),
        format!("@{}", "9".repeat(5000)),
        format!("1 {}", "9".repeat(5000)),
        format!("{}{}", "1 ", "'".repeat(4999)),
    ] {
        let error = parse(&source).unwrap_err();
        assert!(error.message().len() < 160, "{}", error.message());
    }
}
