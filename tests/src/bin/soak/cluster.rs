//! Servers that may be killed, from `scripts/cluster`.

use tests::Outcome;
use tests::cluster::run;

/// A cluster that runs, a single server, or SQLite, which needs none.
#[derive(Debug)]
pub(crate) struct Cluster {
    name: String,
    urls: Vec<String>,
}

impl Cluster {
    /// Starts it, or takes it as it is where it is whole.
    pub(crate) async fn start(name: &str) -> Outcome<Self> {
        let mut urls = Vec::new();
        if name != "sqlite" {
            let said = run(&["start", name]).await?;
            // export NAME='URL,URL'
            let list = said.split('\'').nth(1).ok_or_else(|| format!("{name} has no URLs: {said}"))?;
            urls.extend(list.split(',').map(str::to_owned));
        }
        Ok(Self { name: name.to_owned(), urls })
    }

    /// Ends it.
    pub(crate) async fn stop(name: &str) {
        if name != "sqlite"
            && let Err(error) = run(&["stop", name]).await
        {
            eprintln!("{error}");
        }
    }

    /// `mysql`, `mariadb` or `sqlite`.
    pub(crate) fn database(&self) -> &'static str {
        match self.name.as_str() {
            "sqlite" => "sqlite",
            "galera" => "mariadb",
            name if name.ends_with("mariadb") => "mariadb",
            _ => "mysql",
        }
    }

    /// Whether a `Db` is told of all its nodes, and finds one that takes writes.
    pub(crate) fn is_group(&self) -> bool {
        self.name == "group" || self.takes_writes_everywhere()
    }

    /// Whether it is Galera.
    pub(crate) fn takes_writes_everywhere(&self) -> bool {
        self.name == "galera"
    }

    /// Where its nodes are, without a database.
    pub(crate) fn urls(&self) -> &[String] {
        &self.urls
    }

    pub(crate) async fn kill(&self, node: usize) -> Outcome {
        self.do_to("kill", node).await
    }

    pub(crate) async fn restart(&self, node: usize) -> Outcome {
        self.do_to("restart", node).await
    }

    pub(crate) async fn freeze(&self, node: usize) -> Outcome {
        self.do_to("freeze", node).await
    }

    pub(crate) async fn thaw(&self, node: usize) -> Outcome {
        self.do_to("thaw", node).await
    }

    /// Makes it the primary of the group, in order.
    pub(crate) async fn make_primary(&self, node: usize) -> Outcome {
        self.do_to("primary", node).await
    }

    /// Lets a replica apply everything so many seconds later.
    pub(crate) async fn delay(&self, node: usize, seconds: u32) -> Outcome {
        run(&["delay", &self.name, &node.to_string(), &seconds.to_string()]).await.map(drop)
    }

    async fn do_to(&self, what: &str, node: usize) -> Outcome {
        run(&[what, &self.name, &node.to_string()]).await.map(drop)
    }
}
