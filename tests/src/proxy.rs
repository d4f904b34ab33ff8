//! A road to a server on which things go wrong.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use url::Url;

use crate::Outcome;

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// What the client says.
    ToServer,
    /// What the server says.
    ToClient,
}

/// How both ends learn that a connection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It is closed: the end of the stream.
    Close,
    /// It is reset: an error.
    Reset,
}

/// Ends a connection once so many bytes of it went in this direction, before the next one; at the next one where that is past.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// Which bytes are counted.
    pub direction: Direction,
    /// How many get through, from the beginning of each connection.
    pub after: u64,
    /// How it ends.
    pub ending: Ending,
}

/// What goes wrong. The default is nothing.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Every piece comes this much later.
    pub delay: Duration,
    /// Everything comes in pieces of so many bytes.
    pub slice: Option<usize>,
    /// Connections are cut off.
    pub cut: Option<Cut>,
    /// What the client says is taken and goes nowhere, for as long as this is set. Nothing of it is lost.
    pub hold_requests: bool,
    /// The same for what the server says.
    pub hold_answers: bool,
    /// New connections are reset at once.
    pub refuse: bool,
}

impl Faults {
    fn holds(&self, direction: Direction) -> bool {
        match direction {
            Direction::ToServer => self.hold_requests,
            Direction::ToClient => self.hold_answers,
        }
    }
}

/// What went over the road so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Connections that were let through.
    pub connections: u64,
    /// Bytes that the client said and the server got.
    pub to_server: u64,
    /// Bytes that the server said and the client got.
    pub to_client: u64,
}

/// All that was said on one connection, in its order.
pub type Conversation = Vec<(Direction, Vec<u8>)>;

/// Stands before a server, on a port of its own. Dropped, it ends with all its connections.
#[derive(Debug)]
pub struct Proxy {
    url: String,
    road: Arc<Road>,
    task: AbortHandle,
}

#[derive(Debug)]
struct Road {
    server: String,
    faults: watch::Sender<Faults>,
    /// How all connections of this moment end.
    severed: watch::Sender<Ending>,
    connections: AtomicU64,
    to_server: AtomicU64,
    to_client: AtomicU64,
    /// What was said, where that is kept.
    said: Option<Mutex<Vec<Conversation>>>,
}

impl Proxy {
    /// A proxy before the server of this URL.
    ///
    /// # Errors
    /// Where the URL has no host, or there is no port.
    pub async fn to(url: &str) -> Outcome<Self> {
        Self::start(url, None).await
    }

    /// One that keeps what is said.
    ///
    /// # Errors
    /// Where the URL has no host, or there is no port.
    pub async fn recording(url: &str) -> Outcome<Self> {
        Self::start(url, Some(Mutex::default())).await
    }

    async fn start(url: &str, said: Option<Mutex<Vec<Conversation>>>) -> Outcome<Self> {
        let parsed = Url::parse(url)?;
        let server = format!("{}:{}", parsed.host_str().ok_or("no host")?, parsed.port().unwrap_or(3306));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = at(parsed, listener.local_addr()?)?;
        let road = Arc::new(Road {
            server,
            faults: watch::Sender::default(),
            severed: watch::Sender::new(Ending::Close),
            connections: AtomicU64::new(0),
            to_server: AtomicU64::new(0),
            to_client: AtomicU64::new(0),
            said,
        });
        let task = tokio::spawn(serve(listener, Arc::clone(&road))).abort_handle();
        Ok(Self { url, road, task })
    }

    /// The server's URL, by way of this.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on this goes wrong and nothing else, on the connections that are there too.
    pub fn set(&self, faults: Faults) {
        self.road.faults.send_replace(faults);
    }

    /// From now on nothing goes wrong.
    pub fn heal(&self) {
        self.set(Faults::default());
    }

    /// Ends all connections that are there.
    pub fn sever(&self, ending: Ending) {
        self.road.severed.send_replace(ending);
    }

