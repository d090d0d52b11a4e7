//! Golden cases of the policy evaluator: rules and examples of the published guides, each naming its page.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop"
)]

use divedeep_cases::cloud::iam::{
    Attached, Context, Decision, Kind, Policy, Principal, Request, Verdict, World, cli_error, decide,
    error_message, flip,
};

use Kind::{Boundary, Endpoint, Identity, Key, Rcp, Resource, Scp, Session, Trust};
use Verdict::{Allowed, ExplicitDeny, ImplicitDeny};

const A: &str = "111111111111";
const B: &str = "222222222222";
const M: &str = "999999999999";

const LOGIC: &str = "How AWS enforcement code logic evaluates requests to allow or deny access";
const SINGLE: &str = "Policy evaluation for requests within a single account";
const CROSS: &str = "Cross-account policy evaluation logic";
const INTERPLAY: &str = "The difference between explicit and implicit denies";
const BOUNDARIES: &str = "Permissions boundaries for IAM entities";
const PRINCIPAL: &str = "AWS JSON policy elements: Principal";
const NOT_PRINCIPAL: &str = "AWS JSON policy elements: NotPrincipal";
const OPERATORS: &str = "IAM JSON policy elements: Condition operators";
const SETS: &str = "Set operators for multivalued context keys";
const MULTIPLE: &str = "Conditions with multiple context keys or values";
const VARIABLES: &str = "IAM policy elements: Variables and tags";
const RESOURCE: &str = "IAM JSON policy elements: Resource";
const NOT_RESOURCE: &str = "IAM JSON policy elements: NotResource";
const ACTION: &str = "IAM JSON policy elements: Action";
const NOT_ACTION: &str = "IAM JSON policy elements: NotAction";
const SCPS: &str = "Organizations: Service control policies (SCPs)";
const SCP_EVALUATION: &str = "Organizations: SCP evaluation";
const RCPS: &str = "Organizations: Resource control policies (RCPs)";
const KEYS: &str = "KMS Developer Guide: Key policies in AWS KMS";
const KEY_DEFAULT: &str = "KMS Developer Guide: Default key policy";
const KEY_OTHER: &str = "KMS Developer Guide: Allowing users in other accounts to use a KMS key";
const TRUST: &str = "IAM roles: trust policies (Roles terms and concepts)";
const EXTERNAL: &str = "Access to AWS accounts owned by third parties";
const STS: &str = "STS API Reference: AssumeRole";
const OIDC: &str = "Create a role for OpenID Connect federation";
const ENDPOINT: &str = "PrivateLink: Control access to VPC endpoints using endpoint policies";

struct Case {
    name: &'static str,
    page: &'static str,
    request: Request,
    world: World,
    expect: (Verdict, Option<Kind>),
}

fn case(name: &'static str, page: &'static str, caller: Principal, action: &str, resource: &str) -> Case {
    let owner = caller.account().unwrap_or(A).to_owned();
    let request = Request::new(caller, action, resource, &owner);
    Case { name, page, request, world: World::default(), expect: (Allowed, None) }
}

impl Case {
    fn of(mut self, owner: &str) -> Self {
        self.request.owner = owner.to_owned();
        self.request.context.set("aws:ResourceAccount", owner);
        self
    }

    fn key(mut self, key: &str, value: &str) -> Self {
        self.request = self.request.with(key, value);
        self
    }

    fn keys(mut self, key: &str, values: &[&str]) -> Self {
        self.request.context.set_all(key, values);
        self
    }

    fn managed_by(mut self, account: &str) -> Self {
        self.world.management = Some(account.to_owned());
        self
    }

    fn with(self, kind: Kind, statement: &str) -> Self {
        let account = if kind.is_of_resource() || kind == Rcp {
            self.request.owner.clone()
        } else {
            self.request.caller.account().unwrap_or(A).to_owned()
        };
        self.at(kind, "account", &account, statement)
    }

    fn at(mut self, kind: Kind, place: &str, account: &str, statement: &str) -> Self {
        let text = if statement.starts_with("{\"Version") {
            statement.to_owned()
        } else {
            format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{statement}]}}")
        };
        let policy = Policy::parse(&text).unwrap_or_else(|fault| panic!("{}: {fault}\n{text}", self.name));
        self.world.policies.push(Attached::new(kind, self.name, account, policy).at(place));
        self
    }

    fn gives(mut self, verdict: Verdict, kind: Option<Kind>) -> Self {
        self.expect = (verdict, kind);
        self
    }
}

fn user(name: &str) -> Principal {
    Principal::user(A, name)
}

fn session(role: &str) -> Principal {
    Principal::session(A, role, "s1")
}

fn linked() -> Principal {
    let (account, role, session) = (A.into(), "aws-service-role/x.amazonaws.com/X".into(), "s1".into());
    Principal::Session { account, role, session, linked: true }
}

fn root(account: &str) -> Principal {
    Principal::Root { account: account.to_owned() }
}

