//! What a struct says about its table, without its type: so that what is made of it is compiled once for all structs.

use std::any::{Any, TypeId, type_name};
use std::time::Duration;

use diesel::Column as _;

use crate::model::declared::VersionSqlType;
use crate::model::mark::MarkColumn;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::table_name::table_name;
use crate::version::database::is_xmin;
use crate::version::generator::VersionGenerator as _;
use crate::version::none::NoVersion;

/// A table as a struct needs it.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) schema: Option<String>,
    pub(crate) table: String,
    pub(crate) key: &'static [&'static str],
    pub(crate) columns: &'static [&'static str],
    pub(crate) is_unique_key: bool,
    pub(crate) version: Option<ExpectedVersion>,
    /// The column that says that a row is deleted.
    pub(crate) mark: Option<MarkColumn>,
}

/// Its version column.
#[derive(Debug)]
pub(crate) struct ExpectedVersion {
    pub(crate) column: &'static str,
    pub(crate) sql_type: SqlKind,
    pub(crate) by_database: bool,
    pub(crate) is_xmin: bool,
    /// Of points in time.
    pub(crate) step: Option<Duration>,
    /// How long a text is, or bytes are, where it is known.
    pub(crate) length: Option<usize>,
    /// Whether versions are UUIDs.
    pub(crate) is_uuid: bool,
}

/// What is known of the type that `table!` gives the version column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SqlKind {
    Integer { bits: u32, unsigned: bool },
    Time { zone: bool },
    Text,
    Bytes,
    Uuid,
    Other,
}

impl Expected {
    pub(crate) fn of<M: OptimisticLock>() -> Self {
        let (schema, table) = table_name::<M>();
        let has_version = TypeId::of::<M::Version>() != TypeId::of::<NoVersion>();
        Self {
            schema,
            table,
            key: M::key_columns(),
            columns: M::columns(),
            is_unique_key: M::UNIQUE_KEY,
            version: has_version.then(ExpectedVersion::of::<M>),
            mark: M::MARK,
        }
    }

    /// As people write it.
    pub(crate) fn name(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.table),
            None => self.table.clone(),
        }
    }
}

impl ExpectedVersion {
    fn of<M: OptimisticLock>() -> Self {
        let by_database = M::Generator::BY_DATABASE;
        let sample = if by_database { Sample::default() } else { Sample::of::<M>() };
        Self {
            column: M::VersionColumn::NAME,
            sql_type: SqlKind::named(type_name::<VersionSqlType<M>>()),
            by_database,
            is_xmin: is_xmin::<M::Version>(),
            step: M::Generator::STEP,
            length: sample.length,
            is_uuid: sample.is_uuid,
        }
    }
}

/// What the first version tells of all.
#[derive(Default)]
struct Sample {
    length: Option<usize>,
    is_uuid: bool,
}

impl Sample {
    /// Only of the types of which it tells something: nobody else's generator is asked.
    fn of<M: OptimisticLock>() -> Self {
        let version = TypeId::of::<M::Version>();
        #[cfg(feature = "uuid")]
        if version == TypeId::of::<uuid::Uuid>() {
            return Self { length: Some(16), is_uuid: true };
        }
        let generator = type_name::<M::Generator>();
        let is_uuid = generator.starts_with("occ_runtime::") && generator.contains("::Uuid");
        if version == TypeId::of::<String>() || version == TypeId::of::<Vec<u8>>() {
            let first = M::Generator::initial();
            let first: &dyn Any = &first;
            let text = first.downcast_ref::<String>().map(|text| text.chars().count());
            return Self { length: text.or_else(|| first.downcast_ref::<Vec<u8>>().map(Vec::len)), is_uuid };
        }
        Self { length: None, is_uuid }
    }
}

impl SqlKind {
    /// Not every type can be written down here, so that they are known by Diesel's names for them.
    fn named(name: &str) -> Self {
        let (name, unsigned) = match name.split_once('<') {
            Some((outer, inner)) if outer.ends_with("::Unsigned") => (inner.trim_end_matches('>'), true),
            Some(_) => return Self::Other,
            None => (name, false),
        };
        let integer = |bits| Self::Integer { bits, unsigned };
        match name.rsplit("::").next() {
            _ if !name.starts_with("diesel::") => Self::Other,
            Some("TinyInt") => integer(8),
            Some("SmallInt") => integer(16),
            Some("Integer") => integer(32),
            Some("BigInt") => integer(64),
            Some("Timestamp" | "Datetime") => Self::Time { zone: false },
            Some("Timestamptz") => Self::Time { zone: true },
            Some("Text") => Self::Text,
            Some("Binary") => Self::Bytes,
            Some("Uuid") => Self::Uuid,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SqlKind;

    #[test]
    fn the_type_of_a_column_is_known_by_its_name() {
        use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamp};
        fn of<ST>() -> SqlKind {
            SqlKind::named(std::any::type_name::<ST>())
        }
        assert_eq!(of::<Integer>(), SqlKind::Integer { bits: 32, unsigned: false });
        assert_eq!(of::<BigInt>(), SqlKind::Integer { bits: 64, unsigned: false });
        assert_eq!(of::<Timestamp>(), SqlKind::Time { zone: false });
        assert_eq!(of::<Text>(), SqlKind::Text);
        assert_eq!(of::<Bool>(), SqlKind::Other);
        assert_eq!(of::<Nullable<Integer>>(), SqlKind::Other);
        #[cfg(feature = "mysql")]
        {
            use diesel::sql_types::{TinyInt, Unsigned};
            assert_eq!(of::<Unsigned<TinyInt>>(), SqlKind::Integer { bits: 8, unsigned: true });
        }
        #[cfg(feature = "postgres")]
        {
            assert_eq!(of::<diesel::sql_types::Timestamptz>(), SqlKind::Time { zone: true });
            assert_eq!(of::<diesel::sql_types::Uuid>(), SqlKind::Uuid);
        }
    }
}
