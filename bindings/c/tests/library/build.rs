//! Compiling C and C++ programs, and running them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::installation::{pkg_config, prefix};
use crate::{root, succeed};

/// How a program is compiled, linked and run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// C99.
    C,
    /// C++17, whatever the language of the program.
    Cpp,
    /// With AddressSanitizer, which looks for leaks, too, and UndefinedBehaviorSanitizer.
    Sanitized,
    /// Under valgrind: any error or leak ends it.
    Valgrind,
    /// With the library inside.
    Static,
}

impl Way {
    pub(crate) const ALL: [Self; 5] = [
        Self::C,
        Self::Cpp,
        Self::Sanitized,
        Self::Valgrind,
        Self::Static,
    ];

    fn compiler(self, source: &Path) -> Command {
        let is_cpp = source
            .extension()
            .is_some_and(|extension| extension == "cpp");
        let mut compiler = match is_cpp || self == Self::Cpp {
            true => Command::new("c++"),
            false => Command::new("cc"),
        };
        match is_cpp || self == Self::Cpp {
            true => compiler.args(["-x", "c++", "-std=c++17"]),
            false => compiler.args(["-x", "c", "-std=c99", "-D_POSIX_C_SOURCE=200809L"]),
        };
        if self == Self::Sanitized {
            compiler.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
        }
        compiler
    }

    fn libraries(self) -> Vec<String> {
        match self {
            Self::Static => pkg_config(&["--variable=static_libs"]),
            _ => {
                let mut libraries = pkg_config(&["--libs"]);
                libraries.push(format!("-Wl,-rpath,{}/lib", prefix().display()));
                libraries
            }
        }
    }

    /// A compiled program to run, with nothing of the caller's environment.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = match self {
            Self::Valgrind => {
                let mut valgrind = Command::new("valgrind");
                valgrind
                    .args(["--quiet", "--error-exitcode=99", "--leak-check=full"])
                    .arg("--errors-for-leak-kinds=definite,possible")
                    .arg("--show-leak-kinds=definite,possible")
                    .arg(format!(
                        "--suppressions={}/bindings/c/tests/valgrind.supp",
                        root().display()
                    ))
                    .arg(program);
                valgrind
            }
            _ => Command::new(program),
        };
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("ASAN_OPTIONS", "detect_leaks=1")
            .env("UBSAN_OPTIONS", "print_stacktrace=1");
        command
    }
}

/// Compiles a program without a warning, into a directory of this test run.
pub(crate) fn compile(source: &Path, way: Way) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    fs::create_dir_all(&directory).unwrap();
    let name = source.file_name().unwrap().to_str().unwrap();
    let program = directory.join(format!("{name}-{way:?}"));
    let mut compiler = way.compiler(source);
    succeed(
        compiler
            .args([
                "-g",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-pthread",
            ])
            .args(pkg_config(&["--cflags"]))
            .arg(source)
            .args(["-x", "none", "-o"])
            .arg(&program)
            .args(way.libraries()),
    );
    program
}
