//! What servers and their clients say, word for word, where Diesel passes on neither SQLSTATE nor error number.
//!
//! A message is compared as a whole, or by both its ends where the server names something in between. Never by a part of
//! it: a message may quote any text of a user's, such as the value that an enum does not have, the name of a constraint
//! or what a trigger raises.

use Text::{Around, Whole};
use diesel::result::DatabaseErrorInformation;

use crate::error::transient::Transient;

/// The form of a message.
enum Text {
    Whole(&'static str),
    /// Its beginning and its end; what is in between is a name or a path.
    Around(&'static str, &'static str),
}

impl Text {
    fn is(&self, message: &str) -> bool {
        match self {
            Whole(text) => message == *text,
            Around(begin, end) => message.strip_prefix(begin).is_some_and(|rest| rest.ends_with(end)),
        }
    }

    fn begins(&self, message: &str) -> bool {
        let (Whole(begin) | Around(begin, _)) = self;
        message.starts_with(begin)
    }
}

/// Who has passed a message on.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Postgres,
    MysqlOrSqlite,
    /// Not Diesel or diesel-async, but a connection of somebody's own.
    Other,
}

type Information<'e> = &'e (dyn DatabaseErrorInformation + Send + Sync);

/// Diesel does not say whose error it is, and the words of one server are a user's text on another. But Diesel and
/// diesel-async pass on what MySQL, MariaDB and SQLite say as a `String`, and what PostgreSQL says as a pointer to libpq's
/// result or as all of its many fields.
fn origin(information: Information<'_>) -> Origin {
    const POINTER: usize = size_of::<usize>();
    const STRING: usize = size_of::<String>();
    match size_of_val(information) {
        STRING => Origin::MysqlOrSqlite,
        POINTER => Origin::Postgres,
        size if size > 2 * STRING => Origin::Postgres,
        _ => Origin::Other,
    }
}

/// Two words that a trigger may well raise. The server's own have a detail, which says who waits for whom.
const DEADLOCK: &str = "deadlock detected";

const POSTGRES: &[(Text, Transient)] = &[
    (Whole("canceling statement due to lock timeout"), Transient::LockTimeout),
    (Around("could not obtain lock on row in relation \"", "\""), Transient::LockTimeout),
    (Around("could not obtain lock on relation \"", "\""), Transient::LockTimeout),
];

const MYSQL_AND_SQLITE: &[(Text, Transient)] = &[
    (Whole("Deadlock found when trying to get lock; try restarting transaction"), Transient::Deadlock),
    (Whole("Lock wait timeout exceeded; try restarting transaction"), Transient::LockTimeout),
    // MySQL 3572; MariaDB says of NOWAIT what it says of a timeout.
    (
        Whole("Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set."),
        Transient::LockTimeout,
    ),
    (
        Around("Record has changed since last read in table '", "'; try restarting transaction"),
        Transient::RecordChanged,
    ),
    (Around("Record has changed since last read in table '", "'"), Transient::RecordChanged),
    (Whole("WSREP has not yet prepared node for application use"), Transient::NodeNotReady),
    (Whole("database is locked"), Transient::Busy),
    (Whole("database table is locked"), Transient::Busy),
    (Around("database table is locked: ", ""), Transient::Busy),
    (Around("database schema is locked: ", ""), Transient::Busy),
];

/// PostgreSQL's farewells: shut down, crashed, ended by an administrator or by a timeout.
const POSTGRES_LOST: &[Text] = &[
    Whole("terminating connection due to administrator command"),
    Whole("terminating connection due to immediate shutdown command"),
    Whole("terminating connection due to conflict with recovery"),
    Whole("terminating connection due to idle-in-transaction timeout"),
    Whole("terminating connection due to idle-session timeout"),
    Whole("terminating connection due to transaction timeout"),
    Whole("terminating connection due to unexpected postmaster exit"),
    Whole("terminating connection because of crash of another server process"),
    Whole("terminating connection because of unexpected SIGQUIT signal"),
    Whole("terminating connection because protocol synchronization was lost"),
    // The connection names a statement that the server has forgotten, has for something else, or has to plan anew.
    Around("prepared statement \"", "\" does not exist"),
    Around("prepared statement \"", "\" already exists"),
    Whole("cached plan must not change result type"),
];

