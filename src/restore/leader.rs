//! The course of a restore: what is dropped and made in one session, and what others help with.

use std::io::Read;
use std::sync::Arc;
use std::time::Instant;

use super::crew::{self, Site};
use super::plan::Plan;
use super::report::RestoreReport;
use super::shared::{Done, Shared};
use super::worker::{Data, Worker};
use super::{RestoreOptions, memory, protect, session};
use crate::archive::script::{Clean, Pass};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::pg::ConnInfo;
use crate::process;
use crate::progress::{Progress, Stage};
use crate::unpack::{OpenArchive, OpenOptions};

/// Opens the archive and plans what is restored of it.
pub(super) async fn plan(
    options: &RestoreOptions,
    stream: Option<Box<dyn Read + Send>>,
) -> Result<(OpenArchive, Plan)> {
    let mut archive = OpenArchive::open(OpenOptions {
        location: &options.archive,
        s3: &options.s3,
        stream,
    })
    .await?;
    let manifest = match options.ignore_manifest || archive.is_stream() {
        true => None,
        false => archive.manifest().await?,
    };
    let places = archive.places(manifest.as_ref()).await?;
    let contents = archive.take_contents();
    let plan = Plan::new(contents, places, manifest, options)?;
    Ok((archive, plan))
}

/// Restores, from the first look at the archive to the last commit.
pub(super) async fn lead(
    options: RestoreOptions,
    stream: Option<Box<dyn Read + Send>>,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<RestoreReport> {
    let started = Instant::now();
    progress.enter(Stage::Connecting, "");
    let (mut archive, plan) = cancel.guard(plan(&options, stream)).await?;
    let made = options.create.then(|| made_database(&plan)).transpose()?;
    protect::check(&options, made.as_deref())?;
    let access = match archive.access() {
        Some(access) => Some(memory::share(access, options.max_memory, options.jobs)?),
        None => None,
    };
    let opening = session::open(&options.target, None, &plan, &options);
    let (session, dialect) = cancel.guard(opening).await?;
    warn_if_older(&plan, dialect.major());
    let server = session.server();
    let version = session.server_version().to_string();
    let target = match &made {
        Some(name) => options.target.clone().with_database(name),
        None => options.target.clone(),
    };
    let (tables, bytes) = plan.amount();
    progress.expect(tables, bytes);
    let checked = plan.has_manifest();
    let shared = Arc::new(Shared::new(
        plan,
        options,
        dialect,
        cancel.clone(),
        progress.clone(),
    ));
    let data = match &access {
        Some(access) => Data::Stored(cancel.guard(access.connect()).await?),
        None => Data::Stream(&mut archive),
    };
    let site = access.map(|access| Site {
        target: target.clone(),
        server,
        access,
    });
    let mut leader = Leader {
        worker: Worker::new(&shared, session, data, cancel.clone()),
        shared: &shared,
        target: &target,
        site,
    };
    let ended = leader.restore().await;
    progress.enter(Stage::Finishing, "");
    leader.worker.session.end(ended.is_err()).await;
    ended?;
    let (done, failures) = shared.outcome();
    let Done {
        entries,
        tables,
        rows,
        large_objects,
        raw_bytes,
    } = done;
    Ok(RestoreReport {
        archive: shared.options.archive.to_string(),
        database: target.database().unwrap_or_default().to_owned(),
        server_version: version,
        entries,
        tables,
        rows,
        large_objects,
        raw_bytes,
        checked,
        jobs: shared.options.jobs,
        seconds: started.elapsed().as_secs_f64(),
        peak_memory: process::peak_memory(),
        failures,
    })
}

/// The session in which everything is made that has to be in order.
struct Leader<'a> {
    worker: Worker<'a>,
    shared: &'a Arc<Shared>,
    target: &'a ConnInfo,
    /// Where others can help; none where the archive is a stream.
    site: Option<Site>,
}

