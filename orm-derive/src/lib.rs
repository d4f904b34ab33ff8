//! The derives of orm-core. Depend on that crate: it re-exports them, and their output names it.

mod ast;
mod attr;
mod db_enum;
mod derive;
mod errors;
mod expand;
mod fallback;
mod infer;
mod naming;
mod newtype;
mod phrase;
mod projection;
mod shape;
#[cfg(test)]
mod tests;
mod validate;
mod view;
mod words;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct with named fields a table: its columns as constants, a builder that knows the required fields, and the data that
/// every verb works on.
///
/// ```
/// # use orm_core::prelude::*;
/// #[derive(Model, Clone)]
/// #[model(table = "notes", index(title, created_at))]
/// struct Note {
///     id: u64,
///     #[model(size = 100, unique)]
///     title: String,
///     #[model(default = 0)]
///     views: u32,
///     created_at: DateTime<Utc>,
/// }
/// ```
///
/// Associations stand where the foreign key is, and on the struct at the other side:
///
/// ```
/// # use orm_core::prelude::*;
/// #[derive(Model, Clone)]
/// #[model(has_many(tasks: Task))]
/// struct User {
///     id: u64,
/// }
///
/// #[derive(Model, Clone)]
/// struct Task {
///     id: u64,
///     #[model(belongs_to = User, on_delete = cascade)]
///     user_id: Option<u64>,
/// }
///
/// assert_eq!((User::TASKS.name(), Task::USER.name()), ("tasks", "user"));
/// assert_eq!(Task::TABLE.foreign_keys[0].name, "tasks_user_id_fkey");
/// ```
///
/// On the struct `#[model(..)]` takes `table`, `rename_all`, `index(..)`, `unique(..)`, `belongs_to(..)`, `has_one(..)`, `has_many(..)`,
/// `many_to_many(..)`, `draft`, `crate`; on a field `primary_key`, `auto_increment`, `column`, `column_type`, `size`, `text`,
/// `case_sensitive`, `precision`, `default`, `unique`, `index`, `belongs_to`, `as`, `target_key`, `on_delete`, `on_update`, `unmanaged`,
/// `const_name`, `skip`. In the parentheses of an association: `foreign_key`, `other_key`, `target_key`, `through`, `singular`, `on_delete`,
/// `on_update`.
///
/// These names are taken: the constant `TABLE` and the function `build` of the model, the methods `save` and `into_draft` of its draft.
#[proc_macro_derive(Model, attributes(model))]
pub fn model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive::model(&input).into()
}

/// Makes an enum without data a column type that is stored as text: the variant's name in snake_case.
///
/// ```
/// # use orm_core::prelude::*;
/// #[derive(DbEnum, Clone, Copy)]
/// #[db_enum(rename_all = "camelCase")]
/// enum Status {
///     Open,
///     #[db_enum(rename = "done")]
///     Closed,
/// }
/// ```
#[proc_macro_derive(DbEnum, attributes(db_enum))]
pub fn db_enum(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    db_enum::derive(&input).into()
}

/// Makes a struct around one value a column type of its own: `struct UserId(u64);`. What it wraps does not stand for it.
#[proc_macro_derive(Newtype, attributes(newtype))]
pub fn newtype(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    newtype::derive(&input).into()
}

/// Makes a struct a selection of some columns of a model.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Clone)]
/// # struct Note { id: u64, description: String }
/// #[derive(Projection)]
/// #[projection(model = Note)]
/// struct Card {
///     id: u64,
///     #[projection(column = description)]
///     text: String,
/// }
/// ```
#[proc_macro_derive(Projection, attributes(projection))]
pub fn projection(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    projection::derive(&input).into()
}

/// Makes a struct a view of what an include loads: its fields are, by position, the record and what was included. A field is a model, a
/// view, a number of records, or a `Vec` or an `Option` of these.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Clone)]
/// # #[model(has_many(tasks: Task))]
/// # struct User { id: u64, name: String }
/// # #[derive(Model, Clone)]
/// # struct Task { id: u64, #[model(belongs_to = User)] user_id: u64 }
/// #[derive(View)]
/// struct UserPage {
///     user: User,
///     tasks: Vec<Task>,
/// }
///
/// # async fn pages(db: &Db) -> orm_core::Result<()> {
/// let pages: Vec<UserPage> = User::find().include(User::TASKS).all_as(db).await?;
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(View, attributes(view))]
pub fn view(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    view::derive(&input).into()
}
