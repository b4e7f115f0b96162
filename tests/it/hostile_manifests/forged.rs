//! Stores that are put together to be taken for what they are not.

use super::{codes, inspect, jpeg, proven};
use crate::support::jumbf::{
    Assertion, Cbor, Manifest, Seal, Target, Written, certificate, hashed_uri, store,
};

fn captured() -> Assertion {
    Assertion::created("digitalCapture")
}

fn generated() -> Assertion {
    Assertion::created("trainedAlgorithmicMedia")
}

/// A manifest by somebody whom no list names.
fn by_nobody(label: &str, assertions: Vec<Assertion>) -> Manifest {
    Manifest {
        seal: Seal::of("unknown-signer"),
        ..Manifest::new(label, assertions)
    }
}

/// The action of opening an ingredient, and that ingredient.
fn opened(of: &Target) -> [Assertion; 2] {
    let used = Assertion::ingredient(0, "parentOf", "past", of);
    let uses = Cbor::Array(vec![used.uri()]);
    let action = Cbor::map([
        ("action", "c2pa.opened".into()),
        ("parameters", Cbor::map([("ingredients", uses)])),
    ]);
    [Assertion::actions(&[action]), used]
}

fn show(name: &str, build: impl Fn(Assertion) -> Vec<u8>) {
    let found = inspect(jpeg().bound(build));
    let detail: Vec<_> = found
        .evidence
        .iter()
        .filter_map(|e| e.get("statuses").or(e.get("reason")))
        .map(ToString::to_string)
        .collect();
    println!(
        "{name:<28} {:?} PROVEN {:?} {detail:?}",
        codes(&found),
        proven(&found)
            .iter()
            .map(|e| e.code.name)
            .collect::<Vec<_>>()
    );
}

