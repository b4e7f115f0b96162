//! Which input is begun next, of those that wait.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::sources::{Input, Place};

/// An input and its place in the order.
pub(super) type Numbered = (u64, Input);

/// Inputs to choose from.
#[derive(Default)]
pub(super) struct Queue {
    /// In their order, with gaps where one was taken.
    waiting: VecDeque<Option<Input>>,
    /// The number of the first of these.
    first: u64,
    /// By size, and of equal ones the earlier first. It also names some that were taken meanwhile.
    sizes: BinaryHeap<(u64, Reverse<u64>)>,
    /// Given back by a worker: these are the oldest.
    returned: VecDeque<Numbered>,
    len: usize,
    /// Whose turn it is next: the oldest, or the largest.
    largest: bool,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn len(&self) -> usize {
        self.len + self.returned.len()
    }

    pub(super) fn add(&mut self, inputs: Vec<Numbered>) {
        for (number, input) in inputs {
            let end = self.first.saturating_add(self.waiting.len() as u64);
            if number != end {
                self.returned.push_back((number, input));
                continue;
            }
            self.sizes.push((size(&input), Reverse(number)));
            self.waiting.push_back(Some(input));
            self.len += 1;
        }
        if self.sizes.len() > self.len.saturating_mul(2).saturating_add(64) {
            let (waiting, first) = (&self.waiting, self.first);
            self.sizes.retain(|(_, Reverse(number))| {
                let at = index(first, *number);
                at.and_then(|at| waiting.get(at))
                    .is_some_and(Option::is_some)
            });
        }
    }

    /// The oldest and the largest in turn: the largest so that none is left for the end, when the other workers have
    /// nothing to do but wait for it; the oldest so that answers come, too.
    pub(super) fn take(&mut self, count: usize, oldest_first: bool) -> VecDeque<Numbered> {
        let mut taken = VecDeque::with_capacity(count);
        while taken.len() < count {
            self.largest = !self.largest && !oldest_first;
            let largest = self.largest.then(|| self.take_largest()).flatten();
            let Some(next) = largest
                .or_else(|| self.returned.pop_front())
                .or_else(|| self.take_oldest())
            else {
                break;
            };
            taken.push_back(next);
        }
        taken
    }

    fn take_largest(&mut self) -> Option<Numbered> {
        loop {
            let (_, Reverse(number)) = self.sizes.pop()?;
            if let Some(input) = self.take_number(number) {
                return Some((number, input));
            }
        }
    }

    fn take_oldest(&mut self) -> Option<Numbered> {
        loop {
            match self.waiting.front()? {
                Some(_) => {
                    let number = self.first;
                    return Some((number, self.take_number(number)?));
                }
                None => self.drop_gaps(),
            }
        }
    }

    fn take_number(&mut self, number: u64) -> Option<Input> {
        let at = index(self.first, number)?;
        let input = self.waiting.get_mut(at)?.take()?;
        self.len -= 1;
        if at == 0 {
            self.drop_gaps();
        }
        Some(input)
    }

    fn drop_gaps(&mut self) {
        while let Some(None) = self.waiting.front() {
            self.waiting.pop_front();
            self.first += 1;
        }
    }
}

fn index(first: u64, number: u64) -> Option<usize> {
    usize::try_from(number.checked_sub(first)?).ok()
}

/// How much work it looks like: its bytes. What nobody knows counts as nothing.
fn size(input: &Input) -> u64 {
    match (&input.stamp, &input.place) {
        (Some(stamp), _) => stamp.bytes,
        (None, Place::Memory(bytes)) => bytes.len() as u64,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(sizes: &[usize]) -> Queue {
        let mut queue = Queue::default();
        let inputs = sizes.iter().map(|size| Input::memory("", vec![0; *size]));
        queue.add((0..).zip(inputs).collect());
        queue
    }

    fn numbers(taken: VecDeque<Numbered>) -> Vec<u64> {
        taken.into_iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn the_largest_and_the_oldest_come_in_turn() {
        let mut one = queue(&[1, 2, 9, 4, 9]);
        assert_eq!(numbers(one.take(10, false)), [2, 0, 4, 1, 3]);
        assert!(one.is_empty());
        let mut other = queue(&[1, 2, 9]);
        assert_eq!(numbers(other.take(2, true)), [0, 1]);
        assert_eq!(other.len(), 1);
    }

    #[test]
    fn what_was_given_back_is_the_oldest() {
        let mut queue = queue(&[1, 2, 9]);
        let taken = queue.take(2, true);
        queue.add(taken.into());
        assert_eq!(queue.len(), 3);
        assert_eq!(numbers(queue.take(1, false)), [2]);
        assert_eq!(numbers(queue.take(1, false)), [0]);
        // Nothing else waits, and it is the turn of the largest.
        assert_eq!(numbers(queue.take(1, false)), [1]);
        assert!(queue.is_empty());
    }

    #[test]
    fn the_sizes_of_those_that_are_gone_are_forgotten() {
        let mut queue = queue(&[]);
        for number in 0..10_000 {
            queue.add(vec![(number, Input::memory("", vec![0; 3]))]);
            assert_eq!(numbers(queue.take(1, true)), [number]);
        }
        assert!(queue.sizes.len() <= 70);
    }
}
