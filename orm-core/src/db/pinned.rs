//! The connection that a transaction keeps, and its savepoints.

use tokio::sync::OwnedMutexGuard;

use super::pool::Held;
use super::session::Session;
use crate::driver::{Control, Done, Savepoint as Step};
use crate::error::{Error, Result};

/// What the statements of a transaction run on, or those within a savepoint of it.
pub(super) struct Pinned {
    base: Base,
    /// The savepoint whose work was given up half-way: it is rolled back to before anything else.
    abandoned: Option<u64>,
}

enum Base {
    Connection(Root),
    Savepoint(Savepoint),
}

/// Why a transaction is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Conflict,
    Lost,
    Late,
    GivenUp,
    Refused,
    Implicitly,
    NotUndone,
}

impl Ended {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Conflict => "the server ended it because of a conflict",
            Self::Lost => "its connection was lost",
            Self::Late => "a deadline was missed",
            Self::GivenUp => "a statement was given up half-way",
            Self::Refused => "the server ended it with an error",
            Self::Implicitly => "a statement ended it implicitly",
            Self::NotUndone => "what was done since a savepoint could not be undone",
        }
    }
}

/// The connection of a transaction.
struct Root {
    held: Held,
    /// Why the transaction is over.
    ended: Option<Ended>,
    /// How many savepoints it has had, so that no name is used twice.
    savepoints: u64,
}

/// A savepoint. What is outside of it waits until it is over.
struct Savepoint {
    outer: OwnedMutexGuard<Pinned>,
    number: u64,
    over: bool,
}

impl Drop for Savepoint {
    fn drop(&mut self) {
        if !self.over {
            self.outer.abandoned = Some(self.number);
        }
    }
}

impl Root {
    fn ended(&self) -> Option<Ended> {
        self.ended.or_else(|| self.held.peek().is_dirty().then_some(Ended::GivenUp))
    }

    /// Notices when a statement was the end of the transaction.
    fn note<T>(&mut self, result: &Result<T>) {
        let open = self.held.peek().in_transaction();
        self.ended = match result {
            Err(Error::Conflict(_)) => Some(Ended::Conflict),
            Err(Error::ConnectionLost(_)) => Some(Ended::Lost),
            Err(Error::Timeout { .. }) => Some(Ended::Late),
            Err(_) if !open => Some(Ended::Refused),
            Ok(_) if !open => Some(Ended::Implicitly),
            _ => None,
        };
    }
}

impl Pinned {
    pub(super) fn new(held: Held) -> Self {
        Self { base: Base::Connection(Root { held, ended: None, savepoints: 0 }), abandoned: None }
    }

    /// Sets a savepoint. What is given for it is to be used instead, until it is dropped.
    pub(super) async fn savepoint(mut outer: OwnedMutexGuard<Self>) -> Result<Self> {
        let root = outer.root_mut();
        root.savepoints += 1;
        let number = root.savepoints;
        outer.control(Control::Savepoint(Step::Set(number))).await?;
        Ok(Self { base: Base::Savepoint(Savepoint { outer, number, over: false }), abandoned: None })
    }

    fn root(&self) -> &Root {
        match &self.base {
            Base::Connection(root) => root,
            Base::Savepoint(savepoint) => savepoint.outer.root(),
        }
    }

    fn root_mut(&mut self) -> &mut Root {
        match &mut self.base {
            Base::Connection(root) => root,
            Base::Savepoint(savepoint) => savepoint.outer.root_mut(),
        }
    }

    pub(super) fn session(&mut self) -> &mut Session {
        self.root_mut().held.session()
    }

    pub(super) fn peek(&self) -> &Session {
        self.root().held.peek()
    }

    /// Why the transaction is over, if it is.
    pub(super) fn reason(&self) -> Option<Ended> {
        self.root().ended()
    }

    /// Whether it is that of a savepoint.
    pub(super) fn is_savepoint(&self) -> bool {
        matches!(self.base, Base::Savepoint(_))
    }

    /// Whether something was given up half-way and is not rolled back yet.
    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.is_some()
    }

    /// Rolls back what was given up half-way. Where that does not work, the transaction is over.
    pub(super) async fn undo_abandoned(&mut self) {
        let Some(number) = self.abandoned else { return };
        if self.reason().is_none() {
            self.roll_back_to(number).await.ok();
        }
        self.abandoned = None;
    }

    async fn roll_back_to(&mut self, number: u64) -> Result<()> {
        let result = self.control(Control::Savepoint(Step::RollBackTo(number))).await;
        if result.is_err() {
            self.root_mut().ended.get_or_insert(Ended::NotUndone);
        }
        result
    }

    /// The session, for a statement whose result is for [`Pinned::note`].
    ///
    /// # Errors
    /// [`Error::TransactionEnded`] where the transaction is over.
    pub(super) fn ready(&mut self) -> Result<&mut Session> {
        match self.reason() {
            Some(reason) => Err(Error::TransactionEnded(reason.text().into())),
            None => Ok(self.session()),
        }
    }

    /// Notices when a statement was the end of the transaction.
    pub(super) fn note(&mut self, result: &Result<Done>) {
        self.root_mut().note(result);
    }

    async fn control(&mut self, command: Control) -> Result<()> {
        let root = self.root_mut();
        let session = root.held.session();
        let result = match session.limit() {
            Ok(limit) => session.control(command, limit).await,
            late => late.map(drop),
        };
        root.note(&result);
        result
    }

    /// Keeps what was done since the savepoint, as part of what is outside of it.
    pub(super) async fn release(&mut self) -> Result<()> {
        let Base::Savepoint(Savepoint { number, .. }) = self.base else { return Ok(()) };
        self.control(Control::Savepoint(Step::Release(number))).await?;
        self.leave();
        Ok(())
    }

    /// Makes sure that nothing of it stays.
    pub(super) async fn undo(&mut self) -> Result<()> {
        if let Base::Savepoint(Savepoint { number, .. }) = self.base {
            // One that is over is undone as a whole.
            let result = if self.reason().is_none() { self.roll_back_to(number).await } else { Ok(()) };
            self.leave();
            return result;
        }
        let session = self.session();
        // A lost connection is undone by the server, and one that is over has nothing left to undo.
        let lost = session.is_dirty() && !session.survives_cancel();
        if lost || !(session.is_dirty() || session.in_transaction()) {
            return Ok(());
        }
        let limit = session.upkeep_limit();
        session.control(Control::Rollback, Some(limit)).await
    }

    fn leave(&mut self) {
        if let Base::Savepoint(savepoint) = &mut self.base {
            savepoint.over = true;
        }
    }
}
