//! The next version as an expression of SQL, in which `@` is the column.

use std::any::type_name;

use crate::statement::dialect::Dialect;
use crate::version::sql_form::Form;

/// What a database is asked to compute for a column of the SQL type `ST`; `None` where nobody knows how.
///
/// Not every SQL type can be written down here, so that they are known by Diesel's names for them.
pub(crate) fn next_version<ST>(form: Form, dialect: Option<Dialect>) -> Option<String> {
    let name = type_name::<ST>();
    let last = name.rsplit("::").next().filter(|_| name.starts_with("diesel::")).unwrap_or_default();
    match form {
        Form::Counter => Some("@ + 1".to_owned()),
        Form::RandomUuid => random_uuid(last, dialect?).map(str::to_owned),
        Form::Time(digits) => time(last, dialect?, digits),
    }
}

/// Version 4, by RFC 9562: random but for six bits.
fn random_uuid(column: &str, dialect: Dialect) -> Option<&'static str> {
    Some(match (dialect, column) {
        (Dialect::Postgres, "Uuid") => "gen_random_uuid()",
        (Dialect::Postgres, "Text") => "CAST(gen_random_uuid() AS text)",
        (Dialect::Postgres, "Binary") => "uuid_send(gen_random_uuid())",
        (Dialect::Mysql, "Text") => {
            "LOWER(CONCAT(HEX(RANDOM_BYTES(4)), '-', HEX(RANDOM_BYTES(2)), '-4', SUBSTR(HEX(RANDOM_BYTES(2)), 2), '-', \
             SUBSTR('89AB', 1 + FLOOR(RAND() * 4), 1), SUBSTR(HEX(RANDOM_BYTES(2)), 2), '-', HEX(RANDOM_BYTES(6))))"
        }
        (Dialect::Mysql, "Binary") => {
            "UNHEX(CONCAT(HEX(RANDOM_BYTES(6)), '4', SUBSTR(HEX(RANDOM_BYTES(2)), 2), \
             SUBSTR('89AB', 1 + FLOOR(RAND() * 4), 1), SUBSTR(HEX(RANDOM_BYTES(8)), 2)))"
        }
        (Dialect::Sqlite, "Text") => {
            "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || \
             substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
        }
        // The bytes 40 to 4F, and 80 to BF: `unhex` is younger than many a SQLite.
        (Dialect::Sqlite, "Binary") => {
            "CAST(randomblob(6) || substr(x'404142434445464748494A4B4C4D4E4F', 1 + (random() & 15), 1) || randomblob(1) || \
             substr(x'808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9F\
             A0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF', 1 + (random() & 63), 1) || \
             randomblob(7) AS BLOB)"
        }
        _ => return None,
    })
}

/// The later of now and one step after the version that is there, so that it never repeats.
fn time(column: &str, dialect: Dialect, digits: u32) -> Option<String> {
    let (unit, units) = match digits {
        0 => ("second", 1_u32),
        3 => ("millisecond", 1_000),
        _ => ("microsecond", 1_000_000),
    };
    Some(match (dialect, column) {
        (Dialect::Postgres, "Timestamp") => {
            format!(
                "greatest(date_trunc('{unit}', clock_timestamp() AT TIME ZONE 'UTC'), @ + interval '1 {unit}')"
            )
        }
        (Dialect::Postgres, "Timestamptz") => {
            format!("greatest(date_trunc('{unit}', clock_timestamp()), @ + interval '1 {unit}')")
        }
        (Dialect::Postgres, "BigInt") => {
            format!("greatest(CAST(floor(extract(epoch FROM clock_timestamp()) * {units}) AS bigint), @ + 1)")
        }
        (Dialect::Mysql, "Timestamp" | "Datetime") => {
            format!("GREATEST(UTC_TIMESTAMP({digits}), @ + INTERVAL {} MICROSECOND)", 1_000_000 / units)
        }
        (Dialect::Mysql, "BigInt") => {
            format!("GREATEST(CAST(FLOOR(UNIX_TIMESTAMP(NOW(6)) * {units}) AS SIGNED), @ + 1)")
        }
        // As text, which is in the order of time where all of it is written alike.
        (Dialect::Sqlite, "Timestamp" | "Timestamptz") => {
            let (format, step) = if digits == 0 { ("%S", "1") } else { ("%f", "0.001") };
            let zone = if column == "Timestamptz" { " || '+00:00'" } else { "" };
            format!(
                "max(strftime('%Y-%m-%d %H:%M:{format}', 'now'), strftime('%Y-%m-%d %H:%M:{format}', @, '+{step} seconds')){zone}"
            )
        }
        (Dialect::Sqlite, "BigInt") => {
            let now = match digits {
                0 => "CAST(strftime('%s', 'now') AS INTEGER)",
                3 => "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
                _ => "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000",
            };
            format!("max({now}, @ + 1)")
        }
        _ => return None,
    })
}
