//! Equal values have equal hashes, other ones have not, and the hashes are those on disk.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, DictionaryArray,
    Float64Array, Int8Array, Int32Array, Int64Array, LargeStringArray, StringArray, StringViewArray,
    TimestampMicrosecondArray, TimestampSecondArray,
};
use arrow::datatypes::{Int8Type, Int32Type, i256};
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};

use super::{ErrorKind, KeyHasher, KeyHashes, KeySecret, row_digests};

/// The bytes 0 to 15.
fn secret() -> KeySecret {
    KeySecret::from(std::array::from_fn(|index| u8::try_from(index).unwrap()))
}

fn hash(columns: &[ArrayRef]) -> KeyHashes {
    KeyHasher::new(&secret()).hash(columns).unwrap()
}

fn integers(values: Vec<i64>) -> ArrayRef {
    Arc::new(Int64Array::from(values))
}

fn optional(values: Vec<Option<i64>>) -> ArrayRef {
    Arc::new(Int64Array::from(values))
}

fn decimals(values: Vec<i128>, scale: i8) -> ArrayRef {
    Arc::new(Decimal128Array::from(values).with_precision_and_scale(38, scale).unwrap())
}

fn wide_decimals(values: Vec<i256>, scale: i8) -> ArrayRef {
    Arc::new(Decimal256Array::from(values).with_precision_and_scale(76, scale).unwrap())
}

fn texts(values: Vec<Option<&str>>) -> ArrayRef {
    Arc::new(StringViewArray::from(values))
}

#[track_caller]
fn check(columns: &[ArrayRef], expected: u128) {
    let hashed = hash(columns);
    assert_eq!(hashed.hashes, [expected], "{:#x}", hashed.hashes[0]);
    assert!(hashed.nulls.is_none());
}

/// Computed from the description in docs/format.md by other software.
#[test]
fn hashes_are_those_of_the_format() {
    let five = || integers(vec![5]);
    let city = || texts(vec![Some("Zürich")]);
    let moments = TimestampMicrosecondArray::from(vec![1_790_000_000_000_000]);
    let ten_to_30 = 10_i128.pow(30);
    let wide = i256::from_string(&format!("-1{}", "0".repeat(50))).unwrap();
    check(&[five()], 0x012e_5e4e_f7ba_8eba_6796_4cc0_afbc_7527);
    check(&[decimals(vec![500], 2)], 0x012e_5e4e_f7ba_8eba_6796_4cc0_afbc_7527);
    check(&[integers(vec![-1])], 0x06a4_4f27_24ff_b3eb_db42_323a_57a9_f370);
    check(&[decimals(vec![12_500], 3)], 0x24b5_2233_5089_c959_41fb_b989_fd17_ae1d);
    check(&[decimals(vec![ten_to_30], 0)], 0xb38c_04cb_b702_5076_64cb_6a3d_af22_9fe2);
    check(&[decimals(vec![ten_to_30 * 100], 2)], 0xb38c_04cb_b702_5076_64cb_6a3d_af22_9fe2);
    check(&[wide_decimals(vec![wide], 0)], 0xff95_4c76_8d85_20cd_0221_62cb_a594_4d63);
    check(&[wide_decimals(vec![i256::from_i128(-100_000)], -45)], 0xff95_4c76_8d85_20cd_0221_62cb_a594_4d63);
    check(&[Arc::new(Float64Array::from(vec![1.5]))], 0x4007_2e16_70fe_e39e_0a1c_806b_6d0f_fcb3);
    check(&[Arc::new(Float64Array::from(vec![0.0]))], 0xd36c_0c65_50d8_5c47_851d_cb5e_09d2_c4b8);
    check(&[Arc::new(Float64Array::from(vec![-0.0]))], 0xd36c_0c65_50d8_5c47_851d_cb5e_09d2_c4b8);
    check(&[Arc::new(BooleanArray::from(vec![true]))], 0xbf1a_2f7d_9a1e_b69d_17d4_8d12_2782_a277);
    check(&[city()], 0xbb36_0691_8eee_abe8_ec47_7758_7472_37e9);
    check(&[Arc::new(Date32Array::from(vec![20_000]))], 0x7a89_6702_e17c_f25a_510d_0841_44fe_c6ac);
    check(&[Arc::new(moments.clone().with_timezone("UTC"))], 0xf0e9_9ac3_2b41_6077_8df7_6bdc_3751_8947);
    check(&[Arc::new(moments)], 0xf0e9_9ac3_2b41_6077_8df7_6bdc_3751_8947);
    check(&[five(), city()], 0x4f79_61cd_76b1_5f62_cc90_987a_58d9_585d);

    let digest = |columns: &[ArrayRef]| row_digests(&secret(), columns).unwrap();
    assert_eq!(digest(&[five(), city()]), [0x01d7_f83a_3c15_7ada]);
    assert_eq!(digest(&[texts(vec![None]), five()]), [0xc171_bcde_89de_7937]);
    assert_eq!(digest(&[Arc::new(Float64Array::from(vec![f64::NAN])), five()]), [0xc171_bcde_89de_7937]);
}

