//! Files that list entries (`pg_restore -L`), as `pg_restore -l` and `pgsluice list` print
//! them and people edit them.

use crate::error::{Error, ErrorKind, Result};

/// Reads the dump ids of a list, in its order: the numbers that lines begin with. What
/// follows a semicolon is a remark.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`], naming the line, for one that begins otherwise, and for
/// a list of nothing.
pub fn parse_list_file(text: &str) -> Result<Vec<u32>> {
    let mut ids = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let wanted = line.split(';').next().unwrap_or_default().trim();
        if wanted.is_empty() {
            continue;
        }
        let id = wanted.parse().map_err(|_| {
            Error::new(
                ErrorKind::InvalidInput,
                format!("line {number} of the list begins with {wanted:?}, expected a dump id and a semicolon"),
            )
        })?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.is_empty() {
        return Err(
            Error::new(ErrorKind::InvalidInput, "the list names no entry").with_hint(
                "pgsluice list prints one; put a semicolon before each line that is not wanted.",
            ),
        );
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_read_in_its_order_without_remarks() {
        let text = "; Archive\n3; 1259 16386 TABLE public t app\n;4; 0 0 ACL\n\n2; 2615 2200 SCHEMA\n3; again\n";
        assert_eq!(parse_list_file(text).unwrap(), [3, 2]);
    }

    #[test]
    fn line_without_a_number_is_refused_by_its_number() {
        let error = parse_list_file(";\nTABLE t\n").unwrap_err();
        assert!(error.to_string().starts_with("line 2 "), "{error}");
        assert!(parse_list_file("; nothing\n").is_err());
    }
}
