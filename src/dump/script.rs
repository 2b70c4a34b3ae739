//! The plain format's statements, between which the contents stand.

use rustls::crypto::aws_lc_rs;

use super::DumpOptions;
use crate::archive::script::{RestrictKey, Script, ScriptOptions, Step};
use crate::codec::Encoder;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::SegmentWriter;
use crate::pipeline::window::PieceSender;

/// How the script is printed, with a key of its own.
pub(super) fn options(options: &DumpOptions) -> Result<ScriptOptions> {
    let mut random = [0; RestrictKey::LENGTH];
    aws_lc_rs::default_provider()
        .secure_random
        .fill(&mut random)
        .map_err(|_| {
            Error::new(
                ErrorKind::Internal,
                "the system has no random numbers to give",
            )
        })?;
    Ok(ScriptOptions {
        create: options.create,
        clean: options.clean(),
        key: RestrictKey::new(random),
    })
}

/// Writes the statements up to the next contents, or to the script's end.
pub(super) async fn write_statements(
    encoder: &mut Encoder,
    script: &mut impl Iterator<Item = Result<Step<'_>>>,
    sender: PieceSender,
) -> Result<()> {
    let mut segment = SegmentWriter::new(encoder, sender);
    while let Some(Step::Text(text)) = script.next().transpose()? {
        segment.write(text.as_bytes()).await?;
    }
    segment.end_piece().await?;
    segment.finish().await
}

/// Prints the script once for nothing, so that what cannot be printed is found before
/// the first row is read.
pub(super) fn check(mut script: Script<'_>) -> Result<()> {
    script.try_for_each(|step| step.map(drop))
}
