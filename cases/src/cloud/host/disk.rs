//! Disks with a limit of requests and of throughput, a queue, and a credit bucket as gp2 volumes have; file systems.

/// Credits for I/O above a baseline, as EBS gp2 volumes have (Amazon EBS User Guide, "General Purpose SSD volumes").
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// Credits left, one for each I/O.
    pub credits: f64,
    /// The most it holds.
    pub capacity: f64,
    /// Earned each second, and the limit once it is empty.
    pub baseline: f64,
    /// The limit while credits last.
    pub burst: f64,
}

impl Bucket {
    /// The full bucket of a gp2 volume: 3 IOPS a GiB (at least 100), bursts of 3,000, 5.4 million credits.
    pub fn gp2(gib: u32) -> Self {
        let baseline = f64::from(gib * 3).max(100.0);
        Self { credits: 5.4e6, capacity: 5.4e6, baseline, burst: baseline.max(3000.0) }
    }

    /// What may be done a second now.
    pub fn limit(&self) -> f64 {
        if self.credits >= 1.0 { self.burst } else { self.baseline }
    }

    /// `BurstBalance`, in percent.
    pub fn balance(&self) -> f64 {
        self.credits / self.capacity * 100.0
    }
}

/// A block device.
#[derive(Clone, Debug, PartialEq)]
pub struct Disk {
    /// As tools name it, for example `nvme1n1`.
    pub name: String,
    /// Time of one request without waiting, in seconds.
    pub service: f64,
    /// Requests a second it takes at most.
    pub iops: f64,
    /// KiB a second it takes at most.
    pub throughput: f64,
    /// Credits, for a volume that bursts.
    pub bucket: Option<Bucket>,
}

/// What a disk did in an interval, a second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiskSample {
    /// Its name.
    pub name: String,
    /// Reads.
    pub reads: f64,
    /// KiB read.
    pub read_kib: f64,
    /// Mean time of a read with waiting, in milliseconds.
    pub read_wait: f64,
    /// Writes.
    pub writes: f64,
    /// KiB written.
    pub write_kib: f64,
    /// Mean time of a write with waiting, in milliseconds.
    pub write_wait: f64,
    /// Writes merged with others before they were sent.
    pub merged: f64,
    /// Requests in the queue or in service, on average.
    pub queue: f64,
    /// Share of time with at least one request, in percent.
    pub busy: f64,
}

/// Requests that reach a disk, as [`Disk::serve`] takes them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Threads that each wait for their request before the next.
    pub workers: f64,
    /// What a thread does between requests, in seconds.
    pub think: f64,
    /// KiB of a request.
    pub size: f64,
}

impl Disk {
    /// Requests a second now.
    pub fn limit(&self) -> f64 {
        self.bucket.as_ref().map_or(self.iops, |bucket| bucket.limit().min(self.iops))
    }

    /// Serves closed-loop demands for some seconds: for each, requests a second and the time of one in seconds.
    ///
    /// A worker does one request every `service + think` seconds; where that is more than the disk takes, all wait, and
    /// by Little's law a request takes `workers / rate - think`.
    pub fn serve(&mut self, demands: &[Demand], seconds: f64) -> Vec<(f64, f64)> {
        let wished: Vec<f64> =
            demands.iter().map(|demand| demand.workers / (self.service + demand.think)).collect();
        let requests: f64 = wished.iter().sum();
        let kib: f64 = wished.iter().zip(demands).map(|(rate, demand)| rate * demand.size).sum();
        let mut share = 1.0f64;
        if requests > self.limit() {
            share = share.min(self.limit() / requests);
        }
        if kib > self.throughput {
            share = share.min(self.throughput / kib);
        }
        if let Some(bucket) = &mut self.bucket {
            let spent = (bucket.baseline - requests * share) * seconds;
            bucket.credits = (bucket.credits + spent).clamp(0.0, bucket.capacity);
        }
        let served = |(rate, demand): (&f64, &Demand)| {
            let rate = rate * share;
            let time = if rate > 0.0 { demand.workers / rate - demand.think } else { self.service };
            (rate, time)
        };
        wished.iter().zip(demands).map(served).collect()
    }
}

/// A mounted file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSystem {
    /// Its device, as `df` shows it.
    pub device: String,
    /// Where it is mounted.
    pub mounted: String,
    /// Its type.
    pub kind: String,
    /// KiB it holds.
    pub size: u64,
    /// KiB used.
    pub used: u64,
    /// KiB only root may use.
    pub reserved: u64,
    /// Inodes it has.
    pub inodes: u64,
    /// Inodes used.
    pub inodes_used: u64,
}

impl FileSystem {
    /// KiB a user may still write.
    pub fn available(&self) -> u64 {
        self.size.saturating_sub(self.used).saturating_sub(self.reserved)
    }

    /// `Use%` as `df` computes it: of what users may use, rounded up.
    pub fn percent(&self) -> u64 {
        (self.used * 100).div_ceil((self.used + self.available()).max(1))
    }

    /// Writes KiB; what did not fit.
    pub fn write(&mut self, kib: u64) -> u64 {
        let fits = kib.min(self.available());
        self.used += fits;
        kib - fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gp2_volume_bursts_for_its_credits() {
        let mut disk = Disk {
            name: "xvdf".into(),
            service: 0.0005,
            iops: 16_000.0,
            throughput: 256_000.0,
            bucket: Some(Bucket::gp2(100)),
        };
        let demand = [Demand { workers: 32.0, think: 0.0, size: 16.0 }];
        let mut seconds = 0;
        while disk.serve(&demand, 1.0)[0].0 > 2999.0 {
            seconds += 1;
        }
        // 5.4 million credits, spent at 3,000 and earned at 300 a second (syllabus, I20).
        assert_eq!(seconds, 2000);
        let (rate, time) = disk.serve(&demand, 1.0)[0];
        assert!(
            (rate - 300.0).abs() < 1e-6 && (rate * time - 32.0).abs() < 1e-6,
            "Little's law: {rate} {time}"
        );
    }

    #[test]
    fn a_file_system_fills_to_its_reserve() {
        let mut fs = FileSystem {
            device: "/dev/nvme1n1".into(),
            mounted: "/mnt".into(),
            kind: "ext4".into(),
            size: 1000,
            used: 850,
            reserved: 50,
            inodes: 100,
            inodes_used: 1,
        };
        assert_eq!(fs.percent(), 90, "850 of 950, rounded up");
        assert_eq!((fs.write(200), fs.percent()), (100, 100));
    }
}
