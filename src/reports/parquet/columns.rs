//! Cells by column, as a group of rows is written.

use std::io::Write;

use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedRowGroupWriter;

use super::Row;

/// The columns of the schema, in its order.
#[derive(Default)]
pub(super) struct Columns {
    path: Column<ByteArray>,
    verdict: Column<ByteArray>,
    action: Column<ByteArray>,
    because: Column<ByteArray>,
    strength: Column<ByteArray>,
    media_type: Column<ByteArray>,
    width: Column<i64>,
    height: Column<i64>,
    bytes: Column<i64>,
    sha256: Column<ByteArray>,
    errors: Column<ByteArray>,
    group: Column<ByteArray>,
    group_size: Column<i64>,
    evidence: Column<ByteArray>,
    pixels: Column<ByteArray>,
    list: Column<ByteArray>,
    entry: Column<ByteArray>,
    distance: Column<i64>,
    tool: Column<ByteArray>,
    claim_generator: Column<ByteArray>,
    signals: Column<ByteArray>,
    not_applicable: Column<ByteArray>,
}

impl Columns {
    pub(super) fn add(&mut self, row: Row) {
        let text = |text: String| ByteArray::from(text.into_bytes());
        let texts = |texts: Vec<String>| texts.into_iter().map(text);
        self.path.required(text(row.path));
        self.verdict.required(text(row.verdict));
        self.action.required(text(row.action));
        self.because.list(texts(row.because));
        self.strength.optional(row.strength.map(text));
        self.media_type.optional(row.media_type.map(text));
        self.width.optional(row.width);
        self.height.optional(row.height);
        self.bytes.optional(row.bytes);
        self.sha256.optional(row.sha256.map(text));
        self.errors.list(texts(row.errors));
        self.group.optional(row.group.map(text));
        self.group_size.optional(row.group_size);
        self.evidence.required(text(row.evidence));
        self.pixels.optional(row.pixels.map(text));
        self.list.list(texts(row.list));
        self.entry.list(texts(row.entry));
        self.distance.optional(row.distance);
        self.tool.optional(row.tool.map(text));
        self.claim_generator.optional(row.claim_generator.map(text));
        self.signals.required(text(row.signals));
        self.not_applicable.required(text(row.not_applicable));
    }

    pub(super) fn write<W: Write + Send>(
        &self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        write::<ByteArrayType, W>(&self.path, group)?;
        write::<ByteArrayType, W>(&self.verdict, group)?;
        write::<ByteArrayType, W>(&self.action, group)?;
        write::<ByteArrayType, W>(&self.because, group)?;
        write::<ByteArrayType, W>(&self.strength, group)?;
        write::<ByteArrayType, W>(&self.media_type, group)?;
        write::<Int64Type, W>(&self.width, group)?;
        write::<Int64Type, W>(&self.height, group)?;
        write::<Int64Type, W>(&self.bytes, group)?;
        write::<ByteArrayType, W>(&self.sha256, group)?;
        write::<ByteArrayType, W>(&self.errors, group)?;
        write::<ByteArrayType, W>(&self.group, group)?;
        write::<Int64Type, W>(&self.group_size, group)?;
        write::<ByteArrayType, W>(&self.evidence, group)?;
        write::<ByteArrayType, W>(&self.pixels, group)?;
        write::<ByteArrayType, W>(&self.list, group)?;
        write::<ByteArrayType, W>(&self.entry, group)?;
        write::<Int64Type, W>(&self.distance, group)?;
        write::<ByteArrayType, W>(&self.tool, group)?;
        write::<ByteArrayType, W>(&self.claim_generator, group)?;
        write::<ByteArrayType, W>(&self.signals, group)?;
        write::<ByteArrayType, W>(&self.not_applicable, group)
    }
}

/// The cells of one column, with the levels that say where there is none, and which belong to one list.
struct Column<T> {
    values: Vec<T>,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            definitions: Vec::new(),
            repetitions: Vec::new(),
        }
    }
}

impl<T> Column<T> {
    fn required(&mut self, value: T) {
        self.values.push(value);
    }

    fn optional(&mut self, value: Option<T>) {
        self.definitions.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    /// An empty list is one place without a value; every member but the first repeats.
    fn list(&mut self, values: impl Iterator<Item = T>) {
        let before = self.values.len();
        self.values.extend(values);
        let members = self.values.len() - before;
        self.definitions.push(i16::from(members > 0));
        self.repetitions.push(0);
        for _ in 1..members {
            self.definitions.push(1);
            self.repetitions.push(1);
        }
    }
}

fn write<T: DataType, W: Write + Send>(
    column: &Column<T::T>,
    group: &mut SerializedRowGroupWriter<'_, W>,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("the schema has fewer columns than the rows".into());
    let mut writer = group.next_column()?.ok_or_else(missing)?;
    let levels = |levels: &'_ Vec<i16>| (!levels.is_empty()).then(|| levels.clone());
    let (definitions, repetitions) = (levels(&column.definitions), levels(&column.repetitions));
    writer.typed::<T>().write_batch(
        &column.values,
        definitions.as_deref(),
        repetitions.as_deref(),
    )?;
    writer.close()
}
