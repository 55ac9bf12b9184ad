//! How many datagrams the operating system dropped at a socket because its buffer was full.
//!
//! Linux tells it per socket in the last column of /proc/net/udp and udp6 (the same counter as SO_RXQ_OVFL, which needs control
//! messages and thus unsafe code). Elsewhere nothing is known.

use std::net::UdpSocket;

/// Watches one socket's counter.
pub(super) struct KernelDrops {
    inode: Option<u64>,
    told: u64,
}

impl KernelDrops {
    pub(super) fn new(socket: &UdpSocket) -> Self {
        // A new socket's counter is 0: what is dropped before the first look counts.
        Self { inode: inode(socket), told: 0 }
    }

    /// Whether the counter can be read at all.
    pub(super) const fn known(&self) -> bool {
        self.inode.is_some()
    }

    /// Datagrams dropped since this was asked last.
    pub(super) fn since(&mut self) -> u64 {
        let Some(count) = self.count() else { return 0 };
        let since = count.saturating_sub(self.told);
        self.told = count;
        since
    }

    fn count(&self) -> Option<u64> {
        let inode = self.inode?;
        ["/proc/net/udp", "/proc/net/udp6"].iter().find_map(|table| find(&std::fs::read_to_string(table).ok()?, inode))
    }
}

/// The drops of the socket with that inode in a table's text: columns from 0, inode 9, drops last.
fn find(table: &str, inode: u64) -> Option<u64> {
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_ascii_whitespace();
        let own = columns.nth(9)?.parse::<u64>().ok()?;
        if own == inode { columns.last()?.parse().ok() } else { None }
    })
}

#[cfg(target_os = "linux")]
fn inode(socket: &UdpSocket) -> Option<u64> {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::MetadataExt;
    let path = format!("/proc/self/fd/{}", socket.as_raw_fd());
    Some(std::fs::metadata(path).ok()?.ino())
}

#[cfg(not(target_os = "linux"))]
fn inode(_: &UdpSocket) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_is_found_by_its_inode_and_not_by_its_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n\
             90: 0100007F:2198 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 111 2 0000000000000000 5\n\
             91: 0100007F:2198 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 222 2 0000000000000000 17\n";
        assert_eq!(find(table, 222), Some(17));
        assert_eq!(find(table, 2198), None);
    }
}
