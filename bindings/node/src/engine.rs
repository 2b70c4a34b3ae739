//! The jobs that can be started.

use napi::Env;
use napi_derive::napi;
use pgsluice::archive::{Archive, Listing};
use pgsluice::dump::Dump;
use pgsluice::list::{List, ReadManifest};
use pgsluice::restore::Restore;
use pgsluice::verify::Verify;
use serde::{Serialize, Serializer};

use crate::input::Input;
use crate::job::Job;
use crate::output::Output;
use crate::request::Request;
use crate::running::Running;

/// Starts jobs for one JavaScript environment: the main thread's, or a worker thread's.
#[napi]
pub struct Engine {
    running: Running,
}

#[napi]
impl Engine {
    /// To be made once in an environment. Jobs that still run when it goes are cancelled.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env) -> napi::Result<Self> {
        let running = Running::default();
        env.add_env_cleanup_hook(running.clone(), |running| running.end())?;
        Ok(Self { running })
    }

    /// Cancels all jobs, and waits some seconds for them to take back what they have stored.
    #[napi(catch_unwind)]
    pub fn end(&self) {
        self.running.end();
    }

    /// Starts a dump; to `output` if the target is `-`.
    #[napi(catch_unwind)]
    pub fn dump(&self, request: Request, output: Option<&Output>) -> Job {
        Job::start(&self.running, |cancel, progress| {
            let writer = output.map(|output| output.writer(cancel.clone()));
            async move {
                let mut dump = Dump::new(request.options()?)?;
                if let Some(writer) = writer {
                    dump = dump.with_writer(writer);
                }
                dump.run(&cancel, &progress).await
            }
        })
    }

    /// Starts a restore; from `input` if the archive is `-`.
    #[napi(catch_unwind)]
    pub fn restore(&self, request: Request, input: Option<&Input>) -> Job {
        Job::start(&self.running, |cancel, progress| {
            let reader = input.map(|input| input.reader(cancel.clone()));
            async move {
                let mut restore = Restore::new(request.options()?)?;
                if let Some(reader) = reader {
                    restore = restore.with_reader(reader);
                }
                restore.run(&cancel, &progress).await
            }
        })
    }

    /// Starts a verification.
    #[napi(catch_unwind)]
    pub fn verify(&self, request: Request) -> Job {
        Job::start(&self.running, |cancel, progress| async move {
            let verify = Verify::new(request.options()?)?;
            verify.run(&cancel, &progress).await
        })
    }

    /// Starts a listing; of `input` if the archive is `-`.
    #[napi(catch_unwind)]
    pub fn list(&self, request: Request, input: Option<&Input>) -> Job {
        Job::start(&self.running, |cancel, _| {
            let reader = input.map(|input| input.reader(cancel.clone()));
            async move {
                let mut list = List::new(request.options()?)?;
                if let Some(reader) = reader {
                    list = list.with_reader(reader);
                }
                list.run(&cancel).await.map(Listed)
            }
        })
    }

    /// Starts to read a manifest.
    #[napi(catch_unwind)]
    pub fn read_manifest(&self, request: Request) -> Job {
        Job::start(&self.running, |cancel, _| async move {
            let manifest = ReadManifest::new(request.options()?)?;
            manifest.run(&cancel).await
        })
    }
}

/// An archive that is written as its listing, which borrows from it.
struct Listed(Archive);

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Listing::new(&self.0).serialize(serializer)
    }
}
