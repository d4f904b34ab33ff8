//! What a URL says about a connection, as options of the driver.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use mysql_async::{Opts, OptsBuilder, SslOpts};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::error::{Error, Result};

const PARAMETERS: &str =
    "`ssl-mode` (disabled, required, verify-ca, verify-identity), `ssl-ca` (a file) and `socket` (a file)";

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SslMode {
    /// Not at all: the default on loopback and on a socket.
    Disabled,
    /// By whatever certificate the server shows.
    Required,
    /// By a certificate of an authority that is trusted. The driver (0.37) looks at the name in it all the same, since it does not
    /// recognise that complaint: stricter than asked, never laxer.
    VerifyCa,
    /// The same, made out to the host of the URL: the default off loopback.
    VerifyIdentity,
}

/// Where to connect, as whom, and how. Its `Debug` shows no password.
#[derive(Clone)]
pub(super) struct Options {
    driver: Opts,
    user: Box<str>,
    database: Box<str>,
    address: Box<str>,
    ssl_mode: SslMode,
    ssl_ca: Option<Box<str>>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("address", &self.address)
            .field("user", &self.user)
            .field("database", &self.database)
            .field("ssl_mode", &self.ssl_mode)
            .finish_non_exhaustive()
    }
}

impl Options {
    /// Reads `mysql://user:password@host:port/database?parameters`. Errors never quote the URL: it holds the password.
    pub(super) fn from_url(url: &str) -> Result<Self> {
        let url =
            Url::parse(url).map_err(|error| wrong(format!("the database URL cannot be read: {error}")))?;
        let host = match url.host() {
            Some(Host::Domain(host)) if !host.is_empty() => decode(host, "host")?,
            Some(Host::Domain(_)) | None => "localhost".to_owned(),
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
        };
        let port = url.port().unwrap_or(3306);
        let user = decode(url.username(), "user")?;
        let password = url.password().map(|password| decode(password, "password")).transpose()?;
        let path = url.path().strip_prefix('/').unwrap_or(url.path());
        if path.contains('/') {
            return Err(wrong("the path of the database URL is one name, that of the database".into()));
        }
        let database = decode(path, "database")?;
        let Parameters { ssl_mode, ssl_ca, socket } = Parameters::read(&url)?;

        let local = socket.is_some() || is_loopback(&host);
        let ssl_mode = match (ssl_mode, &ssl_ca) {
            (None, None) if local => SslMode::Disabled,
            (None, _) => SslMode::VerifyIdentity,
            (Some(mode), _) => mode,
        };
        if socket.is_some() && ssl_mode != SslMode::Disabled {
            return Err(wrong(
                "a connection through `socket` is not encrypted: remove `ssl-mode` and `ssl-ca`".into(),
            ));
        }
        if matches!(ssl_mode, SslMode::Disabled | SslMode::Required) && ssl_ca.is_some() {
            return Err(wrong("`ssl-ca` is for ssl-mode=verify-ca and ssl-mode=verify-identity".into()));
        }
        let address = match &socket {
            Some(path) => path.clone(),
            None if host.contains(':') => format!("[{host}]:{port}"),
            None => format!("{host}:{port}"),
        };
        let ssl_ca_text = ssl_ca.as_deref().map(Into::into);
        let driver = OptsBuilder::default()
            .ip_or_hostname(host)
            .tcp_port(port)
            .user(Some(user.clone()))
            .pass(password.filter(|password| !password.is_empty()))
            .db_name(Some(&database).filter(|name| !name.is_empty()))
            .ssl_opts(ssl_options(ssl_mode, ssl_ca))
            .socket(socket)
            // Or the driver would leave the address it was given.
            .prefer_socket(false)
            // Each connection keeps its handles itself, by number.
            .stmt_cache_size(0)
            // Or an update to the same values would report no rows.
            .client_found_rows(true)
            .tcp_nodelay(true)
            .enable_cleartext_plugin(false)
            .secure_auth(true)
            // Given here, the driver need not ask for them. The server's own packet limit is minded per statement.
            .max_allowed_packet(Some(1 << 30))
            .wait_timeout(Some(28_800));
        Ok(Self {
            driver: driver.into(),
            user: user.into(),
            database: database.into(),
            address: address.into(),
            ssl_mode,
            ssl_ca: ssl_ca_text,
        })
    }

    /// For the driver. Its `Debug` shows the password: never print it.
    pub(super) fn driver(&self) -> Opts {
        self.driver.clone()
    }

    pub(super) fn user(&self) -> &str {
        &self.user
    }

    pub(super) fn database(&self) -> &str {
        &self.database
    }

    /// Whether the connection is encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.ssl_mode != SslMode::Disabled
    }

    /// The file of the authority to trust.
    pub(super) fn ssl_ca(&self) -> Option<&str> {
        self.ssl_ca.as_deref()
    }

    /// Host and port, or the socket's file.
    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

#[derive(Debug, Default)]
struct Parameters {
    ssl_mode: Option<SslMode>,
    ssl_ca: Option<String>,
    socket: Option<String>,
}

impl Parameters {
    fn read(url: &Url) -> Result<Self> {
        let mut read = Self::default();
        // Not as a form: a plus sign in a path is a plus sign.
        for pair in url.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(value, name)?;
            let doubled = match name {
                "ssl-mode" => read.ssl_mode.replace(ssl_mode(&value)?).is_some(),
                "ssl-ca" => read.ssl_ca.replace(value).is_some(),
                "socket" => read.socket.replace(value).is_some(),
                _ => {
                    return Err(wrong(format!(
                        "the database URL has no parameter {name:?}: there are {PARAMETERS}"
                    )));
                }
            };
            if doubled {
                return Err(wrong(format!("the database URL says `{name}` twice")));
            }
        }
        Ok(read)
    }
}

