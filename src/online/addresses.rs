//! Which addresses are public: those that the Internet's registry gives out to be reached from everywhere.
//!
//! Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), as of 2026.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address may be connected to.
///
/// A NAT64 prefix that a network chose for itself cannot be told from a public address; the well-known one can.
///
/// # Errors
/// What kind of address it is.
pub(super) fn public(address: IpAddr) -> Result<(), &'static str> {
    match address {
        IpAddr::V4(address) => public_v4(address),
        IpAddr::V6(address) => public_v6(address),
    }
}

fn public_v4(address: Ipv4Addr) -> Result<(), &'static str> {
    let bits = address.to_bits();
    let kind = NOT_PUBLIC_V4
        .iter()
        .find(|(network, length, _)| (bits ^ network.to_bits()) >> (32 - length) == 0);
    kind.map_or(Ok(()), |(_, _, kind)| Err(kind))
}

fn public_v6(address: Ipv6Addr) -> Result<(), &'static str> {
    if let Some(inner) = inner_v4(address) {
        return public_v4(inner);
    }
    let within = |network: Ipv6Addr, length: u32| {
        (address.to_bits() ^ network.to_bits()) >> (128 - length) == 0
    };
    let kind = NOT_PUBLIC_V6
        .iter()
        .find(|(network, length, _)| within(*network, *length));
    match kind {
        Some((_, _, kind)) => Err(kind),
        None if within(GLOBAL_UNICAST, 3) => Ok(()),
        None => Err("reserved"),
    }
}

/// The IPv4 address that an IPv6 address stands for, in the forms that the system or the network translates.
fn inner_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let low = |words: [u16; 2]| {
        let [high, low] = words.map(u32::from);
        Ipv4Addr::from_bits(high << 16 | low)
    };
    match address.segments() {
        // Mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96) and 6to4 (2002::/16).
        [0, 0, 0, 0, 0, 0xffff, a, b] | [0x64, 0xff9b, 0, 0, 0, 0, a, b] => Some(low([a, b])),
        [0x2002, a, b, ..] => Some(low([a, b])),
        _ => None,
    }
}

const GLOBAL_UNICAST: Ipv6Addr = Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0);

const NOT_PUBLIC_V4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "this network"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "shared by a provider"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "this machine"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "for protocols"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation"),
    (Ipv4Addr::new(192, 31, 196, 0), 24, "for protocols"),
    (Ipv4Addr::new(192, 52, 193, 0), 24, "for protocols"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "for protocols"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private"),
    (Ipv4Addr::new(192, 175, 48, 0), 24, "for protocols"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmarks"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(255, 255, 255, 255), 32, "broadcast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

const NOT_PUBLIC_V6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "this network"),
    (Ipv6Addr::LOCALHOST, 128, "this machine"),
    (v6(0x64, 0xff9b, 1), 48, "private"),
    (v6(0x2001, 0, 0), 23, "for protocols"),
    (v6(0x2001, 0xdb8, 0), 32, "documentation"),
    (v6(0x2620, 0x4f, 0x8000), 48, "for protocols"),
    (v6(0x3fff, 0, 0), 20, "documentation"),
    (v6(0xfc00, 0, 0), 7, "private"),
    (v6(0xfe80, 0, 0), 10, "link-local"),
    (v6(0xfec0, 0, 0), 10, "private"),
    (v6(0xff00, 0, 0), 8, "multicast"),
];

const fn v6(a: u16, b: u16, c: u16) -> Ipv6Addr {
    Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::public;

    /// The kind that an address is refused as; `None` for public ones.
    fn kind(text: &str) -> Option<&'static str> {
        public(text.parse().unwrap()).err()
    }

    #[test]
    fn public_addresses_are_allowed() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
            "2001:200::",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
            "2002:101:101::1",
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    #[test]
    fn all_others_are_refused_with_their_kind() {
        for (text, expected) in [
            ("0.0.0.0", "this network"),
            ("0.255.255.255", "this network"),
            ("10.0.0.0", "private"),
            ("10.255.255.255", "private"),
            ("100.64.0.0", "shared by a provider"),
            ("100.127.255.255", "shared by a provider"),
            ("127.0.0.1", "this machine"),
            ("127.255.255.255", "this machine"),
            ("169.254.169.254", "link-local"),
            ("172.16.0.0", "private"),
            ("172.31.255.255", "private"),
            ("192.0.0.8", "for protocols"),
            ("192.0.2.1", "documentation"),
            ("192.88.99.1", "for protocols"),
            ("192.168.0.0", "private"),
            ("192.168.255.255", "private"),
            ("198.18.0.0", "benchmarks"),
            ("198.19.255.255", "benchmarks"),
            ("198.51.100.1", "documentation"),
            ("203.0.113.1", "documentation"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.254", "reserved"),
            ("255.255.255.255", "broadcast"),
            ("::", "this network"),
            ("::1", "this machine"),
            ("fc00::1", "private"),
            ("fd00:ec2::254", "private"),
            ("fe80::1", "link-local"),
            ("febf::1", "link-local"),
            ("fec0::1", "private"),
            ("ff02::1", "multicast"),
            ("100::1", "reserved"),
            ("4000::1", "reserved"),
            ("2001::1", "for protocols"),
            ("2001:db8::1", "documentation"),
            ("3fff::1", "documentation"),
            ("64:ff9b:1::1", "private"),
        ] {
            assert_eq!(kind(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn an_address_within_an_address_is_held_to_its_own_rules() {
        let inner = [
            ("127.0.0.1", "7f00:1", "this machine"),
            ("10.1.2.3", "a01:203", "private"),
            ("169.254.169.254", "a9fe:a9fe", "link-local"),
            ("100.64.0.1", "6440:1", "shared by a provider"),
            ("0.0.0.0", "0:0", "this network"),
            ("255.255.255.255", "ffff:ffff", "broadcast"),
        ];
        for (dotted, words, expected) in inner {
            for text in [
                format!("::ffff:{dotted}"),
                format!("64:ff9b::{dotted}"),
                format!("2002:{words}::1"),
            ] {
                assert_eq!(kind(&text), Some(expected), "{text}");
            }
        }
        // The compatible form (::/96) is no longer in use, whatever is in it.
        assert_eq!(kind("::127.0.0.1"), Some("reserved"));
        assert_eq!(kind("::1.1.1.1"), Some("reserved"));
        // Translated forms with another prefix.
        assert_eq!(kind("::ffff:0:10.0.0.1"), Some("reserved"));
    }
}
