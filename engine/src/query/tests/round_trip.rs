//! What is written is read back the same, and no text makes a reader panic.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use super::strategies::query;
use crate::query::{Query, QueryBatch};

/// Whatever is read passes the check and is read back the same.
fn holds_for_what_is_read(text: &str) -> Result<(), TestCaseError> {
    if let Ok(read) = Query::from_json(text) {
        prop_assert_eq!(read.check().map_err(|error| error.to_string()), Ok(()));
        prop_assert_eq!(Query::from_json(&read.to_json().to_string()).map_err(|error| error.to_string()), Ok(read));
    }
    Ok(())
}

/// JSON of any shape in which known words stand at any place.
fn word_salad() -> impl Strategy<Value = Value> {
    let words = "queries as dimensions measures where having order limit options column_id dataset_id name level \
                 aggregation type sum count and or not expression parameters nulls by offset month desc include \
                 rollup_data discretization unnest decimal paging find parameters parameter value default text formula \
                 formula_id expression window function of size n order_by rank totals grand levels top per compare shift quantity \
                 unit pivot columns at tiered exact derived linear bins groups percentile p last_by cumulative all \
                 hierarchy_id under expand depth open path own unassigned";
    let word = select(words.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..12_u64).prop_map(Value::from),
        word.clone().prop_map(Value::from),
        select(vec!["? = ?", "? in ?", "? is null", "last_now", "to_date", "YTD", "*", ""]).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(word.clone(), inner, 0..4).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(query in query()) {
        prop_assert_eq!(query.check().map_err(|error| error.to_string()), Ok(()));
        let json = query.to_json();
        for text in [json.to_string(), format!("{json:#}")] {
            prop_assert_eq!(&Query::from_json(&text).unwrap(), &query);
        }
        prop_assert_eq!(&serde_json::from_value::<Query>(json).unwrap(), &query);
    }

    #[test]
    fn batches_too(queries in vec(query(), 0..3)) {
        let batch = QueryBatch { queries };
        let text = serde_json::to_string(&batch).unwrap();
        prop_assert_eq!(QueryBatch::from_json(&text).unwrap(), batch);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        holds_for_what_is_read(&text)?;
    }

    #[test]
    fn any_json_of_known_words_is_read_or_refused(json in word_salad()) {
        holds_for_what_is_read(&json.to_string())?;
        let _ = QueryBatch::from_json(&json.to_string());
    }

    #[test]
    fn damaged_documents_are_read_or_refused(
        query in query(), at in any::<Index>(), cut in 0_usize..4, paste in r#"[\]\[{}",:0-9a-z]{0,3}"#,
    ) {
        let mut chars: Vec<char> = query.to_json().to_string().chars().collect();
        let start = at.index(chars.len());
        let end = chars.len().min(start + cut);
        drop(chars.splice(start..end, paste.chars()));
        holds_for_what_is_read(&chars.into_iter().collect::<String>())?;
    }
}
