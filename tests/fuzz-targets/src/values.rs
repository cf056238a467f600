//! Values from bytes, those among them that are known for trouble.

use arbitrary::{Result, Unstructured};

/// A number, often one at an end.
pub fn number(bytes: &mut Unstructured<'_>) -> Result<i64> {
    Ok(match bytes.int_in_range(0..=9)? {
        0 => i64::MIN,
        1 => i64::MAX,
        2 => i64::from(i32::MIN) - 1,
        3 => i64::from(u32::MAX),
        4 => bytes.arbitrary()?,
        few => few - 6,
    })
}

/// A text, often one that a database or an encoding may take for another.
pub fn text(bytes: &mut Unstructured<'_>) -> Result<String> {
    Ok(match bytes.int_in_range(0..=11)? {
        0 => String::new(),
        1 => "a\0".to_owned(),
        2 => "a\0b".to_owned(),
        3 => "\0".to_owned(),
        4 => "a ".to_owned(),
        5 => "A".to_owned(),
        6 => "long ".repeat(bytes.int_in_range(1..=4000)?),
        7 => "e\u{301}\u{1F512}".to_owned(),
        8 => "'); DROP TABLE shelves; --\"`?1".to_owned(),
        9 => bytes.arbitrary::<&str>()?.to_owned(),
        _ => "a".to_owned(),
    })
}

/// A finite float: another cannot be stored as it is by SQLite.
pub fn float(bytes: &mut Unstructured<'_>) -> Result<f64> {
    Ok(match bytes.int_in_range(0..=7)? {
        0 => f64::MAX,
        1 => f64::MIN_POSITIVE,
        2 => -0.0,
        3 => 0.1 + 0.2,
        4 => Some(bytes.arbitrary::<f64>()?).filter(|float| float.is_finite()).unwrap_or(5e-324),
        few => f64::from(few) - 5.0,
    })
}
