//! Which connections the callers of a future hold, so that nobody waits for himself.

use std::sync::Arc;

use super::shared::Shared;

tokio::task_local! {
    /// The pools of the transactions whose closures run around this, one entry a transaction.
    static AROUND: Vec<usize>;
}

/// Runs the closure of a transaction of this pool.
pub(super) async fn within<T>(pool: &Arc<Shared>, work: impl Future<Output = T>) -> T {
    let mut around = AROUND.try_with(Clone::clone).unwrap_or_default();
    around.push(identity(pool));
    AROUND.scope(around, work).await
}

/// How many connections of this pool the transactions around the caller hold.
pub(super) fn by_callers(pool: &Arc<Shared>) -> usize {
    let pool = identity(pool);
    AROUND.try_with(|around| around.iter().filter(|&&one| one == pool).count()).unwrap_or(0)
}

fn identity(pool: &Arc<Shared>) -> usize {
    Arc::as_ptr(pool).addr()
}
