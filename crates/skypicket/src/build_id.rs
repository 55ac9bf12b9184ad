//! Which build this is: only the same build promises the same digests.

/// Version and the SHA-256 (first 16 hex digits) of all sources that shape the output, made by the build script. It is the same for
/// debug and release builds of the same sources, whose digests are equal.
pub const BUILD_ID: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("SKYPICKET_SOURCES"));
/// Version for people.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
