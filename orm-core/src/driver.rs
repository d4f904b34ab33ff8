//! The seam between the runtime and a database: object-safe, and ignorant of models.
//!
//! A statement travels down as text, an id and parameters; rows travel up into a [`RowSink`], cell by cell and by position,
//! without a boxed future or a vector per row.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::error::Result;
use crate::sql::Dialect;
use crate::value::Value;

/// A boxed future: one per statement, none per row.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a method that sends something gives back: await it, and it is sent.
///
/// A boxed future with a name of its own: the compiler takes less time for it than for what it is made of.
#[must_use = "nothing is sent before it is awaited"]
pub struct Pending<'a, T>(BoxFuture<'a, Result<T>>);

impl<'a, T> Pending<'a, T> {
    /// This future.
    #[doc(hidden)]
    #[inline]
    pub fn new(future: impl Future<Output = Result<T>> + Send + 'a) -> Self {
        Self(Box::pin(future))
    }
}

impl<'a, T> From<BoxFuture<'a, Result<T>>> for Pending<'a, T> {
    #[inline]
    fn from(future: BoxFuture<'a, Result<T>>) -> Self {
        Self(future)
    }
}

impl<T> fmt::Debug for Pending<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

impl<T> Future for Pending<'_, T> {
    type Output = Result<T>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        self.0.as_mut().poll(cx)
    }
}

/// The identity of a statement whose shape is fixed by a model. The derive writes one `static` per model and verb.
///
/// A connection keeps the prepared handle under the number, so that finding it takes no hashing of text.
#[derive(Debug, Default)]
pub struct FixedId(OnceLock<usize>);

impl FixedId {
    /// An identity that gets its number on first use.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The number: small and dense, so that it can index a vector.
    pub fn number(&self) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        *self.0.get_or_init(|| NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A statement to send.
#[derive(Debug, Clone, Copy)]
pub enum Statement<'a> {
    /// Of fixed shape: prepared once per connection, kept as long as the connection.
    Fixed {
        /// Its identity.
        id: &'static FixedId,
        /// Its text, needed only when the connection has not prepared it yet.
        sql: &'a str,
    },
    /// Built at run time: prepared, kept in a small least-recently-used table by its text.
    Dynamic(&'a str),
    /// Our own text without parameters, such as DDL: sent as it is, not prepared.
    Text(&'a str),
}

impl<'a> Statement<'a> {
    /// The text.
    pub fn sql(&self) -> &'a str {
        match self {
            Self::Fixed { sql, .. } | Self::Dynamic(sql) | Self::Text(sql) => sql,
        }
    }
}

/// What stands for a statement's placeholders, in their order: a list of values, or something that knows how to make them, so that those of many
/// rows need not be a list before they are the driver's own.
pub trait ParamSource: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands over each of them. Whoever sends a statement a second time asks for them a second time.
    ///
    /// # Errors
    /// Where one does not fit its column. Then the statement is not sent.
    fn give(&self, to: &mut dyn ParamSink) -> Result<()>;
}

/// Where parameters go: each is copied. A method for each storage class, so that who knows the class of a column need not be asked for it again
/// with each value.
pub trait ParamSink {
    /// NULL.
    fn null(&mut self);
    /// A signed integer.
    fn int(&mut self, number: i64);
    /// An unsigned integer.
    fn uint(&mut self, number: u64);
    /// A 32-bit float.
    fn float(&mut self, number: f32);
    /// A 64-bit float.
    fn double(&mut self, number: f64);
    /// Text.
    fn text(&mut self, text: &str);
    /// Bytes.
    fn bytes(&mut self, bytes: &[u8]);
    /// A calendar day.
    fn date(&mut self, date: NaiveDate);
    /// A time of day.
    fn time(&mut self, time: NaiveTime);
    /// A day and a time.
    fn date_time(&mut self, moment: NaiveDateTime);
}

impl dyn ParamSink + '_ {
    /// Whatever it is.
    #[inline]
    pub fn value(&mut self, value: &Value<'_>) {
        match value {
            Value::Null => self.null(),
            Value::Int(number) => self.int(*number),
            Value::UInt(number) => self.uint(*number),
            Value::Float(number) => self.float(*number),
            Value::Double(number) => self.double(*number),
            Value::Text(text) => self.text(text),
            Value::Bytes(bytes) => self.bytes(bytes),
            Value::Date(date) => self.date(*date),
            Value::Time(time) => self.time(*time),
            Value::DateTime(moment) => self.date_time(*moment),
        }
    }
}

