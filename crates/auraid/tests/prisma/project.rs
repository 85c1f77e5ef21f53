//! A TypeScript project in a folder of its own: packages linked, our schema copied, Prisma Client generated.

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, Once, PoisonError, Weak};

use aura_testing::TestDatabase;
use serde_json::Value;
use tempfile::TempDir;

/// What `prisma.config.ts` is to a team; here in plain JavaScript.
const CONFIG: &str = r#"export default {
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL },
};
"#;

/// The project. All tests that run at the same time share one; the last one to end removes it.
pub(crate) struct Project {
    folder: TempDir,
    oracle: PathBuf,
}

/// The project, or `None`, said on the terminal, where there is no Prisma to try.
pub(crate) fn project() -> Option<Arc<Project>> {
    static SHARED: Mutex<Weak<Project>> = Mutex::new(Weak::new());
    let oracle = match oracle() {
        Ok(oracle) => oracle,
        Err(reason) => {
            static SAID: Once = Once::new();
            // Not by a macro: the test harness would keep that to itself.
            let line = format!("skipped: the tests with a real Prisma Client, for {reason}\n");
            SAID.call_once(|| std::io::stderr().write_all(line.as_bytes()).expect("a terminal takes a line"));
            return None;
        }
    };
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(project) = shared.upgrade() {
        return Some(project);
    }
    let project = Arc::new(Project::new(oracle));
    *shared = Arc::downgrade(&project);
    Some(project)
}

fn oracle() -> Result<PathBuf, String> {
    let folder = std::env::var_os("AURAID_ORACLE").filter(|value| !value.is_empty());
    let folder = PathBuf::from(folder.ok_or("AURAID_ORACLE names no folder with Prisma in it")?);
    // Named, but wrong: that is a fault, not a reason to skip.
    let folder =
        folder.canonicalize().unwrap_or_else(|error| panic!("AURAID_ORACLE={}: {error}", folder.display()));
    assert!(folder.join("node_modules/prisma").is_dir(), "{} holds no node_modules/prisma", folder.display());
    match Command::new("node").arg("--version").output() {
        Ok(output) if output.status.success() => Ok(folder),
        _ => Err("node does not run".to_owned()),
    }
}

impl Project {
    fn new(oracle: PathBuf) -> Project {
        let project = Project { folder: tempfile::tempdir().expect("a folder for the project"), oracle };
        let root = project.folder.path();
        link_packages(&project.oracle.join("node_modules"), &root.join("node_modules"));
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        copy(&repository.join("prisma"), &root.join("prisma"));
        copy(&repository.join("crates/auraid/tests/prisma"), root);
        write(&root.join("documented.mjs"), &documented_extension(&repository.join("docs/typescript.md")));
        write(&root.join("package.json"), r#"{ "private": true, "type": "module" }"#);
        write(&root.join("prisma.config.mjs"), CONFIG);
        let generated = project.prisma(&["generate"], None);
        assert!(generated.status.success(), "prisma generate: {}", said(&generated));
        project
    }

    /// Runs Prisma's own command line.
    pub(crate) fn prisma(&self, arguments: &[&str], database_url: Option<&str>) -> Output {
        let mut command = Command::new("node");
        command.arg("node_modules/prisma/build/index.js").args(arguments).current_dir(self.folder.path());
        // Its engine would be downloaded otherwise, and its version asked for.
        command.env("PRISMA_SCHEMA_ENGINE_BINARY", self.oracle.join("schema-engine"));
        command.env("CHECKPOINT_DISABLE", "1").env("NO_COLOR", "1").env_remove("DATABASE_URL");
        if let Some(url) = database_url {
            command.env("DATABASE_URL", url);
        }
        command.output().expect("node runs")
    }

    /// Runs one of the programs on a database; what it answers. It gets `given` as `given`.
    pub(crate) async fn run(&self, program: &str, database: &TestDatabase, given: &Value) -> Value {
        let mut command = tokio::process::Command::new("node");
        command.arg(program).arg(given.to_string()).current_dir(self.folder.path());
        for (variable, role) in [
            ("SERVICE_URL", "auraid_service"),
            ("OWNER_URL", "auraid_owner"),
            ("READ_URL", "auraid_read"),
            ("SUPERUSER_URL", "postgres"),
        ] {
            command.env(variable, database.url_as(role));
        }
        let output = command.output().await.expect("node runs");
        assert!(output.status.success(), "{program}: {}", said(&output));
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{program}: {error}: {}", said(&output)))
    }
}

/// The extension that the page for TypeScript teams shows, its one type taken off.
fn documented_extension(page: &Path) -> String {
    let page = std::fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let (_, block) = page.split_once("const byUnique").expect("the page shows the extension");
    let (extension, _) = block.split_once("// Two clients").expect("the page says how to use the extension");
    let code = format!("import {{ Prisma }} from \"@prisma/client\";\nconst byUnique{extension}");
    code.replace(": { operation: string; args: any; query: (args: any) => Promise<any> }", "")
}

/// What a program has printed.
pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Links every package. `@prisma/client` alone is a folder of its own: the generated client lies beside it, where
/// it looks for it, and must not lie in the oracle, which other processes use too.
fn link_packages(from: &Path, to: &Path) {
    for package in entries(from) {
        let target = to.join(name(&package));
        if name(&package) == "@prisma" {
            for package in entries(&package) {
                let target = target.join(name(&package));
                if name(&package) == "client" { copy(&package, &target) } else { link(&package, &target) }
            }
        } else {
            link(&package, &target);
        }
    }
}

/// Copies the files of a folder byte for byte; folders in it are copied for `prisma` and linked for packages.
fn copy(from: &Path, to: &Path) {
    for entry in entries(from) {
        let target = to.join(name(&entry));
        if entry.is_file() {
            std::fs::create_dir_all(to).expect("making a folder");
            std::fs::copy(&entry, &target)
                .unwrap_or_else(|error| panic!("copying {}: {error}", entry.display()));
        } else if from.components().any(|part| part.as_os_str() == "node_modules") {
            link(&entry, &target);
        } else {
            copy(&entry, &target);
        }
    }
}

fn link(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.parent().expect("every target lies in the project")).expect("making a folder");
    symlink(from, to).unwrap_or_else(|error| panic!("linking {}: {error}", from.display()));
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap_or_else(|error| panic!("writing {}: {error}", path.display()));
}

/// Paths in a folder, but for those whose names begin with a dot.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("reading a folder").path());
    paths.filter(|path| !name(path).to_string_lossy().starts_with('.')).collect()
}

fn name(path: &Path) -> &OsStr {
    path.file_name().expect("an entry of a folder has a name")
}
