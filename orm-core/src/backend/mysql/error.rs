//! What the servers' errors mean, by number and never by SQLSTATE: a group's conflict, for one, arrives as a general error.
//!
//! Their texts quote values (1062 shows the duplicate), so each is passed on only where it cannot.

use std::fmt::Display;
use std::io::ErrorKind;

use mysql_async::{DriverError, Error as DriverFailure, IoError, ServerError};

use super::options::Options;
use crate::error::{DatabaseError, Error, Violation};

/// The error for a failure while connecting.
pub(super) fn connecting(failure: DriverFailure, options: &Options) -> Error {
    match failure {
        // The words of a client: a proxy like MySQL Router is one, and finds no server behind it.
        DriverFailure::Server(error) if matches!(error.code, 2002 | 2003 | 2005) => {
            Error::ConnectionRefused(format!("{}: {}", options.address(), error.message).into())
        }
        DriverFailure::Server(error) => refused(error, options.user(), options.database(), ""),
        DriverFailure::Io(IoError::Tls(error)) => untrusted(&error, options),
        DriverFailure::Io(IoError::Io(error)) => match (error.kind(), options.ssl_ca()) {
            (ErrorKind::NotFound | ErrorKind::PermissionDenied, Some(file)) => {
                Error::Configuration(format!("the file {file:?} of `ssl-ca` cannot be read: {error}").into())
            }
            // What TLS refuses arrives as data that is not valid.
            (ErrorKind::InvalidData, _) if options.is_encrypted() => untrusted(&error, options),
            _ => Error::ConnectionRefused(format!("{}: {error}", options.address()).into()),
        },
        DriverFailure::Driver(DriverError::NoClientSslFlagFromServer) => Error::Configuration(
            format!("the server at {} offers no TLS: set it up there, or say ssl-mode=disabled", options.address())
                .into(),
        ),
        DriverFailure::Driver(DriverError::CleartextPluginDisabled) => Error::Configuration(
            "the server asks for the password in clear text, which is never sent: use another authentication plugin"
                .into(),
        ),
        // MySQL pretends to know users that it does not, some of them with this plugin, which the driver lacks.
        DriverFailure::Driver(DriverError::UnknownAuthPlugin { name }) if name == "sha256_password" => {
            Error::AccessDenied { user: options.user().into() }
        }
        // The driver's own texts may quote what the server sent.
        DriverFailure::Driver(error @ (DriverError::UnknownAuthPlugin { .. } | DriverError::MysqlOldPasswordDisabled)) => {
            Error::Configuration(format!("{}: {error}", options.address()).into())
        }
        _ => Error::ConnectionRefused(format!("{}: no MySQL server answers there", options.address()).into()),
    }
}

fn untrusted(error: &dyn Display, options: &Options) -> Error {
    Error::ConnectionRefused(
        format!("{}: TLS: {error} (`ssl-ca` names the authority to trust)", options.address()).into(),
    )
}

/// The error for a failure of a statement on a connection that stood.
pub(super) fn failed(failure: DriverFailure, user: &str, sql: &str) -> Error {
    match failure {
        DriverFailure::Server(error) => refused(error, user, "", sql),
        DriverFailure::Io(error) => Error::ConnectionLost(error.to_string().into()),
        DriverFailure::Driver(DriverError::ConnectionClosed) => Error::ConnectionLost("it is closed".into()),
        DriverFailure::Driver(DriverError::PacketTooLarge) => {
            Error::ConnectionLost("a packet was larger than the protocol allows".into())
        }
        DriverFailure::Driver(DriverError::MixedParams) => Error::Unsupported(
            "placeholders are question marks: the statement has names with a colon too".into(),
        ),
        // The texts of the others may quote what was sent.
        _ => Error::ConnectionLost("the driver and the server are out of step".into()),
    }
}

/// Whether the connection is of no use after this error of the server.
pub(super) fn ends_connection(error: &ServerError) -> bool {
    // Shutdown, packets and reads gone wrong, killed, idle for too long.
    matches!(error.code, 1053 | 1079 | 1080 | 1153 | 1155..=1161 | 1927 | 2006 | 2013 | 4031)
        || is_in_doubt(error)
}

