//! Each message has its class, and only the message itself.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::*;
use crate::error::Error;

/// Whether it is retryable, and whether the connection is lost.
fn class(
    kind: DatabaseErrorKind,
    information: impl DatabaseErrorInformation + Send + Sync + 'static,
) -> (bool, bool) {
    let error = Error::from(DieselError::DatabaseError(kind, Box::new(information)));
    (error.is_retryable(), error.needs_new_connection())
}

fn by_mysql(message: &str) -> (bool, bool) {
    class(DatabaseErrorKind::Unknown, message.to_owned())
}

fn by_postgres(message: &str) -> (bool, bool) {
    class(DatabaseErrorKind::Unknown, Copied { message: message.to_owned(), ..Copied::default() })
}

const RETRYABLE: (bool, bool) = (true, false);
const LOST: (bool, bool) = (false, true);
const YOURS: (bool, bool) = (false, false);

/// What needs a server that the scenarios do not have: Oracle's, a cluster, one that goes down.
#[test]
fn each_message_has_its_class_and_none_has_it_within_another() {
    let in_other_languages: Vec<_> =
        translated::MYSQL_DEADLOCK.iter().chain(translated::MYSQL_LOCK).map(|text| Whole(text)).collect();
    let of_mysql = MYSQL_AND_SQLITE
        .iter()
        .map(|(text, _)| text)
        .chain(&in_other_languages)
        .map(|text| (text, RETRYABLE))
        .chain(MYSQL_LOST.iter().map(|text| (text, LOST)));
    let of_postgres = POSTGRES
        .iter()
        .map(|(text, _)| text)
        .chain(translated::POSTGRES_LOCK)
        .map(|text| (text, RETRYABLE))
        .chain(POSTGRES_LOST.iter().map(|text| (text, LOST)));
    let (of_mysql, of_postgres): (Vec<_>, Vec<_>) = (of_mysql.collect(), of_postgres.collect());
    let example = |text: &Text| match text {
        Whole(text) => (*text).to_owned(),
        Around(begin, end) => format!("{begin}something{end}"),
        Numbered(begin, end) => format!("{begin}12{end}"),
    };
    for (own, class_of, others) in [
        (&of_mysql, by_mysql as fn(&str) -> (bool, bool), &of_postgres),
        (&of_postgres, by_postgres, &of_mysql),
    ] {
        for (text, class) in own {
            let message = example(text);
            assert_eq!(class_of(&message), *class, "{message}");
            for quoted in [format!("refused: {message}"), format!("\"{message}\""), format!(" {message}")] {
                assert_eq!(class_of(&quoted), YOURS, "{quoted}");
            }
        }
        for (text, _) in others {
            let message = example(text);
            assert_eq!(class_of(&message), YOURS, "another server's: {message}");
        }
    }
}

#[test]
fn a_deadlock_of_postgresql_has_a_detail_and_one_that_is_raised_has_none() {
    let deadlock = Copied {
        message: "deadlock detected".to_owned(),
        details: Some("Process 7 waits for ShareLock on transaction 8; blocked by process 9.".to_owned()),
        ..Copied::default()
    };
    assert_eq!(class(DatabaseErrorKind::Unknown, deadlock), RETRYABLE);
    assert_eq!(by_postgres("deadlock detected"), YOURS);
    for raised in ["Process 7 is tired.", "A lamp waits for a table."] {
        let deadlock = Copied {
            message: "deadlock detected".to_owned(),
            details: Some(raised.to_owned()),
            ..Copied::default()
        };
        assert_eq!(class(DatabaseErrorKind::Unknown, deadlock), YOURS, "{raised}");
    }
    assert_eq!(by_postgres("deadlock detected: two lamps"), YOURS);
}

#[test]
fn a_deadlock_of_postgresql_is_one_in_each_of_its_languages() {
    for text in translated::POSTGRES_DEADLOCK {
        let deadlock = |details: Option<&str>| Copied {
            message: (*text).to_owned(),
            details: details.map(ToOwned::to_owned),
            ..Copied::default()
        };
        let who_waits =
            Some("Prozess 7 wartet auf ShareLock-Sperre auf Transaktion 8; blockiert von Prozess 9.");
        assert_eq!(class(DatabaseErrorKind::Unknown, deadlock(who_waits)), RETRYABLE, "{text}");
        assert_eq!(class(DatabaseErrorKind::Unknown, deadlock(None)), YOURS, "{text}");
        assert_eq!(by_mysql(text), YOURS, "{text}");
    }
}

