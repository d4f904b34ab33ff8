//! What the `with_..` methods of a draft are given, and how it is saved: level by level, in a bulk insert each.

use std::marker::PhantomData;

use super::accessors::{JoinRow, Row, link_all, referred};
use super::association::{BelongsTo, Data, Kind, ManyToMany, foreign};
use super::attach::Append;
use crate::db::Handle;
use crate::driver::BoxFuture;
use crate::error::Result;
use crate::model::{Draft, Many, Maybe, Model, Presence};
use crate::query::{IntoDraft, Nested, Saved, save_level};
use crate::sql::Link;

/// Drafts `D` of the model `T` that are saved along with one of another model. `K` says how they hang together: [`Many`] or [`Maybe`] that
/// hold its key, [`BelongsTo`] one whose key it holds, [`ManyToMany`] over a join table.
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub struct With<T, K, D: IntoDraft<T>> {
    data: Data,
    drafts: Vec<D>,
    saved: Vec<Saved<T, D>>,
    kind: PhantomData<fn() -> (T, K)>,
}

impl<T, K, D: IntoDraft<T>> With<T, K, D> {
    /// These drafts, over the foreign keys of this association.
    pub fn new(data: Data, drafts: Vec<D>) -> Self {
        Self { data, drafts, saved: Vec::new(), kind: PhantomData }
    }
}

/// What one `with_..` was given.
#[doc(hidden)]
pub trait Part<M: Model>: Sized + Send + 'static {
    /// What becomes of it: as an include would give it.
    type Output: Send + Sync + 'static;

    /// As [`Nested::before`].
    fn before<'a>(
        level: Vec<Self>,
        drafts: &'a mut [Draft<M>],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self>>> {
        let _ = (drafts, handle);
        Box::pin(async { Ok(level) })
    }

    /// As [`Nested::after`].
    fn after<'a>(
        level: Vec<Self>,
        records: &'a [M],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Output>>>;
}

#[diagnostic::do_not_recommend]
impl<M, A, X> Nested<M> for (A, X)
where
    M: Model,
    A: Nested<M, Output: Append<X::Output>>,
    X: Part<M>,
{
    type Output = <A::Output as Append<X::Output>>::Out;
    type Saved = (A::Saved, X::Output);

    fn before<'a>(
        level: Vec<Self>,
        drafts: &'a mut [Draft<M>],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self>>> {
        let (earlier, last): (Vec<_>, Vec<_>) = level.into_iter().unzip();
        Box::pin(async move {
            let earlier = A::before(earlier, drafts, handle).await?;
            let last = X::before(last, drafts, handle).await?;
            Ok(earlier.into_iter().zip(last).collect())
        })
    }

    fn after<'a>(
        level: Vec<Self>,
        records: &'a [M],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Saved>>> {
        let (earlier, last): (Vec<_>, Vec<_>) = level.into_iter().unzip();
        Box::pin(async move {
            let earlier = A::after(earlier, records, handle).await?;
            let last = X::after(last, records, handle).await?;
            Ok(earlier.into_iter().zip(last).collect())
        })
    }

    fn output(record: M, (earlier, last): Self::Saved) -> Self::Output {
        A::output(record, earlier).append(last)
    }
}

/// A draft, and what is saved along with it.
type Entry<T, D> = (Draft<T>, <D as IntoDraft<T>>::Along);

/// Hands things out again as they were taken: to each as many as it gave.
fn deal<O>(counts: Vec<usize>, things: Vec<O>) -> Vec<Vec<O>> {
    let mut things = things.into_iter();
    counts.into_iter().map(|count| things.by_ref().take(count).collect()).collect()
}

