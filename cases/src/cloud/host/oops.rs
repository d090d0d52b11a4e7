//! A fault of the kernel as it is printed: the oops on the console, and the same fault as `crash` shows it in the dump.
//!
//! Text and order follow Linux 5.14 on x86-64 (`arch/x86/mm/fault.c`, `arch/x86/kernel/dumpstack.c`,
//! `arch/x86/kernel/process_64.c`) with Red Hat's additions to the taint string; the letters are those of the kernel's
//! documentation, "Tainted kernels". Where a crash kernel is loaded and `panic_on_oops` is set, `oops_end` jumps to it
//! before anything else is printed: no "end trace" and no "Kernel panic" line. `crash` is version 8. A plain model of
//! the text: it decodes nothing.

use std::fmt::Write as _;

/// Letters of the taint string in the order of their bits, 0 to 17 (Documentation/admin-guide/tainted-kernels.rst).
const LETTERS: &str = "PFSRMBUDAWCIOELKXT";

/// Reasons a kernel is tainted for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taint {
    /// A proprietary module was loaded.
    pub proprietary: bool,
    /// A module from outside the kernel's tree.
    pub out_of_tree: bool,
    /// A module without a valid signature.
    pub unsigned: bool,
}

impl Taint {
    /// `/proc/sys/kernel/tainted`.
    pub fn number(self) -> u32 {
        u32::from(self.proprietary) | u32::from(self.out_of_tree) << 12 | u32::from(self.unsigned) << 13
    }

    /// The string in an oops: `G` stands where no proprietary module was loaded.
    pub fn letters(self) -> String {
        let set = self.number();
        let letter = |(bit, letter): (usize, char)| match (bit, set >> bit & 1) {
            (0, 0) => 'G',
            (_, 1) => letter,
            _ => ' ',
        };
        LETTERS.chars().enumerate().map(letter).collect()
    }

    /// The letters that stand behind a module's name.
    pub fn of_module(self) -> String {
        self.letters().chars().filter(|letter| !" G".contains(*letter)).collect()
    }
}

/// A place in code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Function.
    pub function: String,
    /// Bytes from its start.
    pub offset: u32,
    /// Its length.
    pub size: u32,
    /// The module it is in; none for the kernel itself.
    pub module: Option<String>,
    /// Where it is loaded: the function's address.
    pub address: u64,
}

impl Site {
    /// `function+0x44/0x63 [module]`.
    pub fn symbol(&self) -> String {
        let module = self.module.as_ref().map_or(String::new(), |module| format!(" [{module}]"));
        format!("{}+{:#x}/{:#x}{module}", self.function, self.offset, self.size)
    }
}

/// A fault of the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oops {
    /// Microseconds since boot.
    pub at: u64,
    /// The CPU.
    pub cpu: u32,
    /// The task.
    pub pid: u32,
    /// Its name.
    pub command: String,
    /// The work it did, for a worker thread: queue and function.
    pub work: Option<String>,
    /// Why the kernel is tainted.
    pub taint: Taint,
    /// Kernel release.
    pub release: String,
    /// What the firmware says the machine is.
    pub hardware: String,
    /// The address that was read.
    pub address: u64,
    /// Where.
    pub site: Site,
    /// The bytes around, the faulting one in angle brackets.
    pub code: String,
    /// RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8 to R15.
    pub registers: [u64; 15],
    /// The stack pointer.
    pub stack: u64,
    /// What called it, the nearest first.
    pub callers: Vec<Site>,
    /// Modules as "Modules linked in" names them, with their letters.
    pub modules: Vec<String>,
}

/// Flags after an instruction that gave zero; the resume flag is set by the fault.
const FLAGS: u32 = 0x0001_0246;

impl Oops {
    /// What the console shows, with time stamps, until the crash kernel takes over.
    pub fn console(&self) -> String {
        stamped(self.at, &self.lines())
    }

