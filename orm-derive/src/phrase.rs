//! A few tokens that are written many times, such as the path of orm-core.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

/// They are written one by one: for a stream the compiler would be asked, three times each.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    tokens: Vec<TokenTree>,
    usual: bool,
}

impl Phrase {
    /// These tokens.
    pub(crate) fn new(tokens: TokenStream) -> Self {
        Self { tokens: tokens.into_iter().collect(), usual: false }
    }

    /// The path of orm-core as it is called everywhere.
    pub(crate) fn usual(at: Span) -> Self {
        Self { usual: true, ..Self::new(quote_spanned!(at=> ::orm_core)) }
    }

    /// Whether it is the path of orm-core as it is called everywhere.
    pub(crate) fn is_usual(&self) -> bool {
        self.usual
    }

    /// The same tokens, pointed at another place. For paths of the derive's own: what they lead to stays the same.
    pub(crate) fn at(&self, span: Span) -> Self {
        let point = |token: &TokenTree| {
            let mut token = token.clone();
            token.set_span(token.span().located_at(span));
            token
        };
        Self { tokens: self.tokens.iter().map(point).collect(), usual: self.usual }
    }
}

impl ToTokens for Phrase {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.tokens.iter().cloned());
    }
}
