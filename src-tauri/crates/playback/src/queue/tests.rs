//! The queue under any sequence of commands, against a bare list.

use super::*;
use proptest::prelude::*;

fn item(key: u64) -> Arc<MediaItem> {
    Arc::new(MediaItem {
        path: format!("/music/{key}.flac").into(),
        span: segue_core::FileSpan::WHOLE,
        key,
        audio: None,
    })
}

fn items(count: u64) -> Vec<Arc<MediaItem>> {
    (0..count).map(item).collect()
}

fn keys(queue: &Queue) -> Vec<u64> {
    queue.entries().iter().map(|e| e.item.key).collect()
}

fn current(queue: &Queue) -> Option<u64> {
    queue.current().map(|e| e.item.key)
}

fn id(queue: &Queue, key: u64) -> EntryId {
    queue
        .entries()
        .iter()
        .find(|e| e.item.key == key)
        .unwrap()
        .entry
}

/// Plays on, by itself or because the listener asked.
fn next(queue: &mut Queue, natural: bool) {
    let to = queue.following_after(None, natural).next().map(|e| e.entry);
    queue.advance(to, true);
}

fn queue(count: u64, start: usize) -> Queue {
    let mut queue = Queue::default();
    queue.set(items(count), start, None);
    queue
}

#[test]
fn repeat_decides_what_follows() {
    for (repeat, natural, expected) in [
        (Repeat::Off, true, vec![2, 3]),
        (Repeat::Off, false, vec![2, 3]),
        (Repeat::All, true, vec![2, 3, 0, 1]),
        (Repeat::One, true, vec![1, 2, 3]),
        (Repeat::One, false, vec![2, 3, 0, 1]),
    ] {
        let mut queue = queue(4, 1);
        queue.set_repeat(repeat);
        let found: Vec<u64> = queue
            .following_after(None, natural)
            .map(|e| e.item.key)
            .collect();
        assert_eq!(found, expected, "{repeat:?} {natural}");
    }
}

#[test]
fn previous_goes_back_through_what_was_heard() {
    let mut queue = queue(20, 2);
    queue.jump(id(&queue, 10), true);
    queue.jump(id(&queue, 15), false);
    queue.previous();
    assert_eq!(current(&queue), Some(2), "10 was chosen but never sounded");
    queue.previous();
    assert_eq!(current(&queue), Some(1), "without a memory, the one before");

    queue.shuffle(7);
    let mut heard = vec![current(&queue)];
    for _ in 0..6 {
        next(&mut queue, true);
        heard.push(current(&queue));
    }
    let mut back = vec![current(&queue)];
    for _ in 0..6 {
        assert!(queue.previous());
        back.push(current(&queue));
    }
    heard.reverse();
    assert_eq!(back, heard);
    next(&mut queue, false);
    assert_eq!(current(&queue), heard[5], "and forward again the same way");
}

#[test]
fn shuffle_plays_all_before_any_again() {
    let mut queue = queue(50, 20);
    next(&mut queue, true);
    queue.shuffle(3);
    let mut heard = vec![20, 21];
    assert_eq!(current(&queue), Some(21));
    while queue.current().is_some() {
        next(&mut queue, true);
        heard.extend(current(&queue));
    }
    assert_ne!(heard[2..10], [22, 23, 24, 25, 26, 27, 28, 29]);
    heard.sort_unstable();
    assert_eq!(heard, (0..50).collect::<Vec<_>>());
}

#[test]
fn what_is_appended_after_the_end_plays_next() {
    let mut queue = queue(2, 1);
    next(&mut queue, true);
    assert_eq!(current(&queue), None);
    queue.append(vec![item(7)]);
    assert_eq!(current(&queue), Some(7));
}

