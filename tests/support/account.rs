//! The account that runs a test server.

use std::path::Path;
use std::process::Command;

/// The account that runs the server, if it cannot be the caller's: PostgreSQL
/// refuses to run as root.
pub struct Account(Option<&'static str>);

impl Account {
    /// The caller's own or, for root, `postgres` or `nobody`.
    pub fn for_server() -> Self {
        if id(&["-u"]).as_deref() != Some("0") {
            return Self(None);
        }
        let known = ["postgres", "nobody"]
            .into_iter()
            .find(|name| id(&["-u", name]).is_some());
        Self(Some(
            known.expect("a user postgres or nobody to run the server"),
        ))
    }

    /// Hands a directory over to the account.
    pub fn own(&self, directory: &Path) {
        if let Some(user) = self.0 {
            let mut chown = Command::new("chown");
            run(chown.args(["-R", user]).arg(directory));
        }
    }

    /// The words before a command line that run it under this account.
    pub fn prefix(&self) -> Vec<String> {
        let Some(user) = self.0 else {
            return Vec::new();
        };
        let group = id(&["-g", user]).expect("the user's group");
        vec![
            "setpriv".to_owned(),
            format!("--reuid={user}"),
            format!("--regid={group}"),
            "--init-groups".to_owned(),
        ]
    }

    /// `program`, to run under this account.
    pub fn command(&self, program: &Path) -> Command {
        let mut words = self.prefix();
        words.push(program.display().to_string());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir("/");
        command
    }
}

/// Runs a command to its end. Panics with what it says if it fails.
pub fn run(command: &mut Command) {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn id(arguments: &[&str]) -> Option<String> {
    let output = Command::new("id").args(arguments).output().expect("id");
    let text = String::from_utf8(output.stdout).expect("ASCII from id");
    output.status.success().then(|| text.trim().to_owned())
}