/// Whether nobody knows what became of the transaction: a node says so that loses the others while it waits for their consent to a COMMIT,
/// and they may carry it out all the same. Galera says 1180, Group Replication 3100.
fn is_in_doubt(error: &ServerError) -> bool {
    error.code == 3100 || (error.code == 1180 && !is_group_conflict(error))
}

/// A COMMIT that a group refused.
fn is_group_conflict(error: &ServerError) -> bool {
    error.code == 1180 && error.message.contains("149")
}

/// Whether a transaction is certainly still open after this error. After the others the server has to be asked,
/// since its error replies do not say.
pub(super) fn leaves_transaction_open(code: u16) -> bool {
    matches!(
        code,
        1048 | 1062
            | 1064
            | 1054
            | 1146
            | 1216
            | 1217
            | 1243
            | 1264
            | 1265
            | 1292
            | 1317
            | 1364
            | 1366
            | 1406
            | 1441
            | 1451
            | 1452
            | 1615
            | 1690
            | 1969
            | 3024
            | 3140
            | 3157
            | 3572
            | 3819
            | 4025
    )
}

/// Whether one prepared statement only reads, so that it is not by it that a transaction ends.
pub(super) fn only_reads(sql: &str) -> bool {
    sql.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("SELECT"))
}

/// The error of a statement that only read, and was answered as if nothing were, though its transaction was over by then: a node of Galera
/// rolls back what gives way to another's commit, and says so (1213) only where the reply has not begun.
pub(super) fn gave_way(sql: &str) -> Error {
    let message = "the server has rolled the transaction back while it read".to_owned();
    Error::Conflict(database_error(1213, "40001".to_owned(), message, sql))
}

/// Whether a prepared handle is of no use after this error.
pub(super) fn loses_handle(code: u16) -> bool {
    matches!(code, 1243 | 1615)
}

fn refused(error: ServerError, user: &str, database: &str, sql: &str) -> Error {
    let (ends_connection, is_group_conflict) = (ends_connection(&error), is_group_conflict(&error));
    let ServerError { code, message, state } = error;
    let text = message.as_str();
    let number = u32::from(code);
    let violation = |found: Found| {
        Box::new(Violation {
            table: found.table,
            columns: found.columns,
            constraint: found.constraint,
            code: number,
            ..Violation::default()
        })
    };
    match code {
        1044 | 1045 | 1698 => Error::AccessDenied { user: user.into() },
        1049 => {
            let name = between(text, "Unknown database '", "'").unwrap_or(database);
            Error::UnknownDatabase(name.into())
        }
        1022 | 1062 | 1169 | 1586 | 1761 | 1762 | 1859 => Error::UniqueViolation(violation(duplicate(text))),
        1216 | 1217 | 1451 | 1452 | 1701 | 3730 => Error::ForeignKeyViolation(violation(foreign_key(text))),
        1048 | 1263 | 1364 => Error::NotNullViolation(violation(column(text))),
        1406 => Error::ValueTooLong(violation(column(text))),
        1264 | 1265 | 1292 | 1366 | 1367 | 1411 | 1425 | 1441 | 1525 | 1690 => {
            Error::OutOfRange(violation(column(text)))
        }
        3819 | 4025 => Error::CheckViolation(violation(check(text))),
        // MariaDB's JSON is text with a CHECK, and says 4025: so does MySQL's here.
        3140 | 3157 => Error::CheckViolation(violation(json(text))),
        1213 | 3101 | 1020 => Error::Conflict(database_error(number, state, message, sql)),
        _ if is_group_conflict => Error::Conflict(database_error(number, state, message, sql)),
        1205 | 3572 => Error::LockTimeout(database_error(number, state, message, sql)),
        // 1290 is said of other options too.
        1290 if text.contains("read-only") || text.contains("read_only") => {
            Error::ReadOnly(database_error(number, state, message, sql))
        }
        // A node of Galera that the others do not count: it refuses all but what asks no table, before it has any effect.
        1047 if text.contains("WSREP") => Error::ReadOnly(database_error(number, state, message, sql)),
        1792 | 1836 | 3032 => Error::ReadOnly(database_error(number, state, message, sql)),
        _ if ends_connection => Error::ConnectionLost(format!("{message} [{code}]").into()),
        _ => Error::Database(database_error(number, state, message, sql)),
    }
}

