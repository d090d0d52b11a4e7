//! What can go wrong, as types. The shells turn them into sentences in the user's language.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The core's results.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can go wrong in the core. Fields carry what a sentence needs; `code` names the sentence.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message says what it is and its fields what they are")]
pub enum Error {
    #[error("{} fault(s) in the question bank, first: {}", .0.len(), first(.0))]
    BadBank(Vec<Fault>),
    #[error("no question bank at {path}: {reason}")]
    NoBank { path: PathBuf, reason: String },
    #[error("the data folder {path} cannot be used: {reason}")]
    DataFolder { path: PathBuf, reason: String },
    #[error("the data folder {path} is a file")]
    DataFolderIsFile { path: PathBuf },
    #[error("nothing has been practised in {path} yet")]
    NoDatabase { path: PathBuf },
    #[error("{path} is not a Divedeep database or is damaged: {reason}")]
    Corrupt { path: PathBuf, reason: String },
    #[error("{path} was written by a newer Divedeep (version {found}, this one knows {supported})")]
    FileTooNew { path: PathBuf, found: i64, supported: i64 },
    #[error("{path} cannot be written")]
    ReadOnly { path: PathBuf },
    #[error("the disk that holds {path} is full")]
    DiskFull { path: PathBuf },
    #[error("another Divedeep is using {path}")]
    InUse { path: PathBuf },
    #[error("{path} could not be upgraded from version {from}: {reason}")]
    Upgrade { path: PathBuf, from: i64, reason: String },
    #[error("the database failed: {0}")]
    Database(rusqlite::Error),
    #[error("the interview date {date} is before today ({today})")]
    DateInPast { date: String, today: String },
    #[error("'{value}' is not a value of {field}")]
    BadValue { field: &'static str, value: String },
    #[error("there is no item {item}")]
    NoSuchItem { item: String },
    #[error("there is nothing to undo")]
    NothingToUndo,
    #[error("{path} could not be written: {reason}")]
    WriteFile { path: PathBuf, reason: String },
    #[error("{path} could not be read: {reason}")]
    ReadFile { path: PathBuf, reason: String },
    #[error("recordings take more than {megabytes} MB")]
    RecordingsFull { megabytes: u64 },
    #[error("no microphone could be used: {reason}")]
    NoMicrophone { reason: String },
    #[error("the memory model failed: {0}")]
    Memory(String),
    #[error("the packet was not taken: {0}")]
    Packet(Refusal),
    #[error("the packet comes from {name}, whose key ({words}) is not known")]
    UnknownSender { name: String, words: String },
    #[error("the packet says it comes from {name}, but its key ({words}) is not the one known for that name")]
    ChangedKey { name: String, words: String },
    #[error("{bytes} bytes are more than the {most} a packet holds")]
    TooMuchToSend { bytes: u64, most: u64 },
    #[error("'{text}' is not an address")]
    NotAnAddress { text: String },
    #[error("unreadable record in the database ({what}): {reason}")]
    BadRecord { what: String, reason: String },
}

fn first(faults: &[Fault]) -> String {
    faults.first().map(ToString::to_string).unwrap_or_default()
}

/// Why a packet was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no packet, was cut off, or was changed on the way.
    #[error("it is damaged or no packet")]
    Damaged,
    /// It was encrypted to somebody else, or written to somebody else and passed on.
    #[error("it is for somebody else")]
    NotForYou,
    /// Its signature is not that of the sender it names.
    #[error("it was not signed by the sender it names")]
    Forged,
    /// It was made by a newer version.
    #[error("it was made by a newer Divedeep")]
    TooNew,
    /// It is larger than any packet should be.
    #[error("it is too large")]
    TooLarge,
    /// It was taken before, or is older than one that was.
    #[error("it was taken before")]
    Known,
    /// It is of the other kind: a review where feedback is expected, or the other way round.
    #[error("it is not of the kind expected here")]
    WrongKind,
    /// One before it is missing.
    #[error("one before it is missing")]
    OutOfOrder,
}

impl Refusal {
    /// The code that names its sentence.
    pub fn code(self) -> &'static str {
        match self {
            Self::Damaged => "packet_damaged",
            Self::NotForYou => "packet_not_for_you",
            Self::Forged => "packet_forged",
            Self::TooNew => "packet_too_new",
            Self::TooLarge => "packet_too_large",
            Self::Known => "packet_known",
            Self::WrongKind => "packet_wrong_kind",
            Self::OutOfOrder => "packet_out_of_order",
        }
    }
}

/// A fault in a bank file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, relative to the bank's folder.
    pub file: String,
    /// The line it is on, from 1.
    pub line: usize,
    /// What is wrong and, where it helps, what would be right. In English: authors of banks read it.
    pub reason: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)
    }
}

