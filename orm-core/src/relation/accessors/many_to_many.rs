//! The records that one is linked to over a join table.

use super::children::{one_saved, query_of};
use super::keys::referred;
use super::pairs::{JoinRow, Pairs, link_all};
use super::reference::{List, Reference};
use crate::db::{Executor, Handle, Transaction};
use crate::driver::Pending;
use crate::model::Model;
use crate::query::{DraftParts, Nested as _, Query, Saved, save_level};
use crate::relation::association::{Data, Kind as _, ManyToMany};

/// What the accessors of a `many_to_many` of `M` over a join table `J` call.
pub trait ManyToManyTarget<'a, M, J>: Sized {
    /// What stands for its key.
    type Key;

    /// `post.tags()`: the records that this one is linked to.
    fn query(data: Data, record: &M) -> Query<Self>;

    /// `post.count_tags(..)`: how many there are.
    fn count(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, u64>;

    /// `post.has_tag(..)`: whether it is linked to this one.
    fn has<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<Self, Self::Key, By> + 'a,
    ) -> Pending<'a, bool>;

    /// `post.has_tags(..)`: whether it is linked to all of these.
    fn has_all<By, R: Reference<Self, Self::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, bool>;

    /// `post.add_tag(..)`: links it to this one.
    fn add<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<Self, Self::Key, By> + 'a,
    ) -> Pending<'a, ()>;

    /// `post.add_tags(..)`: links it to these.
    fn add_all<By, R: Reference<Self, Self::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, ()>;

    /// `post.set_tags(..)`: links it to these and no others.
    fn set<By, R: Reference<Self, Self::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, ()>;

    /// `post.remove_tag(..)`: un-links this one.
    fn remove<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<Self, Self::Key, By> + 'a,
    ) -> Pending<'a, u64>;

    /// `post.remove_tags(..)`: un-links these.
    fn remove_all<By, R: Reference<Self, Self::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, u64>;

    /// `post.clear_tags(..)`: un-links all.
    fn clear(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, u64>;

    /// `post.create_tag(..)`: saves a record and links it.
    fn create<D: DraftParts<Self>>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        draft: D,
    ) -> Pending<'a, Saved<Self, D>>;
}

impl<'a, M: Model, T: Model, J: JoinRow> ManyToManyTarget<'a, M, J> for T {
    type Key = T::Key;

    fn query(data: Data, record: &M) -> Query<T> {
        query_of(Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)).map(|pairs| pairs.linked()))
    }

    fn count(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, u64> {
        let (pairs, handle) = (Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)), db.handle());
        Pending::new(async move { pairs?.count(handle).await })
    }

    fn has<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> Pending<'a, bool> {
        let (pairs, list, handle) = (
            Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)),
            List::new([reference], ManyToMany::<J>::link::<M, T>(&data).far),
            db.handle(),
        );
        Pending::new(async move { pairs?.has(handle, list?).await })
    }

    fn has_all<By, R: Reference<T, T::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, bool> {
        let (pairs, list, handle) = (
            Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)),
            List::new(list, ManyToMany::<J>::link::<M, T>(&data).far),
            db.handle(),
        );
        Pending::new(async move { pairs?.has(handle, list?).await })
    }

    fn add<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> Pending<'a, ()> {
        let (pairs, list, handle) = (
            Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)),
            List::new([reference], ManyToMany::<J>::link::<M, T>(&data).far),
            db.handle(),
        );
        Pending::new(async move { pairs?.add::<J>(handle, list?).await })
    }

    fn add_all<By, R: Reference<T, T::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, ()> {
        let (pairs, list, handle) = (
            Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)),
            List::new(list, ManyToMany::<J>::link::<M, T>(&data).far),
            db.handle(),
        );
        Pending::new(async move { pairs?.add::<J>(handle, list?).await })
    }

    fn set<By, R: Reference<T, T::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, ()> {
        let (pairs, list, handle) = (
            Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)),
            List::new(list, ManyToMany::<J>::link::<M, T>(&data).far),
            db.handle(),
        );
        Pending::new(async move { pairs?.set::<J>(handle, list?).await })
    }

    fn remove<By>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<T, T::Key, By> + 'a,
    ) -> Pending<'a, u64> {
        let (pairs, list, handle) = (
            Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)),
            List::new([reference], ManyToMany::<J>::link::<M, T>(&data).far),
            db.handle(),
        );
        Pending::new(async move { pairs?.remove::<J>(handle, list?).await })
    }

    fn remove_all<By, R: Reference<T, T::Key, By> + 'a>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        list: impl IntoIterator<Item = R>,
    ) -> Pending<'a, u64> {
        let (pairs, list, handle) = (
            Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)),
            List::new(list, ManyToMany::<J>::link::<M, T>(&data).far),
            db.handle(),
        );
        Pending::new(async move { pairs?.remove::<J>(handle, list?).await })
    }

    fn clear(data: Data, record: &'a M, db: &'a (impl Executor + ?Sized)) -> Pending<'a, u64> {
        let (pairs, handle) = (Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)), db.handle());
        Pending::new(async move { pairs?.clear(handle).await })
    }

    fn create<D: DraftParts<T>>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        draft: D,
    ) -> Pending<'a, Saved<T, D>> {
        let (link, handle, draft) = (ManyToMany::<J>::link::<M, T>(&data), db.handle(), draft.into_draft());
        let near = referred(record, link.near);
        Pending::new(async move {
            let near = near?;
            let created = handle
                .atomically(async move |tx: &Transaction| {
                    let handle = Handle::Transaction(tx);
                    let (created, saved) = save_level([draft], handle).await?;
                    for (record, through) in created.iter().zip(link.through) {
                        let pair = (near.clone(), referred(record, link.far)?);
                        link_all::<J>(handle, &through, &[pair]).await?;
                    }
                    Ok(D::Along::outputs(created, saved))
                })
                .await?;
            one_saved::<T, D>(created)
        })
    }
}

/// What the accessor of a `many_to_many` of `M` calls that takes a row of the join table, a `J`.
pub trait PairTarget<'a, M, J>: Sized {
    /// What stands for its key.
    type Key;

    /// `post.add_tag_with(..)`: links it to this one by a row of the join table.
    fn add_with<By, D: DraftParts<J, Along = ()>>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<Self, Self::Key, By> + 'a,
        draft: D,
    ) -> Pending<'a, ()>;
}

impl<'a, M: Model, T: Model, J: Model> PairTarget<'a, M, J> for T {
    type Key = T::Key;

    fn add_with<By, D: DraftParts<J, Along = ()>>(
        data: Data,
        record: &'a M,
        db: &'a (impl Executor + ?Sized),
        reference: impl Reference<T, T::Key, By> + 'a,
        draft: D,
    ) -> Pending<'a, ()> {
        let (pairs, list, handle) = (
            Pairs::<T>::of(record, ManyToMany::<J>::link::<M, T>(&data)),
            List::new([reference], ManyToMany::<J>::link::<M, T>(&data).far),
            db.handle(),
        );
        let (draft, ()) = draft.into_draft();
        Pending::new(async move { pairs?.add_with::<J>(handle, list?, draft).await })
    }
}