fn database_error(code: u32, state: String, message: String, sql: &str) -> Box<DatabaseError> {
    // Data exceptions (class 22), and those of others that quote a value.
    let quotes = state.starts_with("22") || matches!(code, 1300 | 1526 | 3854 | 3988 | 4078 | 4079);
    let message = if quotes { "a value is not valid here".to_owned() } else { message };
    let mut error = DatabaseError::new(code, state, message);
    sql.clone_into(&mut error.sql);
    error
}

/// What an error's text tells of the rule.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    table: Option<String>,
    columns: Vec<String>,
    constraint: Option<String>,
}

/// `Duplicate entry '..' for key 'table.KEY'`, on MariaDB `.. for key 'KEY'`. The value stands before, and may hold anything.
fn duplicate(text: &str) -> Found {
    let Some((_, key)) = text.rsplit_once(" for key '") else { return Found::default() };
    let key = key.strip_suffix('\'').unwrap_or(key);
    let (table, key) = match key.rsplit_once('.') {
        Some((table, key)) => (Some(table.to_owned()), key),
        None => (None, key),
    };
    Found { table, constraint: Some(key.to_owned()), ..Found::default() }
}

/// ``.. a foreign key constraint fails (`db`.`table`, CONSTRAINT `name` FOREIGN KEY (`a`, `b`) REFERENCES ..)``, or
/// `Cannot drop table 'x' referenced by a foreign key constraint 'name' on table 'y'.`
fn foreign_key(text: &str) -> Found {
    if let Some(name) = between(text, "foreign key constraint '", "'") {
        let table = between(text, "on table '", "'").map(str::to_owned);
        return Found { table, constraint: Some(name.to_owned()), ..Found::default() };
    }
    let table =
        text.split_once('(').map(|(_, rest)| names(rest.split(", CONSTRAINT").next().unwrap_or(rest)));
    let columns = between(text, "FOREIGN KEY (", ")").map(names).unwrap_or_default();
    Found {
        table: table.and_then(|path| path.into_iter().next_back()),
        columns,
        constraint: between(text, "CONSTRAINT `", "`").map(str::to_owned),
    }
}

/// `.. column 'name' ..` or `Field 'name' ..`; MariaDB also ``column `db`.`table`.`name` ``. A value, where there is one, stands before.
fn column(text: &str) -> Found {
    let Some((_, rest)) = text.rsplit_once("olumn ").or_else(|| text.rsplit_once("Field ")) else {
        return Found::default();
    };
    if rest.starts_with('`') {
        let end = rest.find(" at row").unwrap_or(rest.len());
        let mut path = names(&rest[..end]);
        let columns = path.pop().into_iter().collect();
        return Found { table: path.pop(), columns, ..Found::default() };
    }
    let name = between(rest, "'", "'");
    Found { columns: name.map(str::to_owned).into_iter().collect(), ..Found::default() }
}

/// `Check constraint 'name' is violated.`, or ``CONSTRAINT `name` failed for `db`.`table` ``, where `name` is `table.column` for the
/// check of a column.
fn check(text: &str) -> Found {
    if let Some(name) = between(text, "Check constraint '", "'") {
        return Found { constraint: Some(name.to_owned()), ..Found::default() };
    }
    let Some(name) = between(text, "CONSTRAINT `", "` failed for ") else { return Found::default() };
    let table = text.split_once(" failed for ").and_then(|(_, path)| names(path).pop());
    let columns = match (&table, name.rsplit_once('.')) {
        (Some(table), Some((of, column))) if of == table => vec![column.to_owned()],
        _ => Vec::new(),
    };
    Found { table, columns, constraint: Some(name.to_owned()) }
}

/// `Invalid JSON text: ".." at position 1 in value for column 'table.name'.`
fn json(text: &str) -> Found {
    let Found { columns, .. } = column(text);
    match columns.first().and_then(|path| path.rsplit_once('.')) {
        Some((table, name)) => {
            Found { table: Some(table.to_owned()), columns: vec![name.to_owned()], ..Found::default() }
        }
        None => Found { columns, ..Found::default() },
    }
}