impl Error {
    /// Every code there is. The shells have a sentence for each, which a test checks.
    pub const CODES: [&str; 35] = [
        "bad_bank",
        "no_bank",
        "data_folder",
        "data_folder_is_file",
        "no_database",
        "corrupt",
        "file_too_new",
        "read_only",
        "disk_full",
        "in_use",
        "upgrade",
        "database",
        "date_in_past",
        "bad_value",
        "no_such_item",
        "nothing_to_undo",
        "write_file",
        "read_file",
        "recordings_full",
        "no_microphone",
        "memory",
        "bad_record",
        "packet_damaged",
        "packet_not_for_you",
        "packet_forged",
        "packet_too_new",
        "packet_too_large",
        "packet_known",
        "packet_out_of_order",
        "packet_wrong_kind",
        "unknown_sender",
        "changed_key",
        "too_much_to_send",
        "not_an_address",
        "unexpected",
    ];

    /// The name of the sentence that tells this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadBank(_) => "bad_bank",
            Self::NoBank { .. } => "no_bank",
            Self::DataFolder { .. } => "data_folder",
            Self::DataFolderIsFile { .. } => "data_folder_is_file",
            Self::NoDatabase { .. } => "no_database",
            Self::Corrupt { .. } => "corrupt",
            Self::FileTooNew { .. } => "file_too_new",
            Self::ReadOnly { .. } => "read_only",
            Self::DiskFull { .. } => "disk_full",
            Self::InUse { .. } => "in_use",
            Self::Upgrade { .. } => "upgrade",
            Self::Database(_) => "database",
            Self::DateInPast { .. } => "date_in_past",
            Self::BadValue { .. } => "bad_value",
            Self::NoSuchItem { .. } => "no_such_item",
            Self::NothingToUndo => "nothing_to_undo",
            Self::WriteFile { .. } => "write_file",
            Self::ReadFile { .. } => "read_file",
            Self::RecordingsFull { .. } => "recordings_full",
            Self::NoMicrophone { .. } => "no_microphone",
            Self::Memory(_) => "memory",
            Self::BadRecord { .. } => "bad_record",
            Self::Packet(refusal) => refusal.code(),
            Self::UnknownSender { .. } => "unknown_sender",
            Self::ChangedKey { .. } => "changed_key",
            Self::TooMuchToSend { .. } => "too_much_to_send",
            Self::NotAnAddress { .. } => "not_an_address",
        }
    }

    /// What the sentence's placeholders stand for.
    pub fn params(&self) -> BTreeMap<&'static str, String> {
        let path = |path: &PathBuf| path.display().to_string();
        let list: Vec<(&'static str, String)> = match self {
            Self::BadBank(faults) => {
                vec![("count", faults.len().to_string()), ("first", first(faults))]
            }
            Self::NoBank { path: p, reason }
            | Self::DataFolder { path: p, reason }
            | Self::Corrupt { path: p, reason }
            | Self::ReadFile { path: p, reason }
            | Self::WriteFile { path: p, reason } => {
                vec![("path", path(p)), ("reason", reason.clone())]
            }
            Self::DataFolderIsFile { path: p }
            | Self::NoDatabase { path: p }
            | Self::ReadOnly { path: p }
            | Self::DiskFull { path: p }
            | Self::InUse { path: p } => vec![("path", path(p))],
            Self::FileTooNew { path: p, found, supported } => {
                vec![("path", path(p)), ("found", found.to_string()), ("supported", supported.to_string())]
            }
            Self::Upgrade { path: p, from, reason } => {
                vec![("path", path(p)), ("from", from.to_string()), ("reason", reason.clone())]
            }
            Self::Database(error) => vec![("reason", error.to_string())],
            Self::DateInPast { date, today } => {
                vec![("date", date.clone()), ("today", today.clone())]
            }
            Self::BadValue { field, value } => {
                vec![("field", (*field).to_owned()), ("value", value.clone())]
            }
            Self::NoSuchItem { item } => vec![("item", item.clone())],
            Self::NothingToUndo => Vec::new(),
            Self::RecordingsFull { megabytes } => vec![("megabytes", megabytes.to_string())],
            Self::NoMicrophone { reason } => vec![("reason", reason.clone())],
            Self::Memory(reason) => vec![("reason", reason.clone())],
            Self::Packet(_) => Vec::new(),
            Self::UnknownSender { name, words } | Self::ChangedKey { name, words } => {
                vec![("name", name.clone()), ("words", words.clone())]
            }
            Self::TooMuchToSend { bytes, most } => {
                let megabytes = |bytes: u64| bytes.div_ceil(1_000_000).to_string();
                vec![("megabytes", megabytes(*bytes)), ("most", megabytes(*most))]
            }
            Self::NotAnAddress { text } => vec![("text", text.clone())],
            Self::BadRecord { what, reason } => {
                vec![("what", what.clone()), ("reason", reason.clone())]
            }
        };
        list.into_iter().collect()
    }
}
