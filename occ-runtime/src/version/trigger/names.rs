//! Names and texts as SQL has them, for triggers and what belongs to them.

/// As long as PostgreSQL lets a name be, in bytes. MySQL has one more.
const LONGEST: usize = 63;

/// What SQL in a trigger is for: each database quotes its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quote {
    /// `"name"`, as the standard has it.
    Double,
    /// MySQL's.
    Backtick,
}

impl Quote {
    pub(crate) fn name(self, name: &str) -> String {
        let quote = match self {
            Self::Double => '"',
            Self::Backtick => '`',
        };
        let doubled = name.replace(quote, &format!("{quote}{quote}"));
        format!("{quote}{doubled}{quote}")
    }

    /// A schema and the dot behind it, or nothing.
    pub(crate) fn schema(self, schema: Option<&str>) -> String {
        schema.map(|schema| self.name(schema) + ".").unwrap_or_default()
    }

    /// Names with commas between them, each behind `prefix`.
    pub(crate) fn list<'a>(self, prefix: &str, names: impl IntoIterator<Item = &'a String>) -> String {
        let names: Vec<String> =
            names.into_iter().map(|name| format!("{prefix}{}", self.name(name))).collect();
        names.join(", ")
    }

    /// A text.
    pub(crate) fn text(self, text: &str) -> String {
        let text = text.replace('\'', "''");
        match self {
            Self::Double => format!("'{text}'"),
            Self::Backtick => format!("'{}'", text.replace('\\', "\\\\")),
        }
    }
}

/// A name that every database takes: of one that is too long the beginning, and a number that tells it from others.
///
/// PostgreSQL would cut it, so that two would be the same, and MySQL would refuse it.
pub(crate) fn identifier(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    // FNV-1a: a `Hasher` of the standard library may change, and a name in a database must not.
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let mut end = LONGEST - 17;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{hash:016x}", &name[..end])
}

/// PL/pgSQL between the dollars of PostgreSQL: those that are not within it, as they are in a name with two of them.
pub(crate) fn between_dollars(body: &str) -> String {
    let mut dollars = "$$".to_owned();
    let mut tried = 0;
    while body.contains(&dollars) {
        tried += 1;
        dollars = format!("$occ{tried}$");
    }
    format!("{dollars}\n{body} {dollars}")
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Quote, between_dollars, identifier};

    #[test]
    fn a_name_that_is_too_long_is_cut_and_still_its_own() {
        assert_eq!(identifier(&"a".repeat(LONGEST)), "a".repeat(LONGEST));
        let long = identifier(&format!("{}_version_moves", "a".repeat(60)));
        assert_eq!(long.len(), LONGEST);
        assert_ne!(long, identifier(&format!("{}_versions_moves", "a".repeat(60))));
        let letters = identifier(&"ü".repeat(40));
        assert!(letters.len() <= LONGEST && letters.starts_with("üü"), "{letters}");
    }

    #[test]
    fn quotes_and_dollars_within_names_stay_within() {
        assert_eq!(Quote::Double.name("a\"b"), "\"a\"\"b\"");
        assert_eq!(Quote::Backtick.name("a`b"), "`a``b`");
        assert_eq!(Quote::Double.text("it's \\"), "'it''s \\'");
        assert_eq!(Quote::Backtick.text("it's \\"), "'it''s \\\\'");
        assert_eq!(between_dollars("BEGIN END"), "$$\nBEGIN END $$");
        assert_eq!(between_dollars("\"$$\" \"$occ1$\""), "$occ2$\n\"$$\" \"$occ1$\" $occ2$");
    }
}
