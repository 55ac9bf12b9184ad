//! `udp`: receives datagrams, unicast or of a multicast group. Each sender is a connection of its own.

use super::kernel_drops::KernelDrops;
use super::{Connection, Feeding, LOOK_EVERY, Listening, State, Taken, Transport, TransportKind, params};
use schemars::JsonSchema;
use serde::Deserialize;
use socket2::{Domain, Protocol, Socket, Type};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

pub(super) const KIND: TransportKind = TransportKind {
    name: "udp",
    summary: "receives UDP datagrams, unicast or multicast; shows what the system dropped",
    check: |value| Udp::new(value).map(|_| ()),
    listens: |value| params::read(value).ok().map(|Params { listen, group, .. }| Listening::udp(listen, group)),
    schema: || schemars::schema_for!(Params),
    build: |value| Ok(Box::new(Udp::new(value)?)),
};

/// Parameters of `udp`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Address and port, `0.0.0.0:8600`. With `group` only the port counts on most systems.
    listen: SocketAddr,
    /// Multicast group to join, `239.1.2.3` or `ff15::1`.
    #[serde(default)]
    group: Option<IpAddr>,
    /// Join it on this interface: its own IPv4 address, or its index for IPv6. Default: the system's choice.
    #[serde(default)]
    interface: Option<String>,
    /// Take only datagrams of this sender of the group (source-specific multicast, IPv4).
    #[serde(default)]
    source: Option<Ipv4Addr>,
    /// Buffer asked of the system, bytes, in [4096, 268435456]; Linux grants up to net.core.rmem_max. Default 4194304.
    #[serde(default = "four_mib")]
    receive_buffer_bytes: usize,
    /// How many senders are kept apart, in [1, 1024]; the one silent longest gives way. Default 64.
    #[serde(default = "sixty_four")]
    max_senders: usize,
    /// Forget a sender that sent nothing for so long, seconds, in [1, 86400]; 0 never. Default 300.
    #[serde(default = "five_minutes")]
    idle_timeout_s: f64,
}

const fn four_mib() -> usize {
    4 << 20
}
const fn sixty_four() -> usize {
    64
}
const fn five_minutes() -> f64 {
    300.0
}

/// The longest datagram: what UDP over IP can carry.
const MAX_DATAGRAM_BYTES: usize = 65_535;
/// How often drops are read and silent senders forgotten.
const LOOK_AFTER_EVERY: Duration = Duration::from_secs(1);
/// Pause before the port is tried again when it cannot be had.
const RETRY: Duration = Duration::from_secs(5);

struct Udp {
    params: Params,
    interface_v4: Option<Ipv4Addr>,
    interface_v6: u32,
    idle: Option<Duration>,
}

struct Sender {
    connection: Connection,
    last: Instant,
}

impl Udp {
    fn new(value: &serde_json::Value) -> Result<Self, String> {
        let params: Params = params::read(value)?;
        params::count("receive_buffer_bytes", params.receive_buffer_bytes, (4096, 256 << 20))?;
        params::count("max_senders", params.max_senders, (1, 1024))?;
        let idle = params::seconds_or_never("idle_timeout_s", params.idle_timeout_s, (1.0, 86_400.0))?;
        if let Some(group) = params.group {
            if !group.is_multicast() {
                return Err(format!("group is {group}, must be a multicast address"));
            }
            if group.is_ipv4() != params.listen.is_ipv4() {
                return Err(format!("group is {group}, listen is {}: both must be IPv4 or both IPv6", params.listen));
            }
        } else if params.interface.is_some() || params.source.is_some() {
            return Err("interface and source are for a group: name it".to_owned());
        }
        if params.source.is_some() && !params.listen.is_ipv4() {
            return Err("source is for IPv4 groups".to_owned());
        }
        let (mut interface_v4, mut interface_v6) = (None, 0);
        if let Some(interface) = &params.interface {
            let wrong =
                || format!("interface is \"{interface}\", must be its IPv4 address, or its index for an IPv6 group");
            if params.listen.is_ipv4() {
                interface_v4 = Some(interface.parse().map_err(|_| wrong())?);
            } else {
                interface_v6 = interface.parse().map_err(|_| wrong())?;
            }
        }
        Ok(Self { params, interface_v4, interface_v6, idle })
    }

