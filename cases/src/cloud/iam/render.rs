//! As tools print it: policies, error messages, CloudTrail events.

use super::evaluate::{Decision, Kind, Request, Verdict};
use super::principal::Principal;

/// JSON that keeps its order.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// A string.
    Text(String),
    /// A number, `true`, `null`.
    Bare(String),
    /// A list.
    List(Vec<Json>),
    /// Names and values.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A string.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// An object.
    pub fn object<const N: usize>(pairs: [(&str, Self); N]) -> Self {
        Self::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// On lines, indented: 4 as the AWS CLI prints, 2 as jq does.
    pub fn pretty(&self, indent: usize) -> String {
        let mut out = String::new();
        self.write(&mut out, indent, 0);
        out
    }

    fn write(&self, out: &mut String, indent: usize, depth: usize) {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let line = |out: &mut String, depth: usize| {
            out.push('\n');
            out.push_str(&" ".repeat(indent * depth));
        };
        match self {
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::Bare(text) => out.push_str(text),
            Self::List(list) if list.is_empty() => out.push_str("[]"),
            Self::List(list) => {
                out.push('[');
                for (index, value) in list.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    line(out, depth + 1);
                    value.write(out, indent, depth + 1);
                }
                line(out, depth);
                out.push(']');
            }
            Self::Object(pairs) if pairs.is_empty() => out.push_str("{}"),
            Self::Object(pairs) => {
                out.push('{');
                for (index, (key, value)) in pairs.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    line(out, depth + 1);
                    out.push_str(&quoted(key));
                    out.push_str(": ");
                    value.write(out, indent, depth + 1);
                }
                line(out, depth);
                out.push('}');
            }
        }
    }
}

/// The kind of policy as error messages name it (IAM User Guide, Troubleshoot access denied error messages).
fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Rcp => "resource control policy",
        Kind::Scp => "service control policy",
        Kind::Endpoint => "VPC endpoint policy",
        Kind::Resource | Kind::Key => "resource-based policy",
        Kind::Trust => "role trust policy",
        Kind::Identity => "identity-based policy",
        Kind::Boundary => "permissions boundary",
        Kind::Session => "session policy",
    }
}

/// The message of a denied request, as for callers within the account or the organization; none for an allowed one.
///
/// Explicit denies may be followed by the ARN of the policy; that is `arn`.
pub fn error_message(request: &Request, decision: &Decision, arn: Option<&str>) -> Option<String> {
    let kind = decision.kind?;
    let reason = match decision.verdict {
        Verdict::Allowed => return None,
        Verdict::ExplicitDeny => {
            let article = match kind {
                Kind::Trust => "the",
                Kind::Identity => "an",
                _ => "a",
            };
            let arn = arn.map(|arn| format!(": {arn}")).unwrap_or_default();
            format!("with an explicit deny in {article} {}{arn}", named(kind))
        }
        Verdict::ImplicitDeny => format!("because no {} allows the {} action", named(kind), request.action),
    };
    let (caller, action, resource) = (request.caller.arn(), &request.action, &request.resource);
    // Amazon S3 puts the resource in quotation marks.
    let resource = if action.starts_with("s3:") { format!("\"{resource}\"") } else { resource.clone() };
    Some(format!("User: {caller} is not authorized to perform: {action} on resource: {resource} {reason}"))
}

/// What the AWS CLI prints. Where S3 is asked from outside the account and its organization, it says no more than
/// `Access Denied` (Amazon S3 User Guide, Troubleshoot access denied (403 Forbidden) errors).
pub fn cli_error(request: &Request, decision: &Decision, stranger: bool) -> Option<String> {
    let message = error_message(request, decision, None)?;
    let (service, operation) = request.action.split_once(':')?;
    let code = if matches!(service, "s3" | "sts") { "AccessDenied" } else { "AccessDeniedException" };
    let message = if stranger && service == "s3" { "Access Denied".to_owned() } else { message };
    Some(format!("An error occurred ({code}) when calling the {operation} operation: {message}"))
}

/// A CloudTrail event of a request (CloudTrail User Guide, CloudTrail record contents).
pub fn cloudtrail_event(
    request: &Request,
    decision: &Decision,
    at: &str,
    region: &str,
    ids: (&str, &str),
    parameters: Json,
) -> Json {
    let caller = &request.caller;
    let (service, operation) = request.action.split_once(':').unwrap_or_default();
    let account = caller.account().unwrap_or_default();
    let arn = caller.arn();
    let identity = match caller {
        Principal::Root { .. } => Json::object([
            ("type", Json::text("Root")),
            ("principalId", Json::text(account)),
            ("arn", Json::text(&arn)),
            ("accountId", Json::text(account)),
        ]),
        Principal::User { name, .. } => Json::object([
            ("type", Json::text("IAMUser")),
            ("arn", Json::text(&arn)),
            ("accountId", Json::text(account)),
            ("userName", Json::text(name.rsplit('/').next().unwrap_or(name))),
        ]),
        Principal::Session { role, .. } => Json::object([
            ("type", Json::text("AssumedRole")),
            ("arn", Json::text(&arn)),
            ("accountId", Json::text(account)),
            (
                "sessionContext",
                Json::object([(
                    "sessionIssuer",
                    Json::object([
                        ("type", Json::text("Role")),
                        ("arn", Json::text(&caller.behind().unwrap_or_default())),
                        ("accountId", Json::text(account)),
                        ("userName", Json::text(role.rsplit('/').next().unwrap_or(role))),
                    ]),
                )]),
            ),
        ]),
        Principal::FederatedUser { .. } => Json::object([
            ("type", Json::text("FederatedUser")),
            ("arn", Json::text(&arn)),
            ("accountId", Json::text(account)),
        ]),
        Principal::Federated { provider } => Json::object([
            ("type", Json::text("WebIdentityUser")),
            ("identityProvider", Json::text(provider)),
        ]),
        Principal::Service { name } => {
            Json::object([("type", Json::text("AWSService")), ("invokedBy", Json::text(name))])
        }
        Principal::Anonymous => {
            Json::object([("type", Json::text("AWSAccount")), ("accountId", Json::text("anonymous"))])
        }
    };
    let address = request.context.get("aws:SourceIp").and_then(|values| values.first());
    let mut event = vec![
        ("eventVersion".to_owned(), Json::text("1.11")),
        ("userIdentity".to_owned(), identity),
        ("eventTime".to_owned(), Json::text(at)),
        ("eventSource".to_owned(), Json::text(&format!("{service}.amazonaws.com"))),
        ("eventName".to_owned(), Json::text(operation)),
        ("awsRegion".to_owned(), Json::text(region)),
        ("sourceIPAddress".to_owned(), Json::text(address.map_or("AWS Internal", String::as_str))),
    ];
    if let Some(message) = error_message(request, decision, None) {
        event.push(("errorCode".to_owned(), Json::text("AccessDenied")));
        event.push(("errorMessage".to_owned(), Json::Text(message)));
    }
    event.extend([
        ("requestParameters".to_owned(), parameters),
        ("responseElements".to_owned(), Json::Bare("null".to_owned())),
        ("requestID".to_owned(), Json::text(ids.0)),
        ("eventID".to_owned(), Json::text(ids.1)),
        ("eventType".to_owned(), Json::text("AwsApiCall")),
        ("recipientAccountId".to_owned(), Json::text(&request.owner)),
    ]);
    Json::Object(event)
}
