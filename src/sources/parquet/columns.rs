//! Which columns of a file hold images, and which hold their names.

use parquet::basic::{ConvertedType, Type};
use parquet::file::metadata::ParquetMetaData;
use parquet::schema::types::ColumnDescriptor;

use crate::error::{Fault, FaultKind};

/// A column of images.
#[derive(Clone)]
pub(super) struct ImageColumn {
    pub(super) name: String,
    /// Its number among the columns.
    pub(super) bytes: usize,
    /// The number of the column beside it that holds names.
    pub(super) path: Option<usize>,
}

/// The columns that hold images: the one that was named, or else every `NAME.bytes`, or else every column of bytes that are no
/// text.
pub(super) fn of_images(
    metadata: &ParquetMetaData,
    named: Option<&str>,
) -> Result<Vec<ImageColumn>, Fault> {
    let schema = metadata.file_metadata().schema_descr();
    let columns: Vec<(usize, &ColumnDescriptor)> = schema
        .columns()
        .iter()
        .map(|column| &**column)
        .enumerate()
        .filter(|(_, column)| column.physical_type() == Type::BYTE_ARRAY)
        .collect();
    let in_struct: Vec<ImageColumn> = columns
        .iter()
        .filter_map(|(bytes, column)| {
            let path = column.path().string();
            let name = path.strip_suffix(".bytes")?.to_owned();
            let beside = format!("{name}.path");
            let path = columns
                .iter()
                .find(|(_, other)| other.path().string() == beside);
            Some(ImageColumn {
                name,
                bytes: *bytes,
                path: path.map(|(number, _)| *number),
            })
        })
        .collect();
    let plain = columns.iter().filter(|(_, column)| !is_text(column));
    let plain: Vec<ImageColumn> = plain
        .map(|(number, column)| ImageColumn {
            name: column.path().string(),
            bytes: *number,
            path: None,
        })
        .collect();
    let Some(named) = named else {
        let found = if in_struct.is_empty() {
            plain
        } else {
            in_struct
        };
        return within_reach(found, metadata);
    };
    let all = in_struct.into_iter().chain(plain);
    let found: Vec<ImageColumn> = all.filter(|column| column.name == named).take(1).collect();
    if found.is_empty() {
        let message = format!("it has no column of bytes that is called {named}");
        return Err(Fault::new(FaultKind::Unsupported, message));
    }
    within_reach(found, metadata)
}

/// The columns themselves, if a row has one value of each.
fn within_reach(
    found: Vec<ImageColumn>,
    metadata: &ParquetMetaData,
) -> Result<Vec<ImageColumn>, Fault> {
    let schema = metadata.file_metadata().schema_descr();
    let list = found.iter().find(|column| {
        schema
            .columns()
            .get(column.bytes)
            .is_some_and(|one| one.max_rep_level() > 0)
    });
    match list {
        Some(column) => Err(Fault::new(
            FaultKind::Unsupported,
            format!(
                "its column {} holds lists of images, which are not read here",
                column.name
            ),
        )),
        None => Ok(found),
    }
}

fn is_text(column: &ColumnDescriptor) -> bool {
    matches!(
        column.converted_type(),
        ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM | ConvertedType::DECIMAL
    ) || column.logical_type_ref().is_some()
}