#[test]
fn table() {
    let parent = |nth, title: &str, of: &Target| Assertion::ingredient(nth, "parentOf", title, of);
    show("honest", |b| {
        store(&[Manifest::new("1", vec![b, captured()]).write()])
    });
    show("several parents", |b| {
        let (one, two) = (
            Manifest::new("1", vec![generated()]).write(),
            Manifest::new("2", vec![captured()]).write(),
        );
        let [action, used] = opened(&one.target);
        let own = Manifest::new("3", vec![b, action, used, parent(1, "b", &two.target)]).write();
        store(&[one, two, own])
    });
    show("unreferenced, first", |b| {
        store(&[
            by_nobody("9", vec![generated()]).write(),
            Manifest::new("1", vec![b, captured()]).write(),
        ])
    });
    show("unreferenced trusted, active not", |b| {
        store(&[
            Manifest::new("9", vec![b.clone(), generated()]).write(),
            by_nobody("1", vec![b, captured()]).write(),
        ])
    });
    show("appended active", |b| {
        store(&[
            Manifest::new("9", vec![b.clone(), captured()]).write(),
            by_nobody("1", vec![generated()]).write(),
        ])
    });
    show("same label, forged last", |b| {
        store(&[
            Manifest::new("1", vec![b.clone(), captured()]).write(),
            by_nobody("1", vec![b, generated()]).write(),
        ])
    });
    show("same label, forged first", |b| {
        store(&[
            by_nobody("1", vec![b.clone(), generated()]).write(),
            Manifest::new("1", vec![b, captured()]).write(),
        ])
    });
    show("same label thrice", |b| {
        store(&[
            Manifest::new("1", vec![b.clone(), captured()]).write(),
            by_nobody("1", vec![b.clone(), generated()]).write(),
            Manifest::new("1", vec![b, captured()]).write(),
        ])
    });
    for (name, kind) in [("update", b"c2um"), ("c2md", b"c2md")] {
        show(&format!("{name} over nobody"), |b| {
            let past = by_nobody("1", vec![b, captured()]).write();
            let [action, used] = opened(&past.target);
            let mut own = Manifest::new("2", vec![action, used]);
            own.kind = kind;
            store(&[past, own.write()])
        });
        show(&format!("{name} over trusted"), |b| {
            let past = Manifest::new("1", vec![b, captured()]).write();
            let [action, used] = opened(&past.target);
            let mut own = Manifest::new("2", vec![action, used]);
            own.kind = kind;
            store(&[past, own.write()])
        });
        show(&format!("{name} by nobody"), |b| {
            let past = Manifest::new("1", vec![b, captured()]).write();
            let [action, used] = opened(&past.target);
            let mut own = by_nobody("2", vec![action, used]);
            own.kind = kind;
            store(&[past, own.write()])
        });
        show(&format!("{name} with own binding"), |b| {
            let past = Manifest::new("1", vec![b.clone(), captured()]).write();
            let mut own = Manifest::new("2", vec![b, generated(), parent(0, "a", &past.target)]);
            own.kind = kind;
            store(&[past, own.write()])
        });
    }
    show("update of itself", |_| {
        let [action, used] = opened(&Target::unseen(&Manifest::new("2", vec![]).label));
        let mut own = Manifest::new("2", vec![action, used]);
        own.kind = b"c2um";
        store(&[own.write()])
    });
    show("standard, parent's binding", |b| {
        let past = Manifest::new("1", vec![b, captured()]).write();
        let [action, used] = opened(&past.target);
        store(&[past.clone(), Manifest::new("2", vec![action, used]).write()])
    });
    show("no binding", |_| {
        store(&[Manifest::new("1", vec![captured()]).write()])
    });
    show("two bindings", |b| {
        let mut second = b.clone();
        second.label = "c2pa.hash.data__1".into();
        store(&[Manifest::new(
            "1",
            vec![
                b.clone(),
                Assertion::relabelled(&b, "c2pa.hash.data__1"),
                captured(),
            ],
        )
        .write()])
    });
    for algorithm in ["sha1", "md5", "none", "", "sha256x", "SHA256"] {
        show(&format!("algorithm {algorithm}"), |b| {
            let mut own = Manifest::new("1", vec![b, captured()]);
            own.algorithm = algorithm.into();
            store(&[own.write()])
        });
    }
    let sealed = |name: &str, seal: Seal| {
        show(name, |b| {
            let mut own = Manifest::new("1", vec![b, captured()]);
            own.seal = seal.clone();
            store(&[own.write()])
        });
    };
    let shown = |key, certificates| Seal {
        certificates,
        ..Seal::of(key)
    };
    sealed(
        "other's certificate",
        shown("unknown-signer", vec![certificate("test-signer")]),
    );
    sealed(
        "other's certificate second",
        shown(
            "unknown-signer",
            vec![certificate("unknown-signer"), certificate("test-signer")],
        ),
    );
    sealed(
        "other's root second",
        shown(
            "unknown-signer",
            vec![certificate("unknown-signer"), certificate("test-root")],
        ),
    );
    sealed("no certificate", shown("test-signer", vec![]));
    sealed(
        "garbage certificate",
        shown("test-signer", vec![vec![0x30; 500]]),
    );
    sealed(
        "many certificates",
        shown("test-signer", vec![certificate("test-signer"); 400]),
    );
    sealed("the root itself", Seal::of("test-root"));
    sealed("the unknown root itself", Seal::of("unknown-root"));
    sealed("expired", Seal::of("expired-signer"));
    for algorithm in [-7, -35, -37, -257, -65535, 5, 0, i64::MIN + 1] {
        sealed(
            &format!("signature algorithm {algorithm}"),
            Seal {
                algorithm,
                ..Seal::of("test-signer")
            },
        );
    }
    // Boxes that the claim does not list.
    let slipped = |name: &str, extra: Assertion| {
        show(name, |b| {
            let mut own = Manifest::new("1", vec![b, captured()]);
            own.slipped_in = vec![extra.clone()];
            store(&[own.write()])
        });
        show(&format!("{name}, first"), |b| {
            let mut own = Manifest::new("1", vec![b, captured()]);
            own.slipped_in = vec![extra.clone()];
            own.slipped_first = true;
            store(&[own.write()])
        });
    };
    slipped("second actions", generated());
    slipped(
        "actions 1",
        Assertion::relabelled(&generated(), "c2pa.actions.v2__1"),
    );
    slipped(
        "actions v1",
        Assertion::relabelled(&generated(), "c2pa.actions"),
    );
    slipped(
        "actions v3",
        Assertion::relabelled(&generated(), "c2pa.actions.v3"),
    );
    slipped("same actions", captured());
    slipped(
        "do not train",
        Assertion::json(
            "cawg.training-mining",
            r#"{"entries":{"cawg.ai_training":{"use":"notAllowed"}}}"#,
        ),
    );
    slipped("adobe", Assertion::json("com.adobe.generative-ai", "{}"));
    show("redacted and gone", |b| {
        let mut past = Manifest::new(
            "1",
            vec![captured(), Assertion::json("com.adobe.generative-ai", "{}")],
        );
        let whole = past.write();
        past.leave_out = Some("com.adobe.generative-ai".into());
        let past = Written {
            bytes: past.write().bytes,
            target: whole.target,
        };
        let [action, used] = opened(&past.target);
        let mut own = Manifest::new("2", vec![b, action, used]);
        own.redacted = vec![format!(
            "self#jumbf=/c2pa/{}/c2pa.assertions/com.adobe.generative-ai",
            past.target.label
        )];
        store(&[past, own.write()])
    });
    show("redacted actions, gone", |b| {
        let mut past = Manifest::new("1", vec![captured(), generated()]);
        past.assertions = vec![generated()];
        let whole = past.write();
        past.leave_out = Some("c2pa.actions.v2".into());
        let past = Written {
            bytes: past.write().bytes,
            target: whole.target,
        };
        let [action, used] = opened(&past.target);
        let mut own = Manifest::new("2", vec![b, action, used]);
        own.redacted = vec![format!(
            "self#jumbf=/c2pa/{}/c2pa.assertions/c2pa.actions.v2",
            past.target.label
        )];
        store(&[past, own.write()])
    });
    show("redacted and replaced", |b| {
        let past = Manifest::new("1", vec![generated()]);
        let whole = past.write();
        let mut other = Manifest::new("1", vec![generated()]);
        other.leave_out = Some("c2pa.actions.v2".into());
        other.slipped_in = vec![captured()];
        let past = Written {
            bytes: other.write().bytes,
            target: whole.target,
        };
        let [action, used] = opened(&past.target);
        let mut own = Manifest::new("2", vec![b, action, used]);
        own.redacted = vec![format!(
            "self#jumbf=/c2pa/{}/c2pa.assertions/c2pa.actions.v2",
            past.target.label
        )];
        store(&[past, own.write()])
    });
    show("past missing", |b| {
        let past = Manifest::new("1", vec![captured()]).write();
        let [action, used] = opened(&past.target);
        store(&[Manifest::new("2", vec![b, action, used]).write()])
    });
    show("past exchanged", |b| {
        let past = Manifest::new("1", vec![generated()]).write();
        let other = Manifest::new("1", vec![captured()]).write();
        let [action, used] = opened(&past.target);
        store(&[other, Manifest::new("2", vec![b, action, used]).write()])
    });
    for kind in [b"c2um", b"c2ma", b"c2md"] {
        for trusted in [true, false] {
            show(
                &format!("{} binding exchanged", String::from_utf8_lossy(kind)),
                |b| {
                    let past = Manifest::new("1", vec![generated(), captured()]).write();
                    let mut other = by_nobody("1", vec![b, captured()]);
                    if trusted {
                        other.seal = Seal::of("test-signer");
                    }
                    let [action, used] = opened(&past.target);
                    let mut own = Manifest::new("2", vec![action, used]);
                    own.kind = kind;
                    store(&[other.write(), own.write()])
                },
            );
        }
    }
    let _ = hashed_uri;
}
