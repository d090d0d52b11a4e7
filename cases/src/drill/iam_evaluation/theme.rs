//! What is asked for: an action on a resource, with patterns that name them and patterns that only seem to.

use crate::cloud::Draw;
use crate::cloud::iam::Kind;

pub(super) const TEAMS: [&str; 6] = ["payments", "search", "data-eng", "platform", "billing", "mobile"];

/// A service to be asked for something.
pub(super) struct Theme {
    pub(super) action: &'static str,
    /// Patterns that name the action.
    pub(super) hits: &'static [&'static str],
    /// Patterns that look as if they did.
    pub(super) misses: &'static [&'static str],
    pub(super) resource: String,
    /// Patterns that name the resource.
    pub(super) wide: Vec<String>,
    /// Patterns that look as if they did.
    pub(super) narrow: Vec<String>,
    /// Its name in the command that shows its policy, and that command.
    pub(super) tag: String,
    pub(super) command: String,
}

impl Theme {
    /// Patterns that name the resource, or only seem to, as far as the service takes them in such a policy: a bucket policy
    /// speaks of its own bucket, and of objects where the action is one on objects.
    pub(super) fn patterns(&self, kind: Kind, narrow: bool) -> Vec<String> {
        let all = if narrow { &self.narrow } else { &self.wide };
        let bucket = self.resource.split('/').next().unwrap_or_default();
        let taken =
            |pattern: &&String| pattern.strip_prefix(bucket).is_some_and(|rest| rest.starts_with('/'));
        if kind == Kind::Resource && bucket.starts_with("arn:aws:s3:") {
            all.iter().filter(taken).cloned().collect()
        } else {
            all.clone()
        }
    }

    /// Patterns that name the action, or only seem to, as far as such a policy takes them: the policy of a resource knows
    /// only its own service, and an RCP wants the service in lowercase.
    pub(super) fn actions(&self, kind: Kind, miss: bool) -> Vec<&'static str> {
        let all = if miss { self.misses } else { self.hits };
        let service = self.action.split(':').next().unwrap_or_default();
        let of = |pattern: &str| pattern.split(':').next().unwrap_or_default().to_owned();
        let taken = |pattern: &&&str| match kind {
            Kind::Resource => {
                of(pattern).eq_ignore_ascii_case(service)
                    && !["s3:ListBucket", "s3:GetBucket*"].contains(*pattern)
            }
            Kind::Rcp => of(pattern) == service,
            _ => true,
        };
        all.iter().filter(taken).copied().collect()
    }
}

