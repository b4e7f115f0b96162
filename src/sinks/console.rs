//! Standard output.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use super::Sink;

/// Standard output; a person at a terminal sees each answer at once, a program gets them in large
/// pieces, if they come faster than they are written.
pub(super) fn stdout() -> Box<dyn Sink> {
    let out = io::stdout();
    let capacity = if out.is_terminal() { 0 } else { 1 << 16 };
    Box::new(Console(BufWriter::with_capacity(capacity, out)))
}

struct Console(BufWriter<Stdout>);

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Sink for Console {
    fn idle(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}
