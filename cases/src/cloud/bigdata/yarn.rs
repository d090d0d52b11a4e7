//! YARN: nodes and their disks, how the CapacityScheduler rounds requests, what fits, what waits.
//!
//! Rules: Hadoop 3.3, "NodeManager" (Health Checker Service), "CapacityScheduler" (resource-calculator), and the code that
//! they describe (`DefaultResourceCalculator`, `DominantResourceCalculator`, `LocalDirsHandlerService`). Not modelled:
//! reservations, preemption, node labels, queue hierarchies.

use std::fmt::Write as _;

use chrono::NaiveDateTime;

/// Memory in MiB (YARN writes `MB`) and vcores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// MiB.
    pub memory: u64,
    /// Virtual cores.
    pub vcores: u64,
}

impl Resource {
    /// MiB and vcores.
    pub fn new(memory: u64, vcores: u64) -> Self {
        Self { memory, vcores }
    }

    /// What is left after taking `other`; nothing goes below zero.
    pub fn less(self, other: Self) -> Self {
        Self::new(self.memory.saturating_sub(other.memory), self.vcores.saturating_sub(other.vcores))
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self::new(self.memory + other.memory, self.vcores + other.vcores)
    }

    /// As logs and commands write it.
    pub fn text(self) -> String {
        format!("<memory:{}, vCores:{}>", self.memory, self.vcores)
    }
}

/// `yarn.scheduler.capacity.resource-calculator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calculator {
    /// Looks at memory alone; every container counts as one vcore.
    Default,
    /// Looks at memory and vcores.
    Dominant,
}

impl Calculator {
    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Default => "org.apache.hadoop.yarn.util.resource.DefaultResourceCalculator",
            Self::Dominant => "org.apache.hadoop.yarn.util.resource.DominantResourceCalculator",
        }
    }
}

/// What the scheduler may grant a container. The CapacityScheduler counts up in steps of the minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `yarn.scheduler.minimum-allocation-mb` and `-vcores`.
    pub minimum: Resource,
    /// `yarn.scheduler.maximum-allocation-mb` and `-vcores`.
    pub maximum: Resource,
    /// How it counts.
    pub calculator: Calculator,
}

impl Limits {
    /// What is granted for a request: rounded up to a multiple of the minimum, at least the minimum; none for more than
    /// the maximum, which is refused.
    pub fn grant(&self, ask: Resource) -> Option<Resource> {
        if ask.memory > self.maximum.memory || ask.vcores > self.maximum.vcores {
            return None;
        }
        let up = |ask: u64, minimum: u64, maximum: u64| {
            let step = minimum.max(1);
            ask.max(minimum).div_ceil(step).saturating_mul(step).min(maximum)
        };
        let memory = up(ask.memory, self.minimum.memory, self.maximum.memory);
        Some(match self.calculator {
            Calculator::Default => Resource::new(memory, 1),
            Calculator::Dominant => {
                Resource::new(memory, up(ask.vcores, self.minimum.vcores, self.maximum.vcores))
            }
        })
    }

    /// Whether a granted container fits into what is free.
    pub fn fits(&self, container: Resource, free: Resource) -> bool {
        container.memory <= free.memory
            && (self.calculator == Calculator::Default || container.vcores <= free.vcores)
    }

    /// How many granted containers fit into what is free.
    pub fn count(&self, container: Resource, free: Resource) -> u64 {
        let by_memory = free.memory.checked_div(container.memory).unwrap_or_default();
        match self.calculator {
            Calculator::Default => by_memory,
            Calculator::Dominant => {
                by_memory.min(free.vcores.checked_div(container.vcores).unwrap_or(u64::MAX))
            }
        }
    }
}

/// A directory of a NodeManager on its own volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Path, for example `/mnt/yarn`.
    pub path: String,
    /// KiB of the volume.
    pub size: u64,
    /// KiB used on it.
    pub used: u64,
}

/// `yarn.nodemanager.disk-health-checker.*`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiskRules {
    /// `max-disk-utilization-per-disk-percentage`: a directory above it is bad.
    pub max_percent: f64,
    /// `min-healthy-disks`: the share of directories that must be good.
    pub min_healthy: f64,
}

