//! Stores that are put together to be taken for what they are not.

mod proven;

use provscan::error::FaultKind;
use provscan::evidence::Strength;

use proven::PROVEN;

use super::{codes, inspect, jpeg, proven};
use crate::support::jumbf::{Assertion, Cbor, Manifest, Seal, Target, Written, certificate, store};

pub(super) fn captured() -> Assertion {
    Assertion::created("digitalCapture")
}

pub(super) fn generated() -> Assertion {
    Assertion::created("trainedAlgorithmicMedia")
}

/// A manifest by somebody whom no list names.
pub(super) fn by_nobody(label: &str, assertions: Vec<Assertion>) -> Manifest {
    Manifest {
        seal: Seal::of("unknown-signer"),
        ..Manifest::new(label, assertions)
    }
}

/// The action of opening an ingredient, and that ingredient.
pub(super) fn opened(of: &Target) -> [Assertion; 2] {
    let used = Assertion::ingredient(0, "parentOf", "past", of);
    let uses = Cbor::Array(vec![used.uri()]);
    let action = Cbor::map([
        ("action", "c2pa.opened".into()),
        ("parameters", Cbor::map([("ingredients", uses)])),
    ]);
    [Assertion::actions(&[action]), used]
}
fn told(name: &str, build: impl Fn(Assertion) -> Vec<u8>) {
    let found = inspect(jpeg().bound(build));
    let known = PROVEN.iter().find(|(known, _)| *known == name);
    let expected = known.map_or(&[] as &[&str], |(_, codes)| codes);
    let proven: Vec<_> = proven(&found).iter().map(|one| one.code.name).collect();
    assert_eq!(proven, expected, "{name}: {:?}", codes(&found));
    // A summary of the history is proven where all of it is.
    let is = |code: &str, strength| {
        let mut evidence = found.evidence.iter();
        evidence.any(|one| one.code.name.starts_with(code) && one.strength == strength)
    };
    if is("c2pa.asset-signals", Strength::Proven) {
        for origin in ["c2pa.ai-", "c2pa.captured", "c2pa.edited"] {
            assert!(
                !is(origin, Strength::Declared),
                "{name}: {:?}",
                codes(&found)
            );
        }
    }
    for fault in &found.faults {
        assert_ne!(fault.kind, FaultKind::Internal, "{name}");
    }
}

#[test]
fn stores_put_together_are_not_taken_for_what_they_are_not() {
    let parent = |nth, title: &str, of: &Target| Assertion::ingredient(nth, "parentOf", title, of);
    told("honest", |b| {
        store(&[Manifest::new("1", vec![b, captured()]).write()])
    });
    told("several parents", |b| {
        let (one, two) = (
            Manifest::new("1", vec![generated()]).write(),
            Manifest::new("2", vec![captured()]).write(),
        );
        let [action, used] = opened(&one.target);
        let own = Manifest::new("3", vec![b, action, used, parent(1, "b", &two.target)]).write();
        store(&[one, two, own])
    });
    told("unreferenced, first", |b| {
        store(&[
            by_nobody("9", vec![generated()]).write(),
            Manifest::new("1", vec![b, captured()]).write(),
        ])
    });
    told("unreferenced trusted, active not", |b| {
        store(&[
            Manifest::new("9", vec![b.clone(), generated()]).write(),
            by_nobody("1", vec![b, captured()]).write(),
        ])
    });
    told("appended active", |b| {
        store(&[
            Manifest::new("9", vec![b.clone(), captured()]).write(),
            by_nobody("1", vec![generated()]).write(),
        ])
    });
    told("same label, forged last", |b| {
        store(&[
            Manifest::new("1", vec![b.clone(), captured()]).write(),
            by_nobody("1", vec![b, generated()]).write(),
        ])
    });
    told("same label, forged first", |b| {
        store(&[
            by_nobody("1", vec![b.clone(), generated()]).write(),
            Manifest::new("1", vec![b, captured()]).write(),
        ])
    });
    told("same label thrice", |b| {
        store(&[
            Manifest::new("1", vec![b.clone(), captured()]).write(),
            by_nobody("1", vec![b.clone(), generated()]).write(),
            Manifest::new("1", vec![b, captured()]).write(),
        ])
    });
    for (name, kind) in [("update", b"c2um"), ("c2md", b"c2md")] {
        told(&format!("{name} over nobody"), |b| {
            let past = by_nobody("1", vec![b, captured()]).write();
            let [action, used] = opened(&past.target);
            let mut own = Manifest::new("2", vec![action, used]);
            own.kind = kind;
            store(&[past, own.write()])
        });
        told(&format!("{name} over trusted"), |b| {
            let past = Manifest::new("1", vec![b, captured()]).write();
            let [action, used] = opened(&past.target);
            let mut own = Manifest::new("2", vec![action, used]);
            own.kind = kind;
            store(&[past, own.write()])
        });
        told(&format!("{name} by nobody"), |b| {
            let past = Manifest::new("1", vec![b, captured()]).write();
            let [action, used] = opened(&past.target);
            let mut own = by_nobody("2", vec![action, used]);
            own.kind = kind;
            store(&[past, own.write()])
        });
        told(&format!("{name} with own binding"), |b| {
            let past = Manifest::new("1", vec![b.clone(), captured()]).write();
            let mut own = Manifest::new("2", vec![b, generated(), parent(0, "a", &past.target)]);
            own.kind = kind;
            store(&[past, own.write()])
        });
    }
    told("update of itself", |_| {
        let [action, used] = opened(&Target::unseen(&Manifest::new("2", vec![]).label));
        let mut own = Manifest::new("2", vec![action, used]);
        own.kind = b"c2um";
        store(&[own.write()])
    });
    told("standard, parent's binding", |b| {
        let past = Manifest::new("1", vec![b, captured()]).write();
        let [action, used] = opened(&past.target);
        store(&[past.clone(), Manifest::new("2", vec![action, used]).write()])
    });
}

