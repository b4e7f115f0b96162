//! The folder of installed lists: versions, damage, and several writers at once.

use std::fs;
use std::path::{Path, PathBuf};

use provscan::trust::installed::Wish;
use provscan::trust::{Installed, ListOrigin, TrustKind};

use super::{day, sample, wish};
use crate::support::Folder;

/// Files below a folder, without the lock.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => waiting.push(path),
                false if !path.ends_with(".lock") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

fn own_roots(kind: TrustKind) -> Wish<'static> {
    let files = Box::leak(Box::new([sample("anchors.pem")]));
    Wish {
        kind: Some(kind),
        ..wish(ListOrigin::User, files, day(0))
    }
}

#[test]
fn a_folder_that_is_not_there_holds_nothing_and_is_not_made() {
    let folder = Folder::new();
    let installed = Installed::at(folder.at("none"));
    assert!(installed.lists().unwrap().is_empty());
    assert!(installed.settings().unwrap().lists.is_empty());
    assert!(installed.remove("c2pa").is_err());
    assert!(!folder.at("none").exists());
}

#[test]
fn an_import_is_found_again_as_it_was() {
    let folder = Folder::new();
    let installed = Installed::at(folder.path());
    let change = installed.import(&own_roots(TrustKind::Signer)).unwrap();
    assert!(change.is_new && change.changed && change.count == 1);
    let lists = installed.lists().unwrap();
    assert_eq!(lists.len(), 1);
    assert_eq!(lists[0].imported, day(0));
    assert_eq!(lists[0].files[0].source, "anchors.pem");
    let list = &lists[0].files[0].lists[0];
    assert_eq!(list.label(), "user: own");
    assert_eq!((list.kind, list.count()), (TrustKind::Signer, 1));
    installed.remove("OWN").unwrap();
    assert!(installed.lists().unwrap().is_empty());
    assert_eq!(files(folder.path()), [folder.at("index.json")]);
}

#[test]
fn the_same_again_is_no_new_version() {
    let folder = Folder::new();
    let installed = Installed::at(folder.path());
    installed.import(&own_roots(TrustKind::Signer)).unwrap();
    let later = Wish {
        now: day(3),
        ..own_roots(TrustKind::Signer)
    };
    let change = installed.import(&later).unwrap();
    assert!(!change.is_new && !change.changed && change.added.is_empty());
    let lists = installed.lists().unwrap();
    assert_eq!((lists[0].imported, lists[0].earlier), (day(3), 0));
    assert_eq!(files(folder.path()).len(), 2);
}

#[test]
fn a_list_of_ones_own_is_replaced_whole_and_says_who_came_and_went() {
    let folder = Folder::new();
    let installed = Installed::at(folder.path());
    installed.import(&own_roots(TrustKind::Signer)).unwrap();
    let other = [sample("unknown-root.pem")];
    let change = installed
        .import(&Wish {
            kind: Some(TrustKind::TimeStamp),
            ..wish(ListOrigin::User, &other, day(1))
        })
        .unwrap();
    assert_eq!((change.added.len(), change.removed.len()), (1, 1));
    let kinds: Vec<TrustKind> = installed
        .settings()
        .unwrap()
        .lists
        .iter()
        .map(|list| list.kind)
        .collect();
    assert_eq!(kinds, [TrustKind::TimeStamp]);
}

#[test]
fn five_versions_are_kept_and_no_file_of_older_ones() {
    let folder = Folder::new();
    let installed = Installed::at(folder.path());
    let (_, root) = sample("anchors.pem");
    for number in 0..8 {
        let text = [format!("# issue {number}\n").as_bytes(), &root].concat();
        let files = [(format!("{number}.pem"), text)];
        let wish = Wish {
            kind: Some(TrustKind::Signer),
            ..wish(ListOrigin::User, &files, day(number))
        };
        installed.import(&wish).unwrap();
    }
    let lists = installed.lists().unwrap();
    assert_eq!(lists[0].earlier, 4);
    assert_eq!(lists[0].files[0].source, "7.pem");
    assert_eq!(files(folder.path()).len(), 6);
}

#[test]
fn interim_roots_vouch_for_time_stamps_too_and_parts_may_come_one_by_one() {
    let folder = Folder::new();
    let installed = Installed::at(folder.path());
    let roots = [sample("test-root.pem")];
    installed
        .import(&wish(ListOrigin::Interim, &roots, day(0)))
        .unwrap();
    let rest = [
        sample("test-signer.pem"),
        ("store.cfg".to_owned(), b"// more\n1.2.3.4\n".to_vec()),
    ];
    let change = installed
        .import(&wish(ListOrigin::Interim, &rest, day(1)))
        .unwrap();
    assert_eq!((change.count, change.removed.len()), (2, 0));
    let settings = installed.settings().unwrap();
    let kinds: Vec<TrustKind> = settings.lists.iter().map(|list| list.kind).collect();
    assert_eq!(
        kinds,
        [
            TrustKind::Signer,
            TrustKind::TimeStamp,
            TrustKind::AllowedSigner
        ]
    );
    assert!(settings.lists.iter().all(|list| list.label() == "interim"));
    assert_eq!(settings.ekus, ["1.2.3.4"]);
}

