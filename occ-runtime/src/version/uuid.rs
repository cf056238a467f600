//! Versions that are random: UUIDs.

use ::uuid::Uuid;

use crate::error::refused::VersionError;
use crate::version::generator::{DefaultGenerator, VersionGenerator};

/// A random UUID (version 4, RFC 9562 section 5.4) for each write. The default of [`uuid::Uuid`](::uuid::Uuid).
///
/// It tells a client nothing: neither how often the row was written nor when, and the next one cannot be guessed. And a
/// row that was deleted and inserted again under its old key never has the version of the one before. Random values
/// make poor index keys; a version is seldom indexed.
///
/// It makes `Uuid` for PostgreSQL's `uuid` (Diesel's feature `uuid`), `String` of 36 lower-case characters for text
/// columns, and `Vec<u8>` for `BINARY(16)`, `bytea` and `BLOB`; also `[u8; 16]`, which Diesel itself does not read, for
/// newtypes that do.
///
/// On MySQL, text columns compare by their collation, and the usual ones ignore case and trailing spaces. What this makes
/// differs in more than that; for text versions of your own use `utf8mb4_bin` or `VARBINARY`.
///
/// ```
/// use occ_runtime::{UuidV4, VersionGenerator};
///
/// let first: String = UuidV4::initial();
/// let second: String = UuidV4::next(&first)?;
/// assert_eq!(second.len(), 36);
/// assert_ne!(first, second);
/// # Ok::<_, occ_runtime::VersionError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct UuidV4;

/// A UUID that begins with the time (version 7, RFC 9562 section 5.7) for each write.
///
/// Better than [`UuidV4`] where versions are indexed or sorted, since later ones of one process are greater. It tells
/// everybody who sees it when the row was written, to the millisecond.
///
/// ```
/// use occ_runtime::{UuidV7, VersionGenerator};
///
/// let first: uuid::Uuid = UuidV7::initial();
/// let second: uuid::Uuid = UuidV7::next(&first)?;
/// assert!(second > first);
/// # Ok::<_, occ_runtime::VersionError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct UuidV7;

macro_rules! makes {
    ($generator:ident by $make:path: $($version:ty = $convert:expr),+ $(,)?) => {$(
        impl VersionGenerator<$version> for $generator {
            fn initial() -> $version {
                $convert($make())
            }

            fn next(_: &$version) -> Result<$version, VersionError> {
                Ok($convert($make()))
            }
        }
    )+};
}

makes!(UuidV4 by Uuid::new_v4:
    Uuid = std::convert::identity,
    String = |uuid: Uuid| uuid.to_string(),
    Vec<u8> = |uuid: Uuid| uuid.into_bytes().to_vec(),
    [u8; 16] = Uuid::into_bytes,
);
makes!(UuidV7 by Uuid::now_v7:
    Uuid = std::convert::identity,
    String = |uuid: Uuid| uuid.to_string(),
    Vec<u8> = |uuid: Uuid| uuid.into_bytes().to_vec(),
    [u8; 16] = Uuid::into_bytes,
);

impl DefaultGenerator for Uuid {
    type Generator = UuidV4;
}
