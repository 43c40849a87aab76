//! Case folding, for comparisons that do not tell upper case from lower.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array as _, ArrayRef, StringViewArray, StringViewBuilder};
use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::cast::as_string_view_array;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::argument::{text, unary};

/// Text in which every character stands for all that differ from it by case only (the simple case folding of Unicode,
/// the same that regular expressions use). Two texts are equal but for case if their folded forms are equal; the
/// folded form is not for display. Utf8View in and out.
pub(crate) fn fold_expr(input: Expr) -> Expr {
    ScalarUDF::new_from_impl(FoldFunction { signature: Signature::user_defined(Volatility::Immutable) })
        .call(vec![input])
}

/// The same for a literal.
pub(crate) fn fold_text(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_onto(text, &mut folded);
    folded
}

/// The characters beyond ASCII that another one stands for, in order, each with that one. Characters with case end
/// long before the end of the second plane.
static STANDS_FOR: LazyLock<Box<[(char, char)]>> = LazyLock::new(|| {
    ('\u{80}'..='\u{1ffff}')
        .filter(|character| changes_case(*character))
        .map(|character| (character, representative(character)))
        .filter(|(character, representative)| character != representative)
        .collect()
});

/// Whether one of the full mappings changes the character: of those that have equals but for case, all do.
fn changes_case(character: char) -> bool {
    !character.to_lowercase().eq([character]) || !character.to_uppercase().eq([character])
}

/// Of the characters that differ by case only: the small letter of ASCII, else the first.
fn representative(character: char) -> char {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(character, character)]);
    if class.try_case_fold_simple().is_err() {
        return character;
    }
    let equals: Vec<char> = class.iter().flat_map(|range| range.start()..=range.end()).collect();
    let small = equals.iter().find(|equal| equal.is_ascii_lowercase());
    small.or_else(|| equals.first()).copied().unwrap_or(character)
}

fn folded(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    STANDS_FOR
        .binary_search_by_key(&character, |(from, _)| *from)
        .ok()
        .and_then(|index| STANDS_FOR.get(index))
        .map_or(character, |(_, to)| *to)
}

/// Puts the folded text behind what is there; what is there must be folded already.
fn fold_onto(text: &str, folded_text: &mut String) {
    if text.is_ascii() {
        folded_text.push_str(text);
        folded_text.make_ascii_lowercase();
    } else {
        folded_text.extend(text.chars().map(folded));
    }
}

fn fold_all(texts: &StringViewArray) -> Result<ArrayRef> {
    let mut builder = StringViewBuilder::with_capacity(texts.len());
    let mut scratch = String::new();
    for text in texts {
        match text {
            Some(text) => {
                scratch.clear();
                fold_onto(text, &mut scratch);
                builder.try_append_value(&scratch)?;
            }
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct FoldFunction {
    signature: Signature,
}

impl ScalarUDFImpl for FoldFunction {
    fn name(&self) -> &str {
        "fold_case"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        text(self.name(), arg_types)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        unary(&args, |array| fold_all(as_string_view_array(array)?))
    }

    fn is_strict(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringViewArray};
    use arrow::datatypes::DataType;
    use datafusion::prelude::{SessionContext, col};

    use super::{fold_expr, fold_text, folded, representative};

    #[test]
    fn texts_that_differ_by_case_only_fold_to_the_same() {
        #[track_caller]
        fn check(left: &str, right: &str, same: bool) {
            assert_eq!(fold_text(left) == fold_text(right), same, "{left} {right}");
        }
        check("Straße", "STRAßE", true);
        check("Straße", "STRASSE", false);
        check("\u{212a}elvin", "kELVIN", true);
        check("mi\u{17f}t", "MIST", true);
        check("ΣΊΣΥΦΟΣ", "σίσυφος", true);
        check("Ё", "ё", true);
        check("Ǆ", "ǅ", true);
        check("I", "ı", false);
        check("İ", "i", false);
        check("a", "á", false);
        check("𐐀", "𐐨", true);
        assert_eq!(fold_text("Mixed 123"), "mixed 123");
        assert_eq!(fold_text(""), "");
    }

    #[test]
    fn every_character_folds_as_regular_expressions_do() {
        for character in '\0'..=char::MAX {
            let expected = representative(character);
            assert_eq!(folded(character), expected, "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn columns_keep_their_nulls_and_their_type() {
        let texts = vec![Some("ÀB"), None, Some(""), Some("a text longer than a view holds: É")];
        let texts: ArrayRef = Arc::new(StringViewArray::from(texts));
        let batch = RecordBatch::try_from_iter([("t", texts)]).unwrap();
        let frame = SessionContext::new().read_batch(batch).unwrap().select(vec![fold_expr(col("t"))]).unwrap();
        let batches = tokio::runtime::Runtime::new().unwrap().block_on(frame.collect()).unwrap();
        let column = batches[0].column(0);
        assert_eq!(column.data_type(), &DataType::Utf8View);
        let folded: Vec<_> = column.as_string_view().iter().collect();
        let long = fold_text("A TEXT LONGER THAN A VIEW HOLDS: é");
        assert_eq!(folded, [Some(fold_text("àb").as_str()), None, Some(""), Some(long.as_str())]);
    }
}
