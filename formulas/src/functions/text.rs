//! Functions of texts.
//!
//! They count in characters (Unicode scalar values), not bytes, know no language, and tell upper case from lower.
//! Places count from 1. A negative number of characters has no meaning and gives NULL.

use crate::registry::{Parameter, functions, optional, repeated, required};
use crate::{Entry, Kind, ResultType, Type};

const BOOLEAN: ResultType = ResultType::Always(Type::Boolean);
const FLOAT: ResultType = ResultType::Always(Type::Float);
const INTEGER: ResultType = ResultType::Always(Type::Integer);
const TEXT: ResultType = ResultType::Always(Type::Text);

const SUBJECT: Parameter = required("text", Kind::Text);
const PART: Parameter = required("part", Kind::Text);
const CHARACTERS: Parameter = required("characters", Kind::Text);
const OTHER: Parameter = required("other", Kind::Text);
const SEPARATOR: Parameter = required("separator", Kind::Text);
const COUNT: Parameter = required("count", Kind::Integer);
const WIDTH: Parameter = required("length", Kind::Integer);

const TRIMMED: &[Parameter] = &[SUBJECT, optional("characters", Kind::Text)];
const PADDED: &[Parameter] = &[SUBJECT, WIDTH, optional("with", Kind::Text)];

const URL_PARTS: &[&str] = &["scheme", "host", "port", "path", "query", "fragment"];