fn federated() -> Principal {
    Principal::FederatedUser { account: A.into(), name: "fed".into(), user: "carlos".into() }
}

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
const S3: &str = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
const EC2: &str = r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#;
const DENY_S3: &str = r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#;
const OBJECT: &str = "arn:aws:s3:::demo/reports/q1.csv";
const ROLE: &str = "arn:aws:iam::222222222222:role/target";
const OWN_ROLE: &str = "arn:aws:iam::111111111111:role/target";
const KEY: &str = "arn:aws:kms:us-east-1:111111111111:key/k";

fn to(principal: &str) -> String {
    format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"*","Resource":"*"}}"#)
}

fn trusts(principal: &str) -> String {
    format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}"#)
}

fn allow_when(condition: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}"#)
}

fn deny_when(condition: &str) -> String {
    format!(r#"{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{condition}}}"#)
}

const CARLOS: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"AllowS3ListRead","Effect":"Allow","Action":["s3:GetBucketLocation","s3:GetAccountPublicAccessBlock",
     "s3:ListAccessPoints","s3:ListAllMyBuckets"],"Resource":"arn:aws:s3:::*"},
    {"Sid":"AllowS3Self","Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::carlossalazar/*",
     "arn:aws:s3:::carlossalazar"]},
    {"Sid":"DenyS3Logs","Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::*log*"}]}"#;
const CARLOS_CROSS: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"AllowS3ListRead","Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"},
    {"Sid":"AllowS3ProductionObjectActions","Effect":"Allow","Action":"s3:*Object*",
     "Resource":"arn:aws:s3:::Production/*"},
    {"Sid":"DenyS3Logs","Effect":"Deny","Action":"s3:*","Resource":["arn:aws:s3:::*log*","arn:aws:s3:::*log*/*"]}]}"#;
const PRODUCTION: &str = r#"{"Effect":"Allow","Action":["s3:GetObject*","s3:PutObject*","s3:ReplicateObject",
    "s3:RestoreObject"],"Principal":{"AWS":"arn:aws:iam::111111111111:user/carlossalazar"},
    "Resource":"arn:aws:s3:::Production/*"}"#;
const REPORTS: &str = r#"{"Sid":"AllowGetList","Effect":"Allow","Action":["iam:Get*","iam:List*"],"Resource":"*"},
    {"Sid":"DenyReports","Effect":"Deny","Action":"iam:*Report","Resource":"*"}"#;
const HOME: &str = r#"{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b/home/${aws:username}",
    "arn:aws:s3:::b/home/${aws:username}/*"]}"#;

