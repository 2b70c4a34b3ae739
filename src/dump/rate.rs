//! A limit on how fast rows are read, for servers with other work to do.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How much may be read at once before the limit is felt. Without it, every short
/// pause of the server would be lost.
const BURST: Duration = Duration::from_millis(200);

/// One limit, shared by all workers.
pub(super) struct Rate {
    bytes_per_second: Option<u64>,
    /// When what has been read so far would have been read at exactly that rate.
    due: Mutex<Option<Instant>>,
}

impl Rate {
    /// At most `bytes_per_second`, or as fast as it goes.
    pub(super) fn new(bytes_per_second: Option<u64>) -> Self {
        Self {
            bytes_per_second: bytes_per_second.filter(|rate| *rate > 0),
            due: Mutex::new(None),
        }
    }

    /// Counts `bytes` that were read, and waits until more may be.
    pub(super) async fn read(&self, bytes: usize) {
        if let Some(rate) = self.bytes_per_second {
            let due = self.count(bytes, rate);
            sleep_until(due - BURST).await;
        }
    }

    fn count(&self, bytes: usize, rate: u64) -> Instant {
        let now = Instant::now();
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let from = due.map_or(now, |due| due.max(now));
        let next = from + Duration::from_secs_f64(bytes as f64 / rate as f64);
        *due = Some(next);
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn workers_together_keep_to_the_rate() {
        let rate = Rate::new(Some(1_000_000));
        let began = Instant::now();
        let read = async {
            for _ in 0..50 {
                rate.read(100_000).await;
            }
        };
        tokio::join!(read, async {
            for _ in 0..50 {
                rate.read(100_000).await;
            }
        });
        let took = began.elapsed();
        let expected = Duration::from_secs(10);
        assert!(took <= expected && took + BURST * 2 >= expected, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_read_in_a_pause_is_not_made_up_for() {
        let rate = Rate::new(Some(1_000_000));
        rate.read(100_000).await;
        tokio::time::sleep(Duration::from_secs(100)).await;
        let began = Instant::now();
        rate.read(1_000_000).await;
        assert!(began.elapsed() + BURST >= Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nothing_waits() {
        let rate = Rate::new(None);
        let began = Instant::now();
        rate.read(usize::MAX).await;
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}
