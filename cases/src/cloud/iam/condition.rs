//! Conditions (IAM User Guide, IAM JSON policy elements: Condition operators; Set operators for multivalued context
//! keys; Variables and tags).

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono::{DateTime, NaiveDate};
use ipnet::IpNet;

use super::policy::{Condition, arn_matches};

/// What a request brings along: condition keys and their values. Names of keys are compared without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(BTreeMap<String, (String, Vec<String>)>);

impl Context {
    /// Sets a key with one value.
    pub fn set(&mut self, key: &str, value: &str) {
        self.set_all(key, &[value]);
    }

    /// Sets a key with several values.
    pub fn set_all(&mut self, key: &str, values: &[&str]) {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.0.insert(key.to_lowercase(), (key.to_owned(), values));
    }

    /// With one more key.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, value);
        self
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(&key.to_lowercase());
    }

    /// The values of a key that is there.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_lowercase()).map(|(_, values)| values.as_slice())
    }

    /// Keys as written and their values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.values().map(|(key, values)| (key.as_str(), values.as_slice()))
    }
}

/// A piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Piece {
    Char(char),
    One,
    Any,
}

/// A pattern with its variables filled in; none where a variable has no value and no default.
pub(super) fn pieces(pattern: &str, variables: Option<&Context>, wild: bool) -> Option<Vec<Piece>> {
    let mut all = Vec::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if let Some(context) = variables
            && let Some((name, after)) = rest.strip_prefix("${").and_then(|rest| rest.split_once('}'))
        {
            let text = match name {
                "*" | "?" | "$" => name.to_owned(),
                _ => {
                    let (key, default) = match name.split_once(',') {
                        Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\''))),
                        None => (name, None),
                    };
                    match context.get(key) {
                        Some([one]) => one.clone(),
                        _ => default?.to_owned(),
                    }
                }
            };
            all.extend(text.chars().map(Piece::Char));
            rest = after;
            continue;
        }
        all.push(match c {
            '*' if wild => Piece::Any,
            '?' if wild => Piece::One,
            c => Piece::Char(c),
        });
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    Some(all)
}

/// Whether a pattern matches the whole text.
pub(super) fn glob(pattern: &[Piece], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where to go on when what follows the last `*` does not fit.
    let mut back = None;
    loop {
        match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some(Piece::Any), _) => {
                back = Some((p, t));
                p += 1;
            }
            (Some(Piece::Char(want)), Some(is)) if want == is => (p, t) = (p + 1, t + 1),
            (Some(Piece::One), Some(_)) => (p, t) = (p + 1, t + 1),
            _ => match back {
                Some((star, from)) if from < text.len() => {
                    back = Some((star, from + 1));
                    (p, t) = (star + 1, from + 1);
                }
                _ => return false,
            },
        }
    }
}

/// A comparison of one value of the request with one of the policy.
type Test = fn(&str, &str, Option<&Context>) -> bool;

