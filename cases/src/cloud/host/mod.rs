//! Hosts as small discrete simulations: processes, CPUs, memory, disks and descriptors, stepped with time as an argument
//! and shown as the usual tools show them.
//!
//! What is measured follows from one state, so that tools agree with each other: columns add up, Little's law holds for
//! disks, a swap rate is also block I/O. It is a model of what the tools report, not of the kernel's own algorithms; where
//! it follows the kernel to the letter (load average, available memory, choice of the OOM killer) it says so.

pub mod access;
pub mod boot;
pub mod descriptors;
pub mod disk;
pub mod machine;
pub mod memory;
pub mod oops;
pub mod render;

pub use descriptors::{Descriptors, Leak, SocketState, Sockets};
pub use disk::{Bucket, Disk, DiskSample, FileSystem};
pub use machine::{Host, Io, LoadAverage, Process, Sample, TaskSample};
pub use memory::{Cgroup, Constraint, Growth, Memory, OomKill, OomRow};