fn ssl_mode(word: &str) -> Result<SslMode> {
    match word {
        "disabled" => Ok(SslMode::Disabled),
        "required" => Ok(SslMode::Required),
        "verify-ca" => Ok(SslMode::VerifyCa),
        "verify-identity" => Ok(SslMode::VerifyIdentity),
        "preferred" => Err(wrong(
            "ssl-mode=preferred would fall back to plain text without a word: say disabled, required, verify-ca or verify-identity"
                .into(),
        )),
        _ => Err(wrong(format!(
            "there is no ssl-mode {word:?}: there are disabled, required, verify-ca and verify-identity"
        ))),
    }
}

fn ssl_options(mode: SslMode, ca: Option<String>) -> Option<SslOpts> {
    if mode == SslMode::Disabled {
        return None;
    }
    let trust_well_known = ca.is_none();
    let roots = ca.into_iter().map(|path| PathBuf::from(path).into()).collect();
    Some(
        SslOpts::default()
            .with_root_certs(roots)
            .with_disable_built_in_roots(!trust_well_known)
            .with_danger_accept_invalid_certs(mode == SslMode::Required)
            .with_danger_skip_domain_validation(mode == SslMode::VerifyCa),
    )
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn decode(text: &str, what: &str) -> Result<String> {
    percent_decode_str(text).decode_utf8().map(Into::into).map_err(|_| {
        wrong(format!("the {what} in the database URL is not UTF-8 when its %-signs are decoded"))
    })
}

fn wrong(text: String) -> Error {
    Error::Configuration(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(url: &str) -> String {
        Options::from_url(url).unwrap_err().to_string()
    }

    #[test]
    fn reads_every_part() {
        let options = Options::from_url("mysql://us%40er:p%2Fa%3Ass@127.0.0.1:3307/my%20db").unwrap();
        assert_eq!(
            (options.user(), options.database(), options.address()),
            ("us@er", "my db", "127.0.0.1:3307")
        );
        assert_eq!(options.driver.pass(), Some("p/a:ss"));
        assert_eq!(options.driver.db_name(), Some("my db"));
        assert!(!options.driver.prefer_socket() && options.driver.client_found_rows());
        assert!(options.driver.local_infile_handler().is_none());
        let options = Options::from_url("mariadb://root@[::1]").unwrap();
        assert_eq!((options.address(), options.ssl_mode), ("[::1]:3306", SslMode::Disabled));
        assert_eq!(options.driver.db_name(), None);
        let options = Options::from_url("mysql://u@localhost/db?socket=/tmp/a+b%26.sock").unwrap();
        assert_eq!((options.address(), options.driver.socket()), ("/tmp/a+b&.sock", Some("/tmp/a+b&.sock")));
    }

    #[test]
    fn off_loopback_it_is_encrypted_and_verified() {
        let mode = |url: &str| Options::from_url(url).unwrap().ssl_mode;
        assert_eq!(mode("mysql://u@db.example.com/x"), SslMode::VerifyIdentity);
        assert_eq!(mode("mysql://u@10.0.0.1/x"), SslMode::VerifyIdentity);
        assert_eq!(mode("mysql://u@127.9.9.9/x"), SslMode::Disabled);
        assert_eq!(mode("mysql://u@localhost/x"), SslMode::Disabled);
        assert_eq!(mode("mysql://u@localhost/x?ssl-mode=required"), SslMode::Required);
        assert_eq!(mode("mysql://u@localhost/x?ssl-ca=ca.pem"), SslMode::VerifyIdentity);
        assert_eq!(mode("mysql://u@db.example.com/x?ssl-mode=disabled"), SslMode::Disabled);
        let options =
            Options::from_url("mysql://u@db.example.com/x?ssl-ca=ca.pem&ssl-mode=verify-ca").unwrap();
        let ssl = options.driver.ssl_opts().unwrap();
        assert!(ssl.disable_built_in_roots() && ssl.skip_domain_validation() && !ssl.accept_invalid_certs());
    }

    #[test]
    fn what_it_does_not_know_is_an_error() {
        assert!(error("mysql://u@h/x?sslmode=required").contains("`ssl-mode`"));
        assert!(error("mysql://u@h/x?ssl-mode=preferred").contains("fall back"));
        assert!(error("mysql://u@h/x?ssl-mode=maybe").contains("verify-identity"));
        assert!(error("mysql://u@h/x?ssl-ca=a&ssl-ca=b").contains("twice"));
        assert!(error("mysql://u@h/x?ssl-ca=a&ssl-mode=disabled").contains("ssl-ca"));
        assert!(error("mysql://u@h/x?socket=a&ssl-mode=required").contains("socket"));
        assert!(error("mysql://u@h/x/y").contains("one name"));
        assert!(error("mysql://u@h:99999/x").contains("port"));
        assert!(error("mysql://u:%ff@h/x").contains("password"));
    }

    #[test]
    fn shows_no_password() {
        let options = Options::from_url("mysql://u:hidden@127.0.0.1/x").unwrap();
        assert!(!format!("{options:?}").contains("hidden"));
        for url in ["mysql://u:hidden@h:99999/x", "mysql://u:hidden@h/x?y=1", "mysql://u:hidden%ff@h/x"] {
            let error = Options::from_url(url).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hidden"));
        }
    }
}