functions! {
    /// Functions of texts.
    TextFunction {
        Length => Entry::new("LENGTH", INTEGER, "the number of characters (Unicode scalar values) of the text")
            .aliases(&["LEN", "CHAR_LENGTH"])
            .takes(&[SUBJECT])
            .examples(&[("LENGTH('naïve')", "5"), ("LENGTH('')", "0"), ("LENGTH(NULL)", "null")]),
        ByteLength => Entry::new("BYTE_LENGTH", INTEGER, "the number of bytes of the text in UTF-8")
            .aliases(&["OCTET_LENGTH"])
            .takes(&[SUBJECT])
            .examples(&[("BYTE_LENGTH('naïve')", "6"), ("BYTE_LENGTH('')", "0")]),
        Upper => Entry::new("UPPER", TEXT, "the text in upper case, by the full mapping of Unicode, which may make it \
            longer")
            .aliases(&["UCASE"])
            .takes(&[SUBJECT])
            .examples(&[("UPPER('Straße')", "STRASSE"), ("UPPER('é1')", "É1"), ("UPPER(NULL)", "null")]),
        Lower => Entry::new("LOWER", TEXT, "the text in lower case, by the full mapping of Unicode; a sigma that ends \
            a word becomes the final one")
            .aliases(&["LCASE"])
            .takes(&[SUBJECT])
            .examples(&[("LOWER('ÀB c')", "àb c"), ("LOWER('ΟΔΟΣ')", "οδος"), ("LOWER('')", "")]),
        Proper => Entry::new("PROPER", TEXT, "the text with the first character of each word in upper case and the \
            others in lower case; a word is a run of letters and digits")
            .aliases(&["INITCAP"])
            .takes(&[SUBJECT])
            .examples(&[
                ("PROPER('new YORK city')", "New York City"),
                ("PROPER('o''neil-2nd x')", "O'Neil-2nd X"),
                ("PROPER('')", ""),
            ]),
        Trim => Entry::new("TRIM", TEXT, "the text without the white space, or without those characters, at both ends")
            .aliases(&["BTRIM"])
            .takes(TRIMMED)
            .examples(&[("TRIM('  a b ')", "a b"), ("TRIM('xxaxbyx', 'yx')", "axb"), ("TRIM(' a ', '')", " a ")]),
        TrimLeft => Entry::new("TRIM_LEFT", TEXT, "the text without the white space, or without those characters, at \
            its start")
            .aliases(&["LTRIM"])
            .takes(TRIMMED)
            .examples(&[("TRIM_LEFT('0012.50', '0')", "12.50"), ("TRIM_LEFT('000', '0')", "")]),
        TrimRight => Entry::new("TRIM_RIGHT", TEXT, "the text without the white space, or without those characters, at \
            its end")
            .aliases(&["RTRIM"])
            .takes(TRIMMED)
            .examples(&[("TRIM_RIGHT('12.50', '0')", "12.5"), ("TRIM_RIGHT('a  ')", "a")]),
        CollapseSpaces => Entry::new("COLLAPSE_SPACES", TEXT, "the text without white space at its ends and with one \
            space for each run of white space inside")
            .takes(&[SUBJECT])
            .examples(&[("COLLAPSE_SPACES('  new   york ')", "new york"), ("COLLAPSE_SPACES('   ')", "")]),
        Left => Entry::new("LEFT", TEXT, "the first so many characters, or the whole text if it has fewer; NULL for a \
            negative number")
            .takes(&[SUBJECT, COUNT])
            .examples(&[
                ("LEFT('abcde', 2)", "ab"),
                ("LEFT('ab', 5)", "ab"),
                ("LEFT('abc', 0)", ""),
                ("LEFT('abc', -1)", "null"),
            ]),
        Right => Entry::new("RIGHT", TEXT, "the last so many characters, or the whole text if it has fewer; NULL for a \
            negative number")
            .takes(&[SUBJECT, COUNT])
            .examples(&[("RIGHT('abcde', 2)", "de"), ("RIGHT('ab', 5)", "ab"), ("RIGHT('abc', -1)", "null")]),
        Substring => Entry::new("SUBSTRING", TEXT, "the characters from that place on, as many as told or all; a \
            negative place counts from the end and one before the text is its start, behind the text there are none; \
            NULL for the place 0 and for a negative length")
            .aliases(&["SUBSTR", "MID"])
            .takes(&[SUBJECT, required("start", Kind::Integer), optional("length", Kind::Integer)])
            .examples(&[
                ("SUBSTRING('abcde', 2, 3)", "bcd"),
                ("SUBSTRING('abcde', -2)", "de"),
                ("SUBSTRING('abc', 9)", ""),
                ("SUBSTRING('abc', 0, 2)", "null"),
            ]),
        Contains => Entry::new("CONTAINS", BOOLEAN, "whether the part is found anywhere in the text; an empty part is")
            .takes(&[SUBJECT, PART])
            .examples(&[
                ("CONTAINS('abcde', 'cd')", "true"),
                ("CONTAINS('abc', 'B')", "false"),
                ("CONTAINS('abc', '')", "true"),
            ]),
        StartsWith => Entry::new("STARTS_WITH", BOOLEAN, "whether the text starts with the part; it does with an empty \
            one")
            .aliases(&["STARTSWITH"])
            .takes(&[SUBJECT, PART])
            .examples(&[
                ("STARTS_WITH('abc', 'ab')", "true"),
                ("STARTS_WITH('abc', 'bc')", "false"),
                ("STARTS_WITH('', '')", "true"),
            ]),
        EndsWith => Entry::new("ENDS_WITH", BOOLEAN, "whether the text ends with the part; it does with an empty one")
            .aliases(&["ENDSWITH"])
            .takes(&[SUBJECT, PART])
            .examples(&[("ENDS_WITH('abc', 'bc')", "true"), ("ENDS_WITH('bc', 'abc')", "false")]),
        Position => Entry::new("POSITION", INTEGER, "the place at which the part is first found, counted from 1; 0 if \
            it is not there, 1 for an empty part")
            .aliases(&["STRPOS", "INSTR", "FIND"])
            .takes(&[SUBJECT, PART])
            .examples(&[("POSITION('naïve', 'v')", "4"), ("POSITION('abc', 'x')", "0"), ("POSITION('abc', '')", "1")]),
        CountOf => Entry::new("COUNT_OF", INTEGER, "how often the part is found, from the left and without overlaps; 0 \
            for an empty part")
            .takes(&[SUBJECT, PART])
            .examples(&[
                ("COUNT_OF('banana', 'an')", "2"),
                ("COUNT_OF('aaa', 'aa')", "1"),
                ("COUNT_OF('abc', '')", "0"),
            ]),
        Replace => Entry::new("REPLACE", TEXT, "the text with the other one wherever the part is found, from the left \
            and without overlaps; unchanged for an empty part, NULL if longer than 262144 bytes")
            .aliases(&["SUBSTITUTE"])
            .takes(&[SUBJECT, PART, required("by", Kind::Text)])
            .examples(&[
                ("REPLACE('1,234,567', ',', '')", "1234567"),
                ("REPLACE('aaa', 'aa', 'b')", "ba"),
                ("REPLACE('abc', '', 'x')", "abc"),
            ]),
        Reverse => Entry::new("REVERSE", TEXT, "the characters of the text from the last to the first")
            .takes(&[SUBJECT])
            .examples(&[("REVERSE('añb')", "bña"), ("REVERSE('')", "")]),
        Repeat => Entry::new("REPEAT", TEXT, "the text so often; NULL for a negative number or if longer than 262144 \
            bytes")
            .aliases(&["REPT", "REPLICATE"])
            .takes(&[SUBJECT, COUNT])
            .examples(&[
                ("REPEAT('ab', 3)", "ababab"),
                ("REPEAT('ab', 0)", ""),
                ("REPEAT('ab', -1)", "null"),
                ("REPEAT('ab', 200000)", "null"),
            ]),
        PadLeft => Entry::new("PAD_LEFT", TEXT, "the text with spaces, or with that text again and again, before it up \
            to so many characters; of a longer text its first ones; NULL for a negative length or if longer than \
            262144 bytes")
            .aliases(&["LPAD"])
            .takes(PADDED)
            .examples(&[
                ("PAD_LEFT('7', 3, '0')", "007"),
                ("PAD_LEFT('7', 6, 'abc')", "abcab7"),
                ("PAD_LEFT('12345', 3)", "123"),
                ("PAD_LEFT('7', 3, '')", "7"),
                ("PAD_LEFT('7', -1)", "null"),
            ]),
        PadRight => Entry::new("PAD_RIGHT", TEXT, "the text with spaces, or with that text again and again, behind it \
            up to so many characters; of a longer text its first ones; NULL for a negative length or if longer than \
            262144 bytes")
            .aliases(&["RPAD"])
            .takes(PADDED)
            .examples(&[
                ("PAD_RIGHT('7', 4, '.')", "7..."),
                ("PAD_RIGHT('12345', 3)", "123"),
                ("PAD_RIGHT('a', 300000)", "null"),
            ]),
        SplitPart => Entry::new("SPLIT_PART", TEXT, "the part at that place between separators, a negative place \
            counted from the last part; NULL if there is none, and an empty separator parts nothing")
            .aliases(&["SPLIT"])
            .takes(&[SUBJECT, SEPARATOR, required("place", Kind::Integer)])
            .examples(&[
                ("SPLIT_PART('a-b-c', '-', 2)", "b"),
                ("SPLIT_PART('a-b-c', '-', -1)", "c"),
                ("SPLIT_PART('a--c', '-', 2)", ""),
                ("SPLIT_PART('a-b', '-', 3)", "null"),
                ("SPLIT_PART('a-b', '-', 0)", "null"),
            ]),
        PartCount => Entry::new("PART_COUNT", INTEGER, "the number of parts between separators; 1 where there is none \
            and for an empty one")
            .takes(&[SUBJECT, SEPARATOR])
            .examples(&[
                ("PART_COUNT('a-b-c', '-')", "3"),
                ("PART_COUNT('', '-')", "1"),
                ("PART_COUNT('abc', '')", "1"),
            ]),
        Before => Entry::new("BEFORE", TEXT, "what stands before the first place where the part is found; NULL if it \
            is not there")
            .aliases(&["TEXTBEFORE"])
            .takes(&[SUBJECT, PART])
            .examples(&[("BEFORE('a@b@c', '@')", "a"), ("BEFORE('abc', '@')", "null"), ("BEFORE('abc', '')", "")]),
        After => Entry::new("AFTER", TEXT, "what stands behind the first place where the part is found; NULL if it is \
            not there")
            .aliases(&["TEXTAFTER"])
            .takes(&[SUBJECT, PART])
            .examples(&[("AFTER('a@b@c', '@')", "b@c"), ("AFTER('abc', '@')", "null"), ("AFTER('abc', '')", "abc")]),
        Concat => Entry::new("CONCAT", TEXT, "the texts one behind the other; NULL if longer than 262144 bytes")
            .aliases(&["CONCATENATE"])
            .takes(&[SUBJECT, repeated("more", Kind::Text)])
            .nulls("a text that is NULL counts as empty")
            .examples(&[("CONCAT('a', 'b', 'c')", "abc"), ("CONCAT('a', NULL, 'c')", "ac"), ("CONCAT(NULL)", "")]),
        Join => Entry::new("JOIN", TEXT, "the texts with the separator between them; NULL if longer than 262144 bytes")
            .aliases(&["CONCAT_WS"])
            .takes(&[SEPARATOR, SUBJECT, repeated("more", Kind::Text)])
            .nulls("a text that is NULL is left out; without a separator the result is NULL")
            .examples(&[
                ("JOIN(', ', 'a', NULL, 'c')", "a, c"),
                ("JOIN('-', '', 'b')", "-b"),
                ("JOIN('-', NULL)", ""),
                ("JOIN(NULL, 'a', 'b')", "null"),
            ]),
        Translate => Entry::new("TRANSLATE", TEXT, "the text with each character that is in the second text as the one \
            at the same place of the third, or without it where that is shorter; the first place counts; NULL if \
            longer than 262144 bytes")
            .takes(&[SUBJECT, required("from", Kind::Text), required("to", Kind::Text)])
            .examples(&[
                ("TRANSLATE('1.234,5', ',.', '.')", "1234.5"),
                ("TRANSLATE('abc', 'aa', 'xy')", "xbc"),
                ("TRANSLATE('abc', '', 'x')", "abc"),
            ]),
        CodePoint => Entry::new("CODE_POINT", INTEGER, "the Unicode number of the first character; NULL for an empty \
            text")
            .aliases(&["UNICODE", "ASCII"])
            .takes(&[SUBJECT])
            .examples(&[("CODE_POINT('A')", "65"), ("CODE_POINT('€1')", "8364"), ("CODE_POINT('')", "null")]),
        Char => Entry::new("CHAR", TEXT, "the character of that Unicode number; NULL if there is none")
            .aliases(&["CHR"])
            .takes(&[required("number", Kind::Integer)])
            .examples(&[("CHAR(65)", "A"), ("CHAR(8364)", "€"), ("CHAR(55296)", "null"), ("CHAR(-1)", "null")]),
        Remove => Entry::new("REMOVE", TEXT, "the text without those characters")
            .takes(&[SUBJECT, CHARACTERS])
            .examples(&[("REMOVE('(0)2-345', '()-')", "02345"), ("REMOVE('abc', '')", "abc")]),
        Keep => Entry::new("KEEP", TEXT, "only those characters of the text, in its order")
            .takes(&[SUBJECT, CHARACTERS])
            .examples(&[("KEEP('$1,250.50', '0123456789.')", "1250.50"), ("KEEP('abc', '')", "")]),
        Digits => Entry::new("DIGITS", TEXT, "only the digits 0 to 9 of the text, in its order")
            .takes(&[SUBJECT])
            .examples(&[("DIGITS('+32 (0)2 345')", "3202345"), ("DIGITS('none')", "")]),
        Levenshtein => Entry::new("LEVENSHTEIN", INTEGER, "the fewest characters to insert, delete or change to make \
            one text of the other; NULL if one has more than 1000 characters")
            .aliases(&["EDIT_DISTANCE"])
            .takes(&[SUBJECT, OTHER])
            .examples(&[
                ("LEVENSHTEIN('kitten', 'sitting')", "3"),
                ("LEVENSHTEIN('', 'abc')", "3"),
                ("LEVENSHTEIN(REPEAT('a', 1001), 'a')", "null"),
            ]),
        Similarity => Entry::new("SIMILARITY", FLOAT, "one less the share of the Levenshtein distance in the length of \
            the longer text: 1 for the same, 0 where nothing fits; NULL if one has more than 1000 characters")
            .takes(&[SUBJECT, OTHER])
            .examples(&[
                ("SIMILARITY('kitten', 'sitting')", "0.5714285714285714"),
                ("SIMILARITY('', '')", "1.0"),
                ("SIMILARITY('abc', '')", "0.0"),
            ]),
        JaroWinkler => Entry::new("JARO_WINKLER", FLOAT, "the Jaro similarity from 0 to 1, where it is above 0.7 \
            raised by a tenth of what is missing for each of up to four equal first characters; NULL if one has more \
            than 1000 characters")
            .takes(&[SUBJECT, OTHER])
            .examples(&[
                ("JARO_WINKLER('MARTHA', 'MARHTA')", "0.9611111111111111"),
                ("JARO_WINKLER('', '')", "1.0"),
                ("JARO_WINKLER('abc', 'xyz')", "0.0"),
            ]),
        Soundex => Entry::new("SOUNDEX", TEXT, "the American Soundex code, a letter and three digits, of the letters A \
            to Z in any case; empty if there are none")
            .takes(&[SUBJECT])
            .examples(&[("SOUNDEX('Robert')", "R163"), ("SOUNDEX('Ashcraft')", "A261"), ("SOUNDEX('42')", "")]),
        IsBlank => Entry::new("IS_BLANK", BOOLEAN, "whether the text is empty or has only white space")
            .aliases(&["ISBLANK"])
            .takes(&[SUBJECT])
            .nulls("NULL is blank")
            .examples(&[("IS_BLANK('  ')", "true"), ("IS_BLANK(NULL)", "true"), ("IS_BLANK(' a')", "false")]),
        UrlPart => Entry::new("URL_PART", TEXT, "that part of a URL (scheme, host, port, path, query or fragment) by \
            RFC 3986, as it is written there; NULL if absent, host and port also where the authority has none that can \
            be read")
            .takes(&[required("url", Kind::Text), required("part", Kind::Word(URL_PARTS))])
            .examples(&[
                ("URL_PART('https://me@example.com:8080/a/b?c=d#e', 'host')", "example.com"),
                ("URL_PART('https://example.com:8080/a?c=d#e', 'query')", "c=d"),
                ("URL_PART('https://example.com', 'path')", ""),
                ("URL_PART('https://example.com/', 'port')", "null"),
                ("URL_PART('example.com/a', 'host')", "null"),
            ]),
    }
}