const POSTGRES_DETAILS: &[&str] = &["The postmaster has commanded this server process to roll back", "User "];

const MYSQL_LOST: &[Text] = &[
    // By the C clients.
    Whole("Server has gone away"),
    Whole("MySQL server has gone away"),
    Whole("Lost connection to server during query"),
    Whole("Lost connection to MySQL server during query"),
    Around("Lost connection to server at '", ""),
    Around("Lost connection to MySQL server at '", ""),
    // By mysql_async.
    Whole("Driver error: `Connection to the server is closed.'"),
    Whole("Driver error: `Pool was disconnected.'"),
    Whole("Driver error: `Packet out of order.'"),
    Whole("Driver error: `Unexpected packet.'"),
    Whole("Driver error: `Bad compressed packet header.'"),
    Around("Input/output error: Input/output error: ", ""),
    Around("Input/output error: TLS error: `", "'"),
    // By the servers, which close the connection with it.
    Whole("Connection was killed"),
    Whole("Server shutdown in progress"),
    Whole(
        "The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for \
         configuring this behavior.",
    ),
    Whole("Got a packet bigger than 'max_allowed_packet' bytes"),
    Whole("Got timeout reading communication packets"),
    Whole("Got an error reading communication packets"),
    Whole("Got timeout writing communication packets"),
    Whole("Got an error writing communication packets"),
    // The connection names a statement that the server has forgotten.
    Around("Unknown prepared statement handler (", ""),
    Whole("Prepared statement needs to be re-prepared"),
    // By a server that was the primary and is no more: the connection works, and leads to the wrong place.
    Around("The MySQL server is running with the --", "read-only option so it cannot execute this statement"),
    Around(
        "The MariaDB server is running with the --",
        "read-only option so it cannot execute this statement",
    ),
    Whole("Running in read-only mode"),
    // By a Galera node that has fallen out of its cluster before it could hand on what is committed; or after it, and has not
    // heard of it. MariaDB says so at a COMMIT and at what commits by itself.
    Whole(
        "Error while appending streaming replication fragment(provider status: Not connected to Primary Component)",
    ),
    Whole(
        "Error while appending streaming replication fragment(provider status: Provider in bad state, needs to be \
         reinitialized.)",
    ),
    Whole("Error while appending streaming replication fragment(provider status: Fatal error, must abort.)"),
    Whole("InnoDB is in read only mode"),
    Whole("InnoDB is in read only mode."),
];

/// Of a transaction or session that the program itself has made read-only. PostgreSQL says of those what it says on a
/// standby.
const OWN_READ_ONLY: &[Text] = &[
    Whole("Cannot execute statement in a READ ONLY transaction"),
    Whole("Cannot execute statement in a READ ONLY transaction."),
];

/// By the clients for PostgreSQL, before anything is sent, of a statement that cannot be: the connection is as it was.
const UNSENT: &[Text] =
    &[Whole("error encoding message to server"), Around("number of parameters must be between 0 and ", "")];

/// Why trying again may help, by what the server says.
pub(crate) fn transient(information: Information<'_>) -> Option<Transient> {
    let message = information.message();
    let find = |texts: &[(Text, Transient)], fits: fn(&Text, &str) -> bool| {
        texts.iter().find(|(text, _)| fits(text, message)).map(|(_, why)| *why)
    };
    match origin(information) {
        Origin::MysqlOrSqlite => find(MYSQL_AND_SQLITE, Text::is),
        Origin::Postgres if message == DEADLOCK => {
            let who_waits = |detail: &str| detail.starts_with("Process ") && detail.contains(" waits for ");
            information.details().is_some_and(who_waits).then_some(Transient::Deadlock)
        }
        Origin::Postgres => find(POSTGRES, Text::is).filter(|_| information.details().is_none()),
        Origin::Other if message.starts_with(DEADLOCK) => Some(Transient::Deadlock),
        Origin::Other => find(POSTGRES, Text::begins).or_else(|| find(MYSQL_AND_SQLITE, Text::begins)),
    }
}