pub(super) fn theme(draw: &mut Draw, which: &str, owner: &str, region: &str) -> Theme {
    let team = *draw.pick(&TEAMS);
    let id = draw.hex(4);
    let strings = |list: &[String]| list.to_vec();
    match which {
        "s3" => {
            let bucket = format!("{team}-{}-{id}", draw.pick(&["reports", "exports", "logs", "media"]));
            let (folder, file) =
                *draw.pick(&[("2026/q1", "sales.csv"), ("daily", "run.json"), ("in", "orders.parquet")]);
            let arn = format!("arn:aws:s3:::{bucket}");
            let top = folder.split('/').next().unwrap_or(folder);
            Theme {
                action: "s3:GetObject",
                hits: &["s3:GetObject", "s3:Get*", "s3:*", "s3:GetObj*"],
                misses: &[
                    "s3:ListBucket",
                    "s3:PutObject",
                    "s3:GetObjectVersion",
                    "s3:List*",
                    "s3:GetBucket*",
                ],
                resource: format!("{arn}/{folder}/{file}"),
                wide: strings(&[format!("{arn}/*"), format!("{arn}/{top}*"), "*".into(), format!("{arn}*")]),
                narrow: strings(&[
                    arn.clone(),
                    format!("{arn}/{}/*", top.to_uppercase() + "x"),
                    format!("{arn}-backup/*"),
                    format!("{arn}/{file}"),
                ]),
                command: format!(
                    "aws s3api get-bucket-policy --bucket {bucket} --query Policy --output text | jq ."
                ),
                tag: bucket,
            }
        }
        "sqs" => {
            let queue = format!("{team}-jobs-{id}");
            let arn = format!("arn:aws:sqs:{region}:{owner}:{queue}");
            Theme {
                action: "sqs:SendMessage",
                hits: &["sqs:SendMessage", "sqs:Send*", "sqs:*", "SQS:SendMessage"],
                misses: &["sqs:ReceiveMessage", "sqs:GetQueueUrl", "sqs:Receive*", "sns:Publish"],
                wide: strings(&[
                    arn.clone(),
                    "*".into(),
                    format!("arn:aws:sqs:*:{owner}:{team}-*"),
                    format!("arn:aws:sqs:{region}:{owner}:*"),
                ]),
                narrow: strings(&[
                    format!("{arn}-dlq"),
                    format!("arn:aws:sqs:{region}:{owner}:{team}-jobs"),
                    format!("arn:aws:sqs:us-west-2:{owner}:{queue}"),
                ]),
                command: format!(
                    "aws sqs get-queue-attributes --queue-url https://sqs.{region}.amazonaws.com/{owner}/{queue} --attribute-names Policy --query Attributes.Policy --output text | jq ."
                ),
                resource: arn,
                tag: queue,
            }
        }
        "sns" => {
            let topic = format!("{team}-events-{id}");
            let arn = format!("arn:aws:sns:{region}:{owner}:{topic}");
            Theme {
                action: "sns:Publish",
                hits: &["sns:Publish", "sns:*", "sns:Pub*", "SNS:Publish"],
                misses: &["sns:Subscribe", "sns:GetTopicAttributes", "sns:List*", "sqs:SendMessage"],
                wide: strings(&[arn.clone(), "*".into(), format!("arn:aws:sns:*:{owner}:{team}-*")]),
                narrow: strings(&[
                    format!("{arn}.fifo"),
                    format!("arn:aws:sns:{region}:{owner}:{team}-events"),
                    format!("arn:aws:sns:us-west-2:{owner}:{topic}"),
                ]),
                command: format!(
                    "aws sns get-topic-attributes --topic-arn {arn} --query Attributes.Policy --output text | jq ."
                ),
                resource: arn,
                tag: topic,
            }
        }
        "kms" => {
            let key =
                format!("{}-{}-4{}-a{}-{}", draw.hex(8), draw.hex(4), draw.hex(3), draw.hex(3), draw.hex(12));
            let arn = format!("arn:aws:kms:{region}:{owner}:key/{key}");
            Theme {
                action: "kms:Decrypt",
                hits: &["kms:Decrypt", "kms:*", "kms:De*", "kms:Decr*"],
                misses: &["kms:Encrypt", "kms:GenerateDataKey", "kms:Describe*", "kms:List*"],
                wide: strings(&[arn.clone(), "*".into(), format!("arn:aws:kms:{region}:{owner}:key/*")]),
                narrow: strings(&[
                    format!("arn:aws:kms:us-west-2:{owner}:key/*"),
                    format!("arn:aws:kms:{region}:{owner}:alias/{team}"),
                ]),
                command: format!(
                    "aws kms get-key-policy --key-id {key} --policy-name default --query Policy --output text | jq ."
                ),
                resource: arn,
                tag: key,
            }
        }
        "sts" => {
            let role = format!("{}-{}-{id}", team, draw.pick(&["reader", "deploy", "audit"]));
            let arn = format!("arn:aws:iam::{owner}:role/{role}");
            Theme {
                action: "sts:AssumeRole",
                hits: &["sts:AssumeRole", "sts:*", "sts:Assume*"],
                misses: &["sts:GetSessionToken", "sts:TagSession", "iam:PassRole", "sts:AssumeRoleWithSAML"],
                wide: strings(&[arn.clone(), "*".into(), format!("arn:aws:iam::{owner}:role/{team}-*")]),
                narrow: strings(&[
                    format!("arn:aws:iam::{owner}:role/{team}"),
                    format!("arn:aws:iam::*:user/{role}"),
                    format!("arn:aws:sts::{owner}:assumed-role/{role}/*"),
                ]),
                command: format!("aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument"),
                resource: arn,
                tag: role,
            }
        }
        _ => {
            let secret = format!("{team}/db-{id}");
            let arn = format!(
                "arn:aws:secretsmanager:{region}:{owner}:secret:{secret}-{}",
                draw.pick(&["a1B2c3", "Qx7LmP", "zT40Kd"])
            );
            Theme {
                action: "secretsmanager:GetSecretValue",
                hits: &["secretsmanager:GetSecretValue", "secretsmanager:Get*", "secretsmanager:*"],
                misses: &[
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:ListSecrets",
                    "secretsmanager:Put*",
                    "ssm:GetParameter",
                ],
                wide: strings(&[
                    arn.clone(),
                    "*".into(),
                    format!("arn:aws:secretsmanager:{region}:{owner}:secret:{team}/*"),
                    format!("arn:aws:secretsmanager:*:{owner}:secret:{secret}-??????"),
                ]),
                narrow: strings(&[
                    format!("arn:aws:secretsmanager:{region}:{owner}:secret:{secret}"),
                    format!("arn:aws:secretsmanager:{region}:{owner}:secret:{team}-*"),
                ]),
                command: format!(
                    "aws secretsmanager get-resource-policy --secret-id {secret} --query ResourcePolicy --output text | jq ."
                ),
                resource: arn,
                tag: secret,
            }
        }
    }
}