    /// `Oops: 0000 [#1] PREEMPT SMP NOPTI`: a read by the kernel of a page that is not present has error code 0.
    pub fn summary(&self) -> &'static str {
        "Oops: 0000 [#1] PREEMPT SMP NOPTI"
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!("BUG: kernel NULL pointer dereference, address: {:016x}", self.address),
            "#PF: supervisor read access in kernel mode".to_owned(),
            "#PF: error_code(0x0000) - not-present page".to_owned(),
            "PGD 0 P4D 0 ".to_owned(),
            self.summary().to_owned(),
            who(self.cpu, self.pid, &self.command, self.taint, &self.release),
            format!("Hardware name: {}", self.hardware),
        ];
        lines.extend(self.work.as_ref().map(|work| format!("Workqueue: {work}")));
        lines.push(format!("RIP: 0010:{}", self.site.symbol()));
        lines.push(format!("Code: {}", self.code));
        lines.push(format!("RSP: 0018:{:016x} EFLAGS: {FLAGS:08x}", self.stack));
        let [ax, bx, cx, dx, si, di, bp, r8, r9, r10, r11, r12, r13, r14, r15] = self.registers;
        lines.push(format!("RAX: {ax:016x} RBX: {bx:016x} RCX: {cx:016x}"));
        lines.push(format!("RDX: {dx:016x} RSI: {si:016x} RDI: {di:016x}"));
        lines.push(format!("RBP: {bp:016x} R08: {r8:016x} R09: {r9:016x}"));
        lines.push(format!("R10: {r10:016x} R11: {r11:016x} R12: {r12:016x}"));
        lines.push(format!("R13: {r13:016x} R14: {r14:016x} R15: {r15:016x}"));
        // Each CPU has its own area.
        let area = 0xffff_9a23_b7c0_0000 + u64::from(self.cpu) * 0x8_0000;
        lines.push(format!("FS:  0000000000000000(0000) GS:{area:016x}(0000) knlGS:0000000000000000"));
        lines.push("CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033".to_owned());
        lines.push(format!("CR2: {:016x} CR3: 0000000143a10004 CR4: 00000000007706e0", self.address));
        lines.push("DR0: 0000000000000000 DR1: 0000000000000000 DR2: 0000000000000000".to_owned());
        lines.push("DR3: 0000000000000000 DR6: 00000000fffe0ff0 DR7: 0000000000000400".to_owned());
        lines.push("PKRU: 55555554".to_owned());
        lines.push("Call Trace:".to_owned());
        lines.push(" <TASK>".to_owned());
        let nearest = self.callers.first().map(Site::symbol);
        let guessed = ["show_trace_log_lvl+0x1c4/0x2df", "show_trace_log_lvl+0x1c4/0x2df"].map(str::to_owned);
        let fault = [
            "__die_body.cold+0x8/0xd",
            "page_fault_oops+0x134/0x170",
            "exc_page_fault+0x62/0x150",
            "asm_exc_page_fault+0x22/0x30",
        ];
        let unsure =
            guessed.into_iter().chain(nearest).chain(fault.map(str::to_owned)).chain([self.site.symbol()]);
        lines.extend(unsure.map(|symbol| format!(" ? {symbol}")));
        lines.extend(self.callers.iter().map(|caller| format!(" {}", caller.symbol())));
        lines.push(" </TASK>".to_owned());
        lines.push(format!("Modules linked in: {}", self.modules.join(" ")));
        lines.push(format!("CR2: {:016x}", self.address));
        lines
    }

    /// `crash> bt` of the task that faulted. `base` is where the kernel's text begins.
    pub fn backtrace(&self, base: u64, task: u64) -> String {
        let mut text = task_line(self.pid, task, self.cpu, &self.command);
        let mut stack = self.stack - 0x2a8;
        let mut number = 0;
        let mut frame = |text: &mut String, size: u64, name: &str, address: u64, module: Option<&String>| {
            let module = module.map_or(String::new(), |module| format!(" [{module}]"));
            let _ =
                writeln!(text, "{:>3} [{stack:016x}] {name} at {address:016x}{module}", format!("#{number}"));
            number += 1;
            stack += size;
        };
        for (name, offset, size) in FAULT_FRAMES {
            frame(&mut text, size, name, base + offset, None);
        }
        let [ax, bx, cx, dx, si, di, bp, r8, r9, r10, r11, r12, r13, r14, r15] = self.registers;
        let rip = self.site.address + u64::from(self.site.offset);
        let _ = write!(
            text,
            "    [exception RIP: {}+{}]\n    RIP: {rip:016x}  RSP: {:016x}  RFLAGS: {FLAGS:08x}\n    RAX: {ax:016x}  RBX: {bx:016x}  RCX: {cx:016x}\n    RDX: {dx:016x}  RSI: {si:016x}  RDI: {di:016x}\n    RBP: {bp:016x}   R8: {r8:016x}   R9: {r9:016x}\n    R10: {r10:016x}  R11: {r11:016x}  R12: {r12:016x}\n    R13: {r13:016x}  R14: {r14:016x}  R15: {r15:016x}\n    ORIG_RAX: ffffffffffffffff  CS: 0010  SS: 0018\n",
            self.site.function, self.site.offset, self.stack
        );
        for caller in &self.callers {
            // `crash` leaves out what the kernel marks as unsure.
            let address = caller.address + u64::from(caller.offset);
            frame(&mut text, 0x48, &caller.function, address, caller.module.as_ref());
        }
        text
    }
}