#[test]
fn bindings_algorithms_and_certificates() {
    told("no binding", |_| {
        store(&[Manifest::new("1", vec![captured()]).write()])
    });
    told("two bindings", |b| {
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
        told(&format!("algorithm {algorithm}"), |b| {
            let mut own = Manifest::new("1", vec![b, captured()]);
            own.algorithm = algorithm.into();
            store(&[own.write()])
        });
    }
    let sealed = |name: &str, seal: Seal| {
        told(name, |b| {
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
}

/// Boxes that the claim does not list.
#[test]
fn assertions_slipped_in() {
    let slipped = |name: &str, extra: Assertion| {
        told(name, |b| {
            let mut own = Manifest::new("1", vec![b, captured()]);
            own.slipped_in = vec![extra.clone()];
            store(&[own.write()])
        });
        told(&format!("{name}, first"), |b| {
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
}

/// The library leaves out of its answer what any ingredient recorded of itself, and does not compare a manifest of version
/// 1 that anybody claims to have redacted: either way a manifest can be exchanged unseen by it.
#[test]
fn pasts_redacted_missing_and_exchanged() {
    told("redacted and gone", |b| {
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
    told("redacted actions, gone", |b| {
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
    told("redacted and replaced", |b| {
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
    told("past missing", |b| {
        let past = Manifest::new("1", vec![captured()]).write();
        let [action, used] = opened(&past.target);
        store(&[Manifest::new("2", vec![b, action, used]).write()])
    });
    told("past exchanged", |b| {
        let past = Manifest::new("1", vec![generated()]).write();
        let other = Manifest::new("1", vec![captured()]).write();
        let [action, used] = opened(&past.target);
        store(&[other, Manifest::new("2", vec![b, action, used]).write()])
    });
    for kind in [b"c2um", b"c2ma", b"c2md"] {
        for trusted in [true, false] {
            told(
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
    for version in [1, 2] {
        for own_binding in [true, false] {
            for seal in ["unknown-signer", "test-signer"] {
                told(
                    &format!("redacted v{version} own {own_binding} {seal}"),
                    |b| {
                        let past = Manifest::new("1", vec![generated()]).write();
                        let mut other = by_nobody(
                            "1",
                            if own_binding {
                                vec![captured()]
                            } else {
                                vec![b.clone(), captured()]
                            },
                        );
                        other.version = version;
                        other.seal = Seal::of(seal);
                        let [action, used] = opened(&past.target);
                        let mut own = Manifest::new("2", vec![action, used]);
                        if own_binding {
                            own.assertions.push(b)
                        } else {
                            own.kind = b"c2um";
                        }
                        own.redacted = vec![format!(
                            "self#jumbf=/c2pa/{}/c2pa.assertions/org.example.gone",
                            past.target.label
                        )];
                        store(&[other.write(), own.write()])
                    },
                );
            }
        }
    }
    for own_binding in [true, false] {
        for seal in ["unknown-signer", "test-signer"] {
            told(
                &format!("redacted from below own {own_binding} {seal}"),
                |b| {
                    let past = Manifest::new("1", vec![generated()]).write();
                    let mut below = by_nobody("3", vec![generated()]);
                    below.redacted = vec![format!(
                        "self#jumbf=/c2pa/{}/c2pa.assertions/org.example.gone",
                        past.target.label
                    )];
                    let below = below.write();
                    let mut other = by_nobody(
                        "1",
                        vec![
                            captured(),
                            Assertion::ingredient(1, "componentOf", "x", &below.target),
                        ],
                    );
                    if !own_binding {
                        other.assertions.push(b.clone());
                    }
                    other.version = 1;
                    other.seal = Seal::of(seal);
                    let [action, used] = opened(&past.target);
                    let mut own = Manifest::new("2", vec![action, used]);
                    if own_binding {
                        own.assertions.push(b)
                    } else {
                        own.kind = b"c2um";
                    }
                    store(&[below, other.write(), own.write()])
                },
            );
        }
    }
    for own_binding in [true, false] {
        told(&format!("suppressed own {own_binding}"), |b| {
            let past = Manifest::new("1", vec![generated()]).write();
            let below = by_nobody("3", vec![captured()]).write();
            let url = |place: &str| {
                Cbor::from(format!("self#jumbf=/c2pa/{}{place}", past.target.label).as_str())
            };
            let status =
                |code: &str, place: &str| Cbor::map([("code", code.into()), ("url", url(place))]);
            let hidden = vec![
                status("ingredient.manifest.mismatch", ""),
                status("signingCredential.untrusted", "/c2pa.signature"),
            ];
            let results = Cbor::map([(
                "activeManifest",
                Cbor::map([
                    ("success", Cbor::Array(hidden)),
                    ("informational", Cbor::Array(vec![])),
                    ("failure", Cbor::Array(vec![])),
                ]),
            )]);
            let used = Cbor::map([
                ("relationship", "componentOf".into()),
                ("validationResults", results),
                ("activeManifest", below.target.reference()),
                ("claimSignature", below.target.reference()),
            ]);
            let mut other = by_nobody(
                "1",
                vec![captured(), Assertion::cbor("c2pa.ingredient.v3", &used)],
            );
            if !own_binding {
                other.assertions.push(b.clone());
            }
            let [action, used] = opened(&past.target);
            let mut own = Manifest::new("2", vec![action, used]);
            if own_binding {
                own.assertions.push(b)
            } else {
                own.kind = b"c2um";
            }
            store(&[below, other.write(), own.write()])
        });
    }
}