/// A queue of four, the second of which plays, edited in some way.
fn check_undo(change: impl FnOnce(&mut Queue), expected: (EditKind, usize), resumes: bool) {
    let place = PlaybackPosition {
        position_s: 12.5,
        playing: true,
    };
    let mut queue = queue(4, 1);
    queue.stand(place);
    let before = (keys(&queue), current(&queue));
    change(&mut queue);
    let after = (keys(&queue), current(&queue));
    assert_ne!(before, after);
    let edit = queue.undoable().unwrap();
    assert_eq!((edit.kind, edit.songs), expected);
    queue.stand(PlaybackPosition::default());
    let undone = queue.undo().unwrap();
    assert_eq!(undone.edit, edit);
    assert_eq!(undone.resume, resumes.then_some(place));
    assert_eq!((keys(&queue), current(&queue)), before);
    assert_eq!(queue.redoable(), Some(edit));
    queue.redo().unwrap();
    assert_eq!((keys(&queue), current(&queue)), after);
    assert_eq!((queue.undoable(), queue.redoable()), (Some(edit), None));
}

#[test]
fn every_edit_can_be_taken_back_and_made_again() {
    use EditKind::{Added, Cleared, Moved, Removed, Replaced, Shuffled};
    let at = EntryId;
    check_undo(|queue| queue.clear(), (Cleared, 4), true);
    check_undo(|queue| queue.set(items(2), 1, None), (Replaced, 4), true);
    check_undo(|queue| queue.set(items(9), 1, Some(5)), (Replaced, 4), true);
    check_undo(|queue| queue.keep_current(), (Replaced, 3), false);
    check_undo(|queue| _ = queue.remove(at(1)), (Removed, 1), true);
    check_undo(|queue| _ = queue.remove(at(3)), (Removed, 1), false);
    check_undo(|queue| _ = queue.move_to(at(1), 3), (Moved, 1), false);
    check_undo(|queue| queue.append(items(2)), (Added, 2), false);
    check_undo(|queue| queue.insert_next(items(3)), (Added, 3), false);
    check_undo(|queue| queue.shuffle(3), (Shuffled, 4), false);
}

#[test]
fn steps_go_back_one_by_one_and_are_bounded() {
    let mut queue = queue(4, 1);
    for _ in 0..4 {
        queue.clear();
        queue.append(vec![item(9)]);
    }
    let mut steps = 0;
    while queue.undo().is_some() {
        steps += 1;
    }
    assert_eq!((steps, keys(&queue)), (9, vec![]));
    while queue.redo().is_some() {}
    assert_eq!(keys(&queue), [9]);
    for _ in 0..100 {
        queue.append(vec![item(1)]);
    }
    let mut steps = 0;
    while queue.undo().is_some() {
        steps += 1;
    }
    assert_eq!((steps, keys(&queue).len()), (50, 51));
}

#[test]
fn what_plays_plays_on_through_an_undo_if_it_was_reached_by_playing() {
    let mut queue = queue(4, 1);
    queue.remove(EntryId(0));
    next(&mut queue, true);
    assert_eq!(queue.undo().unwrap().resume, None);
    assert_eq!((keys(&queue), current(&queue)), (vec![0, 1, 2, 3], Some(2)));
    queue.previous();
    assert_eq!(
        current(&queue),
        Some(1),
        "what was heard since is remembered"
    );

    // In the middle of another queue the old one starts where it was left; one that ran out stays run out.
    queue.set(vec![item(7), item(8)], 0, None);
    next(&mut queue, true);
    assert!(queue.undo().unwrap().resume.is_some());
    assert_eq!(current(&queue), Some(1));
    queue.remove(EntryId(0));
    (0..3).for_each(|_| next(&mut queue, true));
    assert_eq!(queue.undo().unwrap().resume, None);
    assert_eq!((keys(&queue), current(&queue)), (vec![0, 1, 2, 3], None));
}

