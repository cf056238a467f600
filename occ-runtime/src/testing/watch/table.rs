//! What a watch knows of a table, without the model's type.

use std::any::type_name;

use diesel::Column as _;

use crate::model::optimistic_lock::OptimisticLock;
use crate::version::generator::VersionGenerator as _;

/// A table that is watched.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
    pub(crate) version: &'static str,
    /// The struct, as its module names it.
    pub(crate) model: &'static str,
    /// A trigger moves the version, or PostgreSQL itself does.
    pub(crate) by_database: bool,
    /// Each first version is a new one: a UUID, or the time. A counter begins with the same again.
    pub(crate) is_fresh: bool,
    /// What may be written while the version stays.
    pub(crate) unversioned: Vec<&'static str>,
}

impl Table {
    pub(crate) fn of<M: OptimisticLock>() -> Self {
        let (schema, name) = crate::model::table_name::table_name::<M>();
        Self {
            schema,
            name,
            version: M::VersionColumn::NAME,
            model: last_segment(type_name::<M>()),
            by_database: M::Generator::BY_DATABASE,
            is_fresh: M::Generator::STEP.is_some() || makes_uuids::<M>(),
            unversioned: M::unversioned_columns().to_vec(),
        }
    }

    /// As people write it.
    pub(crate) fn shown(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }

    fn has_version_of(&self, other: &Self) -> bool {
        self.name == other.name && self.schema == other.schema && self.version == other.version
    }

    /// Whether the other one adds nothing to it.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.has_version_of(other)
            && self.by_database >= other.by_database
            && self.is_fresh >= other.is_fresh
            && other.unversioned.iter().all(|column| self.unversioned.contains(column))
    }

    /// Another model of the same table and version is let write what it writes.
    pub(crate) fn merge(&mut self, other: &Self) -> bool {
        let same = self.has_version_of(other);
        if same {
            self.by_database |= other.by_database;
            self.is_fresh |= other.is_fresh;
            self.unversioned.extend(&other.unversioned);
        }
        same
    }

    /// Whether a name in a statement may be this table's: the last part is the table, the one before it the schema.
    ///
    /// Where only one of the two names a schema, it may be the same table, so it counts. Case is no difference, since none of the
    /// databases makes one of names without quotes.
    pub(crate) fn is_named(&self, parts: &[&str]) -> bool {
        let mut parts = parts.iter().rev();
        parts.next().is_some_and(|table| same(table, &self.name))
            && match (parts.next(), &self.schema) {
                (Some(schema), Some(own)) => same(schema, own),
                _ => true,
            }
    }

    /// Whether a column may be written while the version stays.
    pub(crate) fn lets_stay(&self, column: &str) -> bool {
        self.unversioned.iter().any(|own| same(own, column))
    }
}

/// Whether two names may be of one thing.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

fn makes_uuids<M: OptimisticLock>() -> bool {
    #[cfg(feature = "uuid")]
    if std::any::TypeId::of::<M::Version>() == std::any::TypeId::of::<uuid::Uuid>() {
        return true;
    }
    let generator = type_name::<M::Generator>();
    generator.starts_with("occ_runtime::") && generator.contains("::Uuid")
}

/// `Product` of `shop::models::Product`, and `Row<T>` of `a::Row<b::T>`.
fn last_segment(name: &'static str) -> &'static str {
    let head = name.split('<').next().unwrap_or(name);
    let start = head.rfind("::").map_or(0, |at| at + 2);
    name.get(start..).unwrap_or(name)
}