/// The frames of a page fault that ends in the crash kernel: name, offset in the kernel's text, bytes of stack up to the
/// next. The last are the saved registers and what the faulting function itself keeps on the stack.
const FAULT_FRAMES: [(&str, u64, u64); 7] = [
    ("machine_kexec", 0x6_a6c7, 0x58),
    ("__crash_kexec", 0x1c_1a4d, 0xc8),
    ("crash_kexec", 0x1c_2c48, 0x8),
    ("oops_end", 0x2_8f2b, 0x20),
    ("page_fault_oops", 0x7_9fcb, 0x58),
    ("exc_page_fault", 0xb0_9542, 0x28),
    ("asm_exc_page_fault", 0xc0_0b62, 0x118),
];

/// The first line of `crash> bt`.
pub fn task_line(pid: u32, task: u64, cpu: u32, command: &str) -> String {
    format!("PID: {pid:<7}  TASK: {task:016x}  CPU: {cpu:<3}  COMMAND: \"{command}\"\n")
}

/// Who was running, as an oops and a panic name it.
pub fn who(cpu: u32, pid: u32, command: &str, taint: Taint, release: &str) -> String {
    let tainted = if taint.number() == 0 {
        "Not tainted".to_owned()
    } else {
        // What Red Hat's kernels print for their own bits.
        format!("Tainted: {}--------- --- ", taint.letters())
    };
    format!("CPU: {cpu} PID: {pid} Comm: {command} Kdump: loaded {tainted} {release} #1")
}

/// Lines with the kernel's time stamps; a serial line at 115,200 baud sets the pace.
pub fn stamped(at: u64, lines: &[String]) -> String {
    let mut now = at;
    let mut text = String::new();
    for line in lines {
        let _ = writeln!(text, "[{:5}.{:06}] {line}", now / 1_000_000, now % 1_000_000);
        now += (line.len() as u64 + 16) * 87;
    }
    text
}

/// How long a host ran, as `crash` prints it.
pub fn uptime(seconds: i64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let clock = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    match days {
        0 => clock,
        1 => format!("1 days, {clock}"),
        _ => format!("{days} days, {clock}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: Taint = Taint { proprietary: false, out_of_tree: true, unsigned: true };

    #[test]
    fn taint_is_printed_as_the_kernel_prints_it() {
        assert_eq!((MODULE.number(), MODULE.of_module().as_str()), (12288, "OE"));
        // A line of a Red Hat kernel 5.14 with a module from outside the tree (linux-kernel list, 2022-09-21).
        assert_eq!(
            who(12, 133_711, "read_all", MODULE, "5.14.0-163.el9.x86_64+debug"),
            "CPU: 12 PID: 133711 Comm: read_all Kdump: loaded Tainted: G           OE    --------- ---  5.14.0-163.el9.x86_64+debug #1"
        );
        assert_eq!(
            who(34, 0, "swapper/34", Taint::default(), "5.14.0-427.37.1.el9_4.x86_64"),
            "CPU: 34 PID: 0 Comm: swapper/34 Kdump: loaded Not tainted 5.14.0-427.37.1.el9_4.x86_64 #1"
        );
    }

    #[test]
    fn console_and_dump_show_the_same_fault() {
        let site = |function: &str, offset, module: Option<&str>| Site {
            function: function.into(),
            offset,
            size: 0x63,
            module: module.map(str::to_owned),
            address: 0xffff_ffff_c0a1_5000,
        };
        let oops = Oops {
            at: 259_184_316_702,
            cpu: 2,
            pid: 311,
            command: "kworker/2:1".into(),
            work: None,
            taint: MODULE,
            release: "5.14.0-427.13.1.el9_4.x86_64".into(),
            hardware: "Amazon EC2 m6i.xlarge/, BIOS 1.0 10/16/2017".into(),
            address: 0x28,
            site: site("agent_put", 0x44, Some("agent_mod")),
            code: String::new(),
            registers: [0; 15],
            stack: 0xffff_b1f0_c4d3_bd88,
            callers: vec![site("agent_scan", 0x91, Some("agent_mod")), site("kthread", 0xe0, None)],
            modules: vec!["agent_mod(OE)".into(), "nfs".into()],
        };
        let console = oops.console();
        assert!(console.starts_with(
            "[259184.316702] BUG: kernel NULL pointer dereference, address: 0000000000000028\n"
        ));
        assert!(console.contains("] RIP: 0010:agent_put+0x44/0x63 [agent_mod]\n"));
        assert!(console.trim_end().ends_with("CR2: 0000000000000028"), "the crash kernel takes over here");
        let dump = oops.backtrace(0xffff_ffff_9b00_0000, 0xffff_9a25_a951_1800);
        assert!(
            dump.contains("[exception RIP: agent_put+68]\n    RIP: ffffffffc0a15044  RSP: ffffb1f0c4d3bd88")
        );
        assert!(
            dump.contains(" #7 [ffffb1f0c4d3bdc0] agent_scan at ffffffffc0a15091 [agent_mod]\n"),
            "{dump}"
        );
        assert_eq!(uptime(2 * 86_400 + 80_221), "2 days, 22:17:01");
    }
}
