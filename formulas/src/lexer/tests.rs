use super::{Lexer, TokenKind, quoted};

/// The tokens of a text as they stand there, apart by `·`; or what is wrong with the first that is none.
fn tokens(source: &str) -> String {
    let mut lexer = Lexer::new(source);
    let mut all = Vec::new();
    loop {
        let token = lexer.token();
        match token.kind {
            TokenKind::End => return all.join("·"),
            TokenKind::Invalid(error) => return format!("{}: {}", error.span().start(), error.message()),
            _ => all.push(token.span.text(source).unwrap().to_owned()),
        }
    }
}

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(tokens(source), expected, "{source}");
}

#[test]
fn tokens_are_as_long_as_they_can_be() {
    check("", "");
    check(" \t\r\n", "");
    check("a+b", "a·+·b");
    check("1.50e-3x", "1.50e-3·x");
    check("1e+x", "1·e·+·x");
    check("12.x", "2: `.` has no meaning here");
    check("a<=b<>c!=d<e", "a·<=·b·<>·c·!=·d·<·e");
    check("{a}||'b'", "{a}·||·'b'");
    check("'it''s'\"a\"\"b\"", "'it''s'·\"a\"\"b\"");
    check("'\"'\"'\"", "'\"'·\"'\"");
    check("'\\d+\\'||'\\'", "'\\d+\\'·||·'\\'");
    check("{ \"a}b\" : c }}d }(", "{ \"a}b\" : c }}d }·(");
}

#[test]
fn what_stands_behind_an_at_sign_is_one_token() {
    check("@2024-03-01+@1d", "@2024-03-01·+·@1d");
    check("@2024-03-01-@1d", "@2024-03-01·-·@1d");
    check("@2024-03-01-1", "@2024-03-01·-·1");
    check("@2024-03-01T10:30:00.5+02:00-1", "@2024-03-01T10:30:00.5+02:00·-·1");
    check("@2024-03-01T10:30Z-@2024-03-01T10:30", "@2024-03-01T10:30Z·-·@2024-03-01T10:30");
    check("@1d12h*2", "@1d12h·*·2");
    check("@1d-2", "@1d·-·2");
    check("(@90m)", "(·@90m·)");
    check("@,", "@·,");
    check("@é", "1: the character U+00E9 has no meaning here");
}

#[test]
fn comments_are_blanks() {
    check("1 -- two\n3", "1·3");
    check("1 -- 'é", "1");
    check("1/* * / -- */2/**/3", "1·2·3");
    check("1 /* 2", "2: the comment is not closed: `*/` is missing");
    check("1 - -2", "1·-·-·2");
}

#[test]
fn what_is_no_token_is_told_with_its_place() {
    check("1 ! 2", "2: `!` has no meaning here; write `<>` or `!=` for not equal, NOT for not");
    check("1 !é", "2: `!` has no meaning here; write `<>` or `!=` for not equal, NOT for not");
    check("1 == 2", "2: `==` has no meaning here; write `=`");
    check("2 ** 3", "2: `**` has no meaning here; POWER(a, b) raises a to b");
    check("2 ^ 3", "2: `^` has no meaning here; POWER(a, b) raises a to b");
    check("2 % 3", "2: `%` has no meaning here; MOD(a, b) is the remainder of a division");
    check("a & b", "2: `&` has no meaning here; write AND for and, `||` to join texts");
    check("a && b", "2: `&&` has no meaning here; write AND for and, `||` to join texts");
    check("a::text", "1: `::` has no meaning here; CAST(a, type) converts");
    check("1;", "1: `;` has no meaning here; a formula ends without it");
    check("'abc", "0: the text is not closed: `'` is missing");
    check("1 + \"abc'", "4: the text is not closed: `\"` is missing");
    check("1 \u{a0}+ 2", "2: the character U+00A0 has no meaning here");
    check("1 ≤ 2", "2: the character U+2264 has no meaning here; write `<=`");
    check("“a”", "0: the character U+201C has no meaning here; texts stand in straight quotes");
    check("1 + é", "4: the character U+00E9 has no meaning here");
    check("\0", "0: the character U+0000 has no meaning here");
}

#[test]
fn tokens_follow_behind_what_is_none() {
    let source = "§ 1 {a:b:c} 2 {\"x} 3";
    let mut lexer = Lexer::new(source);
    let mut kinds = Vec::new();
    while kinds.len() < 20 {
        let token = lexer.token();
        match token.kind {
            TokenKind::End => break,
            TokenKind::Invalid(_) => kinds.push("?"),
            _ => kinds.push(token.span.text(source).unwrap()),
        }
    }
    assert_eq!(kinds, ["?", "1", "?", "?", "c", "?", "2", "?", "x", "?", "3"]);
}

#[test]
fn two_quotes_are_one() {
    assert_eq!(quoted("a''b'c", '\''), Some(("a'b".to_owned(), 5)));
    assert_eq!(quoted("'", '\''), Some((String::new(), 1)));
    assert_eq!(quoted("'''", '\''), Some(("'".to_owned(), 3)));
    assert_eq!(quoted("é😀''", '\''), None);
    assert_eq!(quoted("", '\''), None);
}

#[test]
fn long_runs_do_not_grow_the_stack() {
    for unit in
        ["é", "'é'", "/*é*/ ", "--é\n", "{é}", "a ", "1.5e5 ", "1e+", "@", "@1d", "@2024-03-01T10:30+02:00 ", "=="]
    {
        let source = unit.repeat(100_000);
        let work = move || {
            let mut lexer = Lexer::new(&source);
            while lexer.token().kind != TokenKind::End {}
        };
        std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap().join().unwrap();
    }
}