/// Diesel's own connection to MySQL knows error 1213 by its number, if a statement has it.
#[test]
fn a_deadlock_of_mysql_that_has_a_kind_is_one_in_any_language() {
    let error = |information: Box<dyn DatabaseErrorInformation + Send + Sync>| {
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, information)
    };
    let by_mysql = error(Box::new("अनुवादित".to_owned()));
    assert_eq!(Transient::of(&by_mysql), Some(Transient::Deadlock));
    assert!(crate::error::classify::ends_transaction(&by_mysql));
    let by_postgres =
        error(Box::new(Copied { message: "अनुवादित".to_owned(), ..Copied::default() }));
    assert_eq!(Transient::of(&by_postgres), Some(Transient::SerializationFailure));
    assert!(!crate::error::classify::ends_transaction(&by_postgres));
}

#[test]
fn the_kind_decides_where_there_is_one_and_a_lost_connection_is_not_retried() {
    use DatabaseErrorKind as Kind;
    let says = |message: &str| Copied { message: message.to_owned(), ..Copied::default() };
    assert_eq!(class(Kind::SerializationFailure, says("keine Serialisierung")), RETRYABLE);
    assert_eq!(
        class(Kind::SerializationFailure, says("terminating connection due to conflict with recovery")),
        LOST
    );
    for kind in [Kind::UniqueViolation, Kind::CheckViolation, Kind::NotNullViolation] {
        assert_eq!(class(kind, "database is locked".to_owned()), YOURS);
        assert_eq!(class(kind, says("canceling statement due to lock timeout")), YOURS);
    }
    assert_eq!(class(Kind::ClosedConnection, says("")), LOST);
    assert_eq!(class(Kind::UnableToSendCommand, "connection closed".to_owned()), LOST);
    assert_eq!(class(Kind::UnableToSendCommand, "error encoding message to server".to_owned()), YOURS);
}

#[test]
fn a_standby_is_to_be_left_and_an_own_read_only_transaction_is_not() {
    use DatabaseErrorKind::ReadOnlyTransaction as ReadOnly;
    let says = |message: &str| Copied { message: message.to_owned(), ..Copied::default() };
    assert_eq!(class(ReadOnly, says("cannot execute UPDATE in a read-only transaction")), LOST);
    assert_eq!(class(ReadOnly, says("UPDATE kann nicht ausgeführt werden")), LOST);
    assert_eq!(class(ReadOnly, "Cannot execute statement in a READ ONLY transaction".to_owned()), YOURS);
    assert_eq!(class(ReadOnly, "Cannot execute statement in a READ ONLY transaction.".to_owned()), YOURS);
    for option in ["--read-only", "--super-read-only"] {
        for server in ["MySQL", "MariaDB"] {
            let message = format!(
                "The {server} server is running with the {option} option so it cannot execute this statement"
            );
            assert_eq!(by_mysql(&message), LOST, "{message}");
        }
    }
    let other =
        "The MySQL server is running with the --skip-grant-tables option so it cannot execute this statement";
    assert_eq!(by_mysql(other), YOURS);
}

/// An error that a copy may be made of: a user's own classifier sees all of it.
#[cfg(feature = "retry")]
#[test]
fn a_copy_says_all_that_the_error_says() {
    let said = |error: Information<'_>| {
        let texts = [
            Some(error.message()),
            error.details(),
            error.hint(),
            error.table_name(),
            error.column_name(),
            error.constraint_name(),
        ];
        (texts.map(|text| text.map(ToOwned::to_owned)), error.statement_position())
    };
    let text = |text: &str| Some(text.to_owned());
    let by_postgres = Copied {
        message: "value too long".to_owned(),
        details: text("a detail"),
        hint: text("a hint"),
        table: text("items"),
        column: text("name"),
        constraint: text("items_name_check"),
        position: Some(7),
    };
    assert_eq!(said(&*copy(&by_postgres).unwrap()), said(&by_postgres));
    assert_eq!(said(&by_postgres).1, Some(7));
    assert_eq!(
        said(&by_postgres).0,
        [
            text("value too long"),
            text("a detail"),
            text("a hint"),
            text("items"),
            text("name"),
            text("items_name_check"),
        ]
    );
    let by_mysql = "Lock wait timeout exceeded; try restarting transaction".to_owned();
    assert_eq!(said(&*copy(&by_mysql).unwrap()), said(&by_mysql));
}

