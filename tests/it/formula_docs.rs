//! The page on formulas has the reference of all functions, as the registry gives it. `UPDATE_EXPECT=1` writes it.

use std::fs::{File, read_to_string};
use std::io::Write;
use std::path::Path;

use drillcore_formulas::{Function, reference_markdown};

const BEGIN: &str = "<!-- functions: begin -->\n";
const END: &str = "<!-- functions: end -->\n";

/// The page with another reference between its marks, or why it cannot be put there.
fn with_reference(page: &str, reference: &str) -> Result<String, &'static str> {
    let (before, rest) = page.split_once(BEGIN).ok_or("the mark of the beginning is missing")?;
    let (_, behind) = rest.split_once(END).ok_or("the mark of the end is missing")?;
    Ok(format!("{before}{BEGIN}\n{reference}\n{END}{behind}"))
}

#[test]
fn the_page_has_the_reference_of_the_registry() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/formulas.md");
    let page = read_to_string(&path).expect("the page on formulas");
    let expected = with_reference(&page, &reference_markdown()).expect("a page with marks");
    if page == expected {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        File::create(&path).and_then(|mut file| file.write_all(expected.as_bytes())).expect("a page that is written");
        return;
    }
    let differs = (1..).zip(page.lines().zip(expected.lines())).find(|(_, (found, wanted))| found != wanted);
    let place = differs.map_or_else(
        || "one goes on where the other ends".to_owned(),
        |(line, (found, wanted))| format!("line {line} is\n  {found}\nand should be\n  {wanted}"),
    );
    panic!("docs/formulas.md is not what the registry gives; UPDATE_EXPECT=1 writes it\n{place}");
}

#[test]
fn the_page_names_every_function() {
    let page = read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/formulas.md")).expect("the page");
    let missing: Vec<&str> =
        Function::all().map(Function::name).filter(|name| !page.contains(&format!("\n#### {name}\n"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let headings = page.lines().filter(|line| line.starts_with("#### ")).count();
    assert_eq!(headings, Function::all().count());
}

#[test]
fn only_what_is_between_the_marks_is_changed() {
    let page = format!("# A\n{BEGIN}old\n{END}# B\n");
    let new = format!("# A\n{BEGIN}\nnew\n\n{END}# B\n");
    assert_eq!(with_reference(&page, "new\n"), Ok(new.clone()));
    assert_eq!(with_reference(&new, "new\n"), Ok(new));
    assert!(with_reference("# A\n", "new\n").is_err());
    assert!(with_reference(BEGIN, "new\n").is_err());
}