impl Leader<'_> {
    async fn restore(&mut self) -> Result<()> {
        let options = &self.shared.options;
        let cancel = &self.shared.cancel;
        if options.terminate_sessions
            && let Some(database) = self.target.database()
        {
            let terminate = session::terminate_others(&self.worker.session, database);
            let ended = cancel.guard(terminate).await?;
            tracing::info!(database, ended, "ended the sessions of others");
        }
        if options.single_transaction {
            cancel.guard(self.worker.session.batch("BEGIN")).await?;
        }
        self.shared.progress.enter(Stage::Definitions, "");
        self.drop_all().await?;
        self.restore_all().await?;
        let end = match options.single_transaction {
            true => "COMMIT",
            false => "",
        };
        let finish = async {
            self.worker.session.batch(end).await?;
            session::make_durable(&self.worker.session).await
        };
        cancel.guard(finish).await
    }

    /// Drops what is about to be made, the last first. What cannot be dropped is tried once
    /// more: constraints of partitions go with those of their table, and not before.
    async fn drop_all(&self) -> Result<()> {
        let options = &self.shared.options;
        let plan = &self.shared.plan;
        let clean = options.clean();
        let is_dropped = |item: &usize| {
            plan.selected[*item].any() && clean.drops(&plan.entries[*item], options.create)
        };
        let mut left: Vec<usize> = (0..plan.entries.len()).rev().filter(is_dropped).collect();
        let mut clean = clean;
        while !left.is_empty() {
            let mut again = Vec::new();
            for &item in &left {
                let sql = clean.statement(&plan.entries[item]);
                let drop = self.try_drop(&sql);
                match self.shared.cancel.guard(drop).await {
                    Ok(()) => {}
                    Err(error) if is_missing(&error) => self.shared.settle_drop(item, error)?,
                    Err(error) => again.push((item, error)),
                }
            }
            if again.len() == left.len() {
                let mut failed = again.into_iter();
                return failed.try_for_each(|(item, error)| self.shared.settle_drop(item, error));
            }
            left = again.into_iter().map(|(item, _)| item).collect();
            // It was there, and may be gone by now.
            clean = Clean::Existing;
        }
        Ok(())
    }

    /// Runs a statement that may fail, without an end to the transaction it may be in.
    async fn try_drop(&self, sql: &str) -> Result<()> {
        let session = &self.worker.session;
        if !self.shared.options.single_transaction {
            return session.batch(sql).await;
        }
        session.batch("SAVEPOINT pgsluice_drop").await?;
        let dropped = session.batch(sql).await;
        let end = match &dropped {
            Ok(()) => "RELEASE SAVEPOINT pgsluice_drop",
            Err(_) => "ROLLBACK TO SAVEPOINT pgsluice_drop",
        };
        session.batch(end).await?;
        dropped
    }

    async fn restore_all(&mut self) -> Result<()> {
        let plan = &self.shared.plan;
        let first = plan.pre_data();
        for item in plan.pass(Pass::Main).filter(|item| first.contains(item)) {
            self.restore_in_order(item).await?;
        }
        let rest = plan.pass(Pass::Main).filter(|item| !first.contains(item));
        self.restore_items(rest.collect()).await?;
        for item in plan.pass(Pass::Acl) {
            self.restore_in_order(item).await?;
        }
        self.restore_items(plan.pass(Pass::PostAcl).collect()).await
    }

    /// Restores items that may go at the same time.
    async fn restore_items(&mut self, items: Vec<usize>) -> Result<()> {
        match &self.site {
            Some(site) if crew::sessions(self.shared, &items) > 1 => {
                crew::restore(self.shared, site, items).await
            }
            _ => {
                for item in items {
                    self.restore_in_order(item).await?;
                }
                Ok(())
            }
        }
    }

    async fn restore_in_order(&mut self, item: usize) -> Result<()> {
        let entry = &self.shared.plan.entries[item];
        if !self.shared.plan.selected[item].load {
            self.shared
                .progress
                .enter(Stage::Definitions, entry.tag.as_str());
        }
        self.worker.restore(item).await?;
        match entry.desc.as_ref() {
            "DATABASE" | "DATABASE PROPERTIES" => self.reconnect(item).await,
            _ => Ok(()),
        }
    }

    /// Goes on in the database that was made, or with its new settings.
    async fn reconnect(&mut self, item: usize) -> Result<()> {
        let shared = self.shared;
        let open = session::open(self.target, None, &shared.plan, &shared.options);
        let (session, _) =
            shared.cancel.guard(open).await.map_err(|error| {
                error.context(format!("connecting after {}", shared.name(item)))
            })?;
        self.worker.replace_session(session).end(false).await;
        Ok(())
    }
}

/// Whether what was to be dropped is not there ("PostgreSQL Error Codes" in the manual:
/// undefined table, object, function, column, schema, database).
fn is_missing(error: &Error) -> bool {
    let codes = ["42P01", "42704", "42883", "42703", "3F000", "3D000"];
    error.sqlstate().is_some_and(|code| codes.contains(&code))
}

/// The database that the archive makes.
fn made_database(plan: &Plan) -> Result<String> {
    let entry = plan.entries.iter().find(|entry| entry.desc == "DATABASE");
    entry.map(|entry| entry.tag.clone()).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidInput,
            "the archive says nothing about how to make its database, which create needs",
        )
        .with_hint("Make the database yourself, and restore into it without create.")
    })
}

/// What an older server may not understand is no error until it is met.
fn warn_if_older(plan: &Plan, server: u32) {
    let dumped: Option<u32> = plan
        .header
        .dump_version
        .split(|c: char| !c.is_ascii_digit())
        .find_map(|number| number.parse().ok());
    if let Some(dumped) = dumped
        && dumped > server
    {
        tracing::warn!(
            "the archive is written for PostgreSQL {dumped} and newer, the server is {server}: it may not understand everything"
        );
    }
}
