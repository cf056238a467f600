//! What servers and their clients say, word for word, where Diesel passes on neither SQLSTATE nor error number.
//!
//! A message is compared as a whole, or by both its ends where the server names something in between. Never by a part of
//! it: a message may quote any text of a user's, such as the value that an enum does not have, the name of a constraint
//! or what a trigger raises.

use Text::{Around, Numbered, Whole};
use diesel::result::DatabaseErrorInformation;

use crate::error::transient::Transient;

mod translated;

/// The form of a message.
enum Text {
    Whole(&'static str),
    /// Its beginning and its end; what is in between is a name or a path.
    Around(&'static str, &'static str),
    /// The same of a name that begins with a number, as those of statements do that a client has named: the rest is a user's own.
    Numbered(&'static str, &'static str),
}

impl Text {
    fn is(&self, message: &str) -> bool {
        match self {
            Whole(text) => message == *text,
            Around(begin, end) => message.strip_prefix(begin).is_some_and(|rest| rest.ends_with(end)),
            Numbered(begin, end) => message.strip_prefix(begin).is_some_and(|rest| {
                rest.ends_with(end) && rest.starts_with(|letter: char| letter.is_ascii_digit())
            }),
        }
    }

    fn begins(&self, message: &str) -> bool {
        let (Whole(begin) | Around(begin, _) | Numbered(begin, _)) = self;
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
    // The same number, 1213, by Galera in other servers than MariaDB.
    (
        Whole("WSREP detected deadlock/conflict and aborted the transaction. Try restarting the transaction"),
        Transient::Deadlock,
    ),
    // Group Replication, of a failed certification: 3101 and 1180.
    (Whole("Plugin instructed the server to rollback the current transaction."), Transient::Deadlock),
    (Whole("Got error 149 - 'Lock deadlock; Retry transaction' during COMMIT"), Transient::Deadlock),
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
    (Whole("Table definition has changed, please retry transaction"), Transient::TableChanged),
    (Whole("Wait on a lock was aborted due to a pending exclusive lock"), Transient::LockTimeout),
    (Whole("WSREP has not yet prepared node for application use"), Transient::NodeNotReady),
    // A member of a group that waits for what the one before it has left, by its `group_replication_consistency`.
    (
        Whole(
            "Timeout exceeded for held statement while new Group Replication primary member is applying backlog.",
        ),
        Transient::NodeNotReady,
    ),
    (
        Whole(
            "Held statement was aborted due to member being in error state, while backlog is being applied during Group \
             Replication primary election.",
        ),
        Transient::NodeNotReady,
    ),
    // TiDB 9007, 8002, 8022 and 8028.
    (Around("Write conflict, txnStartTS=", " [try again later]"), Transient::SerializationFailure),
    (Around("[", "] can not retry select for update statement"), Transient::SerializationFailure),
    (Around("Error: KV error safe to retry ", " [try again later]"), Transient::SerializationFailure),
    (
        Around(
            "Information schema is changed during the execution of the statement(for example, table definition may be updated",
            " [try again later]",
        ),
        Transient::TableChanged,
    ),
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
    // The connection names a statement that the server has forgotten, has for something else, or has to plan anew: by a name of Diesel's,
    // of tokio-postgres, or of PgBouncer. Any other is one that the program has named itself, and the connection is as it was.
    Numbered("prepared statement \"__diesel_stmt_", "\" does not exist"),
    Numbered("prepared statement \"__diesel_stmt_", "\" already exists"),
    Numbered("prepared statement \"s", "\" does not exist"),
    Numbered("prepared statement \"s", "\" already exists"),
    Numbered("prepared statement \"PGBOUNCER_", "\" does not exist"),
    Numbered("prepared statement \"PGBOUNCER_", "\" already exists"),
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
    Numbered("Unknown prepared statement handler (", ""),
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
        Origin::MysqlOrSqlite if translated::MYSQL_DEADLOCK.contains(&message) => Some(Transient::Deadlock),
        Origin::MysqlOrSqlite if translated::MYSQL_LOCK.contains(&message) => Some(Transient::LockTimeout),
        Origin::MysqlOrSqlite => find(MYSQL_AND_SQLITE, Text::is),
        Origin::Postgres if message == DEADLOCK => {
            let who_waits = |detail: &str| detail.starts_with("Process ") && detail.contains(" waits for ");
            information.details().is_some_and(who_waits).then_some(Transient::Deadlock)
        }
        Origin::Postgres if information.details().is_some() => {
            translated::POSTGRES_DEADLOCK.contains(&message).then_some(Transient::Deadlock)
        }
        Origin::Postgres => find(POSTGRES, Text::is).or_else(|| {
            let is_lock = translated::POSTGRES_LOCK.iter().any(|text| text.is(message));
            is_lock.then_some(Transient::LockTimeout)
        }),
        Origin::Other if message.starts_with(DEADLOCK) => Some(Transient::Deadlock),
        Origin::Other => find(POSTGRES, Text::begins).or_else(|| find(MYSQL_AND_SQLITE, Text::begins)),
    }
}

/// Whether it is MySQL's or SQLite's.
pub(crate) fn is_of_mysql_or_sqlite(information: Information<'_>) -> bool {
    origin(information) == Origin::MysqlOrSqlite
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
mod tests;
