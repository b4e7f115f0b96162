//! Which columns of a file hold images, and which hold their names.

use parquet::basic::{Compression, ConvertedType, Type};
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
    footer: &ParquetMetaData,
    named: Option<&str>,
) -> Result<Vec<ImageColumn>, Fault> {
    let columns = columns_of_bytes(footer);
    let (in_groups, plain) = (in_groups(&columns), plain(&columns));
    let found = match named {
        Some(named) => {
            let mut all = in_groups.into_iter().chain(plain);
            all.find(|column| column.name == named)
                .into_iter()
                .collect()
        }
        None if in_groups.is_empty() => plain,
        None => in_groups,
    };
    if found.is_empty() {
        return Err(none(named));
    }
    found.iter().try_for_each(|column| check(column, footer))?;
    Ok(found)
}

type Numbered<'a> = (usize, &'a ColumnDescriptor);

fn columns_of_bytes(footer: &ParquetMetaData) -> Vec<Numbered<'_>> {
    let columns = footer.file_metadata().schema_descr().columns().iter();
    columns
        .map(|column| &**column)
        .enumerate()
        .filter(|(_, column)| column.physical_type() == Type::BYTE_ARRAY)
        .collect()
}

/// Groups of `bytes` and `path`, as the library `datasets` writes them.
fn in_groups(columns: &[Numbered<'_>]) -> Vec<ImageColumn> {
    let group = |(number, column): &Numbered<'_>| {
        let path = column.path().string();
        let name = path.strip_suffix(".bytes")?.to_owned();
        let beside = format!("{name}.path");
        let is_beside = |other: &&Numbered<'_>| other.1.path().string() == beside;
        let path = columns.iter().find(is_beside).map(|(number, _)| *number);
        Some(ImageColumn {
            name,
            bytes: *number,
            path,
        })
    };
    columns.iter().filter_map(group).collect()
}

fn plain(columns: &[Numbered<'_>]) -> Vec<ImageColumn> {
    let plain = columns.iter().filter(|(_, column)| !is_text(column));
    let plain = plain.map(|(number, column)| ImageColumn {
        name: column.path().string(),
        bytes: *number,
        path: None,
    });
    plain.collect()
}

fn is_text(column: &ColumnDescriptor) -> bool {
    let texts = [
        ConvertedType::UTF8,
        ConvertedType::JSON,
        ConvertedType::BSON,
        ConvertedType::ENUM,
        ConvertedType::DECIMAL,
    ];
    texts.contains(&column.converted_type()) || column.logical_type_ref().is_some()
}

fn none(named: Option<&str>) -> Fault {
    match named {
        Some(named) => Fault::new(
            FaultKind::Unsupported,
            format!("it has no column of bytes that is called {named}, as --column asks"),
        ),
        None => Fault::new(
            FaultKind::NotAnImage,
            "it is a table without a column of images",
        ),
    }
}

/// Whether a row has one value of the column, and it can be unpacked.
fn check(column: &ImageColumn, footer: &ParquetMetaData) -> Result<(), Fault> {
    let unread = |why: String| Err(Fault::new(FaultKind::Unsupported, why));
    let name = &column.name;
    let numbers = [Some(column.bytes), column.path];
    for number in numbers.into_iter().flatten() {
        let described = footer.file_metadata().schema_descr().columns().get(number);
        if described.is_some_and(|one| one.max_rep_level() > 0) {
            return unread(format!(
                "its column {name} holds lists of images, which are not read here; export the images to files and scan those"
            ));
        }
        let groups = footer.row_groups().iter();
        let mut forms = groups.filter_map(|group| Some(group.columns().get(number)?.compression()));
        let read =
            |form: &Compression| matches!(form, Compression::UNCOMPRESSED | Compression::SNAPPY);
        if let Some(form) = forms.find(|form| !read(form)) {
            let form = form.to_string();
            let form = form.split('(').next().unwrap_or_default();
            return unread(format!(
                "its column {name} is compressed with {form}, which is not read here: only Snappy is, and none; write the table anew, or export the images to files"
            ));
        }
    }
    Ok(())
}
