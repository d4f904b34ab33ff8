//! Enums stored as their text.

/// An enum without data, stored as text. Derived: `#[derive(DbEnum)]`.
pub trait DbEnum: Sized + Copy + Send + Sync + 'static {
    /// The texts, in the order of the variants.
    const VALUES: &'static [&'static str];

    /// The text of this variant.
    fn as_str(self) -> &'static str;

    /// The variant of this text.
    fn from_text(text: &str) -> Option<Self>;
}