#[test]
fn what_the_program_put_there_is_not_undone() {
    let mut queue = queue(3, 0);
    queue.set(items(3), 0, None);
    let third = queue.entries()[2].entry;
    queue.remove(third);
    queue.extend(vec![item(10), item(11)]);
    let eleventh = id(&queue, 11);
    queue.insert_after(id(&queue, 1), vec![item(12)]);
    queue.withdraw(&[eleventh]);
    let revision = queue.revision();
    queue.withdraw(&[eleventh]);
    assert_eq!(
        queue.revision(),
        revision,
        "whoever plans on a change would plan for ever"
    );
    assert_eq!(keys(&queue), [0, 1, 12, 10]);
    assert_eq!(queue.undo().unwrap().edit.kind, EditKind::Removed);
    assert_eq!(keys(&queue), [0, 1, 12, 2, 10]);
    assert_eq!(queue.undo().unwrap().edit.kind, EditKind::Replaced);
    assert_eq!(keys(&queue), [0, 1, 2], "that was another queue");
}

#[test]
fn a_damaged_snapshot_is_repaired() {
    let mut queue = queue(4, 1);
    queue.shuffle(1);
    let mut snapshot = queue.snapshot();
    snapshot.entries.push(snapshot.entries[0].clone());
    snapshot.cursor = 99;
    snapshot.next_entry = 0;
    snapshot.unshuffled = Some(vec![EntryId(5)]);
    snapshot.history = vec![EntryId(77)];
    let mut queue = Queue::restore(snapshot);
    assert_eq!(
        (queue.entries().len(), current(&queue), queue.is_shuffled()),
        (4, None, false)
    );
    queue.append(vec![item(9)]);
    let ids: HashSet<_> = queue.entries().iter().map(|e| e.entry).collect();
    assert_eq!(ids.len(), 5);
}

#[derive(Clone, Debug)]
enum Step {
    Set(u64, usize),
    Append(u64),
    InsertNext(u64),
    InsertAfter(usize, u64),
    Remove(usize),
    Move(usize, usize),
    Clear,
    KeepCurrent,
    Undo,
    Redo,
    Extend(u64),
    Withdraw(usize),
    Jump(usize, bool),
    Next(bool, bool),
    Previous,
    Rewind,
    Repeat(Repeat),
    Shuffle(u64),
    Unshuffle,
}

fn step() -> impl Strategy<Value = Step> {
    let repeat = prop_oneof![Just(Repeat::Off), Just(Repeat::All), Just(Repeat::One)];
    prop_oneof![
        1 => (0..9_u64, 0..10_usize).prop_map(|(n, at)| Step::Set(n, at)),
        3 => (0..4_u64).prop_map(Step::Append),
        3 => (0..4_u64).prop_map(Step::InsertNext),
        3 => (0..12_usize, 0..4_u64).prop_map(|(at, n)| Step::InsertAfter(at, n)),
        3 => (0..12_usize).prop_map(Step::Remove),
        3 => (0..12_usize, 0..14_usize).prop_map(|(from, to)| Step::Move(from, to)),
        1 => Just(Step::Clear),
        1 => Just(Step::KeepCurrent),
        4 => Just(Step::Undo),
        2 => Just(Step::Redo),
        2 => (0..4_u64).prop_map(Step::Extend),
        2 => (0..12_usize).prop_map(Step::Withdraw),
        3 => (0..12_usize, any::<bool>()).prop_map(|(at, heard)| Step::Jump(at, heard)),
        6 => any::<(bool, bool)>().prop_map(|(natural, heard)| Step::Next(natural, heard)),
        3 => Just(Step::Previous),
        1 => Just(Step::Rewind),
        1 => repeat.prop_map(Step::Repeat),
        2 => any::<u64>().prop_map(Step::Shuffle),
        2 => Just(Step::Unshuffle),
    ]
}

/// The same queue as a bare list in its unshuffled order, with the current entry by name.
#[derive(Clone, Default)]
struct Model {
    list: Vec<u64>,
    /// Lists on the other sides of edits, and whether the edit replaced the queue.
    done: Vec<(Vec<u64>, bool)>,
    undone: Vec<(Vec<u64>, bool)>,
}

