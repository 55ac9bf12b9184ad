//! Ports that are listened on: which of them exclude each other.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// A port that is listened on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listening {
    protocol: &'static str,
    address: SocketAddr,
    /// A multicast group: any number may listen to groups on one port.
    group: Option<IpAddr>,
}

impl Listening {
    /// For connections.
    #[must_use]
    pub const fn tcp(address: SocketAddr) -> Self {
        Self { protocol: "TCP", address, group: None }
    }

    /// For datagrams, of a group or of whoever sends.
    #[must_use]
    pub const fn udp(address: SocketAddr, group: Option<IpAddr>) -> Self {
        Self { protocol: "UDP", address, group }
    }

    /// Whether the system gives the port to one of the two only: the same protocol and port on addresses of which one holds the other.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        // A socket of a group is bound to the group's address where the system allows that.
        let [own, others] = [self, other].map(|one| one.group.unwrap_or(one.address.ip()));
        // The unspecified address of IPv6 takes IPv4 as well.
        let holds = |all: IpAddr, one: IpAddr| all.is_unspecified() && (all.is_ipv6() || one.is_ipv4());
        let both_of_groups = self.group.is_some() && other.group.is_some();
        self.protocol == other.protocol
            && self.address.port() == other.address.port()
            && self.address.port() != 0
            && !both_of_groups
            && (own == others || holds(own, others) || holds(others, own))
    }
}

impl fmt::Display for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.protocol, self.address)?;
        match self.group {
            Some(group) => write!(f, " for group {group}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_taken_once_but_for_groups() {
        let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
        let (tcp, udp) = (|text| Listening::tcp(at(text)), |text| Listening::udp(at(text), None));
        let of = |text, group: &str| Listening::udp(at(text), Some(group.parse().expect("a group")));
        let excluded = [
            (tcp("127.0.0.1:5"), tcp("127.0.0.1:5")),
            (tcp("0.0.0.0:5"), tcp("127.0.0.1:5")),
            (tcp("[::]:5"), tcp("127.0.0.1:5")),
            (udp("[::]:5"), udp("[::1]:5")),
            (udp("0.0.0.0:5"), of("0.0.0.0:5", "239.1.1.1")),
        ];
        let allowed = [
            (tcp("127.0.0.1:5"), tcp("127.0.0.1:6")),
            (tcp("127.0.0.1:5"), udp("127.0.0.1:5")),
            (tcp("127.0.0.1:5"), tcp("127.0.0.2:5")),
            (tcp("0.0.0.0:5"), tcp("[::1]:5")),
            (tcp("0.0.0.0:0"), tcp("0.0.0.0:0")),
            (of("0.0.0.0:5", "239.1.1.1"), of("0.0.0.0:5", "239.1.1.2")),
            (of("0.0.0.0:5", "239.1.1.1"), of("0.0.0.0:5", "239.1.1.1")),
            (of("0.0.0.0:5", "239.1.1.1"), udp("192.0.2.1:5")),
        ];
        for (one, other) in excluded {
            assert!(one.excludes(&other) && other.excludes(&one), "{one}, {other}");
        }
        for (one, other) in allowed {
            assert!(!one.excludes(&other) && !other.excludes(&one), "{one}, {other}");
        }
    }
}
