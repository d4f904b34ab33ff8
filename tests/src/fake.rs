//! A server that says what another one said once, or something like it.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use url::Url;

use crate::Outcome;
use crate::proxy::{Conversation, Direction, at};

/// How long it waits for a client that says less than the one it knows.
const PATIENCE: Duration = Duration::from_millis(50);

/// One side of a conversation: what is said after so many bytes were heard.
#[derive(Debug, Clone, Default)]
struct Turn {
    heard: usize,
    says: Vec<u8>,
}

/// What a server says.
#[derive(Debug, Clone, Default)]
pub struct Script {
    turns: Vec<Turn>,
    /// At the end, and where the client stays silent, it keeps the connection and says nothing.
    pub stubborn: bool,
}

impl Script {
    /// The server's side of this conversation.
    pub fn of(conversation: &Conversation) -> Self {
        let mut turns: Vec<Turn> = Vec::new();
        let mut heard = 0;
        for (direction, bytes) in conversation {
            match direction {
                Direction::ToServer => heard += bytes.len(),
                Direction::ToClient => turns.push(Turn { heard, says: bytes.clone() }),
            }
        }
        Self { turns, stubborn: false }
    }

    /// How many bytes it says.
    pub fn len(&self) -> usize {
        self.turns.iter().map(|turn| turn.says.len()).sum()
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Changes something at random, and tells what.
    pub fn mutate(&mut self, random: &mut fastrand::Rng) -> String {
        let length = self.len();
        if length == 0 {
            return "nothing to change".to_owned();
        }
        let position = if random.bool() { random.usize(..length) } else { self.near_a_header(random) };
        let (number, at) = self.find(position);
        let says = &mut self.turns[number].says;
        match random.u8(..5) {
            0 => {
                let change = random.u8(1..);
                says[at] ^= change;
                format!("byte {position} ^ {change:#04x}")
            }
            1 => {
                says.truncate(at);
                self.turns.truncate(number + 1);
                format!("nothing after byte {position}")
            }
            2 => {
                let bytes: Vec<u8> = (0..random.usize(1..16)).map(|_| random.u8(..)).collect();
                says.splice(at..at, bytes.iter().copied());
                format!("{bytes:?} before byte {position}")
            }
            3 => {
                let packet = packet(says, at);
                let copy = says[packet.clone()].to_vec();
                says.splice(packet.start..packet.start, copy);
                format!("the packet around byte {position} twice")
            }
            _ => {
                let start = packet(says, at).start;
                let header: [u8; 3] = random.u32(..).to_le_bytes()[..3].try_into().unwrap_or_default();
                for (byte, new) in says[start..].iter_mut().zip(header) {
                    *byte = new;
                }
                format!("{header:?} as the length of the packet around byte {position}")
            }
        }
    }

    /// Puts other bytes in the place of these, in the first packet that has them, whose length is told right. Whether one has.
    pub fn replace(&mut self, old: &[u8], new: &[u8]) -> bool {
        for Turn { says, .. } in &mut self.turns {
            let Some(at) = says.windows(old.len()).position(|bytes| bytes == old) else { continue };
            let start = packet(says, at).start;
            says.splice(at..at + old.len(), new.iter().copied());
            let length = packet_length(&says[start..]) + new.len() - old.len();
            says[start..start + 3].copy_from_slice(&length.to_le_bytes()[..3]);
            return true;
        }
        false
    }

    /// The position of one of the first bytes of a packet, where the protocol's own numbers are.
    fn near_a_header(&self, random: &mut fastrand::Rng) -> usize {
        const FIRST: usize = 12;
        let number = random.usize(..self.turns.len());
        let before: usize = self.turns[..number].iter().map(|turn| turn.says.len()).sum();
        let says = &self.turns[number].says;
        if says.is_empty() {
            return 0;
        }
        let start = packet(says, random.usize(..says.len())).start;
        before + (start + random.usize(..FIRST)).min(says.len() - 1)
    }

    /// The turn that says the byte at this position, and where in it.
    fn find(&self, position: usize) -> (usize, usize) {
        let mut left = position;
        for (number, turn) in self.turns.iter().enumerate() {
            if left < turn.says.len() {
                return (number, left);
            }
            left -= turn.says.len();
        }
        (0, 0)
    }
}

/// Where the packet around this position lies: three bytes of length, one of number, and so many others.
fn packet(bytes: &[u8], position: usize) -> std::ops::Range<usize> {
    let mut start = 0;
    while bytes.len() >= start + 3 {
        let end = start + 4 + packet_length(&bytes[start..]);
        if position < end {
            return start..end.min(bytes.len());
        }
        start = end;
    }
    start.min(bytes.len())..bytes.len()
}

/// What the header says.
fn packet_length(bytes: &[u8]) -> usize {
    bytes.iter().take(3).rev().fold(0, |length, byte| (length << 8) + usize::from(*byte))
}

/// Says the same to everybody who connects. Dropped, it ends with all its connections.
#[derive(Debug)]
pub struct Fake {
    url: String,
    task: AbortHandle,
}

impl Fake {
    /// Starts one. Its URL is the real server's, at another address.
    ///
    /// # Errors
    /// Where there is no port.
    pub async fn start(real: &str, script: Script) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = at(Url::parse(real)?, listener.local_addr()?)?;
        let task = tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while open.try_join_next().is_some() {}
                open.spawn(play(client, script.clone()));
            }
        });
        Ok(Self { url, task: task.abort_handle() })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn play(mut client: TcpStream, script: Script) {
    let _ = client.set_nodelay(true);
    let (mut heard, mut bytes) = (0, vec![0; 16 * 1024]);
    'turns: for turn in &script.turns {
        while heard < turn.heard {
            match tokio::time::timeout(PATIENCE, client.read(&mut bytes)).await {
                Ok(Ok(0) | Err(_)) => return,
                Ok(Ok(length)) => heard += length,
                Err(_) => break 'turns,
            }
        }
        if client.write_all(&turn.says).await.is_err() {
            return;
        }
    }
    // So that what was said arrives before the end.
    let wait = if script.stubborn { Duration::from_secs(3600) } else { PATIENCE };
    let silence = async { while let Ok(1..) = client.read(&mut bytes).await {} };
    let _ = tokio::time::timeout(wait, silence).await;
}
