//! Everything in an archive, decoded and compared with its manifest.

use std::collections::HashMap;

use super::VerifyOptions;
use super::bytes::{self, Expected, compare_file};
use crate::archive::{Archive, Format, Manifest, TocEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::DumpId;
use crate::sql::one_line;
use crate::store::Store;
use crate::unpack::{Found, OpenArchive, OpenOptions, Place, Walked, Walker};

/// What an archive is, and what is in it as far as it was looked at.
pub(super) struct Proved {
    pub(super) archive: Archive,
    pub(super) manifest: Option<Manifest>,
    pub(super) size: u64,
    pub(super) sha256: Option<String>,
    pub(super) compared_with: Option<&'static str>,
    /// The data of every entry; none if nothing was decoded.
    pub(super) found: Option<HashMap<DumpId, Found>>,
    pub(super) warnings: Vec<String>,
}

/// Reads the archive; with `decode`, decodes all of it as well.
pub(super) async fn prove(options: &VerifyOptions, decode: bool) -> Result<Proved> {
    let mut archive = OpenArchive::open(OpenOptions {
        location: &options.archive,
        s3: &options.s3,
        stream: None,
    })
    .await?;
    let manifest = match options.ignore_manifest {
        true => None,
        false => archive.manifest().await?,
    };
    let proved = match archive.archive.header.format {
        Format::Directory => prove_directory(options, &mut archive, manifest, decode).await,
        _ => prove_object(options, &mut archive, manifest, decode).await,
    }?;
    if let (Some(manifest), Some(found)) = (&proved.manifest, &proved.found) {
        compare_all(manifest, found)?;
    }
    Ok(proved)
}

async fn prove_object(
    options: &VerifyOptions,
    archive: &mut OpenArchive,
    manifest: Option<Manifest>,
    decode: bool,
) -> Result<Proved> {
    let expected = Expected::of(&options.archive, &options.s3, manifest.as_ref()).await?;
    if expected.is_none() && !decode {
        return Err(nothing_to_compare_with());
    }
    let reader = Store::open(&options.archive, &options.s3)?.reader().await?;
    let mut walker = decode.then(Walker::new);
    let mut sink = |piece| match &mut walker {
        Some(walker) => walker.push(piece),
        None => Ok(()),
    };
    let name = options.archive.to_string();
    let in_archive = |error: Error| match error.kind() {
        ErrorKind::CorruptArchive => error.context(format!("reading {name}")),
        _ => error,
    };
    let part_size = expected
        .as_ref()
        .map_or(u64::MAX, |expected| expected.part_size);
    let read = bytes::read(reader, part_size, &mut sink)
        .await
        .map_err(in_archive)?;
    if let Some(expected) = &expected {
        expected.compare(&name, &read)?;
    }
    let walked = walker.map(Walker::finish).transpose().map_err(in_archive)?;
    let mut warnings = Vec::new();
    if expected.is_none() {
        warnings.push(
            "there is neither a manifest nor a .sha256 to compare the stored bytes with".to_owned(),
        );
    }
    let (archive, found) = match walked {
        Some(Walked { archive, found }) => {
            check_ends(&archive, &found)?;
            (archive, Some(found.into_iter().collect()))
        }
        None => (archive.take_contents(), None),
    };
    Ok(Proved {
        archive,
        manifest,
        size: read.size,
        sha256: expected.is_some().then_some(read.sha256),
        compared_with: expected.map(|expected| expected.source),
        found,
        warnings,
    })
}

async fn prove_directory(
    options: &VerifyOptions,
    archive: &mut OpenArchive,
    manifest: Option<Manifest>,
    decode: bool,
) -> Result<Proved> {
    let mut size = 0;
    let mut warnings = Vec::new();
    match &manifest {
        Some(manifest) => {
            for facts in &manifest.archive.files {
                let location = options
                    .archive
                    .member(&facts.name)
                    .ok_or_else(|| Error::new(ErrorKind::Internal, "a stream has no files"))?;
                let store = Store::open(&location, &options.s3)?;
                let reader = store.reader().await.map_err(is_missing)?;
                let read = bytes::read(reader, u64::MAX, &mut |_| Ok(())).await?;
                compare_file(facts, &read)?;
                size += read.size;
            }
        }
        None if !decode => return Err(nothing_to_compare_with()),
        None => warnings.push("there is no manifest to compare the files with".to_owned()),
    }
    let found = match decode {
        true => Some(decode_files(archive).await?),
        false => None,
    };
    Ok(Proved {
        sha256: manifest
            .as_ref()
            .map(|manifest| manifest.archive.sha256.clone()),
        compared_with: manifest.is_some().then_some("manifest"),
        archive: archive.take_contents(),
        manifest,
        size,
        found,
        warnings,
    })
}

async fn decode_files(archive: &OpenArchive) -> Result<HashMap<DumpId, Found>> {
    let access = archive
        .access()
        .ok_or_else(|| Error::new(ErrorKind::Internal, "a stream is not a directory"))?;
    let places = archive.places(None).await?;
    let connected = access.connect().await?;
    let mut all = Vec::new();
    for parsed in &archive.archive.entries {
        let entry = &parsed.entry;
        let Some(place @ Place::File(_)) = places.of(entry.dump_id) else {
            continue;
        };
        let decode = async {
            let is_large_objects = entry.desc == "BLOBS";
            let mut contents = connected
                .contents(entry.dump_id, is_large_objects, place)
                .await?;
            while contents.next().await?.is_some() {}
            contents.found()
        };
        let found = decode.await.map_err(is_missing).map_err(|error| {
            let (id, name) = (entry.dump_id, one_line(&entry.tag));
            error.context(format!("decoding the data of entry {id}, {name}"))
        })?;
        all.push((entry.dump_id, found));
    }
    check_ends(&archive.archive, &all)?;
    Ok(all.into_iter().collect())
}

/// A directory of which a file is not there is no failure of the store: the backup is not whole.
fn is_missing(error: Error) -> Error {
    match error.kind() {
        ErrorKind::StorageNotFound => Error::new(
            ErrorKind::Verification,
            "a file of the directory archive is missing",
        )
        .with_source(error)
        .with_hint("Do not rely on this backup. If the directory was copied, copy the file, too."),
        _ => error,
    }
}

/// Rows end with a mark: a codec does not tell of all that may be cut off.
fn check_ends(archive: &Archive, found: &[(DumpId, Found)]) -> Result<()> {
    let by_id: HashMap<DumpId, &TocEntry> = archive
        .entries
        .iter()
        .map(|parsed| (parsed.entry.dump_id, &parsed.entry))
        .collect();
    for (id, found) in found {
        let is_copy = by_id.get(id).is_some_and(|entry| {
            entry
                .copy_stmt
                .as_deref()
                .is_some_and(|sql| !sql.is_empty())
        });
        if is_copy && !found.ended {
            return Err(Error::new(
                ErrorKind::CorruptArchive,
                format!(
                    "the rows of entry {id} do not end with the mark that pg_dump puts behind them"
                ),
            )
            .with_hint("The archive was cut off."));
        }
    }
    Ok(())
}

/// Compares all data with what the manifest says.
fn compare_all(manifest: &Manifest, found: &HashMap<DumpId, Found>) -> Result<()> {
    for facts in &manifest.data {
        let found = found.get(&DumpId(facts.dump_id)).ok_or_else(|| {
            Error::new(
                ErrorKind::Verification,
                format!(
                    "the archive has no data of entry {}, {}, which its manifest describes",
                    facts.dump_id, facts.name
                ),
            )
        })?;
        found.check(facts)?;
    }
    Ok(())
}

fn nothing_to_compare_with() -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        "there is neither a manifest nor a .sha256 beside the archive to compare its bytes with",
    )
    .with_hint("Use level archive, which decodes all of it.")
}