impl ParamSource for Vec<Value<'_>> {
    fn len(&self) -> usize {
        self.len()
    }

    fn give(&self, to: &mut dyn ParamSink) -> Result<()> {
        self.iter().for_each(|value| to.value(value));
        Ok(())
    }
}

impl<const N: usize> ParamSource for [Value<'_>; N] {
    fn len(&self) -> usize {
        N
    }

    fn give(&self, to: &mut dyn ParamSink) -> Result<()> {
        self.iter().for_each(|value| to.value(value));
        Ok(())
    }
}

/// A list of values, for who keeps them.
impl ParamSink for Vec<Value<'static>> {
    fn null(&mut self) {
        self.push(Value::Null);
    }

    fn int(&mut self, number: i64) {
        self.push(Value::Int(number));
    }

    fn uint(&mut self, number: u64) {
        self.push(Value::UInt(number));
    }

    fn float(&mut self, number: f32) {
        self.push(Value::Float(number));
    }

    fn double(&mut self, number: f64) {
        self.push(Value::Double(number));
    }

    fn text(&mut self, text: &str) {
        self.push(Value::Text(text.to_owned().into()));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.push(Value::Bytes(bytes.to_owned().into()));
    }

    fn date(&mut self, date: NaiveDate) {
        self.push(Value::Date(date));
    }

    fn time(&mut self, time: NaiveTime) {
        self.push(Value::Time(time));
    }

    fn date_time(&mut self, moment: NaiveDateTime) {
        self.push(Value::DateTime(moment));
    }
}

/// What the database said at the end of a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Rows inserted or deleted; for an update the rows that matched, changed or not.
    pub affected: u64,
    /// The first id that the database generated, where it says so without being asked.
    pub last_insert_id: Option<u64>,
}

/// The cells of one row, to be taken by position.
pub trait Cells {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the cell at this position is NULL; so is one past the end. It can be taken afterwards.
    fn is_null(&self, index: usize) -> bool;

    /// The integer in the cell at this position, which can be taken afterwards; `None` where it is none, or is not known without taking it.
    fn integer(&self, _index: usize) -> Option<i128> {
        None
    }

    /// Takes the cell at this position, which is done once: borrowed from the driver's buffer, or owned. One past the end gives NULL, and
    /// so may one that is taken again.
    fn take(&mut self, index: usize) -> Value<'_>;
}

/// Whether a sink wants more rows at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Let whoever polls see the rows first: the driver gives way to its caller once, then goes on.
    Pause,
}

/// Where rows go.
pub trait RowSink: Send {
    /// Whether [`RowSink::columns`] is to be called, once before the first row.
    fn wants_columns(&self) -> bool {
        false
    }

    /// The names of the result's columns.
    ///
    /// # Errors
    /// Where they are not those that the sink needs.
    fn columns(&mut self, _names: &[&str]) -> Result<()> {
        Ok(())
    }

    /// One row. After an error the driver reads the rest of the result without handing it over, and returns that error.
    ///
    /// # Errors
    /// Where a cell does not decode.
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow>;

    /// The database has not sent more yet: the rows so far are all there are to see for now.
    fn waits(&mut self) {}
}

/// Waits for what brings more rows. Where that takes time the other is called, which is to tell the sink.
pub(crate) fn awaiting_rows<F: Future>(
    mut more: Pin<&mut F>,
    mut waits: impl FnMut(),
) -> impl Future<Output = F::Output> {
    poll_fn(move |context| {
        let poll = more.as_mut().poll(context);
        if poll.is_pending() {
            waits();
        }
        poll
    })
}

