//! Where trust lists are installed on this machine.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Context as _;
use provscan::trust::Installed;

/// The variable that names the folder.
const VARIABLE: &str = "PROVSCAN_TRUST_DIR";

/// The installed lists.
///
/// # Errors
/// The environment does not tell where they are.
pub(super) fn installed() -> anyhow::Result<Installed> {
    let folder = folder(|name| std::env::var_os(name)).with_context(|| {
        format!("no folder for trust lists, since there is no home folder; name one in {VARIABLE}")
    })?;
    Ok(Installed::at(folder))
}

/// The installed lists, or none where there is no place for them.
pub(super) fn installed_if_any() -> Option<Installed> {
    folder(|name| std::env::var_os(name)).map(Installed::at)
}

/// Their folder, where there is a place for one.
#[cfg(any(feature = "queue", feature = "server"))]
pub(super) fn folder_if_any() -> Option<PathBuf> {
    folder(|name| std::env::var_os(name))
}

/// The folder, by the environment: ours, or where the system keeps the data of programs.
fn folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name: &str| {
        variable(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let data = || {
        if cfg!(windows) {
            path("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            path("HOME").map(|home| home.join("Library/Application Support"))
        } else {
            // The XDG base directory specification has relative paths ignored.
            path("XDG_DATA_HOME")
                .filter(|path| path.is_absolute())
                .or_else(|| path("HOME").map(|home| home.join(".local/share")))
        }
    };
    path(VARIABLE).or_else(|| data().map(|data| data.join("provscan").join("trust")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Option<PathBuf> {
        folder(|name| {
            let named = variables.iter().find(|(known, _)| *known == name);
            named.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn our_own_variable_comes_first_and_an_empty_one_is_none() {
        let own = (VARIABLE, "lists");
        let home = ("HOME", "/home/a");
        assert_eq!(found(&[own, home]), Some("lists".into()));
        assert_eq!(found(&[(VARIABLE, "")]), None);
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn the_system_says_where_programs_keep_data() {
        let home = ("HOME", "/home/a");
        let at = |path: &str| Some(PathBuf::from(path));
        assert_eq!(found(&[home]), at("/home/a/.local/share/provscan/trust"));
        let data = ("XDG_DATA_HOME", "/data");
        assert_eq!(found(&[home, data]), at("/data/provscan/trust"));
        let relative = ("XDG_DATA_HOME", "data");
        assert_eq!(
            found(&[home, relative]),
            at("/home/a/.local/share/provscan/trust")
        );
        assert_eq!(found(&[]), None);
    }
}
