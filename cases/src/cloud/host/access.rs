//! Who may do what to a file: mode bits, ACLs and creation, by the rules of path_resolution(7), inode(7), acl(5) and
//! umask(2). No root, no capabilities: the rules for everybody else.

use std::fmt;

/// Read.
pub const READ: u8 = 4;
/// Write.
pub const WRITE: u8 = 2;
/// Execute, for a directory search.
pub const SEARCH: u8 = 1;

/// Set-group-ID: what is created in such a directory gets its group.
pub const SETGID: u32 = 0o2000;
/// Sticky: in such a directory only owners delete and rename.
pub const STICKY: u32 = 0o1000;

/// A user with the groups of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Name.
    pub name: String,
    /// Number.
    pub uid: u32,
    /// Groups, the primary one first.
    pub groups: Vec<String>,
}

/// An access control list beyond the mode (acl(5)). Owner, owning group and others are in the mode; where there is a
/// list, the group bits of the mode are its mask.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Acl {
    /// Named users and their bits.
    pub users: Vec<(String, u8)>,
    /// The entry of the owning group, which the mode does not show any more.
    pub group: u8,
    /// Named groups and their bits.
    pub groups: Vec<(String, u8)>,
}

/// A directory's default list, which what is created in it inherits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultAcl {
    /// Bits of owner, mask and others, as a mode.
    pub mode: u32,
    /// The other entries.
    pub acl: Acl,
}

/// A file or a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name in its directory.
    pub name: String,
    /// Whether it is a directory.
    pub directory: bool,
    /// Its mode, 12 bits.
    pub mode: u32,
    /// Its owner.
    pub owner: String,
    /// Its group.
    pub group: String,
    /// Its access list, where it has more than the mode.
    pub acl: Option<Acl>,
    /// Its default list, for a directory.
    pub default: Option<DefaultAcl>,
}

/// Which entry of a file decides about somebody (acl(5), "Access check algorithm").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The owner's entry.
    Owner,
    /// An entry of a named user.
    NamedUser,
    /// The owning group's entry or a named group's.
    Group,
    /// Everybody else's.
    Other,
}

impl Node {
    /// A file with a mode only.
    pub fn file(name: &str, mode: u32, owner: &str, group: &str) -> Self {
        Self {
            name: name.to_owned(),
            directory: false,
            mode,
            owner: owner.to_owned(),
            group: group.to_owned(),
            acl: None,
            default: None,
        }
    }

    /// A directory with a mode only.
    pub fn directory(name: &str, mode: u32, owner: &str, group: &str) -> Self {
        Self { directory: true, ..Self::file(name, mode, owner, group) }
    }

    /// The entry that decides about somebody.
    pub fn class(&self, who: &Account) -> Class {
        let listed = self.acl.as_ref();
        if who.name == self.owner {
            Class::Owner
        } else if listed.is_some_and(|acl| acl.users.iter().any(|(name, _)| *name == who.name)) {
            Class::NamedUser
        } else if who.groups.contains(&self.group)
            || listed.is_some_and(|acl| acl.groups.iter().any(|(name, _)| who.groups.contains(name)))
        {
            Class::Group
        } else {
            Class::Other
        }
    }

    /// Whether somebody may use all of these bits: one entry decides, and no later one is asked.
    pub fn permits(&self, who: &Account, wanted: u8) -> bool {
        let bits = |shift: u32| (self.mode >> shift & 7) as u8;
        let holds = |have: u8| have & wanted == wanted;
        let mask = bits(3);
        match (self.class(who), &self.acl) {
            (Class::Owner, _) => holds(bits(6)),
            (Class::NamedUser, Some(acl)) => {
                acl.users.iter().any(|(name, have)| *name == who.name && holds(have & mask))
            }
            // One of the matching groups has to hold all of it: bits of two entries are not added up.
            (Class::Group, Some(acl)) => {
                who.groups.contains(&self.group) && holds(acl.group & mask)
                    || acl.groups.iter().any(|(name, have)| who.groups.contains(name) && holds(have & mask))
            }
            (Class::Group, None) => holds(bits(3)),
            (Class::Other | Class::NamedUser, _) => holds(bits(0)),
        }
    }

