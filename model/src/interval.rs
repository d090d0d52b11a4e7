//! How sure a share is.

use serde::Serialize;

/// A share and its 95 % interval (Wilson's), 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Of how many.
    pub n: usize,
    /// The share.
    pub share: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// `hits` of `n`: Wilson, JASA 22 (1927), with z = 1.96. Of nothing everything is possible.
    pub fn of(hits: usize, n: usize) -> Self {
        if n == 0 {
            return Self { n, share: 0.0, low: 0.0, high: 1.0 };
        }
        let z = 1.96_f64;
        let size = n as f64;
        let share = hits as f64 / size;
        let centre = share + z * z / (2.0 * size);
        let spread = z * (share * (1.0 - share) / size + z * z / (4.0 * size * size)).sqrt();
        let whole = 1.0 + z * z / size;
        Self {
            n,
            share,
            low: ((centre - spread) / whole).max(0.0),
            high: ((centre + spread) / whole).min(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_its_share_and_narrows_with_more() {
        assert_eq!((Interval::of(0, 0).low, Interval::of(0, 0).high), (0.0, 1.0));
        let few = Interval::of(9, 10);
        assert!(few.low < 0.9 && 0.9 < few.high && few.low > 0.5, "{few:?}");
        let many = Interval::of(900, 1000);
        assert!(many.high - many.low < few.high - few.low);
        assert_eq!(Interval::of(0, 5).low, 0.0);
        assert!(Interval::of(5, 5).high > 0.999_999);
    }
}