impl Default for DiskRules {
    fn default() -> Self {
        Self { max_percent: 90.0, min_healthy: 0.25 }
    }
}

impl DiskRules {
    /// Whether a directory may be used.
    pub fn good(&self, directory: &Directory) -> bool {
        let percent = directory.used as f64 * 100.0 / directory.size.max(1) as f64;
        percent <= self.max_percent && percent < 100.0
    }

    fn enough(&self, directories: &[Directory]) -> bool {
        let good = directories.iter().filter(|directory| self.good(directory)).count();
        directories.is_empty() || good as f64 / directories.len() as f64 >= self.min_healthy
    }
}

/// State of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeState {
    /// Takes containers.
    Running,
    /// Its health check failed: it takes none.
    Unhealthy,
    /// Its heartbeats stopped.
    Lost,
}

impl NodeState {
    /// As commands write it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Unhealthy => "UNHEALTHY",
            Self::Lost => "LOST",
        }
    }
}

/// What is measured on a node, in MiB of physical memory and in cores.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Utilization {
    /// By everything on it.
    pub node: (u64, f32),
    /// By its containers.
    pub containers: (u64, f32),
}

/// A NodeManager.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Host name.
    pub host: String,
    /// What it offers.
    pub capacity: Resource,
    /// What its containers were granted.
    pub used: Resource,
    /// How many it runs.
    pub containers: u64,
    /// `yarn.nodemanager.local-dirs`.
    pub local_dirs: Vec<Directory>,
    /// `yarn.nodemanager.log-dirs`.
    pub log_dirs: Vec<Directory>,
    /// Whether its heartbeats arrive.
    pub alive: bool,
    /// What is measured on it.
    pub utilization: Utilization,
}

impl Node {
    /// `host:8041`.
    pub fn id(&self) -> String {
        format!("{}:8041", self.host)
    }

    /// Its state.
    pub fn state(&self, rules: &DiskRules) -> NodeState {
        if !self.alive {
            NodeState::Lost
        } else if rules.enough(&self.local_dirs) && rules.enough(&self.log_dirs) {
            NodeState::Running
        } else {
            NodeState::Unhealthy
        }
    }

    /// The two lines on what is measured.
    fn utilization(&self) -> String {
        let Utilization { node, containers } = self.utilization;
        format!(
            "\tResource Utilization by Node : PMem:{} MB, VMem:{} MB, VCores:{:?}\n\tResource Utilization by Containers : PMem:{} MB, VMem:{} MB, VCores:{:?}\n",
            node.0,
            node.0,
            node.1,
            containers.0,
            // A JVM reserves far more addresses than it touches.
            containers.0 * 5 / 2,
            containers.1
        )
    }

    /// Its health report: empty while all directories are good.
    pub fn health_report(&self, rules: &DiskRules) -> String {
        let list = |name: &str, directories: &[Directory]| {
            let bad: Vec<String> = directories
                .iter()
                .filter(|directory| !rules.good(directory))
                .map(|directory| {
                    format!("{} : used space above threshold of {:?}%", directory.path, rules.max_percent)
                })
                .collect();
            (!bad.is_empty()).then(|| {
                format!(
                    "{}/{} {name} usable space is below configured utilization percentage/no more usable space [ {} ] ",
                    bad.len(),
                    directories.len(),
                    bad.join(" , ")
                )
            })
        };
        let local = list("local-dirs", &self.local_dirs).map(|text| text + "; ").unwrap_or_default();
        local + &list("log-dirs", &self.log_dirs).unwrap_or_default()
    }
}

/// `yarn node -list -all`.
pub fn node_list(nodes: &[Node], rules: &DiskRules) -> String {
    let mut text = "$ yarn node -list -all\n".to_owned();
    list(&mut text, nodes, rules, false);
    text
}

/// `yarn node -list -showDetails`: running nodes with what they offer and what is taken.
pub fn node_list_details(nodes: &[Node], rules: &DiskRules) -> String {
    let mut text = "$ yarn node -list -showDetails\n".to_owned();
    let running: Vec<Node> =
        nodes.iter().filter(|node| node.state(rules) == NodeState::Running).cloned().collect();
    list(&mut text, &running, rules, true);
    text
}

