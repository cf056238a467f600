//! Entity tags of rows: the same for the same, different for what is different, and showing nothing.

use std::fmt;

use diesel::sql_types::Text;
use http::HeaderValue;
use occ_runtime::http::{EntityTag, EntityTagger};
use occ_runtime::prelude::*;

diesel::table! { products (id) { id -> Integer, version -> Integer } }
diesel::table! { orders (id) { id -> Integer, version -> Integer } }
diesel::table! { lines (order_id, colour) { order_id -> Integer, colour -> Text, revision -> Text } }
diesel::table! { raws (first, second) { first -> Text, second -> Text, version -> Integer } }
diesel::table! { numbers (id) { id -> Integer, version -> Integer } }

#[derive(OptimisticLock)]
pub(super) struct Product {
    pub(super) id: i32,
    pub(super) version: i32,
}

#[derive(OptimisticLock)]
pub(super) struct Order {
    pub(super) id: i32,
    pub(super) version: i32,
}

#[derive(OptimisticLock)]
#[diesel(primary_key(order_id, colour))]
pub(super) struct Line {
    order_id: i32,
    colour: String,
    #[occ(version, generator = Letters)]
    revision: String,
}

/// The same rows, with the fields in another order.
#[derive(OptimisticLock)]
#[diesel(table_name = lines, primary_key(order_id, colour))]
struct TurnedLine {
    colour: String,
    #[occ(version, generator = Letters)]
    revision: String,
    order_id: i32,
}

diesel::table! { pairs (left, right) { left -> Integer, right -> Integer, version -> Integer } }

