//! Where archives are kept: object stores, files, streams.