/// Lets whoever polls look at the rows once: what [`Flow::Pause`] asks for.
pub(crate) async fn give_way() {
    let mut gave = false;
    poll_fn(|context| {
        if std::mem::replace(&mut gave, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A sink for statements that return no rows; rows that come all the same are dropped.
#[derive(Debug, Default)]
pub struct NoRows;

impl RowSink for NoRows {
    fn row(&mut self, _cells: &mut dyn Cells) -> Result<Flow> {
        Ok(Flow::Continue)
    }
}

/// What drives a transaction and a session. Every backend speaks it in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Control {
    /// Opens a transaction.
    Begin(Begin),
    /// Ends it, keeping what was done.
    Commit,
    /// Ends it, undoing what was done.
    Rollback,
    /// Marks a place in the open transaction, or goes back to one.
    Savepoint(Savepoint),
    /// Asks whether the server is there.
    Ping,
    /// Clears the session of all that was set in it, and sets our own settings again.
    Reset,
}

impl Control {
    /// Opens a transaction of the database's own kind.
    pub const BEGIN: Self = Self::Begin(Begin { isolation: None, read_only: false });
}

/// What kind of transaction to open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Begin {
    /// How far it is kept from others; the database's own choice where it is not said.
    pub isolation: Option<Isolation>,
    /// Whether the database refuses statements of it that write.
    pub read_only: bool,
}

impl fmt::Display for Begin {
    /// As the log shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BEGIN")?;
        if let Some(isolation) = self.isolation {
            write!(f, " ISOLATION LEVEL {isolation}")?;
        }
        f.write_str(if self.read_only { " READ ONLY" } else { "" })
    }
}

/// How far a transaction is kept from what others do at the same time.
///
/// SQLite knows the last one only, which promises all that the others do.
#[doc(alias = "isolationLevel")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// It sees what others have not committed yet.
    ReadUncommitted,
    /// Each statement sees what was committed before it.
    ReadCommitted,
    /// All statements see what was committed before the first one.
    RepeatableRead,
    /// As if transactions came one after the other.
    Serializable,
}

impl fmt::Display for Isolation {
    /// In SQL, which every database words alike.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadUncommitted => "READ UNCOMMITTED",
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        })
    }
}

/// What is done with a place in a transaction. Its number is its own: no other of the transaction has had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Savepoint {
    /// Marks it.
    Set(u64),
    /// Forgets it and those after it, keeping what was done.
    Release(u64),
    /// Undoes what was done since. It stays.
    RollBackTo(u64),
}

impl fmt::Display for Savepoint {
    /// In SQL, which every database words alike.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(number) => write!(f, "SAVEPOINT orm_{number}"),
            Self::Release(number) => write!(f, "RELEASE SAVEPOINT orm_{number}"),
            Self::RollBackTo(number) => write!(f, "ROLLBACK TO SAVEPOINT orm_{number}"),
        }
    }
}

/// One connection to a database. One statement at a time; a future dropped half-way leaves the connection unusable
/// (the pool marks it beforehand and throws it away).
pub trait Connection: Send {
    /// Runs a statement to its end, handing each row to the sink.
    ///
    /// # Errors
    /// Those of the parameters, which are asked for before anything is sent; whatever the database says; the sink's.
    fn query<'a>(
        &'a mut self,
        statement: Statement<'a>,
        params: &'a dyn ParamSource,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<Done>>;

    /// Runs one of our own commands.
    fn control(&mut self, command: Control) -> BoxFuture<'_, Result<()>>;

    /// Whether a transaction is open, as the last reply said.
    fn in_transaction(&self) -> bool;

    /// Whether the connection can no longer be used (the server is gone, or the stream is out of step).
    fn is_broken(&self) -> bool;

    /// Whether the last statement gave anything to its sink. Asked where the connection was lost meanwhile, so that what only reads can
    /// be sent on another one.
    fn gave_rows(&self) -> bool {
        true
    }

    /// Whether it leads to a node of a cluster that was left for another one: it is closed when nobody uses it.
    fn is_left(&self) -> bool {
        false
    }

    /// Whether it can be used again after a future of it was dropped half-way, because what was running is interrupted.
    ///
    /// [`Control::Rollback`] is sent next: it waits until what was running has ended, and is no error where no transaction is open.
    fn survives_cancel(&self) -> bool {
        false
    }

    /// Ends what may still be running on the server for a future that was dropped half-way. The connection is not used after this.
    fn abandon(&mut self) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }

    /// The distance between two ids of a plain bulk insert whose ids are all generated, `None` where ids may not be
    /// consecutive and each row has to be asked for.
    fn bulk_id_step(&self) -> Option<u64>;

    /// How long the server lets a connection lie idle before it ends it, as far as it says.
    fn idle_limit(&self) -> Option<Duration> {
        None
    }

    /// The most bytes that one statement with its parameters may have.
    fn packet_limit(&self) -> usize;

    /// Says good-bye.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// Opens connections to one database.
pub trait Connector: Send + Sync {
    /// How this database words its SQL.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Opens a connection and sets its session up. Bounded by the caller's deadline.
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>>;

    /// A connector for a replica of this database, at an address of its own. Nothing is opened yet.
    ///
    /// # Errors
    /// `Configuration` where the URL makes no sense.
    fn replica(&self, url: &str) -> Result<std::sync::Arc<dyn Connector>>;

    /// The most connections that make sense, where there is such a limit (one, for a database in memory).
    fn max_connections(&self) -> Option<usize> {
        None
    }
}
