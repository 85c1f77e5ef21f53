//! Looking for installed PostgreSQL programs.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;

/// The variable that names the directory of PostgreSQL's programs, or its parent.
pub const BIN_VARIABLE: &str = "AURAID_POSTGRES_BIN";

/// The oldest major version that will do.
pub const OLDEST_MAJOR: u32 = 15;

/// Where distributions and installers put the programs. `*` stands for any one name.
const USUAL_PLACES: &[&str] = &[
    "/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
    "/usr/pgsql-*/bin",         // the PostgreSQL project's packages for Red Hat and SUSE
    "/usr/lib/postgresql*/bin", // SUSE, Gentoo
    "/usr/libexec/postgresql*", // Alpine
    "/usr/lib/postgresql/bin",  // some containers
    "/usr/local/pgsql/bin",     // built from source
    "/usr/local/bin",           // FreeBSD, container images
    "/usr/bin",                 // Fedora, Arch
    "/opt/homebrew/opt/postgresql@*/bin", // Homebrew, Apple silicon
    "/usr/local/opt/postgresql@*/bin", // Homebrew, Intel
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin", // Homebrew, Linux
    "/opt/local/lib/postgresql*/bin", // MacPorts
    "/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
    "/Library/PostgreSQL/*/bin", // EDB's installer, macOS
    "/opt/PostgreSQL/*/bin",    // EDB's installer, Linux
];

/// A PostgreSQL version: `18.4` is major 18, minor 4. A beta or development version has minor 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The major version, which decides the format of a data directory.
    pub major: u32,
    /// The minor version.
    pub minor: u32,
}

impl Version {
    /// Reads what `postgres --version` prints, such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
    fn parse(printed: &str) -> Option<Self> {
        let rest = printed.trim().strip_prefix("postgres (PostgreSQL) ")?;
        let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
        let major = digits(rest);
        let minor = rest[major.len()..].strip_prefix('.').map(digits).unwrap_or_default();
        Some(Self { major: major.parse().ok()?, minor: minor.parse().unwrap_or(0) })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// An installed PostgreSQL: at least the programs `postgres` and `initdb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// The directory of the programs.
    pub bin: PathBuf,
    /// What `postgres --version` said.
    pub version: Version,
}

impl Installation {
    /// Looks at one directory: a bin directory, or the parent of one.
    ///
    /// # Errors
    /// Says what is missing or too old, naming the directory as `AURAID_POSTGRES_BIN`'s value.
    pub fn at(dir: impl AsRef<Path>) -> Result<Self, Error> {
        let dir = dir.as_ref();
        let explicit =
            |reason: String| Error::Explicit { variable: BIN_VARIABLE, path: dir.to_owned(), reason };
        let bin = [dir.to_owned(), dir.join("bin")]
            .into_iter()
            .find(|bin| has_programs(bin))
            .ok_or_else(|| explicit("no programs `postgres` and `initdb` there".to_owned()))?;
        let version = version_of(&bin).map_err(explicit)?;
        if version.major < OLDEST_MAJOR {
            return Err(explicit(format!("PostgreSQL {version} is too old")));
        }
        Ok(Self { bin: absolute(&bin), version })
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

/// The newest installed PostgreSQL of [`OLDEST_MAJOR`] or later.
///
/// The directory named by `AURAID_POSTGRES_BIN` if it is set; nothing else is looked at then. Else `PATH` and the
/// places distributions use.
///
/// # Errors
/// [`Error::Explicit`] if the variable names an unusable directory, [`Error::NotFound`] if there is none.
pub fn find() -> Result<Installation, Error> {
    find_all().map(|mut all| all.swap_remove(0))
}

/// Every usable installation, newest first, never empty; the one named by `AURAID_POSTGRES_BIN` alone if it is set.
///
/// # Errors
/// As [`find`].
pub fn find_all() -> Result<Vec<Installation>, Error> {
    Search::of_this_machine().run()
}

/// Whether the person chose the installation by the variable.
pub(crate) fn is_explicit() -> bool {
    explicit_value().is_some()
}

fn explicit_value() -> Option<OsString> {
    env::var_os(BIN_VARIABLE).filter(|value| !value.is_empty())
}

/// Where to look; apart from [`find`] so that tests can look elsewhere.
struct Search<'a> {
    explicit: Option<OsString>,
    path: Option<OsString>,
    places: &'a [&'a str],
}

impl Search<'_> {
    fn of_this_machine() -> Self {
        Self { explicit: explicit_value(), path: env::var_os("PATH"), places: USUAL_PLACES }
    }

    fn run(self) -> Result<Vec<Installation>, Error> {
        if let Some(dir) = self.explicit {
            return Installation::at(PathBuf::from(dir)).map(|installation| vec![installation]);
        }
        let mut seen = Vec::new();
        let mut found = Vec::new();
        let mut too_old = Vec::new();
        let path: Vec<PathBuf> =
            self.path.as_deref().map(|path| env::split_paths(path).collect()).unwrap_or_default();
        let candidates: Vec<PathBuf> =
            [path, self.places.iter().flat_map(|place| expand(place)).collect()].concat();
        for bin in candidates.into_iter().filter(|bin| bin.is_absolute() && has_programs(bin)) {
            // One program behind several links is one installation.
            let program = fs::canonicalize(bin.join("postgres")).unwrap_or_else(|_| bin.join("postgres"));
            if seen.contains(&program) {
                continue;
            }
            seen.push(program);
            match version_of(&bin) {
                Ok(version) if version.major >= OLDEST_MAJOR => found.push(Installation { bin, version }),
                Ok(version) => too_old.push((bin, version)),
                // A broken program in a usual place is as good as none.
                Err(_) => {}
            }
        }
        if found.is_empty() {
            too_old.sort_by_key(|(_, version)| std::cmp::Reverse(*version));
            return Err(Error::NotFound { too_old });
        }
        // Stable: of equal versions the one on PATH stays first.
        found.sort_by_key(|installation| std::cmp::Reverse(installation.version));
        Ok(found)
    }
}

