//! A road to a real server that can be closed: what it answers is held back.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::place::Place;

/// Stands between a `Db` and its server.
pub(super) struct Proxy {
    /// The server's URL, by way of this.
    pub(super) url: String,
    open: Arc<watch::Sender<bool>>,
}

impl Proxy {
    pub(super) async fn to(place: &Place) -> Self {
        let mut url = url::Url::parse(&place.url).unwrap();
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(3306));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let open = Arc::new(watch::Sender::new(true));
        let road = Arc::clone(&open);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&server).await else { return };
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                let always = Arc::new(watch::Sender::new(true));
                tokio::spawn(carry(from_client, to_server, always));
                tokio::spawn(carry(from_server, to_client, Arc::clone(&road)));
            }
        });
        Self { url: url.into(), open }
    }

    /// From now on questions arrive and answers do not.
    pub(super) fn hold_answers(&self) {
        self.open.send_replace(false);
    }

    pub(super) fn let_go(&self) {
        self.open.send_replace(true);
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, road: Arc<watch::Sender<bool>>) {
    let mut open = road.subscribe();
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(length) = from.read(&mut bytes).await {
        if length == 0 || open.wait_for(|open| *open).await.is_err() {
            return;
        }
        if to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