/// The error of a commit after which the rollback failed too.
#[test]
fn a_commit_that_failed_has_the_class_of_its_error() {
    let error = |message: &str| {
        Box::new(DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())))
    };
    let failed = |message: &str| DieselError::RollbackErrorOnCommit {
        commit_error: error(message),
        rollback_error: error("no transaction is active"),
    };
    assert!(Error::from(failed("database is locked")).is_retryable());
    assert!(!Error::from(failed("disk I/O error")).is_retryable());
}

/// Whose error it is, the size of what says it tells.
#[test]
fn what_others_pass_on_is_known_by_how_it_begins() {
    /// A message, with other things that a connection of somebody else's may know.
    struct Sized<const N: usize>(String, [u8; N]);

    impl<const N: usize> DatabaseErrorInformation for Sized<N> {
        fn message(&self) -> &str {
            &self.0
        }
        fn details(&self) -> Option<&str> {
            None
        }
        fn hint(&self) -> Option<&str> {
            None
        }
        fn table_name(&self) -> Option<&str> {
            None
        }
        fn column_name(&self) -> Option<&str> {
            None
        }
        fn constraint_name(&self) -> Option<&str> {
            None
        }
        fn statement_position(&self) -> Option<i32> {
            self.1.first().map(|_| 1)
        }
    }

    let sqlite = || "database is locked (5)".to_owned();
    assert_eq!(class(DatabaseErrorKind::Unknown, Sized(sqlite(), [0; 8])), RETRYABLE);
    assert_eq!(class(DatabaseErrorKind::Unknown, Sized(sqlite(), [0; 24])), RETRYABLE);
    // As large as what has PostgreSQL's many fields.
    assert_eq!(class(DatabaseErrorKind::Unknown, Sized(sqlite(), [0; 32])), YOURS);
    assert_eq!(by_mysql(&sqlite()), YOURS);
}

/// An error that was found at the end of a transaction, or by a loop, is as bad as it was.
#[test]
fn a_lost_connection_is_seen_through_other_errors() {
    let lost = || DieselError::BrokenTransactionManager;
    let aborted = |cause| Error::from(crate::error::refused::TransactionAbortedError::new(cause));
    assert!(aborted(lost()).needs_new_connection());
    assert!(!aborted(DieselError::NotFound).needs_new_connection());
    #[cfg(feature = "retry")]
    {
        let given_up =
            |last: DieselError| Error::from(crate::error::RetriesExhaustedError::new(3, last.into()));
        assert!(given_up(lost()).needs_new_connection());
        assert!(!given_up(DieselError::NotFound).needs_new_connection());
    }
}

#[test]
fn what_ends_a_transaction_on_the_server_is_known_by_its_words() {
    let ends = |message: &str| {
        let error = DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()));
        crate::error::classify::ends_transaction(&error)
    };
    assert!(ends("Deadlock found when trying to get lock; try restarting transaction"));
    assert!(ends("Record has changed since last read in table 'products'; try restarting transaction"));
    assert!(ends("Record has changed since last read in table 'products'"));
    assert!(ends("Plugin instructed the server to rollback the current transaction."));
    assert!(ends("Got error 149 - 'Lock deadlock; Retry transaction' during COMMIT"));
    // These undo their statement only.
    assert!(!ends("Lock wait timeout exceeded; try restarting transaction"));
    assert!(!ends("Table definition has changed, please retry transaction"));
    assert!(!ends("database is locked"));
    // PostgreSQL keeps its savepoints.
    assert!(!ends("deadlock detected"));
    assert!(!crate::error::classify::ends_transaction(&DieselError::NotFound));
}

#[test]
fn a_statement_that_the_program_has_named_itself_costs_no_connection() {
    for name in ["__diesel_stmt_3", "s12", "PGBOUNCER_7"] {
        assert_eq!(by_postgres(&format!("prepared statement \"{name}\" does not exist")), LOST);
        assert_eq!(by_postgres(&format!("prepared statement \"{name}\" already exists")), LOST);
    }
    for name in ["mine", "select_all", "stmt", "__diesel_stmt_", "3"] {
        assert_eq!(by_postgres(&format!("prepared statement \"{name}\" does not exist")), YOURS);
        assert_eq!(by_postgres(&format!("prepared statement \"{name}\" already exists")), YOURS);
    }
    assert_eq!(by_mysql("Unknown prepared statement handler (3) given to mysqld_stmt_execute"), LOST);
    assert_eq!(by_mysql("Unknown prepared statement handler (mine) given to EXECUTE"), YOURS);
}