    fn bind(&self) -> io::Result<UdpSocket> {
        let listen = self.params.listen;
        let domain = if listen.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
        let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
        if let Some(group) = self.params.group {
            // Several programs may listen to one group.
            socket.set_reuse_address(true)?;
            socket.bind(&SocketAddr::new(bind_address(listen, group), listen.port()).into())?;
            self.join(&socket, group)?;
        } else {
            socket.bind(&listen.into())?;
        }
        // What cannot be had of the buffer is no reason to do without the feed; drops are shown.
        let _ = socket.set_recv_buffer_size(self.params.receive_buffer_bytes);
        let socket: UdpSocket = socket.into();
        socket.set_read_timeout(Some(LOOK_EVERY))?;
        Ok(socket)
    }

    fn join(&self, socket: &Socket, group: IpAddr) -> io::Result<()> {
        let any = Ipv4Addr::UNSPECIFIED;
        match (group, self.params.source) {
            (IpAddr::V4(group), Some(source)) => socket.join_ssm_v4(&source, &group, &self.interface_v4.unwrap_or(any)),
            (IpAddr::V4(group), None) => socket.join_multicast_v4(&group, &self.interface_v4.unwrap_or(any)),
            (IpAddr::V6(group), _) => socket.join_multicast_v6(&group, self.interface_v6),
        }
    }

    /// Receives until it is asked to stop, or the socket fails.
    fn receive(&self, socket: &UdpSocket, feeding: &Feeding) -> Result<(), io::Error> {
        let mut buffer = vec![0; MAX_DATAGRAM_BYTES];
        let mut senders: BTreeMap<SocketAddr, Sender> = BTreeMap::new();
        let mut drops = KernelDrops::new(socket);
        let mut looked_after = Instant::now();
        while !feeding.stopping() {
            match socket.recv_from(&mut buffer) {
                Ok((count, from)) => {
                    let taken = match self.sender(&mut senders, from, feeding) {
                        Ok(sender) => {
                            sender.last = Instant::now();
                            sender.connection.datagram(buffer.get(..count).unwrap_or_default())
                        }
                        // No room for a new sender: its next datagram may find some.
                        Err(refused) => refused,
                    };
                    if taken == Taken::Closing {
                        return Ok(());
                    }
                }
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {
                }
                // A refusal that somebody else's answer brought back: nothing to do with what we receive.
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(error) => return Err(error),
            }
            if looked_after.elapsed() >= LOOK_AFTER_EVERY {
                looked_after = Instant::now();
                feeding.drops(drops.since());
                self.forget_silent(&mut senders);
            }
        }
        feeding.drops(drops.since());
        Ok(())
    }

    /// The connection of a sender, opened if it is new and there is room.
    fn sender<'a>(
        &self,
        senders: &'a mut BTreeMap<SocketAddr, Sender>,
        from: SocketAddr,
        feeding: &Feeding,
    ) -> Result<&'a mut Sender, Taken> {
        if !senders.contains_key(&from) {
            let connection = feeding.open_at_once(&from.to_string())?;
            if senders.len() >= self.params.max_senders {
                let silent = senders.iter().min_by_key(|(_, sender)| sender.last).map(|(address, _)| *address);
                if let Some(sender) = silent.and_then(|address| senders.remove(&address)) {
                    sender.connection.close("made room for another sender");
                }
            }
            senders.insert(from, Sender { connection, last: Instant::now() });
        }
        senders.get_mut(&from).ok_or(Taken::Dropped)
    }

    fn forget_silent(&self, senders: &mut BTreeMap<SocketAddr, Sender>) {
        let Some(idle) = self.idle else { return };
        for (_, sender) in senders.extract_if(.., |_, sender| sender.last.elapsed() >= idle) {
            sender.connection.close("nothing came for a while");
        }
    }
}

/// On Unix a socket bound to the group gets that group's datagrams only; Windows cannot bind to a group.
fn bind_address(listen: SocketAddr, group: IpAddr) -> IpAddr {
    if cfg!(unix) { group } else { listen.ip() }
}

impl Transport for Udp {
    fn run(self: Box<Self>, feeding: Feeding) {
        while !feeding.stopping() {
            let outcome = self.bind().and_then(|socket| {
                let mut at = socket.local_addr()?.to_string();
                if !KernelDrops::new(&socket).known() {
                    at.push_str(" (what the system drops is not known here)");
                }
                feeding.state(State::Listening { at });
                self.receive(&socket, &feeding)
            });
            match outcome {
                Ok(()) => return,
                Err(error) => {
                    let why = format!("{}: {error}", self.params.listen);
                    feeding.state(State::Waiting { why, retry_in: RETRY });
                    if feeding.stop.sleep(RETRY) {
                        return;
                    }
                }
            }
        }
    }
}