/// Drafts that hold the key of the record they go along with.
async fn children<M: Model, T: Model, K, D: IntoDraft<T>>(
    level: Vec<With<T, K, D>>,
    records: &[M],
    handle: Handle<'_>,
) -> Result<Vec<Vec<Saved<T, D>>>> {
    let mut counts = Vec::with_capacity(level.len());
    let mut entries: Vec<Entry<T, D>> = Vec::new();
    for (with, record) in level.into_iter().zip(records) {
        let Link { near, far, .. } = foreign::<M, T>(&with.data);
        let key = referred(record, near)?;
        counts.push(with.drafts.len());
        for draft in with.drafts {
            let (mut draft, along) = draft.into_draft();
            draft.fill_all(far, &key)?;
            entries.push((draft, along));
        }
    }
    let (records, saved) = save_level(entries, handle).await?;
    Ok(deal(counts, D::Along::outputs(records, saved)))
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: Model, D: IntoDraft<T>> Part<M> for With<T, Many, D> {
    type Output = Vec<Saved<T, D>>;

    fn after<'a>(
        level: Vec<Self>,
        records: &'a [M],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Output>>> {
        Box::pin(children(level, records, handle))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: Model, D: IntoDraft<T>> Part<M> for With<T, Maybe, D> {
    type Output = Option<Saved<T, D>>;

    fn after<'a>(
        level: Vec<Self>,
        records: &'a [M],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Output>>> {
        Box::pin(async move {
            let lists = children(level, records, handle).await?;
            Ok(lists.into_iter().map(|mut list| list.pop()).collect())
        })
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, P, D> Part<M> for With<T, BelongsTo<P>, D>
where
    M: Model,
    T: Model,
    P: Presence<Shape: super::Attached, One<Saved<T, D>>: Send + Sync + 'static>,
    D: IntoDraft<T>,
{
    type Output = P::One<Saved<T, D>>;

    fn before<'a>(
        mut level: Vec<Self>,
        drafts: &'a mut [Draft<M>],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self>>> {
        Box::pin(async move {
            let mut counts = Vec::with_capacity(level.len());
            let mut entries: Vec<Entry<T, D>> = Vec::new();
            for with in &mut level {
                counts.push(with.drafts.len());
                entries.extend(with.drafts.drain(..).map(IntoDraft::into_draft));
            }
            let (records, saved) = save_level(entries, handle).await?;
            let mut owners = records.iter();
            for ((with, draft), &count) in level.iter().zip(drafts).zip(&counts) {
                let Link { near, far, .. } = BelongsTo::<P>::link::<M, T>(&with.data);
                for owner in owners.by_ref().take(count) {
                    draft.fill_all(near, &referred(owner, far)?)?;
                }
            }
            for (with, saved) in level.iter_mut().zip(deal(counts, D::Along::outputs(records, saved))) {
                with.saved = saved;
            }
            Ok(level)
        })
    }

    fn after<'a>(
        level: Vec<Self>,
        _records: &'a [M],
        _handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Output>>> {
        Box::pin(async move {
            let one = |mut with: Self| {
                let link = BelongsTo::<P>::link::<M, T>(&with.data);
                P::one(with.saved.pop()).ok_or_else(|| super::one::missing(&link))
            };
            level.into_iter().map(one).collect()
        })
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, J, D> Part<M> for With<T, ManyToMany<J>, D>
where
    M: Model,
    T: Model,
    J: JoinRow,
    D: IntoDraft<T>,
{
    type Output = Vec<Saved<T, D>>;

    fn after<'a>(
        level: Vec<Self>,
        records: &'a [M],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Output>>> {
        Box::pin(async move {
            let mut counts = Vec::with_capacity(level.len());
            let mut links: Vec<Link> = Vec::with_capacity(level.len());
            let mut entries: Vec<Entry<T, D>> = Vec::new();
            for with in level {
                counts.push(with.drafts.len());
                links.push(ManyToMany::<J>::link::<M, T>(&with.data));
                entries.extend(with.drafts.into_iter().map(IntoDraft::into_draft));
            }
            let (targets, saved) = save_level(entries, handle).await?;
            let (mut pairs, mut rest) = (Vec::<(Row, Row)>::new(), targets.iter());
            for (n, (link, record)) in links.iter().zip(records).enumerate() {
                let near = referred(record, link.near)?;
                for target in rest.by_ref().take(counts[n]) {
                    pairs.push((near.clone(), referred(target, link.far)?));
                }
                // One INSERT for all, but for drafts that name associations over different join tables.
                if let Some(through) = link.through
                    && links.get(n + 1).and_then(|next| next.through) != Some(through)
                {
                    link_all::<J>(handle, &through, &std::mem::take(&mut pairs)).await?;
                }
            }
            Ok(deal(counts, D::Along::outputs(targets, saved)))
        })
    }
}