    /// What went over it so far.
    pub fn traffic(&self) -> Traffic {
        Traffic {
            connections: self.road.connections.load(Ordering::Relaxed),
            to_server: self.road.to_server.load(Ordering::Relaxed),
            to_client: self.road.to_client.load(Ordering::Relaxed),
        }
    }

    /// What was said so far, connection by connection; nothing unless it is recorded.
    pub fn conversations(&self) -> Vec<Conversation> {
        let said = self.road.said.as_ref();
        said.map(|said| said.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// This URL with another address.
pub(crate) fn at(mut url: Url, address: SocketAddr) -> Outcome<String> {
    url.set_ip_host(address.ip()).map_err(|()| "the URL takes no host")?;
    url.set_port(Some(address.port())).map_err(|()| "the URL takes no port")?;
    Ok(url.into())
}

async fn serve(listener: TcpListener, road: Arc<Road>) {
    // They end with this task.
    let mut links = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while links.try_join_next().is_some() {}
        if road.faults.borrow().refuse {
            end(&client, Ending::Reset);
            continue;
        }
        let number = usize::try_from(road.connections.fetch_add(1, Ordering::Relaxed)).unwrap_or(usize::MAX);
        if let Some(said) = &road.said {
            said.lock().unwrap_or_else(PoisonError::into_inner).push(Vec::new());
        }
        let severed = road.severed.subscribe();
        links.spawn(link(client, Arc::clone(&road), severed, number));
    }
}

/// One connection.
async fn link(mut client: TcpStream, road: Arc<Road>, mut severed: watch::Receiver<Ending>, number: usize) {
    let Ok(mut server) = TcpStream::connect(&road.server).await else { return end(&client, Ending::Reset) };
    // Or the pieces would be put together again.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ending = {
        let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
        tokio::select! {
            ending = road.carry(from_client, to_server, Direction::ToServer, number) => ending,
            ending = road.carry(from_server, to_client, Direction::ToClient, number) => ending,
            _ = severed.changed() => *severed.borrow(),
        }
    };
    end(&client, ending);
    end(&server, ending);
}

/// Says how a connection is to end when it is dropped, which comes next.
fn end(stream: &TcpStream, ending: Ending) {
    if ending == Ending::Reset {
        let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    }
}

impl Road {
    /// Carries what comes, until there is no more or the fault says so.
    async fn carry(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        direction: Direction,
        number: usize,
    ) -> Ending {
        let mut faults = self.faults.subscribe();
        let mut carried = 0;
        let mut bytes = vec![0; 16 * 1024];
        loop {
            let length = match from.read(&mut bytes).await {
                Ok(0) => return Ending::Close,
                Ok(length) => length,
                Err(_) => return Ending::Reset,
            };
            let mut rest = &bytes[..length];
            while !rest.is_empty() {
                let faults = match faults.wait_for(|faults| !faults.holds(direction)).await {
                    Ok(faults) => faults.clone(),
                    Err(_) => return Ending::Close,
                };
                let mut piece = rest.len().min(faults.slice.unwrap_or(usize::MAX).max(1));
                if let Some(cut) = faults.cut.filter(|cut| cut.direction == direction) {
                    if carried >= cut.after {
                        return cut.ending;
                    }
                    piece = piece.min(usize::try_from(cut.after - carried).unwrap_or(usize::MAX));
                }
                if !faults.delay.is_zero() {
                    tokio::time::sleep(faults.delay).await;
                }
                // Before it arrives, so that the answer comes after it.
                self.note(direction, number, &rest[..piece]);
                if to.write_all(&rest[..piece]).await.is_err() {
                    return Ending::Reset;
                }
                carried += piece as u64;
                rest = &rest[piece..];
                if faults.slice.is_some() {
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    fn note(&self, direction: Direction, number: usize, bytes: &[u8]) {
        let total = match direction {
            Direction::ToServer => &self.to_server,
            Direction::ToClient => &self.to_client,
        };
        total.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        let Some(said) = &self.said else { return };
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(conversation) = said.get_mut(number) else { return };
        match conversation.last_mut() {
            Some((last, text)) if *last == direction => text.extend_from_slice(bytes),
            _ => conversation.push((direction, bytes.to_vec())),
        }
    }
}
