//! What a piece of evidence may show, and whether it agrees with itself (syllabus section 7.2).

use std::net::{Ipv4Addr, Ipv6Addr};

use chrono::NaiveDateTime;

use crate::model::{Evidence, EvidenceType};

/// Account numbers of AWS's own examples.
const ACCOUNTS: [&str; 6] =
    ["111122223333", "444455556666", "777788889999", "123456789012", "210987654321", "000000000000"];

/// Everything wrong with a piece of evidence.
pub(super) fn lint(evidence: &Evidence) -> Vec<String> {
    let mut found = identities(&evidence.text);
    if evidence.kind == EvidenceType::Json && !is_json(&evidence.text) {
        found.push("it is said to be JSON and does not parse".to_owned());
    }
    if evidence.kind == EvidenceType::Log
        && let Some(line) = out_of_order(&evidence.text)
    {
        found.push(format!("the times go backwards at: {line}"));
    }
    found.extend(file_systems(&evidence.text));
    found.extend(evidence.text.lines().filter_map(flow_log));
    found
}

/// Addresses, accounts, keys and mailboxes that belong to somebody.
pub(super) fn identities(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for token in text.split(|c: char| !(c.is_ascii_alphanumeric() || "._:@-".contains(c))) {
        if let Some((user, host)) = token.split_once('@')
            && !user.is_empty()
            && host.contains(|c: char| c.is_ascii_alphabetic())
            && host.contains('.')
            && !is_example_host(host)
        {
            found.push(format!("'{token}' could be somebody's: use example.com"));
        }
        if (token.starts_with("AKIA") || token.starts_with("ASIA"))
            && token.len() == 20
            && !token.contains("EXAMPLE")
        {
            found.push(format!("'{token}' looks like a real access key: put EXAMPLE into it"));
        }
        // An address may carry a port or a full stop; a version number in a name (kernel-5.15.0.91) is none.
        let plain = token.trim_end_matches(['.', ':', '-']);
        let plain = plain.rsplit_once('@').map_or(plain, |(_, host)| host);
        let host = plain.rsplit_once(':').map_or(plain, |(host, port)| {
            if port.bytes().all(|b| b.is_ascii_digit()) { host } else { plain }
        });
        for candidate in [plain, host] {
            if let Ok(address) = candidate.parse::<Ipv4Addr>()
                && !is_example_v4(address)
            {
                found.push(format!("{address} could be somebody's: use a documentation or private address"));
                break;
            }
        }
        if let Ok(address) = plain.parse::<Ipv6Addr>()
            && !is_example_v6(address)
        {
            found.push(format!("{address} could be somebody's: use 2001:db8::/32"));
        }
        let pieces = token.split(|c: char| !c.is_ascii_digit());
        if token.starts_with("arn:") {
            for account in pieces.filter(|piece| piece.len() == 12) {
                if !ACCOUNTS.contains(&account) {
                    found.push(format!("account {account} could be somebody's: use 111122223333"));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn is_example_host(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    ["example.com", "example.net", "example.org"].iter().any(|known| host.ends_with(known))
        || [".example", ".internal", ".invalid", ".test", ".local", ".service", ".socket"]
            .iter()
            .any(|known| host.ends_with(known))
}

/// RFC 5737 documentation, private, shared, loopback, link-local, benchmark, multicast, and masks.
fn is_example_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_documentation()
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
}

/// RFC 3849 documentation, loopback, unspecified, link-local, unique local, multicast, and those that carry an IPv4
/// example address.
fn is_example_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let carried = address.to_ipv4_mapped().is_some_and(is_example_v4);
    (first == 0x2001 && second == 0xdb8)
        || address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || (first & 0xffc0) == 0xfe80
        || (first & 0xfe00) == 0xfc00
        || (first == 0x64 && second == 0xff9b)
        || carried
}

/// One value, or one value per line; lines that begin with `$` are the command.
fn is_json(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('$')).collect();
    let parses = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    parses(&lines.join("\n")) || lines.iter().filter(|line| !line.trim().is_empty()).all(|line| parses(line))
}

/// The first line whose time is before the line above it. A command or an empty line begins a new series.
fn out_of_order(text: &str) -> Option<&str> {
    let mut last: Option<(usize, NaiveDateTime)> = None;
    for line in text.lines() {
        if line.trim().is_empty() || line.starts_with('$') || line.starts_with('#') {
            last = None;
            continue;
        }
        let Some(time) = time_of(line) else { continue };
        if let Some((format, before)) = last
            && format == time.0
            && time.1 < before
        {
            return Some(line);
        }
        last = Some(time);
    }
    None
}

/// A line's first time, and in which format it is written.
fn time_of(line: &str) -> Option<(usize, NaiveDateTime)> {
    const FORMATS: [(&str, &str, usize); 4] = [
        ("", "%Y-%m-%dT%H:%M:%S", 19),
        ("", "%Y-%m-%d %H:%M:%S", 19),
        ("", "%d/%b/%Y:%H:%M:%S", 20),
        // The year does not stand in a traditional log line; a leap year takes every date.
        ("2000 ", "%Y %b %e %H:%M:%S", 15),
    ];
    for (index, (before, format, length)) in FORMATS.into_iter().enumerate() {
        for (start, _) in line.char_indices().take(40) {
            let Some(piece) = line.get(start..start + length) else { break };
            if let Ok(time) = NaiveDateTime::parse_from_str(&format!("{before}{piece}"), format) {
                return Some((index, time));
            }
        }
    }
    None
}

/// Lines of `df` whose figures cannot stand together.
fn file_systems(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_table = false;
    for line in text.lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        if cells.first() == Some(&"Filesystem") {
            // df -T has one more column; its table is left alone.
            in_table =
                cells.get(2) == Some(&"Used") && cells.get(3).is_some_and(|cell| cell.starts_with("Avail"));
            continue;
        }
        let (true, [_, size, used, available, percent, ..]) = (in_table, cells.as_slice()) else {
            in_table = false;
            continue;
        };
        let (Some(size), Some(used), Some(available)) = (amount(size), amount(used), amount(available))
        else {
            continue;
        };
        // Each printed figure is rounded up by at most a unit of its last digit.
        let slack = size.step + used.step + available.step;
        if used.value + available.value > size.value + slack {
            found.push(format!("df: used and available are more than the size: {}", line.trim()));
        }
        if let Some(Ok(percent)) = percent.strip_suffix('%').map(str::parse::<f64>) {
            let share = |used: f64, available: f64| 100.0 * used / (used + available).max(f64::MIN_POSITIVE);
            let low = share((used.value - used.step).max(0.0), available.value + available.step);
            let high = share(used.value + used.step, (available.value - available.step).max(0.0));
            if percent < low.floor() || percent > high.ceil() {
                found.push(format!("df: Use% does not follow from the figures: {}", line.trim()));
            }
        }
    }
    found
}

struct Amount {
    value: f64,
    /// A unit of the last digit printed.
    step: f64,
}

/// `20G`, `3.0G`, `1310720`.
fn amount(text: &str) -> Option<Amount> {
    let unit = match text.chars().last()? {
        'K' => 1024.0,
        'M' => 1024.0_f64.powi(2),
        'G' => 1024.0_f64.powi(3),
        'T' => 1024.0_f64.powi(4),
        'P' => 1024.0_f64.powi(5),
        _ => 1.0,
    };
    let digits = text.trim_end_matches(['K', 'M', 'G', 'T', 'P']);
    let value: f64 = digits.parse().ok()?;
    let step = if digits.contains('.') { 0.1 } else { 1.0 };
    let step = if unit == 1.0 { 0.0 } else { step };
    Some(Amount { value: value * unit, step: step * unit })
}

/// What is wrong with a line of a flow log in the default format (version 2: 14 fields).
fn flow_log(line: &str) -> Option<String> {
    let cells: Vec<&str> = line.split_whitespace().collect();
    let ["2", account, interface, ..] = cells.as_slice() else { return None };
    if account.len() != 12 || !interface.starts_with("eni-") {
        return None;
    }
    if cells.len() != 14 {
        return Some(format!("a flow log line of version 2 has 14 fields, not {}: {line}", cells.len()));
    }
    if !ACCOUNTS.contains(account) {
        return Some(format!("account {account} could be somebody's: use 111122223333"));
    }
    let number = |at: usize| cells.get(at).and_then(|cell| cell.parse::<i64>().ok());
    if let (Some(start), Some(end)) = (number(10), number(11))
        && start > end
    {
        return Some(format!("a flow log line ends before it starts: {line}"));
    }
    if let (Some(packets), Some(bytes)) = (number(8), number(9))
        && bytes < packets * 20
    {
        return Some(format!("a flow log line has fewer bytes than its packets' headers: {line}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_accounts_of_nobody_pass_and_others_are_named() {
        let fine = "10.0.3.7:443 192.0.2.1, 203.0.113.9. 255.255.255.0 169.254.169.254 2001:db8::1 fe80::1 \
            ::ffff:10.0.0.1 arn:aws:iam::111122223333:role/x AKIAIOSFODNN7EXAMPLE a@example.com 10:00:01 \
            aa:bb:cc:dd:ee:ff ec2-user@10.0.0.5: kernel-5.15.0.91 ssh@web.internal 100.64.0.1";
        assert_eq!(identities(fine), Vec::<String>::new());
        for wrong in [
            "8.8.8.8",
            "52.94.1.2:443",
            "2600:1f18::1",
            "arn:aws:iam::999988887777:role/x",
            "a@corp.com",
            "AKIAABCDEFGHIJKLMNOP",
        ] {
            assert_eq!(identities(wrong).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn times_of_a_log_do_not_go_backwards() {
        assert_eq!(out_of_order("2026-11-21T10:00:00Z a\n2026-11-21T10:00:00Z b\nno time\n"), None);
        assert_eq!(out_of_order("Nov 21 10:00:01 a\nNov 21 09:59:59 b"), Some("Nov 21 09:59:59 b"));
        assert_eq!(
            out_of_order("x [21/Nov/2026:10:00:01 +0000]\nx [21/Nov/2026:10:00:00 +0000]").map(str::len),
            Some(30)
        );
        assert_eq!(out_of_order("2026-11-21 10:00:00 a\n$ next\n2026-11-21 09:00:00 b"), None);
    }

    #[test]
    fn df_adds_up() {
        let table = |row: &str| format!("Filesystem      Size  Used Avail Use% Mounted on\n{row}\n");
        assert_eq!(file_systems(&table("/dev/a   20G   20G     0 100% /var")), Vec::<String>::new());
        assert_eq!(file_systems(&table("/dev/a   1310720 21344 1289376    2% /var")), Vec::<String>::new());
        assert_eq!(file_systems(&table("/dev/a   20G   18G   10G  65% /var")).len(), 1);
        assert_eq!(file_systems(&table("/dev/a   20G   10G   10G  80% /var")).len(), 1);
    }

    #[test]
    fn flow_log_lines_have_their_fields() {
        let line =
            "2 111122223333 eni-0a1b 10.0.1.5 10.0.2.9 49152 443 6 12 3400 1795222800 1795222860 ACCEPT OK";
        assert_eq!(flow_log(line), None);
        assert!(flow_log(&line.replace(" OK", "")).is_some());
        assert!(flow_log(&line.replace("1795222860", "1795222700")).is_some());
        assert!(flow_log(&line.replace(" 3400 ", " 34 ")).is_some());
    }

    #[test]
    fn json_parses_whole_or_by_line() {
        assert!(is_json("$ aws x\n{\"a\": [1]}"));
        assert!(is_json("{\"a\":1}\n{\"a\":2}\n"));
        assert!(!is_json("{\"a\": 1,}"));
    }
}