    /// What somebody creates in this directory with an `open` or `mkdir` mode: a default list replaces the umask, a
    /// set-group-ID directory hands down its group, and directories the bit itself.
    pub fn create(&self, name: &str, directory: bool, mode: u32, umask: u32, who: &Account) -> Self {
        let inherits = self.mode & SETGID != 0;
        let own = who.groups.first().cloned().unwrap_or_default();
        let group = if inherits { self.group.clone() } else { own };
        let special = if inherits && directory { SETGID } else { 0 };
        let mut node = Self {
            name: name.to_owned(),
            directory,
            mode: mode & !umask | special,
            owner: who.name.clone(),
            group,
            acl: None,
            default: None,
        };
        if let Some(default) = &self.default {
            node.mode = mode & default.mode | special;
            node.acl =
                Some(default.acl.clone()).filter(|acl| !acl.users.is_empty() || !acl.groups.is_empty());
            node.default = Some(default.clone()).filter(|_| directory);
        }
        node
    }

    /// Changes the mode as `chmod` with a number does; with a list, the group digit sets the mask.
    pub fn chmod(&mut self, mode: u32) {
        self.mode = mode;
    }

    /// Whether somebody may delete or rename an entry of this directory.
    pub fn may_remove(&self, entry: &Self, who: &Account) -> bool {
        let owns = who.name == entry.owner || who.name == self.owner;
        self.permits(who, WRITE | SEARCH) && (self.mode & STICKY == 0 || owns)
    }

    /// `drwxr-x---`, as `ls` shows it.
    pub fn letters(&self) -> String {
        letters(self.mode, self.directory)
    }

    /// `getfacl` of a node by its path.
    pub fn getfacl(&self, path: &str) -> String {
        let mut lines = vec![
            format!("# file: {path}"),
            format!("# owner: {}", self.owner),
            format!("# group: {}", self.group),
        ];
        if self.mode & 0o7000 != 0 {
            let flag = |bit: u32, letter: char| if self.mode & bit != 0 { letter } else { '-' };
            lines.push(format!("# flags: {}{}{}", flag(0o4000, 's'), flag(SETGID, 's'), flag(STICKY, 't')));
        }
        lines.extend(entries("", self.mode, self.acl.as_ref()));
        if let Some(default) = &self.default {
            lines.extend(entries("default:", default.mode, Some(&default.acl)));
        }
        lines.join("\n")
    }
}

/// The entries of a list in `getfacl`'s order, with what the mask leaves of them.
fn entries(prefix: &str, mode: u32, acl: Option<&Acl>) -> Vec<String> {
    let bits = |shift: u32| (mode >> shift & 7) as u8;
    let mask = acl.filter(|acl| !acl.users.is_empty() || !acl.groups.is_empty()).map(|_| bits(3));
    let entry = |tag: &str, have: u8| {
        let text = format!("{prefix}{tag}:{}", Bits(have));
        match mask {
            Some(mask) if have & mask != have => format!("{text}\t#effective:{}", Bits(have & mask)),
            _ => text,
        }
    };
    let mut lines = vec![format!("{prefix}user::{}", Bits(bits(6)))];
    match acl {
        Some(acl) => {
            lines.extend(acl.users.iter().map(|(name, have)| entry(&format!("user:{name}"), *have)));
            lines.push(entry("group:", acl.group));
            lines.extend(acl.groups.iter().map(|(name, have)| entry(&format!("group:{name}"), *have)));
        }
        None => lines.push(entry("group:", bits(3))),
    }
    lines.extend(mask.map(|mask| format!("{prefix}mask::{}", Bits(mask))));
    lines.push(format!("{prefix}other::{}", Bits(bits(0))));
    lines
}

/// Three bits as `r-x`.
#[derive(Clone, Copy)]
pub struct Bits(pub u8);

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (bit, letter) in [(READ, 'r'), (WRITE, 'w'), (SEARCH, 'x')] {
            write!(f, "{}", if self.0 & bit != 0 { letter } else { '-' })?;
        }
        Ok(())
    }
}

