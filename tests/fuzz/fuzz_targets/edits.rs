//! `cargo +nightly fuzz run edits`, in `tests`.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use occ_half_typed::{corpus, edits::Material, promises};

struct State {
    texts: Vec<String>,
    material: Material,
    inputs: u32,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new({
        let texts: Vec<String> = corpus::texts().expect("the repository is there").into_keys().collect();
        let material = Material::read(&texts);
        State { texts, material, inputs: 0 }
    });
}

fuzz_target!(|bytes: &[u8]| {
    STATE.with_borrow_mut(|state| {
        let input = state.material.edited(bytes);
        if let Err(fault) = promises::check(&input) {
            panic!("{fault}\n    {input}");
        }
        state.inputs += 1;
        // Places in the source are kept, and take memory.
        if state.inputs % 10_000 == 0 {
            state.material = Material::read(&state.texts);
        }
    });
});
