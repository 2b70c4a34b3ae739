//! The command line program; see [`pgsluice::cli`].

fn main() -> std::process::ExitCode {
    pgsluice::cli::main()
}
