//! Hadoop and Spark as a support engineer meets them: HDFS blocks and replicas ([`hdfs`]), YARN nodes and containers
//! ([`yarn`]), Spark input splits, stages and executor memory ([`spark`]).
//!
//! Plain data and pure functions: a world is built by filling in the structs, its behaviour is computed, and it is
//! rendered as the real tools print it (Hadoop 3.3, Spark 3).

pub mod hdfs;
pub mod spark;
pub mod yarn;

use chrono::NaiveDateTime;

/// Bytes of a mebibyte.
pub const MIB: u64 = 1 << 20;
/// Bytes of a gibibyte.
pub const GIB: u64 = 1 << 30;

/// Bytes as Hadoop's reports write them (`StringUtils.byteDesc`): `332 KB`, `251.53 GB`; an exact multiple of a unit has
/// no decimals.
pub fn byte_desc(bytes: u64) -> String {
    binary(bytes, 2)
}

/// [`byte_desc`] with another number of decimals: container messages have one (`5.5 GB`).
pub fn binary(bytes: u64, decimals: usize) -> String {
    let units = ["B", "KB", "MB", "GB", "TB", "PB"];
    let mut step = 0;
    while step + 1 < units.len() && bytes >> (10 * (step + 1)) > 0 {
        step += 1;
    }
    let unit = 1u64 << (10 * step);
    let name = units.get(step).copied().unwrap_or("B");
    if bytes.is_multiple_of(unit) {
        return format!("{} {name}", bytes / unit);
    }
    let written = |unit: f64| format!("{:.decimals$}", bytes as f64 / unit);
    let text = written(unit as f64);
    // 1023.999 MB is written as 1.00 GB.
    match (text.starts_with("1024"), units.get(step + 1)) {
        (true, Some(next)) => format!("{} {next}", written(unit as f64 * 1024.0)),
        _ => format!("{text} {name}"),
    }
}

/// A moment as Java's `Date` prints it in UTC: `Tue Mar 03 02:10:11 UTC 2026`.
pub fn java_date(at: NaiveDateTime) -> String {
    at.format("%a %b %d %H:%M:%S UTC %Y").to_string()
}

/// A share as Java prints a `float` in percent: `100.0`, `1.7241379`.
fn java_percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0.0".to_owned();
    }
    format!("{:?}", (part * 100) as f32 / whole as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_hadoop_writes_them() {
        // From published reports.
        for (bytes, text) in [
            (0, "0 B"),
            (40960, "40 KB"),
            (339_968, "332 KB"),
            (2_154_496, "2.05 MB"),
            (224_800_493_568, "209.36 GB"),
            (4_327_844_257_792, "3.94 TB"),
            (270_082_531_328, "251.53 GB"),
            ((1 << 30) - 1, "1.00 GB"),
        ] {
            assert_eq!(byte_desc(bytes), text);
        }
        assert_eq!(java_percent(1, 58), "1.7241379");
        assert_eq!(java_percent(4, 4), "100.0");
    }
}
