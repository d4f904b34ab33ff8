//! The constant of an association: `User::TASKS`.

use std::fmt;
use std::marker::PhantomData;

use super::related::Attached;
use crate::model::{Many, Maybe, Model, Presence};
use crate::schema::Table;
use crate::sql::{Link, Through};

/// The kind of an association whose foreign key is the model's own.
#[derive(Debug, Clone, Copy)]
pub struct BelongsTo<P>(PhantomData<P>);

/// The kind of an association to at most one record, whose foreign key is on the other side.
#[derive(Debug, Clone, Copy)]
pub struct HasOne<P>(PhantomData<P>);

/// The kind of an association to any number of records, whose foreign key is on the other side.
#[derive(Debug, Clone, Copy)]
pub struct HasMany<P>(PhantomData<P>);

/// The kind of an association over a join table: the model of its rows, or `()` where they have none.
#[derive(Debug, Clone, Copy)]
pub struct ManyToMany<J>(PhantomData<J>);

/// What an association is: belongs_to, has_one, has_many or many_to_many.
#[doc(hidden)]
pub trait Kind: Send + Sync + 'static {
    /// How many records there are for one.
    type Shape: Attached;

    /// The columns that must be equal.
    fn link<M: Model, T: Model>(data: &Data) -> Link;
}

/// Where the foreign keys of an association are.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Data {
    /// The association's name, `tasks`.
    pub(crate) name: &'static str,
    /// Position of the foreign key among those of its table; of a join table, of that to the near model.
    foreign_key: usize,
    /// Of a join table, position of the foreign key to the far model.
    far: usize,
    /// The join table.
    through: Option<fn() -> &'static Table>,
}

impl<P: Presence<Shape: Attached>> Kind for BelongsTo<P> {
    type Shape = P::Shape;

    fn link<M: Model, T: Model>(data: &Data) -> Link {
        own::<M, T>(data)
    }
}

/// The link of a foreign key of the model's own.
pub(super) fn own<M: Model, T: Model>(data: &Data) -> Link {
    let key = &M::TABLE.foreign_keys[data.foreign_key];
    Link { source: M::TABLE, target: T::TABLE, near: key.columns, far: key.target_columns(), through: None }
}

impl<P: Presence> Kind for HasOne<P> {
    type Shape = Maybe;

    fn link<M: Model, T: Model>(data: &Data) -> Link {
        foreign::<M, T>(data)
    }
}

impl<P: Presence> Kind for HasMany<P> {
    type Shape = Many;

    fn link<M: Model, T: Model>(data: &Data) -> Link {
        foreign::<M, T>(data)
    }
}

/// The link of a foreign key on the other side.
pub(super) fn foreign<M: Model, T: Model>(data: &Data) -> Link {
    let key = &T::TABLE.foreign_keys[data.foreign_key];
    Link { source: M::TABLE, target: T::TABLE, near: key.target_columns(), far: key.columns, through: None }
}

impl<J: Send + Sync + 'static> Kind for ManyToMany<J> {
    type Shape = Many;

    fn link<M: Model, T: Model>(data: &Data) -> Link {
        let table = data.through.map_or(T::TABLE, |table| table());
        let (near, far) = (&table.foreign_keys[data.foreign_key], &table.foreign_keys[data.far]);
        Link {
            source: M::TABLE,
            target: T::TABLE,
            near: near.target_columns(),
            far: far.target_columns(),
            through: Some(Through { table, near: near.columns, far: far.columns }),
        }
    }
}

/// Which models, and which kind.
type Types<M, T, K> = PhantomData<fn() -> (M, T, K)>;

/// An association of the model `M` to the model `T`. The derive writes one constant for each, in upper case.
pub struct Association<M, T, K> {
    data: Data,
    types: Types<M, T, K>,
}

impl<M, T, K> Clone for Association<M, T, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T, K> Copy for Association<M, T, K> {}

impl<M: Model, T: Model, K> fmt::Debug for Association<M, T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", M::TABLE.name, self.data.name)
    }
}

impl<M, T, K> Association<M, T, K> {
    /// An association over one foreign key, at this position among those of its table. Written by the derive.
    #[doc(hidden)]
    pub const fn new(name: &'static str, foreign_key: usize) -> Self {
        Self { data: Data { name, foreign_key, far: 0, through: None }, types: PhantomData }
    }

    /// An association over a join table, with the positions of its foreign keys to `M` and to `T`. Written by the derive.
    #[doc(hidden)]
    pub const fn through(
        name: &'static str,
        table: fn() -> &'static Table,
        foreign_key: usize,
        far: usize,
    ) -> Self {
        Self { data: Data { name, foreign_key, far, through: Some(table) }, types: PhantomData }
    }

    /// Where its foreign keys are.
    #[doc(hidden)]
    pub const fn data(self) -> Data {
        self.data
    }

    /// The association's name, `tasks`.
    pub const fn name(self) -> &'static str {
        self.data.name
    }
}

impl<M: Model, T: Model, K: Kind> Association<M, T, K> {
    /// The columns that must be equal.
    #[doc(hidden)]
    pub fn link(self) -> Link {
        K::link::<M, T>(&self.data)
    }
}
