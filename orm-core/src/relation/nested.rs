//! What the `with_..` methods of a draft are given, and how it is saved: level by level, in a bulk insert each.

use std::marker::PhantomData;

use super::Attached;
use super::accessors::{JoinRow, Row, link_all, referred};
use super::association::{BelongsTo, Data, Kind, ManyToMany, foreign};
use super::attach::Append;
use crate::db::Handle;
use crate::driver::BoxFuture;
use crate::error::Result;
use crate::model::{Draft, Many, Maybe, Model, Presence};
use crate::query::{DraftParts, Nested, save_level};
use crate::sql::Link;

/// Drafts of the model `T`, each with an `A` along, that are saved along with one of another model. `K` says how they hang together:
/// [`Many`] or [`Maybe`] that hold its key, [`BelongsTo`] one whose key it holds, [`ManyToMany`] over a join table.
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub struct With<T, K, A: Nested<T>> {
    data: Data,
    drafts: A::Drafts,
    kind: PhantomData<fn() -> (T, K)>,
}

impl<T, K, A: Nested<T>> With<T, K, A> {
    /// These drafts, over the foreign keys of this association.
    pub fn new(data: Data, drafts: A::Drafts) -> Self {
        Self { data, drafts, kind: PhantomData }
    }
}

/// A model whose drafts can be saved along. As with the accessors, the lifetime is there so that whether it is a model is asked where a
/// `with_..` is called.
#[doc(hidden)]
pub trait NestedTarget<'a>: Sized {
    /// Gathers the drafts that a `with_..` is given.
    fn drafts<A: Nested<Self>, D: DraftParts<Self, Along = A>>(list: impl Iterator<Item = D>) -> A::Drafts;
}

impl<T: Model> NestedTarget<'_> for T {
    fn drafts<A: Nested<T>, D: DraftParts<T, Along = A>>(list: impl Iterator<Item = D>) -> A::Drafts {
        A::collect(list.map(DraftParts::into_draft))
    }
}

/// What one `with_..` was given.
#[doc(hidden)]
pub trait Part<M: Model>: Sized + Send + 'static {
    /// As [`Nested::Half`].
    type Half: Send + 'static;

    /// What becomes of it: as an include would give it.
    type Output: Send + Sync + 'static;

    /// As [`Nested::before`].
    fn before<'a>(
        level: Vec<Self>,
        drafts: &'a mut [Draft<M>],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Half>>>;

    /// As [`Nested::after`].
    fn after<'a>(
        level: Vec<Self::Half>,
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
    type Half = (A::Half, X::Half);
    type Saved = (A::Saved, X::Output);
    type Drafts = Vec<(Draft<M>, Self)>;

    fn collect(list: impl Iterator<Item = (Draft<M>, Self)>) -> Self::Drafts {
        list.collect()
    }

    fn entries(drafts: Self::Drafts) -> Vec<(Draft<M>, Self)> {
        drafts
    }

    fn before<'a>(
        level: Vec<Self>,
        drafts: &'a mut [Draft<M>],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Half>>> {
        let (earlier, last): (Vec<_>, Vec<_>) = level.into_iter().unzip();
        Box::pin(async move {
            let earlier = A::before(earlier, drafts, handle).await?;
            let last = X::before(last, drafts, handle).await?;
            Ok(earlier.into_iter().zip(last).collect())
        })
    }

    fn after<'a>(
        level: Vec<Self::Half>,
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

/// Hands things out again as they were taken: to each as many as it gave.
fn deal<O>(counts: Vec<usize>, things: Vec<O>) -> Vec<Vec<O>> {
    let mut things = things.into_iter();
    counts.into_iter().map(|count| things.by_ref().take(count).collect()).collect()
}

/// Saves drafts that hold the key of the record they go along with.
async fn children<M: Model, T: Model, K, A: Nested<T>>(
    level: Vec<With<T, K, A>>,
    records: &[M],
    handle: Handle<'_>,
) -> Result<Vec<Vec<A::Output>>> {
    let mut counts = Vec::with_capacity(level.len());
    let mut all = Vec::new();
    for (with, record) in level.into_iter().zip(records) {
        let Link { near, far, .. } = foreign::<M, T>(&with.data);
        let key = referred(record, near)?;
        let mut entries = A::entries(with.drafts);
        entries.iter_mut().try_for_each(|(draft, _)| draft.fill_all(far, &key))?;
        counts.push(entries.len());
        all.append(&mut entries);
    }
    let (records, saved) = save_level(all, handle).await?;
    Ok(deal(counts, A::outputs(records, saved)))
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: Model, A: Nested<T>> Part<M> for With<T, Many, A> {
    type Half = Self;
    type Output = Vec<A::Output>;

    fn before<'a>(
        level: Vec<Self>,
        _drafts: &'a mut [Draft<M>],
        _handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self>>> {
        Box::pin(async { Ok(level) })
    }

    fn after<'a>(
        level: Vec<Self>,
        records: &'a [M],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Output>>> {
        Box::pin(children(level, records, handle))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: Model, A: Nested<T>> Part<M> for With<T, Maybe, A> {
    type Half = Self;
    type Output = Option<A::Output>;

    fn before<'a>(
        level: Vec<Self>,
        _drafts: &'a mut [Draft<M>],
        _handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self>>> {
        Box::pin(async { Ok(level) })
    }

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
impl<M, T, P, A> Part<M> for With<T, BelongsTo<P>, A>
where
    M: Model,
    T: Model,
    P: Presence<Shape: Attached, One<A::Output>: Send + Sync + 'static>,
    A: Nested<T>,
{
    type Half = P::One<A::Output>;
    type Output = P::One<A::Output>;

    fn before<'a>(
        level: Vec<Self>,
        drafts: &'a mut [Draft<M>],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Half>>> {
        Box::pin(async move {
            // Each was given one draft.
            let links: Vec<Link> =
                level.iter().map(|with| BelongsTo::<P>::link::<M, T>(&with.data)).collect();
            let entries: Vec<_> = level.into_iter().flat_map(|with| A::entries(with.drafts)).collect();
            let (owners, saved) = save_level(entries, handle).await?;
            for ((draft, owner), link) in drafts.iter_mut().zip(&owners).zip(&links) {
                draft.fill_all(link.near, &referred(owner, link.far)?)?;
            }
            let outputs = A::outputs(owners, saved).into_iter().zip(&links);
            outputs
                .map(|(output, link)| P::one(Some(output)).ok_or_else(|| super::one::missing(link)))
                .collect()
        })
    }

    fn after<'a>(
        level: Vec<Self::Half>,
        _records: &'a [M],
        _handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Output>>> {
        Box::pin(async { Ok(level) })
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: Model, J: JoinRow, A: Nested<T>> Part<M> for With<T, ManyToMany<J>, A> {
    type Half = Self;
    type Output = Vec<A::Output>;

    fn before<'a>(
        level: Vec<Self>,
        _drafts: &'a mut [Draft<M>],
        _handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self>>> {
        Box::pin(async { Ok(level) })
    }

    fn after<'a>(
        level: Vec<Self>,
        records: &'a [M],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Output>>> {
        Box::pin(async move {
            let mut counts = Vec::with_capacity(level.len());
            let mut links: Vec<Link> = Vec::with_capacity(level.len());
            let mut all = Vec::new();
            for with in level {
                links.push(ManyToMany::<J>::link::<M, T>(&with.data));
                let mut entries = A::entries(with.drafts);
                counts.push(entries.len());
                all.append(&mut entries);
            }
            let (targets, saved) = save_level(all, handle).await?;
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
            Ok(deal(counts, A::outputs(targets, saved)))
        })
    }
}