/// The comparison of an operator without prefix and suffix, and whether the operator is its negation.
fn test(operator: &str) -> Option<(Test, bool)> {
    fn text(value: &str, wanted: &str, variables: Option<&Context>) -> bool {
        pieces(wanted, variables, false).is_some_and(|wanted| glob(&wanted, value))
    }
    fn text_ignoring_case(value: &str, wanted: &str, variables: Option<&Context>) -> bool {
        pieces(wanted, variables, false).is_some_and(|wanted| {
            let wanted: String = wanted
                .iter()
                .filter_map(|piece| if let Piece::Char(c) = piece { Some(*c) } else { None })
                .collect();
            wanted.to_lowercase() == value.to_lowercase()
        })
    }
    fn like(value: &str, wanted: &str, variables: Option<&Context>) -> bool {
        pieces(wanted, variables, true).is_some_and(|wanted| glob(&wanted, value))
    }
    fn arn(value: &str, wanted: &str, variables: Option<&Context>) -> bool {
        wanted == "*" || pieces(wanted, variables, true).is_some_and(|wanted| arn_matches(&wanted, value))
    }
    fn boolean(value: &str, wanted: &str, variables: Option<&Context>) -> bool {
        text_ignoring_case(value, wanted, variables)
    }
    fn address(value: &str, wanted: &str, _: Option<&Context>) -> bool {
        let net = wanted.parse::<IpNet>().or_else(|_| wanted.parse::<IpAddr>().map(IpNet::from));
        matches!((value.parse::<IpAddr>(), net), (Ok(address), Ok(net)) if net.contains(&address))
    }
    fn ordered(value: Option<f64>, wanted: Option<f64>, want: fn(f64, f64) -> bool) -> bool {
        matches!((value, wanted), (Some(value), Some(wanted)) if want(value, wanted))
    }
    macro_rules! ordered {
        ($read:ident, $op:tt) => {
            |value, wanted, _| ordered($read(value), $read(wanted), |value, wanted| value $op wanted)
        };
    }
    Some(match operator {
        "StringEquals" => (text, false),
        "StringNotEquals" => (text, true),
        "StringEqualsIgnoreCase" => (text_ignoring_case, false),
        "StringNotEqualsIgnoreCase" => (text_ignoring_case, true),
        "StringLike" => (like, false),
        "StringNotLike" => (like, true),
        "ArnEquals" | "ArnLike" => (arn, false),
        "ArnNotEquals" | "ArnNotLike" => (arn, true),
        "Bool" => (boolean, false),
        "IpAddress" => (address, false),
        "NotIpAddress" => (address, true),
        "NumericEquals" => (ordered!(figure, ==), false),
        "NumericNotEquals" => (ordered!(figure, ==), true),
        "NumericLessThan" => (ordered!(figure, <), false),
        "NumericLessThanEquals" => (ordered!(figure, <=), false),
        "NumericGreaterThan" => (ordered!(figure, >), false),
        "NumericGreaterThanEquals" => (ordered!(figure, >=), false),
        "DateEquals" => (ordered!(moment, ==), false),
        "DateNotEquals" => (ordered!(moment, ==), true),
        "DateLessThan" => (ordered!(moment, <), false),
        "DateLessThanEquals" => (ordered!(moment, <=), false),
        "DateGreaterThan" => (ordered!(moment, >), false),
        "DateGreaterThanEquals" => (ordered!(moment, >=), false),
        _ => return None,
    })
}

fn figure(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// Seconds since 1970, from ISO 8601 or from themselves.
fn moment(text: &str) -> Option<f64> {
    if let Some(seconds) = figure(text) {
        return Some(seconds);
    }
    let at = DateTime::parse_from_rfc3339(text).map(|at| at.timestamp()).ok();
    let day = || Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc().timestamp());
    at.or_else(day).map(|seconds| seconds as f64)
}

/// How the values of a key that has several are taken together.
#[derive(Clone, Copy, PartialEq)]
enum Set {
    None,
    All,
    Any,
}

impl Condition {
    /// Set operator, the operator itself, and whether it ends in `IfExists`.
    fn parts(&self) -> (Set, &str, bool) {
        let (set, rest) = match self.operator.split_once(':') {
            Some(("ForAllValues", rest)) => (Set::All, rest),
            Some(("ForAnyValue", rest)) => (Set::Any, rest),
            _ => (Set::None, self.operator.as_str()),
        };
        match rest.strip_suffix("IfExists") {
            Some(rest) => (set, rest, true),
            None => (set, rest, false),
        }
    }

    /// Whether the operator is one of the documented ones.
    pub fn is_known(&self) -> bool {
        let (set, operator, if_exists) = self.parts();
        operator == "Null" && set == Set::None && !if_exists || test(operator).is_some()
    }

    /// Whether it holds.
    pub fn holds(&self, context: &Context, variables: bool) -> bool {
        let (set, operator, if_exists) = self.parts();
        let values = context.get(&self.key);
        if operator == "Null" {
            return self.values.iter().any(|wanted| (wanted == "true") == values.is_none());
        }
        let Some((test, negated)) = test(operator) else { return false };
        let variables = variables.then_some(context);
        // Several values in the policy: one of them has to match; a negated operator wants none of them to.
        let hit = |value: &String| self.values.iter().any(|wanted| test(value, wanted, variables)) != negated;
        match (set, values) {
            // True without the key: ForAllValues, IfExists, and negated operators.
            (Set::All, values) => values.unwrap_or_default().iter().all(hit),
            (Set::Any, None | Some([])) => if_exists,
            (Set::Any, Some(values)) => values.iter().any(hit),
            (Set::None, None | Some([])) => if_exists || negated,
            (Set::None, Some(values)) => values.iter().any(hit),
        }
    }
}
