//! When a request is repeated, and how long after.
//!
//! `object_store` could repeat requests itself, but it signs them once for all
//! attempts, does not repeat a stalled upload (400 `RequestTimeout`), repeats
//! "not implemented", and pauses for seconds where an outage takes a minute. So
//! its own retries are off and each attempt is a request of its own.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;

use super::failure::{Failed, Failure};

/// How long to keep trying.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) max_retries: u32,
    /// No attempt begins later than this after the first.
    pub(super) timeout: Duration,
}

impl Patience {
    /// For work somebody is waiting for, or that is not worth a long wait: a
    /// hiccup is forgiven, an outage is not.
    pub(super) fn brief(self) -> Self {
        Self {
            max_retries: self.max_retries.min(2),
            timeout: self.timeout.min(Duration::from_secs(10)),
        }
    }

    /// Makes attempts until one succeeds or fails for good.
    pub(super) async fn retry<T, F>(&self, mut attempt: impl FnMut() -> F) -> Result<T, Failed>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let start = Instant::now();
        let mut attempts = 1;
        loop {
            let failure = match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let pause = pause(attempts);
            let is_late = start.elapsed() + pause > self.timeout;
            if !failure.is_transient() || attempts > self.max_retries || is_late {
                return Err(Failed { failure, attempts });
            }
            tracing::debug!(%failure, attempts, ?pause, "repeating a request");
            tokio::time::sleep(pause).await;
            attempts += 1;
        }
    }
}

/// The pause after attempt number `attempts`: doubles from 0.2 to 15 seconds.
/// A random half of it keeps parts that failed together from returning together.
fn pause(attempts: u32) -> Duration {
    const FIRST: Duration = Duration::from_millis(200);
    const LONGEST: Duration = Duration::from_secs(15);
    let full = FIRST
        .saturating_mul(1 << (attempts - 1).min(16))
        .min(LONGEST);
    // The standard library's only source of randomness: every state is keyed anew.
    let random = RandomState::new().hash_one(attempts) as f64 / u64::MAX as f64;
    full.mul_f64(0.5 + random / 2.0)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const PATIENCE: Patience = Patience {
        max_retries: 3,
        timeout: Duration::from_secs(300),
    };

    fn interrupted() -> Failure {
        Failure::Interrupted("reset".into())
    }

    async fn attempts_until(success: u32) -> Result<u32, Failed> {
        let made = Cell::new(0);
        PATIENCE
            .retry(|| async {
                made.set(made.get() + 1);
                (made.get() == success)
                    .then(|| made.get())
                    .ok_or_else(interrupted)
            })
            .await
    }

    #[tokio::test(start_paused = true)]
    async fn passing_failures_are_repeated_up_to_the_limit() {
        assert_eq!(attempts_until(4).await.unwrap(), 4);
        assert_eq!(attempts_until(5).await.unwrap_err().attempts, 4);
    }

    #[tokio::test(start_paused = true)]
    async fn failures_for_good_are_not_repeated() {
        let outcome: Result<(), _> = PATIENCE
            .retry(|| async { Err(Failure::Unusable("not XML".into())) })
            .await;
        assert_eq!(outcome.unwrap_err().attempts, 1);
    }

    #[test]
    fn pauses_grow_to_fifteen_seconds() {
        for attempts in 1..40 {
            let pause = pause(attempts).as_secs_f64();
            let full = (0.2 * 2f64.powi(attempts as i32 - 1)).min(15.0);
            assert!((full / 2.0..=full).contains(&pause), "{attempts}: {pause}");
        }
    }
}
