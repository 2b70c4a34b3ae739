//! Certificates for tests, made by the `openssl` command: what a server's
//! administrator would make, oddities included.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A certificate authority that lives in a directory.
pub struct Authority {
    directory: PathBuf,
    name: String,
}

impl Authority {
    /// Makes `NAME.crt`, a root certificate, and `NAME.key` in `directory`.
    pub fn new(directory: &Path, name: &str) -> Self {
        let authority = Self {
            directory: directory.to_owned(),
            name: name.to_owned(),
        };
        openssl(
            directory,
            &format!(
                "req -x509 {NEW_KEY} -keyout {name}.key -out {name}.crt -days 30 -subj /CN={name}"
            ),
        );
        authority
    }

    /// The root certificate.
    pub fn certificate(&self) -> PathBuf {
        self.directory.join(format!("{}.crt", self.name))
    }

    /// Makes `FILE.crt` and `FILE.key` for `subject`. Without alternative names the
    /// certificate is of X.509 version 1, as in the examples of PostgreSQL's manual.
    pub fn issue(&self, file: &str, subject: &str, alternative_names: Option<&str>) {
        let (directory, ca) = (&self.directory, &self.name);
        openssl(
            directory,
            &format!("req {NEW_KEY} -keyout {file}.key -out {file}.csr -subj /CN={subject}"),
        );
        let mut sign = format!(
            "x509 -req -in {file}.csr -out {file}.crt -days 30 -CA {ca}.crt -CAkey {ca}.key -CAcreateserial"
        );
        if let Some(names) = alternative_names {
            let extensions = format!("{file}.ext");
            std::fs::write(
                directory.join(&extensions),
                format!("subjectAltName={names}\n"),
            )
            .expect("extensions file");
            sign.push_str(&format!(" -extfile {extensions}"));
        }
        openssl(directory, &sign);
    }
}

/// A fresh key without a passphrase; an elliptic one, since RSA keys take long to find.
const NEW_KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

fn openssl(directory: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(directory)
        .output()
        .expect("tests need the openssl command");
    assert!(
        output.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