impl Model {
    fn edit(&mut self, replaces: bool, change: impl FnOnce(&mut Vec<u64>)) {
        self.done.push((self.list.clone(), replaces));
        self.undone.clear();
        change(&mut self.list);
    }

    fn undo(&mut self) -> bool {
        let Some((list, replaces)) = self.done.pop() else {
            return false;
        };
        let now = std::mem::replace(&mut self.list, list);
        self.undone.push((now, replaces));
        true
    }

    fn redo(&mut self) -> bool {
        let Some((list, replaces)) = self.undone.pop() else {
            return false;
        };
        let now = std::mem::replace(&mut self.list, list);
        self.done.push((now, replaces));
        true
    }

    /// What the program does is done on both sides of edits.
    fn weave(&mut self, change: impl Fn(&mut Vec<u64>)) {
        change(&mut self.list);
        for stack in [&mut self.done, &mut self.undone] {
            for (list, _) in stack.iter_mut().rev().take_while(|(_, replaces)| !replaces) {
                change(list);
            }
        }
    }
}

proptest! {
    #[test]
    fn any_sequence_of_commands_keeps_the_queue_whole(steps in prop::collection::vec(step(), 0..60)) {
        let mut queue = Queue::default();
        let mut model = Model::default();
        let mut key = 0;
        let mut fresh = |count: u64| -> Vec<Arc<MediaItem>> {
            (0..count).map(|_| { key += 1; item(key) }).collect()
        };
        for step in steps {
            let was = current(&queue);
            let pick = |at: usize| queue.entries().get(at).map_or(EntryId(u64::MAX), |e| e.entry);
            match step.clone() {
                Step::Set(count, start) => {
                    let items = fresh(count);
                    let replaces = !model.list.is_empty();
                    if replaces || count > 0 {
                        model.edit(replaces, |list| *list = items.iter().map(|i| i.key).collect());
                    }
                    queue.set(items, start, None);
                }
                Step::Append(count) => {
                    let items = fresh(count);
                    if count > 0 {
                        model.edit(false, |list| list.extend(items.iter().map(|i| i.key)));
                    }
                    queue.append(items);
                }
                Step::Extend(count) => {
                    let items = fresh(count);
                    model.weave(|list| list.extend(items.iter().map(|i| i.key)));
                    queue.extend(items);
                    prop_assert!(was.is_none() || current(&queue) == was);
                }
                Step::Withdraw(at) => {
                    let entry = pick(at);
                    let gone = queue.entries().get(at).map(|e| e.item.key);
                    queue.withdraw(&[entry]);
                    model.weave(|list| list.retain(|k| Some(*k) != gone));
                }
                Step::InsertNext(count) => {
                    let items = fresh(count);
                    if count > 0 {
                        model.edit(false, |list| {
                            let at = list.iter().position(|k| Some(*k) == was).map_or(list.len(), |at| at + 1);
                            list.splice(at..at, items.iter().map(|i| i.key));
                        });
                    }
                    queue.insert_next(items);
                }
                Step::InsertAfter(at, count) => {
                    let items = fresh(count);
                    let entry = queue.entries().get(at).map(|e| (e.entry, e.item.key));
                    let keys: Vec<u64> = items.iter().map(|i| i.key).collect();
                    prop_assert_eq!(queue.insert_after(pick(at), items), entry.is_some());
                    if let Some((entry, key)) = entry {
                        model.weave(|list| {
                            if let Some(at) = list.iter().position(|k| *k == key) {
                                list.splice(at + 1..at + 1, keys.iter().copied());
                            }
                        });
                        // They stand right after it in the order of play too.
                        let place = queue.entries().iter().position(|e| e.entry == entry).unwrap();
                        let at_the_end = place + 1 + keys.len() == queue.entries().len();
                        let goes_on = keys.first().copied().filter(|_| at_the_end);
                        prop_assert_eq!(current(&queue), was.or(goes_on));
                        let after = queue.entries()[place + 1..].iter().map(|e| e.item.key);
                        prop_assert!(after.take(keys.len()).eq(keys.iter().copied()));
                    }
                }
                Step::Remove(at) => {
                    let entry = pick(at);
                    let gone = queue.entries().get(at).map(|e| e.item.key);
                    prop_assert_eq!(queue.remove(entry), gone.is_some());
                    if let Some(gone) = gone {
                        model.edit(false, |list| list.retain(|k| *k != gone));
                        if Some(gone) != was {
                            prop_assert_eq!(current(&queue), was);
                        }
                    }
                }
                Step::Move(from, to) => {
                    let entry = pick(from);
                    let shuffled = queue.is_shuffled();
                    if queue.move_to(entry, to) {
                        model.edit(false, |list| if !shuffled {
                            let moved = list.remove(from);
                            list.insert(to.min(list.len()), moved);
                        });
                    }
                    prop_assert_eq!(current(&queue), was);
                }
                Step::Clear => {
                    if !model.list.is_empty() {
                        model.edit(true, Vec::clear);
                    }
                    queue.clear();
                }
                Step::KeepCurrent => {
                    if model.list.len() > usize::from(was.is_some()) {
                        model.edit(true, |list| list.retain(|k| Some(*k) == was));
                    }
                    queue.keep_current();
                    prop_assert_eq!(current(&queue), was);
                }
                Step::Undo | Step::Redo => {
                    let (undone, expected) = match step {
                        Step::Undo => (queue.undo(), model.undo()),
                        _ => (queue.redo(), model.redo()),
                    };
                    prop_assert_eq!(undone.is_some(), expected);
                    let resumes = undone.is_some_and(|undone| undone.resume.is_some());
                    prop_assert_eq!(resumes, current(&queue) != was);
                }
                Step::Jump(at, heard) => {
                    let chosen = queue.entries().get(at).map(|e| e.item.key);
                    let entry = pick(at);
                    queue.jump(entry, heard);
                    prop_assert_eq!(current(&queue), chosen.or(was));
                }
                Step::Next(natural, heard) => {
                    let to = queue.following_after(None, natural).next().map(|e| (e.entry, e.item.key));
                    queue.advance(to.map(|t| t.0), heard);
                    prop_assert_eq!(current(&queue), to.map(|t| t.1));
                }
                Step::Previous => {
                    let moved = queue.previous();
                    prop_assert!(moved || current(&queue) == was);
                }
                Step::Rewind => queue.rewind(),
                Step::Repeat(repeat) => queue.set_repeat(repeat),
                Step::Shuffle(seed) => {
                    if !model.list.is_empty() {
                        model.edit(false, |_| ());
                    }
                    queue.shuffle(seed);
                    prop_assert_eq!(current(&queue), was);
                }
                Step::Unshuffle => {
                    if queue.is_shuffled() && !model.list.is_empty() {
                        model.edit(false, |_| ());
                    }
                    queue.unshuffle();
                    prop_assert_eq!(current(&queue), was);
                }
            }
            // Nothing lost, nothing doubled; unshuffled, the order is the model's.
            let mut found = keys(&queue);
            let mut expected = model.list.clone();
            if queue.is_shuffled() {
                found.sort_unstable();
                expected.sort_unstable();
            }
            prop_assert_eq!(&found, &expected, "after {:?}", step);
            let ids: HashSet<_> = queue.entries().iter().map(|e| e.entry).collect();
            prop_assert_eq!(ids.len(), found.len());
            prop_assert!(queue.order.cursor <= queue.order.entries.len());
            let follows: Vec<_> = queue.following_after(None, true).map(|e| e.entry).collect();
            prop_assert_eq!(follows.len(), follows.iter().collect::<HashSet<_>>().len());
            let snapshot = queue.snapshot();
            prop_assert_eq!(Queue::restore(snapshot.clone()).snapshot(), snapshot);
            let mut straight = queue.clone();
            straight.unshuffle();
            prop_assert_eq!(keys(&straight), model.list.clone());
        }
    }
}