/// Whether the server or its client says that the connection is of no more use.
pub(crate) fn is_farewell(information: Information<'_>) -> bool {
    let message = information.message();
    match origin(information) {
        Origin::MysqlOrSqlite => MYSQL_LOST.iter().any(|text| text.is(message)),
        // Two of them have a detail, always the same; what is raised can have any.
        Origin::Postgres => {
            let is_its_own = |detail: &str| POSTGRES_DETAILS.iter().any(|begin| detail.starts_with(begin));
            information.details().is_none_or(is_its_own) && POSTGRES_LOST.iter().any(|text| text.is(message))
        }
        Origin::Other => MYSQL_LOST.iter().chain(POSTGRES_LOST).any(|text| text.begins(message)),
    }
}

/// Whether a statement that writes was refused by the program's own wish, and not because the server is a standby.
pub(crate) fn is_own_read_only(information: Information<'_>) -> bool {
    OWN_READ_ONLY.iter().any(|text| text.is(information.message()))
}

/// Whether the client has refused to send the statement, and has not lost the connection by it.
pub(crate) fn is_unsent(information: Information<'_>) -> bool {
    UNSENT.iter().any(|text| text.is(information.message()))
}

/// The same once more, to be classified like it.
#[cfg(feature = "retry")]
pub(crate) fn copy(information: Information<'_>) -> Option<Box<dyn DatabaseErrorInformation + Send + Sync>> {
    let message = information.message().to_owned();
    let own = |text: Option<&str>| text.map(ToOwned::to_owned);
    match origin(information) {
        Origin::MysqlOrSqlite => Some(Box::new(message)),
        Origin::Postgres => Some(Box::new(Copied {
            message,
            details: own(information.details()),
            hint: own(information.hint()),
            table: own(information.table_name()),
            column: own(information.column_name()),
            constraint: own(information.constraint_name()),
            position: information.statement_position(),
        })),
        Origin::Other => None,
    }
}

#[cfg(any(feature = "retry", test))]
#[derive(Clone, Default)]
struct Copied {
    message: String,
    details: Option<String>,
    hint: Option<String>,
    table: Option<String>,
    column: Option<String>,
    constraint: Option<String>,
    position: Option<i32>,
}

#[cfg(any(feature = "retry", test))]
impl DatabaseErrorInformation for Copied {
    fn message(&self) -> &str {
        &self.message
    }

    fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }

    fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    fn table_name(&self) -> Option<&str> {
        self.table.as_deref()
    }

    fn column_name(&self) -> Option<&str> {
        self.column.as_deref()
    }

    fn constraint_name(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    fn statement_position(&self) -> Option<i32> {
        self.position
    }
}

#[cfg(test)]
mod tests {
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
        let of_mysql = MYSQL_AND_SQLITE
            .iter()
            .map(|(text, _)| (text, RETRYABLE))
            .chain(MYSQL_LOST.iter().map(|text| (text, LOST)));
        let of_postgres = POSTGRES
            .iter()
            .map(|(text, _)| (text, RETRYABLE))
            .chain(POSTGRES_LOST.iter().map(|text| (text, LOST)));
        let (of_mysql, of_postgres): (Vec<_>, Vec<_>) = (of_mysql.collect(), of_postgres.collect());
        let example = |text: &Text| match text {
            Whole(text) => (*text).to_owned(),
            Around(begin, end) => format!("{begin}something{end}"),
        };
        for (own, class_of, others) in [
            (&of_mysql, by_mysql as fn(&str) -> (bool, bool), &of_postgres),
            (&of_postgres, by_postgres, &of_mysql),
        ] {
            for (text, class) in own {
                let message = example(text);
                assert_eq!(class_of(&message), *class, "{message}");
                for quoted in [format!("refused: {message}"), format!("\"{message}\""), format!(" {message}")]
                {
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
        assert_eq!(by_postgres("deadlock detected: two lamps"), YOURS);
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
        let other = "The MySQL server is running with the --skip-grant-tables option so it cannot execute this statement";
        assert_eq!(by_mysql(other), YOURS);
    }
}
