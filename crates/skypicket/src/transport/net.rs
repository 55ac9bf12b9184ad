//! What TCP transports share: reading a connection to its end.

use super::{Connection, Feeding, LOOK_EVERY, READ_BYTES, Taken};
use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Why a connection was over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// We were asked to stop, or nothing more is taken.
    Stop,
    /// The other end, the network, or silence ended it.
    Lost(String),
}

/// Keeps an idle connection from looking alive for ever where the other end vanished without a word.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// Prepares a connected socket: it is only read, its thread wakes up to look for a stop, dead peers are found out.
pub(super) fn prepare(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(LOOK_EVERY))?;
    let socket = socket2::SockRef::from(stream);
    socket.set_tcp_keepalive(
        &socket2::TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE / 3).with_retries(3),
    )?;
    Ok(())
}

/// Reads until the end of a connection. `idle` ends it when nothing came for so long.
pub(super) fn read_to_end(
    stream: &mut TcpStream,
    connection: &Connection,
    feeding: &Feeding,
    idle: Option<Duration>,
) -> End {
    let mut buffer = vec![0; READ_BYTES];
    let mut last = Instant::now();
    loop {
        if feeding.stopping() {
            return End::Stop;
        }
        match stream.read(&mut buffer) {
            Ok(0) => return End::Lost("the other end closed the connection".to_owned()),
            Ok(count) => {
                if connection.bytes(false, buffer.get(..count).unwrap_or_default()) == Taken::Closing {
                    return End::Stop;
                }
                // After the sink took it: being held up is not silence.
                last = Instant::now();
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if let Some(idle) = idle.filter(|idle| last.elapsed() >= *idle) {
                    return End::Lost(format!("nothing came for {:.0} s", idle.as_secs_f64()));
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return End::Lost(error.to_string()),
        }
    }
}