/// `-rw-r--r--` of a mode.
pub fn letters(mode: u32, directory: bool) -> String {
    let mut text = String::from(if directory { "d" } else { "-" });
    for (shift, special, with, without) in
        [(6, 0o4000, 's', 'S'), (3, SETGID, 's', 'S'), (0, STICKY, 't', 'T')]
    {
        let bits = (mode >> shift & 7) as u8;
        text.push_str(&Bits(bits).to_string());
        if mode & special != 0 {
            text.pop();
            text.push(if bits & SEARCH != 0 { with } else { without });
        }
    }
    text
}

/// `namei -l` of a path: the nodes from `/` down.
pub fn namei(path: &str, nodes: &[Node]) -> String {
    let width = |of: fn(&Node) -> &String| nodes.iter().map(|node| of(node).len()).max().unwrap_or_default();
    let (owner, group) = (width(|node| &node.owner), width(|node| &node.group));
    let mut text = format!("f: {path}");
    for node in nodes {
        text += &format!("\n{} {:owner$} {:group$} {}", node.letters(), node.owner, node.group, node.name);
    }
    text
}

/// Where a walk along directories ends for somebody: the first that cannot be searched, if any.
pub fn blocked<'a>(directories: &'a [Node], who: &Account) -> Option<&'a Node> {
    directories.iter().find(|node| !node.permits(who, SEARCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, groups: &[&str]) -> Account {
        Account { name: name.into(), uid: 1001, groups: groups.iter().map(|&group| group.into()).collect() }
    }

    #[test]
    fn one_entry_decides() {
        let file = Node::file("f", 0o047, "ann", "web");
        assert!(!file.permits(&account("ann", &["web"]), READ), "the owner is not asked as group or other");
        assert!(file.permits(&account("bob", &["web"]), READ));
        assert!(!file.permits(&account("bob", &["web"]), WRITE), "nor a member as other");
        assert!(file.permits(&account("eve", &["eve"]), READ | WRITE | SEARCH));
    }

    #[test]
    fn the_mask_limits_and_groups_do_not_add_up() {
        let acl = Acl { users: vec![("bob".into(), 7)], group: 4, groups: vec![("ops".into(), 2)] };
        let mut file = Node { acl: Some(acl), ..Node::file("f", 0o660, "ann", "web") };
        assert!(file.permits(&account("bob", &["web"]), READ | WRITE));
        assert!(!file.permits(&account("bob", &["web"]), SEARCH), "masked");
        let both = account("cat", &["web", "ops"]);
        assert!(
            file.permits(&both, READ) && file.permits(&both, WRITE) && !file.permits(&both, READ | WRITE)
        );
        let shown = file.getfacl("f");
        assert_eq!(
            shown,
            "# file: f\n# owner: ann\n# group: web\nuser::rw-\nuser:bob:rwx\t#effective:rw-\ngroup::r--\ngroup:ops:-w-\nmask::rw-\nother::---"
        );
        file.chmod(0o640);
        assert!(!file.permits(&account("bob", &[]), WRITE), "the group digit is the mask");
    }

    #[test]
    fn a_default_list_replaces_the_umask() {
        let mut dir = Node::directory("d", 0o2775, "ann", "web");
        let who = account("bob", &["bob", "web"]);
        let made = dir.create("f", false, 0o666, 0o027, &who);
        assert_eq!((made.mode, made.group.as_str()), (0o640, "web"));
        assert_eq!(dir.create("s", true, 0o777, 0o027, &who).mode, 0o2750);
        dir.default = Some(DefaultAcl {
            mode: 0o770,
            acl: Acl { users: vec![("eve".into(), 7)], group: 5, groups: Vec::new() },
        });
        let made = dir.create("f", false, 0o666, 0o027, &who);
        assert_eq!((made.letters().as_str(), made.acl.is_some()), ("-rw-rw----", true));
    }

    #[test]
    fn special_bits_are_capital_without_execution() {
        assert_eq!(letters(0o7644, false), "-rwSr-Sr-T");
        assert_eq!(letters(0o1777, true), "drwxrwxrwt");
    }
}