fn has_programs(bin: &Path) -> bool {
    ["postgres", "initdb"].iter().all(|name| bin.join(name).is_file())
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn version_of(bin: &Path) -> Result<Version, String> {
    let program = bin.join("postgres");
    let output = Command::new(&program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{} does not run: {error}", program.display()))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    Version::parse(&printed).ok_or_else(|| {
        let said = if printed.trim().is_empty() { String::from_utf8_lossy(&output.stderr) } else { printed };
        format!("`{} --version` said {:?}", program.display(), said.trim().lines().next().unwrap_or_default())
    })
}

/// The directories a pattern stands for; a part of it may hold one `*`.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let mut paths = vec![PathBuf::from("/")];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        paths = match part.split_once('*') {
            None => paths.into_iter().map(|path| path.join(part)).collect(),
            Some((before, after)) => {
                let mut names: Vec<PathBuf> = paths
                    .iter()
                    .flat_map(fs::read_dir)
                    .flatten()
                    .flatten()
                    .filter(|entry| {
                        let name = entry.file_name();
                        let name = name.to_string_lossy();
                        name.len() >= part.len() - 1 && name.starts_with(before) && name.ends_with(after)
                    })
                    .map(|entry| entry.path())
                    .collect();
                names.sort();
                names
            }
        };
    }
    paths.retain(|path| path.is_dir());
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn versions_as_printed() {
        let version = |text| Version::parse(text).map(|version| version.to_string());
        assert_eq!(
            version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n").as_deref(),
            Some("15.18")
        );
        assert_eq!(version("postgres (PostgreSQL) 18.4").as_deref(), Some("18.4"));
        assert_eq!(version("postgres (PostgreSQL) 19beta2").as_deref(), Some("19.0"));
        assert_eq!(version("postgres (PostgreSQL) 20devel").as_deref(), Some("20.0"));
        assert_eq!(version("postgres (PostgreSQL) 9.6.24").as_deref(), Some("9.6"));
        assert_eq!(version("mysqld Ver 8"), None);
        assert_eq!(version(""), None);
    }

    /// Programs that only know `--version`.
    fn fake(root: &Path, dir: &str, printed: &str) -> PathBuf {
        let bin = root.join(dir);
        fs::create_dir_all(&bin).unwrap();
        for name in ["postgres", "initdb"] {
            let program = bin.join(name);
            fs::write(&program, format!("#!/bin/sh\necho '{printed}'\n")).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        bin
    }

    /// A directory of this test's own, removed at its end.
    struct Dir(PathBuf);

    impl Dir {
        fn new(name: &str) -> Self {
            let dir = env::temp_dir().join(format!("aura-find-{name}-{}", std::process::id()));
            fs::create_dir_all(&dir).unwrap();
            Self(fs::canonicalize(dir).unwrap())
        }
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_newest_wins_and_links_count_once() {
        let dir = Dir::new("newest");
        let old = fake(&dir.0, "pg/15/bin", "postgres (PostgreSQL) 15.2");
        let new = fake(&dir.0, "pg/16/bin", "postgres (PostgreSQL) 16.1");
        fake(&dir.0, "pg/13/bin", "postgres (PostgreSQL) 13.9");
        fake(&dir.0, "pg/broken/bin", "what?");
        let linked = dir.0.join("linked");
        std::os::unix::fs::symlink(&old, &linked).unwrap();
        let pattern = format!("{}/pg/*/bin", dir.0.display());
        let search = Search { explicit: None, path: Some(linked.clone().into()), places: &[&pattern] };
        let bins: Vec<_> = search.run().unwrap().into_iter().map(|found| found.bin).collect();
        assert_eq!(bins, [new, linked]);
    }

    #[test]
    fn nothing_found_says_what_to_do_in_one_line() {
        let search = Search { explicit: None, path: None, places: &[] };
        let said = search.run().unwrap_err().to_string();
        assert!(!said.contains('\n'), "{said}");
        for word in ["apt install", "dnf install", "brew install", BIN_VARIABLE, "DATABASE_URL"] {
            assert!(said.contains(word), "{said}");
        }
    }

    #[test]
    fn a_too_old_one_is_named() {
        let dir = Dir::new("old");
        let bin = fake(&dir.0, "bin", "postgres (PostgreSQL) 13.9");
        let search = Search { explicit: None, path: Some(bin.clone().into()), places: &[] };
        let said = search.run().unwrap_err().to_string();
        assert!(said.contains("13.9") && said.contains(bin.to_str().unwrap()), "{said}");
        let said = Installation::at(&bin).unwrap_err().to_string();
        assert!(said.contains("13.9 is too old"), "{said}");
    }

    #[test]
    fn the_variable_is_never_passed_over_in_silence() {
        let dir = Dir::new("explicit");
        let good = fake(&dir.0, "good/bin", "postgres (PostgreSQL) 17.1");
        let wrong = dir.0.join("wrong");
        let search =
            Search { explicit: Some(wrong.clone().into()), path: Some(good.clone().into()), places: &[] };
        let said = search.run().unwrap_err().to_string();
        assert!(said.contains(BIN_VARIABLE) && said.contains(wrong.to_str().unwrap()), "{said}");
        // The parent of a bin directory will do.
        let search = Search { explicit: good.parent().map(Into::into), path: None, places: &[] };
        assert_eq!(search.run().unwrap()[0].bin, good);
    }
}