#[test]
fn another_secret_gives_other_hashes() {
    let other = KeyHasher::new(&KeySecret::from([0; 16])).hash(&[integers(vec![5])]).unwrap();
    assert_ne!(other.hashes, hash(&[integers(vec![5])]).hashes);
}

#[test]
fn text_is_text_in_any_layout() {
    let long = Some("longer than twelve bytes");
    let values = vec![Some("a"), None, Some(""), long, Some("a"), long];
    let by_codes: DictionaryArray<Int32Type> = values.iter().copied().collect();
    // The NULL is among the values of this dictionary.
    let codes = Int8Array::from(vec![2, 0, 1, 3, 2, 3]);
    let words: [ArrayRef; 2] = [
        Arc::new(StringArray::from(vec![None, Some(""), Some("a"), long])),
        Arc::new(LargeStringArray::from(vec![None, Some(""), Some("a"), long])),
    ];
    let [small_words, large_words] =
        words.map(|words| DictionaryArray::<Int8Type>::try_new(codes.clone(), words).unwrap());
    let padded: Vec<Option<&str>> = [None, Some("x")].into_iter().chain(values.iter().copied()).collect();
    let sliced: ArrayRef = Arc::new(StringArray::from(padded).slice(2, values.len()));
    let columns: [ArrayRef; 7] = [
        Arc::new(StringViewArray::from(values.clone())),
        Arc::new(StringArray::from(values.clone())),
        Arc::new(LargeStringArray::from(values)),
        Arc::new(by_codes),
        Arc::new(small_words),
        Arc::new(large_words),
        sliced,
    ];
    let expected = hash(&columns[..1]);
    let digests = row_digests(&secret(), &columns[..1]).unwrap();
    assert_eq!(expected.nulls.as_ref().map(|nulls| nulls.iter().filter(|valid| !valid).count()), Some(1));
    for column in &columns {
        let (hashed, data_type) = (hash(std::slice::from_ref(column)), column.data_type());
        assert_eq!((&hashed.hashes, &hashed.nulls), (&expected.hashes, &expected.nulls), "{data_type}");
        assert_eq!(row_digests(&secret(), std::slice::from_ref(column)).unwrap(), digests, "{data_type}");
    }
}

#[test]
fn numbers_behind_a_dictionary_are_numbers() {
    let codes = Int32Array::from(vec![Some(1), None, Some(0)]);
    let column: DictionaryArray<Int32Type> = DictionaryArray::try_new(codes, integers(vec![7, 8])).unwrap();
    let plain = hash(&[optional(vec![Some(8), None, Some(7)])]);
    let behind = hash(&[Arc::new(column)]);
    assert_eq!((behind.hashes, behind.nulls), (plain.hashes, plain.nulls));
}

#[test]
fn a_key_is_null_where_a_component_is_null_or_nan() {
    let hashed = hash(&[
        optional(vec![Some(1), None, Some(1), Some(1)]),
        Arc::new(Float64Array::from(vec![Some(1.0), Some(1.0), Some(f64::NAN), None])),
    ]);
    let nulls: Vec<bool> = hashed.nulls.unwrap().iter().map(|valid| !valid).collect();
    assert_eq!(nulls, [false, true, true, true]);
    assert_ne!(hashed.hashes[0], 0);
    assert_eq!(hashed.hashes[1..], [0, 0, 0]);
}

