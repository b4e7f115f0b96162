//! Answers in the order of their inputs.

use std::collections::VecDeque;

use super::Answer;

/// Answers that wait for an earlier one.
pub(super) struct Order {
    ordered: bool,
    /// Answers that were passed on, or would have been had they come.
    next: u64,
    /// From `next` on.
    waiting: VecDeque<Option<Answer>>,
    bytes: usize,
}

impl Order {
    pub(super) fn new(ordered: bool) -> Self {
        Self {
            ordered,
            next: 0,
            waiting: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Takes an answer in.
    pub(super) fn put(&mut self, number: u64, answer: Answer) {
        let place = match self.ordered {
            true => number.saturating_sub(self.next),
            false => self.waiting.len() as u64,
        };
        // The window of inputs bounds how far ahead an answer can be.
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        while self.waiting.len() <= place {
            self.waiting.push_back(None);
        }
        self.bytes += weight(&answer);
        if let Some(free) = self.waiting.get_mut(place) {
            *free = Some(answer);
        }
    }

    /// The next answer, if it is there.
    pub(super) fn next(&mut self) -> Option<Answer> {
        let answer = self.waiting.front_mut()?.take()?;
        self.waiting.pop_front();
        self.next += 1;
        self.bytes -= weight(&answer);
        Some(answer)
    }

    /// What is left when no more will come: the answers behind those that never came.
    pub(super) fn rest(&mut self) -> impl Iterator<Item = Answer> + use<> {
        std::mem::take(&mut self.waiting).into_iter().flatten()
    }

    /// Answers that were passed on.
    pub(super) fn passed_on(&self) -> u64 {
        self.next
    }

    /// Bytes of the answers that wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

fn weight(answer: &Answer) -> usize {
    answer.rendered.len() + answer.keep.as_ref().map_or(0, Vec::len)
}
