//! How much room words take: an estimate, since nothing here knows the font.

/// Size of every label.
pub(super) const SIZE: f32 = 12.0;

/// About how wide a text is: Chinese characters are as wide as high, Latin ones a little over half of that.
pub(super) fn width(text: &str) -> f32 {
    text.chars().map(|c| if (c as u32) < 0x2e80 { SIZE * 0.56 } else { SIZE }).sum()
}

/// The text, cut with an ellipsis where it would be wider than `room`.
pub(super) fn fitted(text: &str, room: f32) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if width(&kept) + width(&c.to_string()) + SIZE > room {
            break;
        }
        kept.push(c);
    }
    kept.trim_end().to_owned() + "…"
}
