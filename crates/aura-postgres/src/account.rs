//! Who runs the server: `postgres` and `initdb` refuse root.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::error::{Error, at};

/// The account a server runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Set if this process is root and its children must become this account.
    dropped: bool,
}

/// Accounts a root process may become, the better first.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

impl Account {
    /// The account for a data directory, which may not exist yet.
    pub(crate) fn for_data_dir(data_dir: &Path) -> Result<Self, Error> {
        let owner = fs::metadata(data_dir).ok().filter(|_| data_dir.join("PG_VERSION").exists());
        let account = if is_root() {
            Self::below_root(owner.as_ref())?
        } else {
            let uid = rustix::process::geteuid().as_raw();
            let gid = rustix::process::getegid().as_raw();
            let name = passwd()
                .and_then(|text| entries(&text).find(|entry| entry.1 == uid).map(|entry| entry.0.to_owned()));
            Self { name: name.unwrap_or_else(|| format!("uid {uid}")), uid, gid, dropped: false }
        };
        match owner {
            Some(owner) if owner.uid() != account.uid => {
                Err(Error::Owner { path: data_dir.to_owned(), owner: owner.uid(), account: account.name })
            }
            _ => Ok(account),
        }
    }

    /// What root becomes: the owner of the data if there is one, else the first candidate. The account needs an
    /// entry in passwd, or `initdb` does not know its own name.
    fn below_root(owner: Option<&Metadata>) -> Result<Self, Error> {
        let text = passwd().ok_or(Error::NoAccount)?;
        let owner = owner.map(MetadataExt::uid).filter(|uid| *uid != 0);
        entries(&text)
            .find(|entry| Some(entry.1) == owner)
            .or_else(|| {
                CANDIDATES
                    .iter()
                    .find_map(|name| entries(&text).find(|entry| entry.0 == *name && entry.1 != 0))
            })
            .map(|(name, uid, gid)| Self { name: name.to_owned(), uid, gid, dropped: true })
            .ok_or(Error::NoAccount)
    }

    /// A command that runs as this account, in a directory everybody may enter and without variables that would
    /// change what PostgreSQL's programs do or say.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("PG") || text.starts_with("LC_") || text == "LANG" || text == "LANGUAGE" {
                command.env_remove(&name);
            }
        }
        // The supervisor needs `mkfifo`, `rm` and `sleep`, whatever our own PATH is.
        let mut path = std::env::var_os("PATH").unwrap_or_default();
        path.push(if path.is_empty() { "/usr/bin:/bin" } else { ":/usr/bin:/bin" });
        command.env("PATH", path).env("LC_ALL", "C").current_dir("/");
        if self.dropped {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Gives a file or directory of ours to the account.
    pub(crate) fn own(&self, path: &Path) -> Result<(), Error> {
        if self.dropped {
            chown(path, Some(self.uid), Some(self.gid)).map_err(at("change the owner of", path))
        } else {
            Ok(())
        }
    }

    /// Makes a directory that only the account may enter, or takes one that is there and is so.
    pub(crate) fn private_dir(&self, path: &Path) -> Result<(), Error> {
        match fs::create_dir(path) {
            Ok(()) => {
                fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(at("close", path))?;
                self.own(path)
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                // Not followed: in a directory that all may write, somebody may have put a link in our way.
                let found = fs::symlink_metadata(path).map_err(at("look at", path))?;
                if found.uid() != self.uid || !found.is_dir() {
                    return Err(Error::Owner {
                        path: path.to_owned(),
                        owner: found.uid(),
                        account: self.name.clone(),
                    });
                }
                fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(at("close", path))
            }
            Err(error) => Err(at("create", path)(error)),
        }
    }

    /// Checks that the account may enter every directory above `path` that exists.
    pub(crate) fn reaches(&self, path: &Path) -> Result<(), Error> {
        for parent in path.ancestors().skip(1) {
            let Ok(found) = fs::metadata(parent) else { continue };
            let mode = found.mode();
            let open = if found.uid() == self.uid {
                mode & 0o100
            } else if found.gid() == self.gid {
                mode & 0o010
            } else {
                mode & 0o001
            };
            if self.dropped && open == 0 {
                return Err(Error::Closed { account: self.name.clone(), closed: parent.to_owned() });
            }
        }
        Ok(())
    }
}

fn passwd() -> Option<String> {
    fs::read("/etc/passwd").ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Name, uid and gid of each line of passwd(5).
fn entries(text: &str) -> impl Iterator<Item = (&str, u32, u32)> {
    text.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some((name, uid, gid))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwd_lines() {
        let text = "# a remark\nroot:x:0:0:root:/root:/bin/bash\n\nbroken:x\npostgres:x:101:104::/var/lib/postgresql:/bin/bash\n";
        let read: Vec<_> = entries(text).collect();
        assert_eq!(read, [("root", 0, 0), ("postgres", 101, 104)]);
    }
}