/// Two numbers as a key, in both orders, and each of them alone.
macro_rules! pair {
    ($($(#[$meta:meta])* $name:ident { $($field:ident),* };)*) => {$(
        #[derive(OptimisticLock)]
        #[diesel(table_name = pairs)]
        $(#[$meta])*
        struct $name {
            $($field: i32,)*
            version: i32,
        }
    )*};
}

pair! {
    #[diesel(primary_key(left, right))]
    Pair { left, right };
    #[diesel(primary_key(left, right))]
    TurnedPair { right, left };
    #[diesel(primary_key(left))]
    #[occ(unique_key)]
    Left { left };
    #[diesel(primary_key(right))]
    #[occ(unique_key)]
    Right { right };
}

#[test]
fn a_row_has_one_tag_whatever_the_order_of_the_fields() {
    let version = 7;
    let mut tags = std::collections::HashSet::new();
    for makes in [EntityTagger::open(), EntityTagger::keyed("0123456789abcdef").unwrap()] {
        for left in 1..4 {
            for right in 1..4 {
                let tag = makes.of(&Pair { left, right, version });
                assert_eq!(tag, makes.of(&TurnedPair { right, left, version }));
                assert!(tags.insert(tag), "{left} {right}");
            }
            assert!(tags.insert(makes.of(&Left { left, version })));
            assert!(tags.insert(makes.of(&Right { right: left, version })));
        }
        let line = Line { order_id: 1, colour: "blue".into(), revision: "r1".into() };
        let turned = TurnedLine { order_id: 1, colour: "blue".into(), revision: "r1".into() };
        assert_eq!(makes.of(&line), makes.of(&turned));
    }
}

pub(super) struct Letters;

impl occ_runtime::VersionGenerator<String> for Letters {
    fn initial() -> String {
        "a".into()
    }

    fn next(current: &String) -> Result<String, occ_runtime::VersionError> {
        Ok(format!("{current}a"))
    }
}

/// A text whose `Debug` has no quotes, so that one value may end as another begins.
#[derive(Clone, diesel::expression::AsExpression)]
#[diesel(sql_type = Text)]
struct Unquoted(String);

impl fmt::Debug for Unquoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(OptimisticLock)]
#[diesel(primary_key(first, second))]
pub(super) struct Raw {
    first: Unquoted,
    second: Unquoted,
    version: i32,
}

/// A key that is converted before it is written, and has no `Debug` itself.
#[derive(Clone)]
struct Number(i32);

impl From<Number> for i32 {
    fn from(number: Number) -> Self {
        number.0
    }
}

#[derive(OptimisticLock)]
#[diesel(table_name = numbers)]
struct Converted {
    #[diesel(serialize_as = i32)]
    id: Number,
    version: i32,
}

#[derive(Clone, OptimisticLock)]
#[diesel(table_name = products)]
#[occ(tracked)]
struct Generic<K> {
    id: K,
    version: i32,
}

/// Values that show nothing of themselves, as those of a type for secrets.
macro_rules! hidden {
    ($($(#[$meta:meta])* $name:ident($content:ty as $sql_type:ty);)*) => {$(
        $(#[$meta])*
        #[derive(Clone, diesel::expression::AsExpression)]
        #[diesel(sql_type = $sql_type)]
        struct $name($content);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("***")
            }
        }
    )*};
}

hidden! {
    #[derive(PartialEq, Eq, Hash)]
    HiddenText(String as Text);
    #[derive(PartialEq, Eq, Hash)]
    HiddenNumber(i32 as diesel::sql_types::Integer);
}

struct HiddenNumbers;

impl occ_runtime::VersionGenerator<HiddenNumber> for HiddenNumbers {
    fn initial() -> HiddenNumber {
        HiddenNumber(1)
    }

    fn next(current: &HiddenNumber) -> Result<HiddenNumber, occ_runtime::VersionError> {
        Ok(HiddenNumber(current.0 + 1))
    }
}

#[derive(OptimisticLock)]
#[diesel(table_name = raws, primary_key(first, second))]
struct Hidden {
    first: HiddenText,
    second: HiddenText,
    #[occ(generator = HiddenNumbers)]
    version: HiddenNumber,
}

fn hidden(first: &str, second: &str, version: i32) -> EntityTag {
    let (first, second) = (HiddenText(first.into()), HiddenText(second.into()));
    EntityTag::of(&Hidden { first, second, version: HiddenNumber(version) })
}

/// Tables of one name.
mod shop {
    diesel::table! { shop.products (id) { id -> Integer, version -> Integer } }
}

mod store {
    diesel::table! { store.products (id) { id -> Integer, version -> Integer } }
}

mod old {
    diesel::table! {
        #[sql_name = "old_products"]
        products (id) { id -> Integer, version -> Integer }
    }
}

macro_rules! product_of {
    ($($name:ident: $table:path;)*) => {$(
        #[derive(OptimisticLock)]
        #[diesel(table_name = $table)]
        struct $name {
            id: i32,
            version: i32,
        }
    )*};
}

product_of! {
    ShopProduct: shop::products;
    StoreProduct: store::products;
    OldProduct: old::products;
}

const SECRET: &str = "0123456789abcdef";

pub(super) fn line(order_id: i32, colour: &str, revision: &str) -> Line {
    Line { order_id, colour: colour.into(), revision: revision.into() }
}

pub(super) fn raw(first: &str, second: &str, version: i32) -> Raw {
    Raw { first: Unquoted(first.into()), second: Unquoted(second.into()), version }
}

/// Computed with Python's hashlib and hmac from the layout: each part is its length, in 8 bytes of which the lowest comes
/// first, and its bytes.
#[test]
fn a_tag_is_the_same_in_every_process_and_release() {
    let product = Product { id: 1, version: 7 };
    assert_eq!(EntityTag::of(&product).to_string(), r#""e649ac64dac5e22b785c8d8266c6c3f8""#);
    let keyed = EntityTagger::keyed(SECRET).unwrap();
    assert_eq!(keyed.of(&product).to_string(), r#""ca2ddce74befe35c77fa10bfa50f79ce""#);
    let html = EntityTagger::open().representation("html");
    assert_eq!(html.of(&line(1, "blue", "r1")).to_string(), r#""c45c212cdf5862cc3ba6b47ef1aea110""#);
}

#[test]
fn the_key_of_any_shape_of_struct_is_in_the_tag() {
    assert_ne!(EntityTag::of(&line(1, "blue", "a")), EntityTag::of(&line(2, "blue", "a")));
    assert_ne!(EntityTag::of(&line(1, "blue", "a")), EntityTag::of(&line(1, "red", "a")));
    assert_ne!(EntityTag::of(&line(1, "blue", "a")), EntityTag::of(&line(1, "blue", "b")));
    let converted = |id| EntityTag::of(&Converted { id: Number(id), version: 1 });
    assert_ne!(converted(1), converted(2));
    assert_eq!(converted(1), converted(1));
    let generic = Generic { id: 1_i32, version: 7 };
    assert_eq!(EntityTag::of(&generic), EntityTag::of(&Product { id: 1, version: 7 }));
}

#[test]
fn what_prints_alike_has_tags_of_its_own() {
    assert_eq!(hidden("a", "b", 1), hidden("a", "b", 1));
    for other in [hidden("c", "b", 1), hidden("a", "c", 1), hidden("a", "b", 2), hidden("b", "a", 1)] {
        assert_ne!(other, hidden("a", "b", 1));
    }
    assert_ne!(hidden("ab", "c", 1), hidden("a", "bc", 1));
}

#[test]
fn tables_of_one_name_have_tags_of_their_own() {
    let (id, version) = (1, 7);
    let tags = [
        EntityTag::of(&Product { id, version }),
        EntityTag::of(&ShopProduct { id, version }),
        EntityTag::of(&StoreProduct { id, version }),
        EntityTag::of(&OldProduct { id, version }),
    ];
    for (index, tag) in tags.iter().enumerate() {
        assert!(!tags[..index].contains(tag), "{index}");
    }
    assert_eq!(tags[1], EntityTag::of(&ShopProduct { id, version }));
}

#[test]
fn parts_that_make_the_same_text_together_make_different_tags() {
    assert_ne!(EntityTag::of(&raw("ab", "c", 1)), EntityTag::of(&raw("a", "bc", 1)));
    assert_ne!(EntityTag::of(&raw("", "1", 1)), EntityTag::of(&raw("1", "", 1)));
    let tags = EntityTagger::open();
    let (first, second) = (Product { id: 11, version: 1 }, Product { id: 1, version: 11 });
    assert_ne!(tags.of(&first), tags.of(&second));
    // The name of the representation does not run into the table's.
    assert_ne!(tags.representation("x").of(&first), tags.of(&first));
    assert_eq!(tags.representation("x").representation("").of(&first), tags.of(&first));
}

#[test]
fn a_tag_is_strong_and_short_and_legal_whatever_is_in_the_row() {
    for key in ["", "\"", "W/\"", "new\nline", "\u{0}", "schlüssel", &"x".repeat(1 << 16)] {
        let tag = EntityTag::of(&raw(key, "secret-value", 1));
        let written = tag.to_string();
        assert!(!tag.is_weak());
        assert_eq!(written.len(), 34);
        assert!(written[1..33].bytes().all(|byte| byte.is_ascii_hexdigit()), "{written}");
        assert_eq!(HeaderValue::from(&tag), written);
        assert_eq!(EntityTag::try_from(&HeaderValue::from(&tag)), Ok(tag));
    }
}

#[test]
fn a_secret_is_shown_nowhere_and_a_short_one_is_refused() {
    let tags = EntityTagger::keyed("hocus pocus fidibus").unwrap();
    let shown = format!("{tags:?} {tags:#?}");
    assert!(shown.contains("keyed: true"), "{shown}");
    assert!(!shown.contains("hocus") && !shown.contains("104"), "{shown}");
    for length in [0, 1, 15] {
        let secret = "x".repeat(length);
        let error = EntityTagger::keyed(&secret).unwrap_err().to_string();
        assert!(error.contains(&format!("of {length} bytes")) && !error.contains("xx"), "{error}");
    }
    for length in [16, 32, 64, 65, 1000] {
        assert!(EntityTagger::keyed(vec![0; length]).is_ok(), "{length}");
    }
}
