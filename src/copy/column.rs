//! The types of columns, and how a field of each is converted.

use tokio_postgres::types::{Kind, Type};

use super::{moment, number, text};

/// How the values of a column are written in the binary format.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Column {
    /// `boolean`.
    Bool,
    /// `bytea`, whose text is hexadecimal.
    Bytea,
    /// `smallint`.
    Int2,
    /// `integer`.
    Int4,
    /// `bigint`.
    Int8,
    /// `real`.
    Float4,
    /// `double precision`.
    Float8,
    /// `numeric`, of any precision.
    Numeric,
    /// What is its own text: `text`, `varchar`, `char(n)`, `json`, and the labels of enums.
    Text,
    /// `jsonb`: its text, behind a version.
    Jsonb,
    /// `uuid`.
    Uuid,
    /// `date`.
    Date,
    /// `time` without a zone.
    Time,
    /// `timestamp` without a zone.
    Timestamp,
    /// `timestamptz`.
    TimestampTz,
}

/// Of the binary `jsonb` there is one version (`jsonb_recv`).
const JSONB_VERSION: u8 = 1;

impl Column {
    /// How values of this type are written, if that is known.
    pub fn of(of_type: &Type) -> Option<Self> {
        Some(match *of_type {
            Type::BOOL => Self::Bool,
            Type::BYTEA => Self::Bytea,
            Type::INT2 => Self::Int2,
            Type::INT4 => Self::Int4,
            Type::INT8 => Self::Int8,
            Type::FLOAT4 => Self::Float4,
            Type::FLOAT8 => Self::Float8,
            Type::NUMERIC => Self::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::JSON => Self::Text,
            Type::JSONB => Self::Jsonb,
            Type::UUID => Self::Uuid,
            Type::DATE => Self::Date,
            Type::TIME => Self::Time,
            Type::TIMESTAMP => Self::Timestamp,
            Type::TIMESTAMPTZ => Self::TimestampTz,
            _ if matches!(of_type.kind(), Kind::Enum(_)) => Self::Text,
            _ => return None,
        })
    }

    /// Adds a field that is not null. None: it has to be sent as text; what was added
    /// until then is void.
    pub(super) fn convert(self, field: &[u8], out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Bool => put(out, number::boolean(field)?),
            Self::Int2 => put(
                out,
                i16::try_from(number::integer(field)?).ok()?.to_be_bytes(),
            ),
            Self::Int4 => put(
                out,
                i32::try_from(number::integer(field)?).ok()?.to_be_bytes(),
            ),
            Self::Int8 => put(out, number::integer(field)?.to_be_bytes()),
            Self::Float4 => put(out, number::float::<f32>(field)?.to_be_bytes()),
            Self::Float8 => put(out, number::float::<f64>(field)?.to_be_bytes()),
            Self::Date => put(out, moment::date(field)?.to_be_bytes()),
            Self::Time => put(out, moment::time(field)?.to_be_bytes()),
            Self::Timestamp => put(out, moment::timestamp(field)?.to_be_bytes()),
            Self::TimestampTz => put(out, moment::timestamptz(field)?.to_be_bytes()),
            Self::Uuid => put(out, text::uuid(field)?),
            Self::Numeric => put_long(out, |out| number::numeric(field, out))?,
            Self::Bytea => put_long(out, |out| text::bytea(field, out))?,
            Self::Text => put_long(out, |out| text::unescape(field, out))?,
            Self::Jsonb => put_long(out, |out| {
                out.push(JSONB_VERSION);
                text::unescape(field, out)
            })?,
        }
        Some(())
    }
}

/// Adds a value and its length.
fn put<const LEN: usize>(out: &mut Vec<u8>, value: [u8; LEN]) {
    out.extend_from_slice(&(LEN as u32).to_be_bytes());
    out.extend_from_slice(&value);
}

/// Adds what `write` does, and its length before it.
fn put_long(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> Option<()>) -> Option<()> {
    let place = out.len();
    out.extend_from_slice(&[0; 4]);
    write(out)?;
    let len = u32::try_from(out.len() - place - 4).ok()?;
    out[place..place + 4].copy_from_slice(&len.to_be_bytes());
    Some(())
}
