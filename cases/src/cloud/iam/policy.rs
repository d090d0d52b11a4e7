//! Policy documents (IAM User Guide, IAM JSON policy reference).

use serde_json::Value;

use super::condition::{Context, Piece, glob, pieces};
use super::render::Json;

/// What a statement results in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the values of the Effect element")]
pub enum Effect {
    Allow,
    Deny,
}

/// A policy document.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// `2012-10-17`, or `2008-10-17` where variables are plain text.
    pub version: String,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Its `Sid`; empty where it has none.
    pub sid: String,
    /// Its `Effect`.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; none in policies attached to an identity or an account.
    pub principals: Option<Principals>,
    /// `Action` or `NotAction`.
    pub actions: Names,
    /// `Resource` or `NotResource`; none in trust policies.
    pub resources: Option<Names>,
    /// Every one has to hold.
    pub conditions: Vec<Condition>,
}

/// Patterns a name is compared with; `not` for the elements that begin with Not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Whether everything else is meant.
    pub not: bool,
    /// With `*` and `?`.
    pub patterns: Vec<String>,
}

/// Who a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principals {
    /// `NotPrincipal`.
    pub not: bool,
    /// Type (`AWS`, `Service`, `Federated`) and value; everyone is `AWS` and `*`.
    pub listed: Vec<(String, String)>,
}

/// One operator with one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// As written: `ForAnyValue:StringLikeIfExists`.
    pub operator: String,
    /// As written.
    pub key: String,
    /// One of these has to match.
    pub values: Vec<String>,
}

fn strings(value: &Value) -> Result<Vec<String>, String> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err(format!("{value} is no text")),
    };
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}

impl Policy {
    /// A policy of the current version.
    pub fn new(statements: Vec<Statement>) -> Self {
        Self { version: "2012-10-17".to_owned(), statements }
    }

    /// Reads a document.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let version = value.get("Version").and_then(Value::as_str).unwrap_or("2008-10-17").to_owned();
        let statements = match value.get("Statement") {
            Some(Value::Array(list)) => list.iter().map(Statement::parse).collect::<Result<_, _>>()?,
            Some(one) => vec![Statement::parse(one)?],
            None => return Err("a policy needs a Statement".to_owned()),
        };
        Ok(Self { version, statements })
    }

    /// Whether `${...}` stands for a value of the request.
    pub fn has_variables(&self) -> bool {
        self.version == "2012-10-17"
    }

    /// As JSON, elements in the order people write them.
    pub fn json(&self) -> Json {
        Json::object([
            ("Version", Json::text(&self.version)),
            ("Statement", Json::List(self.statements.iter().map(Statement::json).collect())),
        ])
    }
}

impl Statement {
    /// An `Allow`.
    pub fn allow(sid: &str, actions: &[&str], resources: &[&str]) -> Self {
        let resources = (!resources.is_empty()).then(|| Names::of(resources));
        Self {
            sid: sid.to_owned(),
            effect: Effect::Allow,
            principals: None,
            actions: Names::of(actions),
            resources,
            conditions: Vec::new(),
        }
    }

    /// A `Deny`.
    pub fn deny(sid: &str, actions: &[&str], resources: &[&str]) -> Self {
        Self { effect: Effect::Deny, ..Self::allow(sid, actions, resources) }
    }

    /// With `"AWS"` principals; `*` is everyone.
    #[must_use]
    pub fn to(mut self, principals: &[&str]) -> Self {
        let listed = principals.iter().map(|value| ("AWS".to_owned(), (*value).to_owned())).collect();
        self.principals = Some(Principals { not: false, listed });
        self
    }

    /// With a principal of another type.
    #[must_use]
    pub fn to_kind(mut self, kind: &str, value: &str) -> Self {
        self.principals = Some(Principals { not: false, listed: vec![(kind.to_owned(), value.to_owned())] });
        self
    }

    /// With one more condition.
    #[must_use]
    pub fn when(mut self, operator: &str, key: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.conditions.push(Condition { operator: operator.to_owned(), key: key.to_owned(), values });
        self
    }

    fn parse(value: &Value) -> Result<Self, String> {
        let effect = match value.get("Effect").and_then(Value::as_str) {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            other => return Err(format!("{other:?} is no Effect")),
        };
        let names = |plain: &str, not: &str| match (value.get(plain), value.get(not)) {
            (Some(list), None) => Ok(Some(Names { not: false, patterns: strings(list)? })),
            (None, Some(list)) => Ok(Some(Names { not: true, patterns: strings(list)? })),
            (None, None) => Ok(None),
            _ => Err(format!("{plain} and {not} exclude each other")),
        };
        let principals = match (value.get("Principal"), value.get("NotPrincipal")) {
            (None, None) => None,
            (Some(_), Some(_)) => return Err("Principal and NotPrincipal exclude each other".to_owned()),
            (Some(listed), None) => Some(Principals { not: false, listed: listed_principals(listed)? }),
            (None, Some(listed)) => Some(Principals { not: true, listed: listed_principals(listed)? }),
        };
        let mut conditions = Vec::new();
        for (operator, keys) in value.get("Condition").and_then(Value::as_object).into_iter().flatten() {
            for (key, values) in keys.as_object().ok_or("a Condition operator has keys")? {
                let condition =
                    Condition { operator: operator.clone(), key: key.clone(), values: strings(values)? };
                if !condition.is_known() {
                    return Err(format!("{operator} is no condition operator"));
                }
                conditions.push(condition);
            }
        }
        Ok(Self {
            sid: value.get("Sid").and_then(Value::as_str).unwrap_or_default().to_owned(),
            effect,
            principals,
            actions: names("Action", "NotAction")?.ok_or("a statement needs Action or NotAction")?,
            resources: names("Resource", "NotResource")?,
            conditions,
        })
    }

