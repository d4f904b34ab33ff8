//! What a URL says: which file, and how to open it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};

/// How the file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Reading only; the file has to exist.
    ReadOnly,
    /// Reading and writing; the file has to exist.
    ReadWrite,
    /// Reading and writing; the file is made where there is none.
    Create,
}

/// A database: a file, or memory.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Location {
    /// The file, `None` for memory.
    pub(super) path: Option<PathBuf>,
    /// How to open it.
    pub(super) mode: Mode,
    /// Tells databases in memory apart.
    pub(super) number: u64,
}

impl Location {
    /// Reads `sqlite::memory:`, `sqlite://relative.db`, `sqlite:///absolute.db`, each with `?mode=ro`, `rw` or `rwc` behind it.
    pub(super) fn parse(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("sqlite:").ok_or_else(|| wrong("an SQLite URL starts with `sqlite:`"))?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mode = mode(query)?;
        if path == ":memory:" {
            if !query.is_empty() {
                return Err(wrong("a database in memory takes no options: leave out what follows the `?`"));
            }
            static NEXT: AtomicU64 = AtomicU64::new(0);
            return Ok(Self { path: None, mode: Mode::Create, number: NEXT.fetch_add(1, Ordering::Relaxed) });
        }
        if path.is_empty() {
            return Err(wrong(
                "the URL names no file: write sqlite://notes.db, sqlite:///var/notes.db or sqlite::memory:",
            ));
        }
        Ok(Self { path: Some(PathBuf::from(decode(path)?)), mode, number: 0 })
    }

    /// The file's name, for messages.
    pub(super) fn name(&self) -> String {
        self.path.as_ref().map_or_else(|| ":memory:".to_owned(), |path| path.display().to_string())
    }
}

fn mode(query: &str) -> Result<Mode> {
    let mut mode = Mode::Create;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        mode = match pair.split_once('=').unwrap_or((pair, "")) {
            ("mode", "ro") => Mode::ReadOnly,
            ("mode", "rw") => Mode::ReadWrite,
            ("mode", "rwc") => Mode::Create,
            ("mode", _) => {
                return Err(wrong(
                    "`mode` is ro (read only), rw (read and write) or rwc (the same, and create)",
                ));
            }
            (key, _) => {
                return Err(wrong(&format!("an SQLite URL has no option {key:?}: the only one is `mode`")));
            }
        };
    }
    Ok(mode)
}

/// Replaces `%20` and the like by the byte they stand for.
fn decode(path: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let digits = rest.split_at_checked(2).and_then(|(digits, after)| {
            rest = after;
            let digits = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
            u8::from_str_radix(digits, 16).ok()
        });
        bytes.push(digits.ok_or_else(|| {
            wrong("a `%` in a URL is followed by two hexadecimal digits: write %25 for itself")
        })?);
    }
    String::from_utf8(bytes).map_err(|_| wrong("the path in the URL is not UTF-8"))
}

fn wrong(message: &str) -> Error {
    Error::Configuration(message.into())
}

#[cfg(test)]
mod tests {
    use super::{Location, Mode};
    use crate::error::Error;

    #[test]
    fn urls_name_memory_and_files() {
        let parse = |url| Location::parse(url).unwrap();
        assert_eq!(parse("sqlite::memory:").path, None);
        assert_eq!(parse("sqlite://:memory:").path, None);
        assert_eq!(
            parse("sqlite://notes.db"),
            Location { path: Some("notes.db".into()), mode: Mode::Create, number: 0 }
        );
        assert_eq!(parse("sqlite:notes.db").path, Some("notes.db".into()));
        assert_eq!(parse("sqlite:///tmp/my%20notes.db").path, Some("/tmp/my notes.db".into()));
        assert_eq!(parse("sqlite://notes.db?mode=ro").mode, Mode::ReadOnly);
        assert_eq!(parse("sqlite://notes.db?mode=rw").mode, Mode::ReadWrite);
        assert_eq!(parse("sqlite://notes.db?mode=rwc").mode, Mode::Create);
    }

    #[test]
    fn what_a_url_cannot_say_is_refused() {
        for url in [
            "mysql://x",
            "sqlite:",
            "sqlite://",
            "sqlite://?mode=ro",
            "sqlite::memory:?mode=ro",
            "sqlite://notes.db?mode=x",
            "sqlite://notes.db?mode",
            "sqlite://notes.db?cache=shared",
            "sqlite://a%2",
            "sqlite://a%+1",
            "sqlite://a%ff",
        ] {
            assert!(matches!(Location::parse(url), Err(Error::Configuration(_))), "{url}");
        }
    }
}