/// Rows are shared out among threads, and columns of fixed width take a way of their own.
#[test]
fn every_row_is_hashed_by_itself_wherever_it_is() {
    let rows = 20_000_i64;
    let numbers = || (0..rows).map(|row| (row % 7 != 3).then_some(row * 1_000));
    let days: Date32Array = numbers().map(|number| number.map(|number| i32::try_from(number).unwrap())).collect();
    let decimals: Decimal128Array = numbers().map(|number| number.map(i128::from)).collect();
    let columns: [ArrayRef; 4] = [
        Arc::new(numbers().collect::<Int64Array>()),
        Arc::new(numbers().collect::<TimestampMicrosecondArray>()),
        Arc::new(days),
        Arc::new(decimals.with_precision_and_scale(30, 4).unwrap()),
    ];
    let constant = integers(vec![9; usize::try_from(rows).unwrap()]);
    for column in columns {
        let (alone, paired) = (hash(&[Arc::clone(&column)]), hash(&[Arc::clone(&column), Arc::clone(&constant)]));
        assert_eq!(alone.nulls, paired.nulls);
        for row in [0, 1, 3, 8_191, 8_192, 8_193, 16_384, 19_999] {
            let slice = column.slice(row, 1);
            assert_eq!(hash(&[Arc::clone(&slice)]).hashes, [alone.hashes[row]], "row {row} of {}", column.data_type());
            let pair = hash(&[slice, constant.slice(row, 1)]);
            assert_eq!(pair.hashes, [paired.hashes[row]], "row {row} of {}", column.data_type());
        }
        let mut distinct: Vec<u128> = alone.hashes.iter().copied().filter(|hash| *hash != 0).collect();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), alone.hashes.len() - alone.nulls.unwrap().null_count());
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let refused = |columns: &[ArrayRef]| {
        let hasher = KeyHasher::new(&secret());
        assert_eq!(hasher.hash(columns).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(row_digests(&secret(), columns).unwrap_err().kind(), ErrorKind::InvalidInput);
    };
    refused(&[]);
    refused(&[integers(vec![1]), integers(vec![1, 2])]);
    refused(&[Arc::new(Int32Array::from(vec![1]))]);
    refused(&[Arc::new(BinaryArray::from(vec![b"a".as_slice()]))]);
    refused(&[Arc::new(TimestampSecondArray::from(vec![1]))]);
    let words: ArrayRef = Arc::new(BinaryArray::from(vec![b"a".as_slice()]));
    refused(&[Arc::new(DictionaryArray::<Int8Type>::try_new(Int8Array::from(vec![0]), words).unwrap())]);
}

/// Few different values, so that equal ones and colliding concatenations come up.
fn component() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![Just(None), Just(Some("")), Just(Some("a")), Just(Some("b")), Just(Some("ab")), Just(Some("\u{6}"))]
}

proptest! {
    #[test]
    fn widening_keeps_hashes(value in any::<i64>(), scale in 0_i8..19, zeros in 0_u32..19, left_out in 0_u32..19) {
        let narrow = hash(&[decimals(vec![i128::from(value)], scale)]).hashes;
        let grown = i128::from(value) * 10_i128.pow(zeros);
        let wider = scale + i8::try_from(zeros).unwrap();
        prop_assert_eq!(&hash(&[decimals(vec![grown], wider)]).hashes, &narrow);
        prop_assert_eq!(&hash(&[wide_decimals(vec![i256::from_i128(grown)], wider)]).hashes, &narrow);
        let whole = hash(&[integers(vec![value])]).hashes;
        prop_assert_eq!(&hash(&[decimals(vec![i128::from(value)], 0)]).hashes, &whole);
        // The same number as a multiple of a power of ten.
        let hundreds = i128::from(value) * 10_i128.pow(left_out);
        let negative = i8::try_from(left_out).unwrap();
        prop_assert_eq!(
            hash(&[decimals(vec![i128::from(value)], -negative)]).hashes,
            hash(&[decimals(vec![hundreds], 0)]).hashes
        );
    }

    #[test]
    fn only_equal_numbers_have_equal_hashes(
        one in (-30_i64..30, 0_i8..4),
        other in (-30_i64..30, 0_i8..4),
    ) {
        let scaled = |(value, scale): (i64, i8)| value * 10_i64.pow(3 - u32::try_from(scale).unwrap());
        let hashed = |(value, scale): (i64, i8)| hash(&[decimals(vec![i128::from(value)], scale)]).hashes;
        prop_assert_eq!(hashed(one) == hashed(other), scaled(one) == scaled(other));
    }

    #[test]
    fn components_do_not_run_together(
        one in (component(), component(), component()),
        other in (component(), component(), component()),
    ) {
        let columns = [texts(vec![one.0, other.0]), texts(vec![one.1, other.1]), texts(vec![one.2, other.2])];
        let digests = row_digests(&secret(), &columns).unwrap();
        prop_assert_eq!(digests[0] == digests[1], one == other);
        let keys = hash(&columns);
        if keys.nulls.is_none() {
            prop_assert_eq!(keys.hashes[0] == keys.hashes[1], one == other);
        }
    }
}