    fn json(&self) -> Json {
        let many = |values: &[String]| match values {
            [one] => Json::text(one),
            many => Json::List(many.iter().map(|value| Json::text(value)).collect()),
        };
        let mut object = Vec::new();
        if !self.sid.is_empty() {
            object.push(("Sid".to_owned(), Json::text(&self.sid)));
        }
        let effect = if self.effect == Effect::Allow { "Allow" } else { "Deny" };
        object.push(("Effect".to_owned(), Json::text(effect)));
        if let Some(principals) = &self.principals {
            let name = if principals.not { "NotPrincipal" } else { "Principal" };
            let value = if principals.listed == [("AWS".to_owned(), "*".to_owned())] {
                Json::text("*")
            } else {
                let mut kinds: Vec<&String> = principals.listed.iter().map(|(kind, _)| kind).collect();
                kinds.dedup();
                let of = |kind: &String| -> Vec<String> {
                    let same = principals.listed.iter().filter(|(other, _)| other == kind);
                    same.map(|(_, value)| value.clone()).collect()
                };
                Json::Object(kinds.into_iter().map(|kind| (kind.clone(), many(&of(kind)))).collect())
            };
            object.push((name.to_owned(), value));
        }
        let action = if self.actions.not { "NotAction" } else { "Action" };
        object.push((action.to_owned(), many(&self.actions.patterns)));
        if let Some(resources) = &self.resources {
            let name = if resources.not { "NotResource" } else { "Resource" };
            object.push((name.to_owned(), many(&resources.patterns)));
        }
        let mut operators: Vec<(String, Json)> = Vec::new();
        for condition in &self.conditions {
            let pair = (condition.key.clone(), many(&condition.values));
            match operators.iter_mut().find(|(operator, _)| *operator == condition.operator) {
                Some((_, Json::Object(keys))) => keys.push(pair),
                _ => operators.push((condition.operator.clone(), Json::Object(vec![pair]))),
            }
        }
        if !operators.is_empty() {
            object.push(("Condition".to_owned(), Json::Object(operators)));
        }
        Json::Object(object)
    }

    /// Whether action, resource and conditions match; who asks is looked at elsewhere.
    pub fn matches(&self, action: &str, resource: &str, context: &Context, variables: bool) -> bool {
        let variables = variables.then_some(context);
        self.actions.names_action(action)
            && self.resources.as_ref().is_none_or(|names| names.names_resource(resource, variables))
            && self.conditions.iter().all(|condition| condition.holds(context, variables.is_some()))
    }
}

fn listed_principals(value: &Value) -> Result<Vec<(String, String)>, String> {
    match value {
        Value::String(all) if all == "*" => Ok(vec![("AWS".to_owned(), "*".to_owned())]),
        Value::Object(kinds) => {
            let mut listed = Vec::new();
            for (kind, values) in kinds {
                for value in strings(values)? {
                    // IAM User Guide, AWS JSON policy elements: Principal: no wildcard for a part of a name.
                    if value.contains('*') && value != "*" {
                        return Err(format!("{value}: a principal is named whole"));
                    }
                    listed.push((kind.clone(), value));
                }
            }
            Ok(listed)
        }
        _ => Err(format!("{value} names no principal")),
    }
}

impl Names {
    /// Plain patterns.
    pub fn of(patterns: &[&str]) -> Self {
        Self { not: false, patterns: patterns.iter().map(|pattern| (*pattern).to_owned()).collect() }
    }

    /// Everything but these.
    pub fn except(patterns: &[&str]) -> Self {
        Self { not: true, ..Self::of(patterns) }
    }

    /// Actions are compared without regard to case.
    fn names_action(&self, action: &str) -> bool {
        let action = action.to_lowercase();
        let hit = |pattern: &String| {
            pieces(&pattern.to_lowercase(), None, true).is_some_and(|pattern| glob(&pattern, &action))
        };
        self.patterns.iter().any(hit) != self.not
    }

    /// ARNs are compared segment by segment: a wildcard does not reach over a colon (IAM JSON policy elements:
    /// Resource).
    fn names_resource(&self, resource: &str, variables: Option<&Context>) -> bool {
        let hit = |pattern: &String| {
            pattern == "*"
                || pieces(pattern, variables, true).is_some_and(|pattern| arn_matches(&pattern, resource))
        };
        self.patterns.iter().any(hit) != self.not
    }
}

/// Six segments, each matched by itself.
pub(super) fn arn_matches(pattern: &[Piece], arn: &str) -> bool {
    let mut segments: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pattern {
        let count = segments.len();
        match (piece, segments.last_mut()) {
            (Piece::Char(':'), _) if count < 6 => segments.push(Vec::new()),
            (piece, Some(last)) => last.push(*piece),
            _ => {}
        }
    }
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    segments.len() == 6
        && parts.len() == 6
        && segments.iter().zip(parts).all(|(segment, part)| glob(segment, part))
}
