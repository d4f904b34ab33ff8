//! What stands for the key of a record.

use crate::error::Result;
use crate::schema::Table;
use crate::types::IntoValue;
use crate::value::Value;

/// The key type of a model with one key column.
#[derive(Debug, Clone, Copy)]
pub struct One<T>(std::marker::PhantomData<T>);

/// What may stand for a key: whatever may stand for its column; a tuple of such for a composite key.
///
/// ```
/// # use orm_core::prelude::*;
/// #[derive(Model, Debug, Clone)]
/// struct Seat {
///     #[model(primary_key)]
///     row: String,
///     #[model(primary_key)]
///     number: u16,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm_core::Result<()> {
/// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
/// # let db = Db::connect("sqlite::memory:").await?;
/// Seat::sync(&db).await?;
/// Seat::build().row("B").number(7).save(&db).await?;
/// assert!(Seat::find_by_id(&db, ("B", 7)).await?.is_some());
/// # Ok(())
/// # }
/// ```
#[doc(alias = "findByPk")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for the key of this model",
    label = "expected the key, `{K}`"
)]
pub trait IntoKey<K> {
    /// The values, in the order of the key's columns.
    ///
    /// # Errors
    /// [`Error::Encode`](crate::Error::Encode) where a column cannot hold one.
    fn into_key(self, table: &'static Table) -> Result<Vec<Value<'static>>>;
}

impl<T, V: IntoValue<T>> IntoKey<One<T>> for V {
    fn into_key(self, table: &'static Table) -> Result<Vec<Value<'static>>> {
        Ok(vec![self.into_value(&table.columns[table.primary_key[0]])?])
    }
}

macro_rules! composite {
    ($($type:ident $value:ident $n:tt),+) => {
        impl<$($type, $value: IntoValue<$type>),+> IntoKey<($($type,)+)> for ($($value,)+) {
            fn into_key(self, table: &'static Table) -> Result<Vec<Value<'static>>> {
                Ok(vec![$(self.$n.into_value(&table.columns[table.primary_key[$n]])?),+])
            }
        }
    };
}

composite!(A VA 0, B VB 1);
composite!(A VA 0, B VB 1, C VC 2);
composite!(A VA 0, B VB 1, C VC 2, D VD 3);
