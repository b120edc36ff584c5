//! Where an endpoint may be. Inlet stands inside of a network: an address that a tenant names must not make it
//! knock on doors there that only the operator may knock on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where endpoints may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Only on the internet.
    #[default]
    Public,
    /// Also on this machine, for a server that nobody else can reach.
    Loopback,
    /// Anywhere: the operator said so.
    Anywhere,
}

/// Blocks of IPv4 that are not on the internet: the first address, and the bits that are the same in all.
const CLOSED_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 3),
];

/// Of IPv6 only this block is the internet; parts of it lead to IPv4 or are for documents.
const OPEN_V6: (u16, u32) = (0x2000, 3);
const CLOSED_V6: &[([u16; 3], u32)] =
    &[([0x2001, 0, 0], 23), ([0x2001, 0xdb8, 0], 32), ([0x2002, 0, 0], 16), ([0x3fff, 0, 0], 20)];

impl Reach {
    /// Whether an endpoint may be at that address.
    pub fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Loopback => is_loopback(address) || is_public(address),
            Self::Public => is_public(address),
        }
    }
}

fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|mapped| mapped.is_loopback())
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match inner(address) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, or behind the well-known prefix of NAT64.
fn inner(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = address.segments();
    let behind_nat64 = parts[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    address.to_ipv4_mapped().or_else(|| {
        let last = (u32::from(parts[6]) << 16) | u32::from(parts[7]);
        behind_nat64.then(|| Ipv4Addr::from(last))
    })
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let same = |(start, bits): &([u8; 4], u32)| {
        let differs = u32::from(address) ^ u32::from(Ipv4Addr::from(*start));
        differs.leading_zeros() >= *bits
    };
    !CLOSED_V4.iter().any(same)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let bits = u128::from(address);
    let (start, same) = OPEN_V6;
    let open = (bits ^ (u128::from(start) << 112)).leading_zeros() >= same;
    let closed = |(start, same): &([u16; 3], u32)| {
        let start = start.iter().fold(0u128, |value, part| (value << 16) | u128::from(*part)) << 80;
        (bits ^ start).leading_zeros() >= *same
    };
    open && !CLOSED_V6.iter().any(closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_internet_is_public() {
        for (text, public) in [
            ("8.8.8.8", true),
            ("1.1.1.1", true),
            ("93.184.216.34", true),
            ("172.15.0.1", true),
            ("172.32.0.1", true),
            ("100.63.255.255", true),
            ("100.128.0.1", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("127.9.9.9", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("192.0.0.192", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("198.19.255.255", false),
            ("203.0.113.7", false),
            ("224.0.0.1", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700:4700::1111", true),
            ("2a00:1450:4001::1", true),
            ("::", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("::7f00:1", false),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b::a9fe:a9fe", false),
            ("64:ff9b::808:808", true),
            ("64:ff9b:1::1", false),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("2002:7f00:1::", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(Reach::Public.allows(address), public, "{text}");
            assert!(Reach::Anywhere.allows(address), "{text}");
        }
    }

    #[test]
    fn loopback_is_this_machine_and_nothing_more() {
        for (text, allowed) in [
            ("127.0.0.1", true),
            ("127.0.0.53", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("8.8.8.8", true),
            ("10.0.0.1", false),
            ("169.254.169.254", false),
            ("0.0.0.0", false),
            ("fe80::1", false),
        ] {
            assert_eq!(Reach::Loopback.allows(text.parse().unwrap()), allowed, "{text}");
        }
    }
}