#[test]
fn a_changed_file_is_refused_and_importing_it_again_repairs_it() {
    let folder = Folder::new();
    let installed = Installed::at(folder.path());
    installed.import(&own_roots(TrustKind::Signer)).unwrap();
    let file = files(&folder.at("user")).remove(0);
    for damage in [Some(sample("unknown-root.pem").1), None] {
        match damage {
            Some(other) => fs::write(&file, other).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        let error = installed.settings().unwrap_err().to_string();
        assert!(error.starts_with(&file.display().to_string()), "{error}");
        assert!(error.contains("provscan trust import"), "{error}");
        installed.import(&own_roots(TrustKind::Signer)).unwrap();
        assert_eq!(installed.settings().unwrap().lists.len(), 1);
    }
}

#[test]
fn a_damaged_index_is_refused_and_nothing_is_written_over_it() {
    let folder = Folder::new();
    let installed = Installed::at(folder.path());
    let outside = r#"{"schema":"provscan-trust/1","lists":[{"name":"own","origin":"user","versions":[{"imported":"2026-11-01T10:15:00Z","files":[{"file":"../x.pem","role":"signer","source":"x","sha256":""}]}]}]}"#;
    let empty =
        r#"{"schema":"provscan-trust/1","lists":[{"name":"own","origin":"user","versions":[]}]}"#;
    for index in [
        "",
        "{",
        "[]",
        r#"{"schema":"provscan-trust/9","lists":[]}"#,
        outside,
        empty,
    ] {
        let path = folder.put("index.json", index);
        let error = installed.settings().unwrap_err().to_string();
        assert!(error.starts_with(&path.display().to_string()), "{error}");
        assert!(
            error.contains("is damaged") && error.contains("--no-trust"),
            "{error}"
        );
        if index != empty {
            assert!(installed.import(&own_roots(TrustKind::Signer)).is_err());
            assert_eq!(fs::read_to_string(&path).unwrap(), index);
        }
    }
}

#[test]
fn several_imports_at_once_leave_every_list_whole() {
    let folder = Folder::new();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let installed = Installed::at(folder.path());
            scope.spawn(move || {
                let name = format!("list-{}", number % 4);
                let wish = Wish {
                    name: &name,
                    ..own_roots(TrustKind::Signer)
                };
                installed.import(&wish).unwrap();
                // Whoever reads meanwhile meets whole lists.
                installed.lists().unwrap();
            });
        }
    });
    let lists = Installed::at(folder.path()).lists().unwrap();
    let names: Vec<&str> = lists.iter().map(|list| list.name.as_str()).collect();
    assert_eq!(names, ["list-0", "list-1", "list-2", "list-3"]);
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_written() {
    let folder = Folder::new();
    let installed = Installed::at(folder.at("lists"));
    let roots = [sample("anchors.pem")];
    let single = [sample("test-signer.pem")];
    let prose = [("letter.txt".to_owned(), b"Dear reader".to_vec())];
    let mixed = [(
        "mixed.pem".to_owned(),
        [sample("test-root.pem").1, sample("test-signer.pem").1].concat(),
    )];
    let half = [sample("anchors.pem"), prose[0].clone()];
    let kind = |kind, files| Wish {
        kind: Some(kind),
        ..wish(ListOrigin::User, files, day(0))
    };
    let named = |name: &'static str| Wish {
        name,
        ..own_roots(TrustKind::Signer)
    };
    let cases = [
        (
            wish(ListOrigin::User, &roots, day(0)),
            "say `--kind signer`",
        ),
        (
            wish(ListOrigin::C2pa, &single, day(0)),
            "not one of the official lists",
        ),
        (wish(ListOrigin::C2pa, &prose, day(0)), "nothing found"),
        (
            wish(ListOrigin::Interim, &mixed, day(0)),
            "1 roots and 1 single",
        ),
        (
            wish(ListOrigin::Interim, &half, day(0)),
            "letter.txt: nothing found",
        ),
        (kind(TrustKind::AllowedSigner, &roots), "these are roots"),
        (
            kind(TrustKind::TimeStamp, &single),
            "no roots; was `--kind allowed` meant",
        ),
        (named("../../etc"), "no name for a trust list"),
        (named(".hidden"), "no name for a trust list"),
        (named(""), "no name for a trust list"),
        (named("C2PA"), "belongs to a published list"),
    ];
    for (wish, why) in cases {
        let error = installed.import(&wish).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    assert!(!folder.at("lists").exists());
}
