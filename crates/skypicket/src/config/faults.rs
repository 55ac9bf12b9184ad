//! Faults of a site file: what, where, and what to do; all of them at once.

use std::fmt;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// 1-based line in the file; 0 when it is about the file as a whole.
    pub line: usize,
    /// What is wrong, what was wanted, what to do.
    pub what: String,
}

impl Fault {
    /// A fault at a byte of the text.
    #[must_use]
    pub fn at(text: &str, byte: usize, what: &str) -> Self {
        let line = text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1;
        Self { line, what: what.trim().replace('\n', "; ") }
    }
}

/// All faults of a file, in the order of their lines.
#[derive(Clone, Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// A single fault.
    #[must_use]
    pub fn one(fault: Fault) -> Self {
        Self(vec![fault])
    }
    /// Adds a fault.
    pub fn add(&mut self, fault: Fault) {
        self.0.push(fault);
        self.0.sort_by_key(|fault| fault.line);
    }
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The faults.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "line {}: {}", fault.line, fault.what)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