/// The names in backticks, in their order.
fn names(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(table: Option<&str>, columns: &[&str], constraint: Option<&str>) -> Found {
        Found {
            table: table.map(str::to_owned),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            constraint: constraint.map(str::to_owned),
        }
    }

    #[test]
    fn duplicates_name_their_key_and_never_their_value() {
        assert_eq!(
            duplicate("Duplicate entry 'x' for key 'y'' for key 'notes.notes_title_idx'"),
            found(Some("notes"), &[], Some("notes_title_idx"))
        );
        assert_eq!(duplicate("Duplicate entry '1' for key 'PRIMARY'"), found(None, &[], Some("PRIMARY")));
        let error = ServerError {
            code: 1062,
            message: "Duplicate entry 'secret' for key 'notes.PRIMARY'".into(),
            state: "23000".into(),
        };
        let error = refused(error, "", "", "INSERT");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }

    #[test]
    fn foreign_keys_name_table_columns_and_constraint() {
        let text = "Cannot add or update a child row: a foreign key constraint fails (`db`.`tasks`, CONSTRAINT `tasks_fk` \
                    FOREIGN KEY (`user_id`, `shop`) REFERENCES `users` (`id`, `shop`) ON DELETE CASCADE)";
        assert_eq!(foreign_key(text), found(Some("tasks"), &["user_id", "shop"], Some("tasks_fk")));
        let text =
            "Cannot drop table 'users' referenced by a foreign key constraint 'tasks_fk' on table 'tasks'.";
        assert_eq!(foreign_key(text), found(Some("tasks"), &[], Some("tasks_fk")));
        assert_eq!(foreign_key("Cannot add or update a child row"), Found::default());
    }

    #[test]
    fn columns_are_found_behind_values() {
        assert_eq!(column("Column 'title' cannot be null"), found(None, &["title"], None));
        assert_eq!(column("Field 'title' doesn't have a default value"), found(None, &["title"], None));
        assert_eq!(column("Data too long for column 'title' at row 1"), found(None, &["title"], None));
        assert_eq!(
            column("Incorrect integer value: 'column 'x'' for column `db`.`notes`.`n` at row 1"),
            found(Some("notes"), &["n"], None)
        );
        assert_eq!(column("BIGINT UNSIGNED value is out of range in '(1 - 2)'"), Found::default());
    }

    #[test]
    fn checks_name_their_constraint() {
        assert_eq!(
            check("Check constraint 'notes_kind_check' is violated."),
            found(None, &[], Some("notes_kind_check"))
        );
        assert_eq!(
            check("CONSTRAINT `notes.kind` failed for `db`.`notes`"),
            found(Some("notes"), &["kind"], Some("notes.kind"))
        );
        assert_eq!(
            json("Invalid JSON text: \"Invalid value.\" at position 0 in value for column 'notes.data'."),
            found(Some("notes"), &["data"], None)
        );
    }

    #[test]
    fn a_node_of_a_cluster_refuses_or_does_not_know() {
        let server =
            |code, message: &str| ServerError { code, message: message.into(), state: "HY000".into() };
        let means = |error: &ServerError| refused(error.clone(), "", "", "");
        let cut_off = server(1047, "WSREP has not yet prepared node for application use");
        assert!(means(&cut_off).is_of_one_cut_off() && !ends_connection(&cut_off));
        let unknown = server(1047, "Unknown command");
        assert!(matches!(means(&unknown), Error::Database(_)) && !ends_connection(&unknown));
        // Some of those are carried out by the others.
        let in_doubt = server(
            1180,
            "Error while appending streaming replication fragment(provider status: Not connected to Primary Component)",
        );
        assert!(matches!(means(&in_doubt), Error::ConnectionLost(_)) && ends_connection(&in_doubt));
        let in_doubt = server(3100, "Error on observer while running replication hook 'before_commit'.");
        assert!(matches!(means(&in_doubt), Error::ConnectionLost(_)) && ends_connection(&in_doubt));
        let conflict = server(1180, "Got error 149 - 'Lock deadlock; Retry transaction' during COMMIT");
        assert!(matches!(means(&conflict), Error::Conflict(_)) && !ends_connection(&conflict));
    }

    #[test]
    fn no_text_is_too_strange() {
        for text in
            ["", "`", "column `", "column '", "CONSTRAINT `", "(", " for key '", "ü`ü' for key 'ü", "Field "]
        {
            let _ = (duplicate(text), foreign_key(text), column(text), check(text), json(text));
        }
    }
}