fn list(text: &mut String, nodes: &[Node], rules: &DiskRules, details: bool) {
    let _ = writeln!(text, "Total Nodes:{}", nodes.len());
    let _ = writeln!(
        text,
        "{:>16}\t{:>15}\t{:>17}\t{:>28}",
        "Node-Id", "Node-State", "Node-Http-Address", "Number-of-Running-Containers"
    );
    for node in nodes {
        let http = format!("{}:8042", node.host);
        let state = node.state(rules).text();
        let _ = writeln!(text, "{:>16}\t{state:>15}\t{http:>17}\t{:>28}", node.id(), node.containers);
        if details {
            let _ = writeln!(text, "Detailed Node Information :");
            let _ = writeln!(text, "\tConfigured Resources : {}", node.capacity.text());
            let _ = writeln!(text, "\tAllocated Resources : {}", node.used.text());
            text.push_str(&node.utilization());
            let _ = writeln!(text, "\tNode-Labels : ");
        }
    }
}

/// `yarn node -status`.
pub fn node_status(node: &Node, rules: &DiskRules, at: NaiveDateTime) -> String {
    let mut text = format!("$ yarn node -status {}\nNode Report : \n", node.id());
    let _ = writeln!(text, "\tNode-Id : {}\n\tRack : /default-rack", node.id());
    let _ = writeln!(text, "\tNode-State : {}", node.state(rules).text());
    let _ = writeln!(text, "\tNode-Http-Address : {}:8042", node.host);
    let _ = writeln!(text, "\tLast-Health-Update : {}", at.format("%a %d/%b/%y %I:%M:%S:%3fUTC"));
    let _ = writeln!(text, "\tHealth-Report : {}", node.health_report(rules));
    let _ = writeln!(text, "\tContainers : {}\n\tMemory-Used : {}MB", node.containers, node.used.memory);
    let _ = writeln!(text, "\tMemory-Capacity : {}MB", node.capacity.memory);
    let _ = writeln!(text, "\tCPU-Used : {} vcores", node.used.vcores);
    let _ = writeln!(text, "\tCPU-Capacity : {} vcores\n\tNode-Labels : ", node.capacity.vcores);
    let _ = writeln!(text, "\tNode Attributes : ");
    let _ = writeln!(text, "{}", node.utilization());
    text
}

/// State of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppState {
    /// Waits for its ApplicationMaster.
    Accepted,
    /// Its ApplicationMaster runs.
    Running,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// As in `application_1767225600000_0042`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `SPARK`, `TEZ`, `MAPREDUCE`.
    pub kind: String,
    /// Who submitted it.
    pub user: String,
    /// Its queue.
    pub queue: String,
    /// Asked for its ApplicationMaster.
    pub master: Resource,
    /// Asked for each further container.
    pub container: Resource,
    /// How many of those.
    pub containers: u64,
}

/// What an application got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether its ApplicationMaster runs.
    pub state: AppState,
    /// Node of its ApplicationMaster.
    pub master: Option<usize>,
    /// Node of each further container that runs.
    pub running: Vec<usize>,
    /// Further containers asked for and not running; those of an application without an ApplicationMaster are not asked
    /// for yet.
    pub pending: u64,
}

/// MiB that ApplicationMasters of a queue may hold together: a share of the queue, rounded up to a multiple of the
/// minimum allocation.
pub fn master_limit(queue_memory: u64, share: f64, limits: &Limits) -> u64 {
    let step = limits.minimum.memory.max(1);
    // Shares are given in hundredths: no stray rounding.
    let hundredths = (share * 100.0).round() as u64;
    (queue_memory * hundredths).div_ceil(100).div_ceil(step) * step
}

