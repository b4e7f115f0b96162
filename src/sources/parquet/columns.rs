//! Which columns of a file hold images, which hold their names, and which hold hashes of them.

use std::collections::BTreeSet;

use parquet::basic::{Compression, ConvertedType, Type};
use parquet::file::metadata::ParquetMetaData;
use parquet::schema::types::ColumnDescriptor;

use crate::error::{Fault, FaultKind};
use crate::fingerprints::Kind;
use crate::sources::SourceOptions;

/// A column of images.
#[derive(Clone)]
pub(super) struct ImageColumn {
    pub(super) name: String,
    /// Its number among the columns.
    pub(super) bytes: usize,
    /// The number of the column beside it that holds names.
    pub(super) path: Option<usize>,
}

/// A column of hashes.
#[derive(Clone)]
pub(super) struct HashColumn {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Its number among the columns.
    pub(super) number: usize,
    /// Its values are all of one length.
    pub(super) fixed: bool,
    /// Its values are text.
    pub(super) text: bool,
}

/// The columns that count.
pub(super) struct Columns {
    pub(super) images: Vec<ImageColumn>,
    pub(super) hashes: Vec<HashColumn>,
}

impl Columns {
    /// Those of a table; at least one.
    pub(super) fn of(footer: &ParquetMetaData, options: &SourceOptions) -> Result<Self, Fault> {
        let hashes = of_hashes(footer, &options.hash_columns)?;
        let images = of_images(footer, options.column.as_deref(), &hashes)?;
        if images.is_empty() && hashes.is_empty() {
            return Err(Fault::new(
                FaultKind::NotAnImage,
                "it is a table without a column of images, or of hashes that is named like their kind; --column and --hash-column name one",
            ));
        }
        Ok(Self { images, hashes })
    }
}

/// The columns that hold hashes: those that were named, or else those that are called like a kind of hash.
fn of_hashes(footer: &ParquetMetaData, named: &[(Kind, String)]) -> Result<Vec<HashColumn>, Fault> {
    let mut columns = columns_of(footer, |kind| {
        matches!(kind, Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY)
    });
    // No hash is as short as that.
    columns.retain(|(_, column)| {
        column.physical_type() == Type::BYTE_ARRAY || column.type_length() >= 8
    });
    let hashes = |(kind, (number, column)): (Kind, &Numbered<'_>)| HashColumn {
        name: column.path().string(),
        kind,
        number: *number,
        fixed: column.physical_type() == Type::FIXED_LEN_BYTE_ARRAY,
        text: is_text(column),
    };
    let found: Vec<HashColumn> = match named {
        [] => {
            let kind = |one| Some((kind_of(one)?, one));
            let mut found: Vec<HashColumn> = columns.iter().filter_map(kind).map(hashes).collect();
            let mut seen = BTreeSet::new();
            found.retain(|column| seen.insert(column.kind));
            found
        }
        named => {
            let find = |(kind, name): &(Kind, String)| {
                let mut columns = columns.iter();
                let found = columns.find(|(_, column)| column.path().string() == *name);
                let found = found.ok_or_else(|| none(name, "--hash-column"))?;
                Ok(hashes((*kind, found)))
            };
            named.iter().map(find).collect::<Result<_, Fault>>()?
        }
    };
    found
        .iter()
        .try_for_each(|column| check(&column.name, column.number, footer))?;
    Ok(found)
}

/// The kind of hash that a column is called like: `md5`, `pdq_512`.
fn kind_of((_, column): &Numbered<'_>) -> Option<Kind> {
    let name = column.name().to_ascii_lowercase().replace('_', "-");
    name.parse().ok()
}

/// The columns that hold images: the one that was named, or else every `NAME.bytes`, or else every column of bytes that are no
/// text.
pub(super) fn of_images(
    footer: &ParquetMetaData,
    named: Option<&str>,
    hashes: &[HashColumn],
) -> Result<Vec<ImageColumn>, Fault> {
    let mut columns = columns_of(footer, |kind| kind == Type::BYTE_ARRAY);
    columns.retain(|(number, _)| !hashes.iter().any(|hash| hash.number == *number));
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
    if let Some(named) = named.filter(|_| found.is_empty()) {
        return Err(none(named, "--column"));
    }
    for column in &found {
        let numbers = [Some(column.bytes), column.path].into_iter().flatten();
        numbers
            .into_iter()
            .try_for_each(|number| check(&column.name, number, footer))?;
    }
    Ok(found)
}

type Numbered<'a> = (usize, &'a ColumnDescriptor);

fn columns_of(footer: &ParquetMetaData, wanted: impl Fn(Type) -> bool) -> Vec<Numbered<'_>> {
    let columns = footer.file_metadata().schema_descr().columns().iter();
    columns
        .map(|column| &**column)
        .enumerate()
        .filter(|(_, column)| wanted(column.physical_type()))
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

fn none(named: &str, flag: &str) -> Fault {
    Fault::new(
        FaultKind::Unsupported,
        format!("it has no column of bytes that is called {named}, as {flag} asks"),
    )
}

/// Whether a row has one value of a column, and it can be unpacked.
fn check(name: &str, number: usize, footer: &ParquetMetaData) -> Result<(), Fault> {
    let unread = |why: String| Err(Fault::new(FaultKind::Unsupported, why));
    let described = footer.file_metadata().schema_descr().columns().get(number);
    if described.is_some_and(|one| one.max_rep_level() > 0) {
        return unread(format!(
            "its column {name} holds lists, which are not read here; export the images to files and scan those, or write a row for each"
        ));
    }
    let groups = footer.row_groups().iter();
    let mut forms = groups.filter_map(|group| Some(group.columns().get(number)?.compression()));
    let read = |form: &Compression| matches!(form, Compression::UNCOMPRESSED | Compression::SNAPPY);
    if let Some(form) = forms.find(|form| !read(form)) {
        let form = form.to_string();
        let form = form.split('(').next().unwrap_or_default();
        return unread(format!(
            "its column {name} is compressed with {form}, which is not read here: only Snappy is, and none; write the table anew, or export the images to files"
        ));
    }
    Ok(())
}
