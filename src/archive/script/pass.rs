//! The passes of a restore.

use crate::archive::toc::{Section, TocEntry};

/// When an entry is restored (`_tocEntryRestorePass`): privileges come once all is
/// there to be granted, and what acts with the owner's privileges comes after that.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Pass {
    /// Definitions and data.
    Main,
    /// Privileges.
    Acl,
    /// Event triggers, and the rows of materialized views.
    PostAcl,
}

impl Pass {
    /// All passes, in their order.
    pub(crate) const ALL: [Self; 3] = [Self::Main, Self::Acl, Self::PostAcl];

    /// The pass that the entry is restored in.
    pub(crate) fn of(entry: &TocEntry) -> Self {
        match entry.desc.as_ref() {
            "ACL" | "DEFAULT ACL" => Self::Acl,
            "EVENT TRIGGER" | "MATERIALIZED VIEW DATA" => Self::PostAcl,
            "COMMENT" | "SECURITY LABEL" if entry.tag.starts_with("EVENT TRIGGER ") => {
                Self::PostAcl
            }
            // Those of materialized views need their rows, and keep the order of all others.
            "STATISTICS DATA" if entry.section == Section::PostData => Self::PostAcl,
            _ => Self::Main,
        }
    }
}