/// Serves applications in the order of submission: first the ApplicationMaster, then its containers, each on the first
/// running node with room; what fits nowhere waits and the next is tried. With `masters`, an ApplicationMaster beyond
/// that many MiB (all together) waits, except that the first application is never refused.
pub fn schedule(
    nodes: &[Node],
    rules: &DiskRules,
    limits: &Limits,
    apps: &[App],
    masters: Option<u64>,
) -> Vec<Outcome> {
    let mut free: Vec<Option<Resource>> = nodes
        .iter()
        .map(|node| (node.state(rules) == NodeState::Running).then(|| node.capacity.less(node.used)))
        .collect();
    let mut start = |ask: Resource| -> Option<usize> {
        let container = limits.grant(ask)?;
        let place = free.iter().position(|free| free.is_some_and(|free| limits.fits(container, free)))?;
        if let Some(Some(left)) = free.get_mut(place) {
            *left = left.less(container);
        }
        Some(place)
    };
    let (mut held, mut active) = (0, 0);
    let mut outcomes = Vec::new();
    for app in apps {
        let size = limits.grant(app.master).map_or(u64::MAX, |granted| granted.memory);
        let admitted = active == 0 || masters.is_none_or(|limit| held + size <= limit);
        let master = if admitted { start(app.master) } else { None };
        if master.is_none() {
            outcomes.push(Outcome { state: AppState::Accepted, master, running: Vec::new(), pending: 0 });
            continue;
        }
        held += size;
        active += 1;
        let running: Vec<usize> = (0..app.containers).map_while(|_| start(app.container)).collect();
        let pending = app.containers - running.len() as u64;
        outcomes.push(Outcome { state: AppState::Running, master, running, pending });
    }
    outcomes
}

/// The nodes with what the applications got: how many containers, and their sizes as granted.
pub fn loaded(nodes: &[Node], limits: &Limits, apps: &[App], outcomes: &[Outcome]) -> Vec<Node> {
    let mut nodes = nodes.to_vec();
    for (app, outcome) in apps.iter().zip(outcomes) {
        let master = outcome.master.iter().map(|place| (*place, app.master));
        let further = outcome.running.iter().map(|place| (*place, app.container));
        for (place, ask) in master.chain(further) {
            if let (Some(node), Some(granted)) = (nodes.get_mut(place), limits.grant(ask)) {
                node.used = node.used.plus(granted);
                node.containers += 1;
            }
        }
    }
    nodes
}

/// `yarn application -list`: applications that wait or run.
pub fn application_list(apps: &[App], outcomes: &[Outcome], master_host: &str) -> String {
    let mut text = "$ yarn application -list\n".to_owned();
    let _ = writeln!(
        text,
        "Total number of applications (application-types: [], states: [SUBMITTED, ACCEPTED, RUNNING] and tags: []):{}",
        apps.len()
    );
    let mut row = |cells: [&str; 9]| {
        let [id, name, kind, user, queue, state, last, progress, url] = cells;
        let _ = writeln!(
            text,
            "{id:>30}\t{name:>20}\t{kind:>20}\t{user:>10}\t{queue:>10}\t{state:>18}\t{last:>18}\t{progress:>15}\t{url:>35}"
        );
    };
    row([
        "Application-Id",
        "Application-Name",
        "Application-Type",
        "User",
        "Queue",
        "State",
        "Final-State",
        "Progress",
        "Tracking-URL",
    ]);
    for (app, outcome) in apps.iter().zip(outcomes) {
        let url = format!("http://{master_host}:20888/proxy/{}/", app.id);
        let (state, progress, url) = match outcome.state {
            AppState::Accepted => ("ACCEPTED", "0%", "N/A"),
            AppState::Running => ("RUNNING", "10%", url.as_str()),
        };
        row([&app.id, &app.name, &app.kind, &app.user, &app.queue, state, "UNDEFINED", progress, url]);
    }
    text
}

