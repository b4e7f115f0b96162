//! Who runs this program, as the system has it: the environment could say anything.

use std::fs;
use std::io::Read as _;

use provscan::audit::Who;

/// Most of a file of the system that is read.
const MOST: u64 = 1 << 20;

/// Who asks, under a name that was given for it.
pub(crate) fn asks(actor: Option<String>) -> Who {
    Who {
        actor,
        user: user(),
        host: text("/proc/sys/kernel/hostname").map(|name| name.trim().to_owned()),
    }
}

/// The user's name, or number where it has none.
#[cfg(target_os = "linux")]
fn user() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let id = fs::metadata("/proc/self").ok()?.uid().to_string();
    let users = text("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1) == Some(&id)).then(|| name.to_owned())
    });
    Some(name.unwrap_or(id))
}

/// Elsewhere the system is not asked; what the environment says is better than nothing.
#[cfg(not(target_os = "linux"))]
fn user() -> Option<String> {
    std::env::var("USER")
        .or_else(|_| std::env::var("USERNAME"))
        .ok()
}

fn text(path: &str) -> Option<String> {
    let mut text = String::new();
    let file = fs::File::open(path).ok()?;
    file.take(MOST).read_to_string(&mut text).ok()?;
    Some(text)
}
