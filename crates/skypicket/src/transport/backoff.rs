//! How long to wait before trying again: twice as long each time, up to a limit, and short again after a success.

use std::time::Duration;

/// The waiting times of one feed.
pub(super) struct Backoff {
    least: Duration,
    most: Duration,
    next: Duration,
}

impl Backoff {
    pub(super) const fn new(least: Duration, most: Duration) -> Self {
        Self { least, most, next: least }
    }

    /// The time to wait after one more failure.
    pub(super) fn fail(&mut self) -> Duration {
        let wait = self.next;
        self.next = (wait * 2).min(self.most);
        wait
    }

    /// It worked.
    pub(super) const fn succeed(&mut self) {
        self.next = self.least;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_its_limit_and_starts_over() {
        let s = Duration::from_secs;
        let mut backoff = Backoff::new(s(1), s(5));
        assert_eq!([backoff.fail(), backoff.fail(), backoff.fail(), backoff.fail()], [s(1), s(2), s(4), s(5)]);
        backoff.succeed();
        assert_eq!(backoff.fail(), s(1));
    }
}