/// Properties as a Hadoop configuration file has them.
pub fn configuration(properties: &[(&str, String)]) -> String {
    let mut text = "<configuration>\n".to_owned();
    for (name, value) in properties {
        let _ = writeln!(
            text,
            "  <property>\n    <name>{name}</name>\n    <value>{value}</value>\n  </property>"
        );
    }
    text.push_str("</configuration>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        minimum: Resource { memory: 512, vcores: 1 },
        maximum: Resource { memory: 8192, vcores: 4 },
        calculator: Calculator::Default,
    };

    fn node(used_percent: &[u64]) -> Node {
        let directories = |name: &str| {
            let volume = |(index, used): (usize, &u64)| Directory {
                path: format!("/mnt{index}/{name}"),
                size: 100_000,
                used: used * 1000,
            };
            used_percent.iter().enumerate().map(volume).collect()
        };
        Node {
            host: "ip-10-0-1-5.ec2.internal".into(),
            capacity: Resource::new(8192, 4),
            used: Resource::default(),
            containers: 0,
            local_dirs: directories("yarn"),
            log_dirs: Vec::new(),
            alive: true,
            utilization: Utilization::default(),
        }
    }

    #[test]
    fn requests_are_rounded_up_to_steps_of_the_minimum() {
        let memory = |ask| LIMITS.grant(Resource::new(ask, 3)).map(|granted| granted.memory);
        assert_eq!((memory(1), memory(512), memory(513)), (Some(512), Some(512), Some(1024)));
        assert_eq!(memory(8193), None, "refused, not cut down");
        assert_eq!(LIMITS.grant(Resource::new(1000, 3)), Some(Resource::new(1024, 1)), "memory alone counts");
        let dominant = Limits { calculator: Calculator::Dominant, ..LIMITS };
        let container = dominant.grant(Resource::new(1000, 3)).expect("granted");
        assert_eq!(
            (container, dominant.count(container, Resource::new(8192, 4))),
            (Resource::new(1024, 3), 1)
        );
        assert_eq!(LIMITS.count(container, Resource::new(8192, 4)), 8);
        assert_eq!(master_limit(40_960, 0.1, &LIMITS), 4096);
        assert_eq!(master_limit(41_000, 0.1, &LIMITS), 4608);
    }

    #[test]
    fn a_node_is_unhealthy_when_too_few_directories_are_good() {
        let rules = DiskRules::default();
        assert_eq!(node(&[90]).state(&rules), NodeState::Running, "at the threshold, not above");
        assert_eq!(node(&[91]).state(&rules), NodeState::Unhealthy);
        assert_eq!(node(&[91, 95, 99, 10]).state(&rules), NodeState::Running, "a quarter is good");
        assert_eq!(node(&[91, 95, 99, 92, 10]).state(&rules), NodeState::Unhealthy);
        assert_eq!(
            node(&[91, 20, 99]).health_report(&rules),
            "2/3 local-dirs usable space is below configured utilization percentage/no more usable space [ /mnt0/yarn : used space above threshold of 90.0% , /mnt2/yarn : used space above threshold of 90.0% ] ; "
        );
    }

    #[test]
    fn applications_are_served_in_order() {
        let app = |master, container, containers| App {
            id: "application_1_0001".into(),
            name: "etl".into(),
            kind: "SPARK".into(),
            user: "hadoop".into(),
            queue: "default".into(),
            master: Resource::new(master, 1),
            container: Resource::new(container, 1),
            containers,
        };
        let nodes = [node(&[10]), node(&[95]), node(&[20])];
        let apps = [app(1024, 3072, 6), app(1024, 1024, 3), app(2048, 512, 1)];
        let outcomes = schedule(&nodes, &DiskRules::default(), &LIMITS, &apps, None);
        assert_eq!(outcomes[0].running, [0, 0, 2, 2]);
        assert_eq!((outcomes[0].pending, outcomes[1].pending), (2, 1));
        assert_eq!(outcomes[1].running, [2, 2], "its ApplicationMaster took the rest of the first node");
        assert_eq!(outcomes[2].state, AppState::Accepted);
        assert_eq!((outcomes[1].master, outcomes[2].master), (Some(0), None));
        let nodes_now = loaded(&nodes, &LIMITS, &apps, &outcomes);
        assert_eq!((nodes_now[0].containers, nodes_now[2].containers), (4, 4));
        assert_eq!(nodes_now[0].used.memory, 1024 + 2 * 3072 + 1024);
        let limited = schedule(&nodes, &DiskRules::default(), &LIMITS, &apps, Some(512));
        assert_eq!(limited[0].state, AppState::Running, "the first is never refused");
        assert_eq!(limited[1].state, AppState::Accepted);
        assert!(application_list(&apps, &outcomes, "m").lines().count() == 6);
    }
}