fn golden() -> Vec<Case> {
    let get = |name, page, caller| case(name, page, caller, "s3:GetObject", OBJECT);
    let tags = |name, page, values: &'static [&'static str]| {
        case(
            name,
            page,
            user("u"),
            "dynamodb:GetItem",
            "arn:aws:dynamodb:us-east-1:111111111111:table/Thread",
        )
        .keys("dynamodb:Attributes", values)
    };
    let all_of = r#"{"ForAllValues:StringEquals":{"dynamodb:Attributes":["ID","Message","Tags"]}}"#;
    let any_of = r#"{"ForAnyValue:StringEquals":{"dynamodb:Attributes":["ID","PostDateTime"]}}"#;
    let assume = |name, page, caller| case(name, page, caller, "sts:AssumeRole", ROLE).of(B);
    let assume_own = |name, page, caller| case(name, page, caller, "sts:AssumeRole", OWN_ROLE);
    let decrypt = |name, page, caller| case(name, page, caller, "kms:Decrypt", KEY);
    let carlos = "carlossalazar";
    let session_arn = "arn:aws:sts::111111111111:assumed-role/r/s1";
    let role_arn = "arn:aws:iam::111111111111:role/r";
    let user_arn = "arn:aws:iam::111111111111:user/u";
    let account = "arn:aws:iam::111111111111:root";
    vec![
        // One account: identity-based and resource-based policies.
        case("carlos writes to his logs bucket", SINGLE, user(carlos), "s3:PutObject", "arn:aws:s3:::carlossalazar-logs/f")
            .with(Identity, CARLOS).gives(ExplicitDeny, Some(Identity)),
        case("carlos writes to his bucket", SINGLE, user(carlos), "s3:PutObject", "arn:aws:s3:::carlossalazar/f")
            .with(Identity, CARLOS)
            .with(Resource, &to("arn:aws:iam::111111111111:user/carlossalazar")).gives(Allowed, Some(Resource)),
        case("carlos lists buckets", SINGLE, user(carlos), "s3:ListAllMyBuckets", "arn:aws:s3:::*")
            .with(Identity, CARLOS).gives(Allowed, Some(Identity)),
        case("carlos reads another's bucket", SINGLE, user(carlos), "s3:GetObject", "arn:aws:s3:::other/f")
            .with(Identity, CARLOS).gives(ImplicitDeny, Some(Identity)),
        get("only the bucket policy allows", SINGLE, user("u"))
            .with(Identity, EC2).with(Resource, &to(user_arn)).gives(Allowed, Some(Resource)),
        get("only the identity-based policy allows", SINGLE, user("u"))
            .with(Identity, S3).with(Resource, &to("arn:aws:iam::111111111111:user/other")).gives(Allowed, Some(Identity)),
        get("nothing allows", LOGIC, user("u")).gives(ImplicitDeny, Some(Identity)),
        get("the root user has full access", LOGIC, root(A)).gives(Allowed, None),
        get("a bucket policy that denies binds the root user", LOGIC, root(A))
            .with(Resource, r#"{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}"#)
            .gives(ExplicitDeny, Some(Resource)),
        case("get and list are allowed", INTERPLAY, user("u"), "iam:GetRole", "arn:aws:iam::111111111111:role/x")
            .with(Identity, REPORTS).gives(Allowed, Some(Identity)),
        case("creating a policy is not mentioned", INTERPLAY, user("u"), "iam:CreatePolicy", "arn:aws:iam::111111111111:policy/x")
            .with(Identity, REPORTS).gives(ImplicitDeny, Some(Identity)),
        case("reports are denied", INTERPLAY, user("u"), "iam:GenerateCredentialReport", "*")
            .with(Identity, REPORTS).with(Identity, ALL).gives(ExplicitDeny, Some(Identity)),
        // Permissions boundaries.
        case("shirley creates a user", BOUNDARIES, user("ShirleyRodriguez"), "iam:CreateUser", "arn:aws:iam::111111111111:user/x")
            .with(Boundary, r#"{"Effect":"Allow","Action":["s3:*","cloudwatch:*","ec2:*"],"Resource":"*"}"#)
            .with(Identity, r#"{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"}"#)
            .gives(ImplicitDeny, Some(Boundary)),
        get("a boundary grants nothing by itself", BOUNDARIES, user("u")).with(Boundary, S3).gives(ImplicitDeny, Some(Identity)),
        get("boundary and identity allow", BOUNDARIES, user("u")).with(Boundary, S3).with(Identity, ALL).gives(Allowed, Some(Identity)),
        get("a boundary denies", BOUNDARIES, user("u"))
            .with(Boundary, ALL).with(Boundary, DENY_S3).with(Identity, ALL).gives(ExplicitDeny, Some(Boundary)),
        get("a grant to the user is not limited by the boundary", BOUNDARIES, user("u"))
            .with(Boundary, EC2).with(Resource, &to(user_arn)).gives(Allowed, Some(Resource)),
        get("a deny in the boundary limits a grant to the user", BOUNDARIES, user("u"))
            .with(Boundary, DENY_S3).with(Resource, &to(user_arn)).gives(ExplicitDeny, Some(Boundary)),
        get("a grant to the role is limited by the boundary", LOGIC, session("r"))
            .with(Boundary, EC2).with(Resource, &to(role_arn)).gives(ImplicitDeny, Some(Boundary)),
        get("a grant to the role is limited by the session policy", LOGIC, session("r"))
            .with(Session, EC2).with(Resource, &to(role_arn)).gives(ImplicitDeny, Some(Session)),
        get("a grant to the role needs no identity-based policy", LOGIC, session("r"))
            .with(Resource, &to(role_arn)).gives(Allowed, Some(Resource)),
        get("a grant to the session is not limited by the boundary", LOGIC, session("r"))
            .with(Boundary, EC2).with(Resource, &to(session_arn)).gives(Allowed, Some(Resource)),
        get("a grant to the session is not limited by the session policy", LOGIC, session("r"))
            .with(Session, EC2).with(Resource, &to(session_arn)).gives(Allowed, Some(Resource)),
        get("a grant to another session is none", LOGIC, session("r"))
            .with(Resource, &to("arn:aws:sts::111111111111:assumed-role/r/s2")).gives(ImplicitDeny, Some(Identity)),
        get("a grant by aws:PrincipalArn is not limited by the boundary", PRINCIPAL, session("r"))
            .with(Boundary, EC2)
            .with(Resource, r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*",
                "Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/r"}}}"#)
            .gives(Allowed, Some(Resource)),
        get("a grant to the account is for its administrators to pass on", PRINCIPAL, user("u"))
            .with(Resource, &to(account)).gives(ImplicitDeny, Some(Identity)),
        get("an account's number means the same as its ARN", PRINCIPAL, user("u"))
            .with(Resource, &to(A)).with(Identity, S3).gives(Allowed, Some(Identity)),
        get("a deny to the role reaches its sessions", PRINCIPAL, session("r")).with(Identity, S3)
            .with(Resource, r#"{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111111111111:role/r"},"Action":"s3:*","Resource":"*"}"#)
            .gives(ExplicitDeny, Some(Resource)),
        // Session policies and federated users.
        get("a session policy limits", LOGIC, session("r")).with(Identity, ALL).with(Session, EC2).gives(ImplicitDeny, Some(Session)),
        get("a session policy adds nothing", LOGIC, session("r")).with(Identity, EC2).with(Session, S3).gives(ImplicitDeny, Some(Identity)),
        get("session and identity allow", LOGIC, session("r")).with(Identity, ALL).with(Session, S3).gives(Allowed, Some(Identity)),
        get("a role session without session policy", LOGIC, session("r")).with(Identity, S3).gives(Allowed, Some(Identity)),
        get("a federated user without session policy", LOGIC, federated()).with(Identity, S3).gives(ImplicitDeny, Some(Session)),
        get("a federated user with session policy", LOGIC, federated()).with(Identity, S3).with(Session, S3).gives(Allowed, Some(Identity)),
        get("a grant to the federated session", LOGIC, federated())
            .with(Resource, &to("arn:aws:sts::111111111111:federated-user/fed")).gives(Allowed, Some(Resource)),
        get("a grant to the user who federated is limited", LOGIC, federated()).with(Session, EC2)
            .with(Resource, &to("arn:aws:iam::111111111111:user/carlos")).gives(ImplicitDeny, Some(Session)),
        // Service control policies.
        get("an SCP denies", SCPS, user("u")).with(Identity, ALL).with(Scp, ALL).with(Scp, DENY_S3).gives(ExplicitDeny, Some(Scp)),
        get("an SCP that allows grants nothing", SCPS, user("u")).with(Scp, ALL).gives(ImplicitDeny, Some(Identity)),
        get("an SCP without an allow", SCPS, user("u")).with(Identity, ALL).with(Scp, EC2).gives(ImplicitDeny, Some(Scp)),
        get("every level has to allow", SCP_EVALUATION, user("u")).with(Identity, ALL)
            .at(Scp, "root", A, ALL).at(Scp, "ou", A, EC2).at(Scp, "account", A, ALL).gives(ImplicitDeny, Some(Scp)),
        get("one policy of a level is enough", SCP_EVALUATION, user("u")).with(Identity, ALL)
            .at(Scp, "root", A, ALL).at(Scp, "ou", A, EC2).at(Scp, "ou", A, S3).gives(Allowed, Some(Identity)),
        get("an SCP bounds the root user of a member account", SCPS, root(A)).with(Scp, DENY_S3).gives(ExplicitDeny, Some(Scp)),
        get("an SCP bounds a grant of the bucket policy", SCPS, user("u")).with(Scp, EC2).with(Resource, &to(user_arn)).gives(ImplicitDeny, Some(Scp)),
        get("an SCP does not bind the management account", SCPS, user("u")).managed_by(A).with(Identity, S3).with(Scp, DENY_S3).gives(Allowed, Some(Identity)),
        get("an SCP does not bind service-linked roles", SCPS, linked()).with(Identity, S3).with(Scp, DENY_S3).gives(Allowed, Some(Identity)),
        get("the owner's SCP does not bind principals of others", SCPS, user("u")).of(B).with(Identity, S3)
            .with(Resource, &to(user_arn)).at(Scp, "account", B, DENY_S3).gives(Allowed, Some(Identity)),
        // Resource control policies.
        get("an RCP denies strangers", RCPS, user("u")).of(B).with(Identity, S3).with(Resource, &to(user_arn))
            .key("aws:PrincipalOrgID", "o-other")
            .with(Rcp, r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",
                "Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-mine"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}"#)
            .gives(ExplicitDeny, Some(Rcp)),
        get("an RCP does not bind resources of the management account", RCPS, user("u")).of(M).managed_by(M)
            .with(Identity, S3).with(Resource, &to(user_arn))
            .with(Rcp, r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#).gives(Allowed, Some(Identity)),
        case("an RCP does not bind services it does not support", RCPS, user("u"), "sns:Publish", "arn:aws:sns:us-east-1:222222222222:t")
            .of(B).with(Identity, ALL).with(Resource, &to(user_arn))
            .with(Rcp, r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#).gives(Allowed, Some(Identity)),
        get("an RCP does not bind service-linked roles", RCPS, linked()).with(Identity, S3)
            .with(Rcp, r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#).gives(Allowed, Some(Identity)),
        get("an RCP binds the root user of a member account", RCPS, root(A))
            .with(Rcp, r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#).gives(ExplicitDeny, Some(Rcp)),
        get("the caller's RCP does not bind resources of others", RCPS, user("u")).of(B).with(Identity, S3).with(Resource, &to(user_arn))
            .at(Rcp, "account", A, r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#).gives(Allowed, Some(Identity)),
        case("an RCP does not bind kms:RetireGrant", RCPS, user("u"), "kms:RetireGrant", KEY).with(Key, &to(user_arn))
            .with(Rcp, r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#).gives(Allowed, Some(Key)),
        // Two accounts.
        case("carlos writes to Production", CROSS, user(carlos), "s3:PutObject", "arn:aws:s3:::Production/f").of(B)
            .with(Identity, CARLOS_CROSS).with(Resource, PRODUCTION).gives(Allowed, Some(Identity)),
        case("carlos writes to Production-logs", CROSS, user(carlos), "s3:PutObject", "arn:aws:s3:::Production-logs/f").of(B)
            .with(Identity, CARLOS_CROSS).gives(ExplicitDeny, Some(Identity)),
        case("carlos deletes from Production", CROSS, user(carlos), "s3:DeleteObject", "arn:aws:s3:::Production/f").of(B)
            .with(Identity, CARLOS_CROSS).with(Resource, PRODUCTION).gives(ImplicitDeny, Some(Resource)),
        get("across accounts the identity-based policy has to allow as well", CROSS, user("u")).of(B)
            .with(Resource, &to(user_arn)).gives(ImplicitDeny, Some(Identity)),
        get("across accounts a grant to the session is limited", CROSS, session("r")).of(B).with(Identity, S3).with(Session, EC2)
            .with(Resource, &to(session_arn)).gives(ImplicitDeny, Some(Session)),
        get("across accounts the boundary limits", CROSS, user("u")).of(B).with(Identity, S3).with(Boundary, EC2)
            .with(Resource, &to(user_arn)).gives(ImplicitDeny, Some(Boundary)),
        get("a grant to the other account", CROSS, user("u")).of(B).with(Identity, S3).with(Resource, &to(account)).gives(Allowed, Some(Identity)),
        get("no bucket policy, another account", CROSS, user("u")).of(B).with(Identity, ALL).gives(ImplicitDeny, Some(Resource)),
        // Trust policies.
        assume_own("a trust policy that names the user is enough in its account", TRUST, user("u")).with(Trust, &trusts(user_arn)).gives(Allowed, Some(Trust)),
        assume_own("identity-based policies do not open a role", LOGIC, user("u")).with(Identity, ALL)
            .with(Trust, r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#).gives(ImplicitDeny, Some(Trust)),
        assume_own("a trust policy that names the account leaves it to IAM", TRUST, user("u")).with(Trust, &trusts(account)).gives(ImplicitDeny, Some(Identity)),
        assume_own("... and IAM allows", TRUST, user("u")).with(Trust, &trusts(account)).with(Identity, ALL).gives(Allowed, Some(Identity)),
        assume("a role of another account needs both", CROSS, user("u")).with(Trust, &trusts(account)).gives(ImplicitDeny, Some(Identity)),
        assume("a role of another account, allowed by both", CROSS, user("u")).with(Trust, &trusts(user_arn)).with(Identity, ALL).gives(Allowed, Some(Identity)),
        assume("the external id is wrong", EXTERNAL, user("u")).with(Identity, ALL).key("sts:ExternalId", "12346")
            .with(Trust, r#"{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"12345"}}}"#)
            .gives(ImplicitDeny, Some(Trust)),
        assume("the external id is right", EXTERNAL, user("u")).with(Identity, ALL).key("sts:ExternalId", "12345")
            .with(Trust, r#"{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"12345"}}}"#)
            .gives(Allowed, Some(Identity)),
        assume_own("root users cannot assume roles", STS, root(A)).with(Trust, &trusts(account)).gives(ImplicitDeny, Some(Trust)),
        case("a service assumes its role", TRUST, Principal::Service { name: "ec2.amazonaws.com".into() }, "sts:AssumeRole", OWN_ROLE)
            .with(Trust, r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#).gives(Allowed, Some(Trust)),
        case("a workflow assumes a role with its token", OIDC, Principal::Federated { provider: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com".into() },
            "sts:AssumeRoleWithWebIdentity", OWN_ROLE).key("token.actions.githubusercontent.com:sub", "repo:octo/app:ref:refs/heads/main")
            .with(Trust, r#"{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"},
                "Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo/app:*"}}}"#)
            .gives(Allowed, Some(Trust)),
        // Key policies.
        decrypt("IAM policies do not open a key by themselves", KEYS, user("u")).with(Identity, ALL)
            .with(Key, &to("arn:aws:iam::111111111111:user/admin")).gives(ImplicitDeny, Some(Key)),
        decrypt("the default key policy lets IAM policies allow", KEY_DEFAULT, user("u")).with(Identity, ALL).with(Key, &to(account)).gives(Allowed, Some(Identity)),
        decrypt("the default key policy alone is not enough", KEY_DEFAULT, user("u")).with(Key, &to(account)).gives(ImplicitDeny, Some(Identity)),
        decrypt("a key policy that names the user is enough", KEYS, user("u")).with(Key, &to(user_arn)).gives(Allowed, Some(Key)),
        decrypt("a key is closed to the root user it does not name", KEYS, root(A)).with(Key, &to(user_arn)).gives(ImplicitDeny, Some(Key)),
        decrypt("another account needs both", KEY_OTHER, Principal::user(B, "u")).of(A).with(Key, &to("arn:aws:iam::222222222222:root"))
            .gives(ImplicitDeny, Some(Identity)),
        decrypt("another account with both", KEY_OTHER, Principal::user(B, "u")).of(A).with(Key, &to("arn:aws:iam::222222222222:root"))
            .with(Identity, ALL).gives(Allowed, Some(Identity)),
        // VPC endpoints.
        get("the endpoint policy does not allow", ENDPOINT, user("u")).with(Identity, ALL).key("aws:SourceVpce", "vpce-1")
            .with(Endpoint, r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other/*"}"#).gives(ImplicitDeny, Some(Endpoint)),
        get("the endpoint policy grants nothing", ENDPOINT, user("u")).key("aws:SourceVpce", "vpce-1")
            .with(Endpoint, r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#).gives(ImplicitDeny, Some(Identity)),
        get("an endpoint the request does not pass", ENDPOINT, user("u")).with(Identity, ALL)
            .with(Endpoint, r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#).gives(Allowed, Some(Identity)),
        // NotPrincipal.
        get("everyone but bob: another", NOT_PRINCIPAL, user("u")).with(Identity, S3)
            .with(Resource, r#"{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::111111111111:user/Bob","arn:aws:iam::111111111111:root"]},"Action":"s3:*","Resource":"*"}"#)
            .gives(ExplicitDeny, Some(Resource)),
        get("everyone but bob: bob", NOT_PRINCIPAL, user("Bob")).with(Identity, S3)
            .with(Resource, r#"{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::111111111111:user/Bob","arn:aws:iam::111111111111:root"]},"Action":"s3:*","Resource":"*"}"#)
            .gives(Allowed, Some(Identity)),
        get("everyone but a session, without its role", NOT_PRINCIPAL, session("r")).with(Identity, S3)
            .with(Resource, r#"{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:sts::111111111111:assumed-role/r/s1","arn:aws:iam::111111111111:root"]},"Action":"s3:*","Resource":"*"}"#)
            .gives(ExplicitDeny, Some(Resource)),
        // Actions and resources.
        get("actions are compared without regard to case", ACTION, user("u"))
            .with(Identity, r#"{"Effect":"Allow","Action":"S3:getobject","Resource":"*"}"#).gives(Allowed, Some(Identity)),
        get("NotAction with Allow", NOT_ACTION, user("u"))
            .with(Identity, r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#).gives(Allowed, Some(Identity)),
        case("NotAction with Allow leaves out what it names", NOT_ACTION, user("u"), "iam:GetUser", user_arn)
            .with(Identity, r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#).gives(ImplicitDeny, Some(Identity)),
        get("NotAction with Deny", NOT_ACTION, user("u")).with(Identity, ALL)
            .with(Identity, r#"{"Effect":"Deny","NotAction":["iam:ChangePassword","sts:GetSessionToken"],"Resource":"*"}"#).gives(ExplicitDeny, Some(Identity)),
        get("NotResource with Deny", NOT_RESOURCE, user("u")).with(Identity, ALL)
            .with(Identity, r#"{"Effect":"Deny","Action":"s3:*","NotResource":["arn:aws:s3:::HRBucket/Payroll","arn:aws:s3:::HRBucket/Payroll/*"]}"#).gives(ExplicitDeny, Some(Identity)),
        get("resources are compared with regard to case", RESOURCE, user("u"))
            .with(Identity, r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::demo/Reports/*"}"#).gives(ImplicitDeny, Some(Identity)),
        get("a bucket's ARN does not mean its objects", RESOURCE, user("u"))
            .with(Identity, r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::demo"}"#).gives(ImplicitDeny, Some(Identity)),
        get("a star reaches over slashes", RESOURCE, user("u"))
            .with(Identity, r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::demo/*.csv"}"#).gives(Allowed, Some(Identity)),
        case("a star does not reach over colons", RESOURCE, user("u"), "sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q")
            .with(Identity, r#"{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:q"}"#).gives(ImplicitDeny, Some(Identity)),
        // Variables.
        case("a home folder", VARIABLES, user("amy"), "s3:GetObject", "arn:aws:s3:::b/home/amy/x").with(Identity, HOME).gives(Allowed, Some(Identity)),
        case("another's home folder", VARIABLES, user("amy"), "s3:GetObject", "arn:aws:s3:::b/home/bob/x").with(Identity, HOME).gives(ImplicitDeny, Some(Identity)),
        case("a role has no user name", VARIABLES, session("r"), "s3:GetObject", "arn:aws:s3:::b/home/amy/x").with(Identity, HOME).gives(ImplicitDeny, Some(Identity)),
        case("a variable's star is no wildcard", VARIABLES, user("u"), "s3:GetObject", "arn:aws:s3:::b/home/amy/x").key("aws:username", "*")
            .with(Identity, HOME).gives(ImplicitDeny, Some(Identity)),
        case("a variable's default", VARIABLES, session("r"), "s3:GetObject", "arn:aws:s3:::b/guest/x")
            .with(Identity, r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username, 'guest'}/*"}"#).gives(Allowed, Some(Identity)),
        case("the old version knows no variables", VARIABLES, user("amy"), "s3:GetObject", "arn:aws:s3:::b/home/amy/x")
            .with(Identity, r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/home/${aws:username}/*"}}"#)
            .gives(ImplicitDeny, Some(Identity)),
        // Conditions.
        get("an address within", OPERATORS, user("u")).key("aws:SourceIp", "203.0.113.9")
            .with(Identity, &allow_when(r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}}"#)).gives(Allowed, Some(Identity)),
        get("an address without", OPERATORS, user("u")).key("aws:SourceIp", "198.51.100.9")
            .with(Identity, &allow_when(r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#)).gives(ImplicitDeny, Some(Identity)),
        get("no address: NotIpAddress is true without the key", OPERATORS, user("u")).with(Identity, ALL)
            .with(Identity, &deny_when(r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#)).gives(ExplicitDeny, Some(Identity)),
        get("not over TLS", OPERATORS, user("u")).key("aws:SecureTransport", "false").with(Identity, ALL)
            .with(Identity, &deny_when(r#"{"Bool":{"aws:SecureTransport":"false"}}"#)).gives(ExplicitDeny, Some(Identity)),
        get("Bool is false without the key", OPERATORS, user("u")).with(Identity, ALL)
            .with(Identity, &deny_when(r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#)).gives(Allowed, Some(Identity)),
        get("BoolIfExists is true without the key", OPERATORS, user("u")).with(Identity, ALL)
            .with(Identity, &deny_when(r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#)).gives(ExplicitDeny, Some(Identity)),
        get("StringNotEquals is true without the key", OPERATORS, user("u")).with(Identity, ALL)
            .with(Identity, &deny_when(r#"{"StringNotEquals":{"aws:PrincipalTag/team":"ops"}}"#)).gives(ExplicitDeny, Some(Identity)),
        get("StringNotEqualsIfExists is true without the key", OPERATORS, user("u")).with(Identity, ALL)
            .with(Identity, &deny_when(r#"{"StringNotEqualsIfExists":{"aws:PrincipalTag/team":"ops"}}"#)).gives(ExplicitDeny, Some(Identity)),
        get("StringEquals minds case", OPERATORS, user("u")).key("aws:PrincipalTag/team", "Ops")
            .with(Identity, &allow_when(r#"{"StringEquals":{"aws:PrincipalTag/team":"ops"}}"#)).gives(ImplicitDeny, Some(Identity)),
        get("StringEquals knows no wildcards", OPERATORS, user("u")).key("aws:PrincipalTag/team", "ops-1")
            .with(Identity, &allow_when(r#"{"StringEquals":{"aws:PrincipalTag/team":"ops-*"}}"#)).gives(ImplicitDeny, Some(Identity)),
        get("StringLike does", OPERATORS, user("u")).key("aws:PrincipalTag/team", "ops-1")
            .with(Identity, &allow_when(r#"{"StringLike":{"aws:PrincipalTag/team":"ops-?"}}"#)).gives(Allowed, Some(Identity)),
        case("StringLikeIfExists passes resources without an instance type", OPERATORS, user("u"), "ec2:RunInstances", "arn:aws:ec2:us-east-1::image/ami-1")
            .with(Identity, &allow_when(r#"{"StringLikeIfExists":{"ec2:InstanceType":["t1.*","t2.*","m3.*"]}}"#)).gives(Allowed, Some(Identity)),
        case("StringLike does not", OPERATORS, user("u"), "ec2:RunInstances", "arn:aws:ec2:us-east-1::image/ami-1")
            .with(Identity, &allow_when(r#"{"StringLike":{"ec2:InstanceType":["t1.*","t2.*","m3.*"]}}"#)).gives(ImplicitDeny, Some(Identity)),
        case("Null true: long-term keys", OPERATORS, user("u"), "ec2:StopInstances", "arn:aws:ec2:us-east-1:111111111111:instance/i-1")
            .with(Identity, &allow_when(r#"{"Null":{"aws:TokenIssueTime":"true"}}"#)).gives(Allowed, Some(Identity)),
        case("Null true: a session", OPERATORS, session("r"), "ec2:StopInstances", "arn:aws:ec2:us-east-1:111111111111:instance/i-1")
            .key("aws:TokenIssueTime", "2026-01-01T00:00:00Z")
            .with(Identity, &allow_when(r#"{"Null":{"aws:TokenIssueTime":"true"}}"#)).gives(ImplicitDeny, Some(Identity)),
        get("a date after", OPERATORS, session("r")).key("aws:TokenIssueTime", "2020-01-01T08:00:00Z")
            .with(Identity, &allow_when(r#"{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}}"#)).gives(Allowed, Some(Identity)),
        case("a number at most", OPERATORS, user("u"), "s3:ListBucket", "arn:aws:s3:::b").key("s3:max-keys", "10")
            .with(Identity, &allow_when(r#"{"NumericLessThanEquals":{"s3:max-keys":"10"}}"#)).gives(Allowed, Some(Identity)),
        get("ArnLike matches between colons", OPERATORS, user("u"))
            .key("aws:SourceArn", "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt")
            .with(Identity, &allow_when(r#"{"ArnLike":{"aws:SourceArn":"arn:aws:someservice:*:111122223333:finance/*"}}"#)).gives(ImplicitDeny, Some(Identity)),
        get("StringLike matches across them", OPERATORS, user("u"))
            .key("aws:SourceArn", "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt")
            .with(Identity, &allow_when(r#"{"StringLike":{"aws:SourceArn":"arn:aws:someservice:*:111122223333:finance/*"}}"#)).gives(Allowed, Some(Identity)),
        get("several keys: all of them", MULTIPLE, user("u")).key("aws:PrincipalTag/department", "Finance").key("aws:PrincipalTag/role", "dev")
            .with(Identity, &allow_when(r#"{"StringEqualsIgnoreCase":{"aws:PrincipalTag/department":["finance","hr","legal"],"aws:PrincipalTag/role":["audit","security"]}}"#))
            .gives(ImplicitDeny, Some(Identity)),
        get("several values: one of them", MULTIPLE, user("u")).key("aws:PrincipalTag/department", "Finance").key("aws:PrincipalTag/role", "audit")
            .with(Identity, &allow_when(r#"{"StringEqualsIgnoreCase":{"aws:PrincipalTag/department":["finance","hr","legal"],"aws:PrincipalTag/role":["audit","security"]},
                "StringEquals":{"aws:PrincipalAccount":"111111111111"}}"#)).gives(Allowed, Some(Identity)),
        get("negated: none of several values", MULTIPLE, user("u")).with(Identity, ALL)
            .with(Identity, &deny_when(r#"{"StringNotEquals":{"aws:PrincipalAccount":["111111111111","222222222222"]}}"#)).gives(Allowed, Some(Identity)),
        tags("all of the attributes are listed", SETS, &["Message", "Tags"]).with(Identity, &allow_when(all_of)).gives(Allowed, Some(Identity)),
        tags("one of the attributes is not", SETS, &["Message", "UserName"]).with(Identity, &allow_when(all_of)).gives(ImplicitDeny, Some(Identity)),
        get("ForAllValues is true without the key", SETS, user("u")).with(Identity, &allow_when(all_of)).gives(Allowed, Some(Identity)),
        tags("one of the attributes is forbidden", SETS, &["UserName", "Message", "PostDateTime"]).with(Identity, ALL)
            .with(Identity, &deny_when(any_of)).gives(ExplicitDeny, Some(Identity)),
        tags("none of the attributes is forbidden", SETS, &["UserName"]).with(Identity, ALL).with(Identity, &deny_when(any_of)).gives(Allowed, Some(Identity)),
        get("ForAnyValue is false without the key", SETS, user("u")).with(Identity, &allow_when(any_of)).gives(ImplicitDeny, Some(Identity)),
    ]
}

#[test]
fn the_guides_examples_are_decided_as_the_guides_say() {
    let cases = golden();
    assert!(cases.len() >= 60, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let Decision { verdict, kind, rule, .. } = decide(&case.world, &case.request);
        if (verdict, kind) != case.expect {
            let got = format!("{verdict:?} by {kind:?} ({rule:?})");
            wrong.push(format!("{} ({}): {got}, not {:?}", case.name, case.page, case.expect));
        }
        assert!(!rule.page().is_empty());
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn names_of_cases_are_their_own() {
    let cases = golden();
    let names: std::collections::BTreeSet<_> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len());
}

#[test]
fn the_smallest_edit_turns_each_case_around() {
    for case in golden() {
        let Some(edit) = flip(&case.world, &case.request) else { continue };
        let (before, after) = (decide(&case.world, &case.request), edit.outcome(&case.world, &case.request));
        assert_ne!(before.verdict == Allowed, after.verdict == Allowed, "{}: {edit:?}", case.name);
    }
}

#[test]
fn a_policy_is_printed_as_it_is_read() {
    for case in golden() {
        for attached in &case.world.policies {
            let printed = attached.policy.json().pretty(4);
            let again = Policy::parse(&printed).expect("a policy");
            assert_eq!(again, attached.policy, "{}\n{printed}", case.name);
        }
    }
    for bad in [
        "{}",
        "[]",
        r#"{"Statement":{"Effect":"Maybe","Action":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Resource":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*"}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","Condition":{"StringIs":{"a":"b"}}}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","Principal":{"AWS":"arn:aws:iam::1:user/a*"}}}"#,
    ] {
        assert!(Policy::parse(bad).is_err(), "{bad}");
    }
}

/// IAM User Guide, Troubleshoot access denied error messages.
#[test]
fn messages_have_their_documented_form() {
    let say = |case: Case| error_message(&case.request, &decide(&case.world, &case.request), None);
    let john = || Principal::user("123456789012", "JohnDoe");
    let list = |name| {
        case(
            name,
            "",
            john(),
            "codedeploy:ListDeployments",
            "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:*",
        )
    };
    let start = "User: arn:aws:iam::123456789012:user/JohnDoe is not authorized to perform: codedeploy:ListDeployments on \
                 resource: arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:*";
    let deny = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    let expect = [
        (list("a").with(Scp, deny), "with an explicit deny in a service control policy"),
        (list("b").with(Identity, deny), "with an explicit deny in an identity-based policy"),
        (list("c"), "because no identity-based policy allows the codedeploy:ListDeployments action"),
        (
            list("d").with(Identity, ALL).with(Boundary, EC2),
            "because no permissions boundary allows the codedeploy:ListDeployments action",
        ),
        (
            list("e").with(Identity, ALL).with(Boundary, deny),
            "with an explicit deny in a permissions boundary",
        ),
        (
            list("f")
                .with(Identity, ALL)
                .key("aws:SourceVpce", "v")
                .with(Endpoint, r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#),
            "with an explicit deny in a VPC endpoint policy",
        ),
        (
            list("g").with(Identity, ALL).with(Scp, EC2),
            "because no service control policy allows the codedeploy:ListDeployments action",
        ),
    ];
    for (case, reason) in expect {
        assert_eq!(say(case), Some(format!("{start} {reason}")));
    }
    let object = case("h", "", user("u"), "s3:GetObject", OBJECT);
    let decision = decide(&object.world, &object.request);
    let quoted = "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111111111111:user/u \
                  is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::demo/reports/q1.csv\" because no \
                  identity-based policy allows the s3:GetObject action";
    assert_eq!(cli_error(&object.request, &decision, false).as_deref(), Some(quoted));
    let stranger = cli_error(&object.request, &decision, true);
    assert_eq!(
        stranger.as_deref(),
        Some("An error occurred (AccessDenied) when calling the GetObject operation: Access Denied")
    );
    assert_eq!(Context::default().get("aws:SourceIp"), None);
}
